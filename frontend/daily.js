// The daily chart, its legend and the table behind it.
import { BarController, BarElement, CategoryScale, Chart, LinearScale, LineController, LineElement, PointElement, Tooltip } from "chart.js";
import { colours, hatched } from "./colours.js";
import { dayText, daysBetween, shortDay, weekdayText } from "./dates.js";
import { cell, element } from "./elements.js";
import { money } from "./money.js";
import { keyOf } from "./stacks.js";

Chart.register(BarController, BarElement, CategoryScale, LinearScale, LineController, LineElement, PointElement, Tooltip);
Chart.defaults.animation = false;
Chart.defaults.font.family = getComputedStyle(document.body).fontFamily;
Chart.defaults.font.size = 11;

const REST = 7; // position of the colour of everything else

/** The days that are shown, and the amounts of each series on them. */
export function visible(view, stack, state) {
  if (state.finding) return courseOf(view, view.Findings[Number(state.finding) - 1], state);
  const { ChargePeriodEnd: end } = view.Daily;
  const known = daysBetween(stack.ChargePeriodStart, end);
  const skip = Math.max(0, known.length - Number(state.days));
  const series = stack.Series.map((each, n) => ({
    ...each,
    key: keyOf(each),
    colour: each.Rest ? REST : n % REST,
    amounts: each.Amounts.slice(skip),
  }));
  return { days: known.slice(skip), series, totals: stack.Totals.slice(skip) };
}

/** The course of one finding in place of a stack: one series, in a colour of its own. */
function courseOf(view, finding, state) {
  const known = daysBetween(finding.Course.ChargePeriodStart, view.Daily.ChargePeriodEnd);
  const skip = Math.max(0, known.length - Number(state.days));
  const amounts = finding.Course.Amounts.slice(skip);
  const series = [{ Name: finding.Place, DisplayName: finding.Place, Id: "", Rest: 0, key: "(finding)", colour: 0, amounts }];
  return { days: known.slice(skip), series, totals: amounts, finding };
}

/** Where the axis ends when a few days (fees on the first of a month) would flatten all others. */
export function ceiling(totals) {
  const ranked = [...totals].sort((a, b) => a - b);
  const usual = ranked[Math.floor((ranked.length - 1) * 0.94)];
  return usual > 0 && ranked.at(-1) > 2.5 * usual ? usual * 1.35 : undefined;
}

export function note(view, stack, state) {
  if (state.finding) return `${view.Findings[Number(state.finding) - 1].Sentence} Press its name below to see all costs again.`;
  const said = [];
  if (stack.By === "account" || stack.SubAccountId) {
    said.push("Accounts are known before credits and refunds only.");
    if (state.days === "90") said.push(`Account data begin on ${dayText(stack.ChargePeriodStart)}.`);
  }
  if (state.cost === "effective") said.push("Effective cost spreads commitments over the time they cover.");
  if (view.Daily.SettlingStart) said.push("Hatched days are still settling: AWS fills in their costs for a day or two.");
  return said.join(" ");
}

export class DailyChart {
  constructor(view, onPick) {
    this.view = view;
    this.onPick = onPick;
    this.chart = null;
    this.behind = document.querySelector(".behind");
    this.behind.addEventListener("toggle", () => this.table());
  }

  /** Draws, or draws anew in other colours. */
  draw(stack, state) {
    this.chart?.destroy();
    this.palette = colours();
    this.state = state;
    this.shown = visible(this.view, stack, state);
    const { data, max } = this.plotted(state);
    const canvas = document.getElementById("daily-chart");
    this.chart = new Chart(canvas, { type: "bar", data, options: this.options(max), plugins: [marks(this)] });
  }

  /** Shows another stack in the legend, the table and, once it is drawn, the chart. */
  show(stack, state) {
    this.state = state;
    this.shown = visible(this.view, stack, state);
    this.legend(state);
    this.table();
    if (!this.chart) return;
    const { data, max } = this.plotted(state);
    this.chart.data = data;
    this.chart.options.scales.y.max = max;
    this.chart.update("none");
  }

  plotted(state) {
    const { days, series } = this.shown;
    const picked = this.shown.finding ? series : series.filter((each) => !state.only || each.key === state.only);
    this.heights = days.map((_, n) => picked.reduce((sum, each) => sum + Math.max(0, each.amounts[n] ?? 0), 0));
    return {
      data: { labels: days, datasets: picked.map((each) => this.dataset(each, days)) },
      max: ceiling(this.heights),
    };
  }

  dataset(series, days) {
    const colour = this.palette.series[series.colour];
    const stripes = hatched(colour, this.palette.paper);
    const settling = this.view.Daily.SettlingStart;
    return {
      label: labelOf(series),
      data: series.amounts.map((y, x) => ({ x, y })),
      backgroundColor: days.map((day) => (settling && day >= settling ? stripes : colour)),
      borderColor: this.palette.paper,
      borderWidth: { top: 1 },
      borderSkipped: false,
      barPercentage: days.length > 45 ? 0.9 : 0.82,
      categoryPercentage: 1,
    };
  }

  options(max) {
    const currency = this.view.BillingCurrency;
    const { palette } = this;
    return {
      parsing: false,
      normalized: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      layout: { padding: { top: 30 } },
      scales: {
        x: {
          stacked: true,
          grid: { display: false },
          border: { color: palette.line },
          ticks: { color: palette.soft, maxRotation: 0, autoSkipPadding: 24, callback: (_, n) => shortDay(this.shown.days[n]) },
        },
        y: {
          max,
          stacked: true,
          border: { display: false },
          grid: { color: palette.line },
          ticks: { color: palette.soft, includeBounds: false, maxTicksLimit: 6, callback: (amount) => money(amount, currency, amount % 1 !== 0) },
        },
      },
      plugins: {
        tooltip: {
          backgroundColor: palette.ink,
          titleColor: palette.paper,
          bodyColor: palette.paper,
          footerColor: palette.paper,
          padding: 10,
          boxPadding: 4,
          cornerRadius: 6,
          filter: (item) => Math.abs(item.raw.y) >= 0.005,
          itemSort: (a, b) => b.raw.y - a.raw.y,
          callbacks: {
            title: (items) => (items.length ? weekdayText(this.shown.days[items[0].dataIndex]) : ""),
            label: (item) => ` ${shortened(item.dataset.label)}  ${money(item.raw.y, currency)}`,
            footer: (items) => (items.length ? this.footer(items[0].dataIndex) : []),
          },
        },
      },
    };
  }

  footer(n) {
    const day = this.shown.days[n];
    const lines = [`Total  ${money(this.shown.totals[n], this.view.BillingCurrency)}`];
    if (this.view.Daily.SettlingStart && day >= this.view.Daily.SettlingStart) lines.push("Still settling");
    if (this.shown.totals[n] === null) return ["Not known"];
    for (const each of this.marked(day)) lines.push(...wrapped(each.Sentence));
    return lines;
  }

  marked(day) {
    return this.view.Findings.filter((each) => each.Course && each.ChargePeriodStart === day && this.about(each));
  }

  /** Whether a finding is about what the chart shows now. */
  about(finding) {
    if (this.shown.finding) return finding === this.shown.finding;
    const { account, only, by } = this.state;
    if (account && finding.SubAccountId && finding.SubAccountId !== account) return false;
    if (!only) return true;
    return by === "account" ? finding.SubAccountId === only : finding.ServiceName === only;
  }

  legend(state) {
    const list = document.getElementById("daily-legend");
    const focused = [...list.querySelectorAll("button")].indexOf(document.activeElement);
    list.replaceChildren(
      ...this.shown.series.map((each) => {
        const pressed = state.only === each.key || Boolean(state.finding);
        const button = element("button", { type: "button", ariaPressed: String(pressed) });
        const name = element("bdi", { className: "name", textContent: labelOf(each) });
        button.append(element("i", { className: `s${each.colour + 1}` }), name);
        button.addEventListener("click", () => this.onPick(pressed ? "" : each.key));
        const item = element("li");
        item.append(button);
        return item;
      }),
    );
    list.querySelectorAll("button")[focused]?.focus();
  }

  /** Fills the table behind the chart while it is open. */
  table() {
    if (!this.behind.open) return;
    const currency = this.view.BillingCurrency;
    const { days, series, totals } = this.shown;
    const table = document.getElementById("daily-table");
    const heads = series.map((each) => cell("th", labelOf(each), "num", "col"));
    table.tHead.rows[0].replaceChildren(cell("th", "Day", "", "col"), ...heads, cell("th", "Total", "num", "col"));
    table.tBodies[0].replaceChildren(
      ...days.map((day, n) => {
        const row = element("tr");
        const amounts = [...series.map((each) => each.amounts[n]), totals[n]];
        row.append(cell("th", dayText(day), "", "row"), ...amounts.map((each) => cell("td", each === null ? "not known" : money(each, currency), "num")));
        return row;
      }),
    );
  }
}

/** A triangle over each day on which a cost left its usual course; the amount on a day cut off. */
function marks(daily) {
  return {
    id: "marks",
    afterDatasetsDraw(chart) {
      const { x, y } = chart.scales;
      const pen = chart.ctx;
      pen.save();
      pen.textAlign = "center";
      pen.font = `11px ${Chart.defaults.font.family}`;
      daily.shown.days.forEach((day, n) => {
        const at = x.getPixelForValue(n);
        let top = Math.max(y.getPixelForValue(daily.heights[n]), chart.chartArea.top) - 5;
        if (daily.heights[n] > y.max) {
          cut(pen, at, chart, daily.palette);
          pen.fillStyle = daily.palette.soft;
          pen.fillText(money(daily.heights[n], daily.view.BillingCurrency, false), at, top);
          top -= 13;
        }
        if (!daily.marked(day).length) return;
        pen.fillStyle = daily.palette.up;
        pen.beginPath();
        pen.moveTo(at, top);
        pen.lineTo(at - 4.5, top - 7);
        pen.lineTo(at + 4.5, top - 7);
        pen.fill();
      });
      pen.restore();
    },
  };
}

/** Two slanting gaps through a bar that is higher than the chart. */
function cut(pen, at, chart, palette) {
  const half = chart.scales.x.width / chart.data.labels.length / 2;
  pen.strokeStyle = palette.paper;
  pen.lineWidth = 2;
  for (const below of [10, 15]) {
    pen.beginPath();
    pen.moveTo(at - half, chart.chartArea.top + below + 3);
    pen.lineTo(at + half, chart.chartArea.top + below - 3);
    pen.stroke();
  }
}

const labelOf = (series) => (series.Rest ? `${series.Rest} others` : series.DisplayName);
const shortened = (name) => (name.length > 48 ? `${name.slice(0, 47)}…` : name);

function wrapped(sentence, width = 60) {
  const lines = [""];
  for (const word of sentence.slice(0, 300).split(" ")) {
    if ((lines.at(-1) + word).length > width) lines.push("");
    lines[lines.length - 1] += `${word} `;
  }
  return lines;
}
