// Brings the page to life: charts, filters, tables, downloads, colours. Without it, text and tables stay.
import { DailyChart, note } from "./daily.js";
import { save } from "./download.js";
import { element } from "./elements.js";
import { read, write } from "./fragment.js";
import { money, percent } from "./money.js";
import { drawMonths } from "./months.js";
import { choose, impossible } from "./stacks.js";
import { Rows } from "./table.js";

performance.mark("script");
const view = JSON.parse(document.getElementById("data").textContent);
const controls = () => [...document.querySelectorAll("main input[name], main select[name]")];

const tables = {
  services: new Rows("services", view.Services.Rows, (row) => `${row.DisplayName} ${row.ServiceName}`),
  labels: new Rows("labels", view.Labels?.Rows ?? [], (row) => row.Label, labelRow),
  accounts: new Rows("accounts", view.Accounts?.Rows ?? [], (row) => `${row.SubAccountName} ${row.SubAccountId}`, accountRow),
};
const empty = !document.getElementById("daily"); // there are no costs, and so no tables and charts
const daily = empty ? null : new DailyChart(view, (only) => apply({ ...state, only, finding: "" }));
let months = null;
let state = read();

/** The row of an account that is too small to be in the page's text. */
function accountRow(record) {
  const amount = (value, className) => element("td", { className, textContent: money(value, view.BillingCurrency) });
  const row = element("tr");
  const head = element("th", { scope: "row" });
  head.append(element("bdi", { className: "name", textContent: record.SubAccountName }));
  if (record.SubAccountId !== record.SubAccountName) head.append(" ", element("span", { className: "id", textContent: record.SubAccountId }));
  row.append(
    head,
    amount(record.BilledCost, "num"),
    amount(record.EffectiveCost, "num wide"),
    element("td", { className: "num muted", textContent: percent(record.Share) }),
    amount(record.WeekCost, "num wide"),
    change(record),
  );
  return row;
}

function labelRow(record) {
  const row = element("tr");
  const head = element("th", { scope: "row" });
  head.append(element("bdi", { className: "name", textContent: record.Label }));
  row.append(
    head,
    element("td", { className: "num", textContent: money(record.BilledCost, view.BillingCurrency) }),
    element("td", { className: "num muted", textContent: percent(record.Share) }),
  );
  return row;
}

function change({ WeekChange: amount, WeekChangeRatio: ratio, WeekChangeKind: kind }) {
  const cell = element("td", { className: "num" });
  if (kind === "unknown") {
    cell.append(element("span", { className: "muted", textContent: "not known" }));
    return cell;
  }
  const small = !amount || (ratio !== null && Math.abs(ratio) < 0.05);
  const className = small ? "muted" : amount > 0 ? "up" : "down";
  const said = !amount ? "" : ratio !== null ? percent(ratio, true) : ["changed", "unchanged"].includes(kind) ? "" : kind;
  const text = amount ? (amount > 0 ? "+" : "") + money(amount, view.BillingCurrency) : "–";
  cell.append(element("span", { className, textContent: text }), " ", element("span", { className: "ratio", textContent: said }));
  return cell;
}

const OF_THE_CHART = ["by", "credits", "cost", "days", "account", "only", "finding"];

function apply(asked, before = state) {
  const chosen = choose(view, asked);
  state = chosen.state;
  if (!before || OF_THE_CHART.some((name) => before[name] !== state[name])) {
    daily.show(chosen.stack, state);
    document.getElementById("daily-note").textContent = note(view, chosen.stack, state);
  }
  for (const [name, table] of Object.entries(tables)) table.find(state[name]);
  reflect();
  write(state);
}

/** Makes the controls say what is shown. */
function reflect() {
  const unavailable = impossible(state);
  for (const control of controls()) {
    const value = state[control.name];
    if (control.type !== "radio") {
      if (control.value !== value) control.value = value;
      continue;
    }
    control.checked = control.value === value;
    control.disabled = unavailable.includes(`${control.name}=${control.value}`);
    control.parentElement.title = control.disabled ? "The data cannot answer this beside the other choices." : "";
  }
}

function listen() {
  for (const control of controls()) {
    control.addEventListener(control.type === "search" ? "input" : "change", () => {
      const asked = { ...state, [control.name]: control.value };
      if (["by", "account", "credits", "cost"].includes(control.name)) asked.finding = "";
      if (["by", "account"].includes(control.name)) asked.only = "";
      apply(asked);
    });
  }
  for (const button of document.querySelectorAll("[data-course]")) {
    button.addEventListener("click", () => {
      apply({ ...state, only: "", finding: button.dataset.course });
      document.getElementById("daily").scrollIntoView();
      document.getElementById("daily-title").focus();
    });
  }
  addEventListener("hashchange", () => {
    if (location.hash.includes("=") && !empty) apply(read());
  });
  for (const button of document.querySelectorAll("[data-download]")) {
    button.addEventListener("click", () => {
      save(view, button.dataset.download);
      button.closest("details").open = false;
    });
  }
}

/** The menu closes like other menus: by Escape, or a click elsewhere. */
function closeMenu() {
  const menu = document.querySelector(".menu");
  addEventListener("click", (event) => {
    if (!menu.contains(event.target)) menu.open = false;
  });
  menu.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    menu.open = false;
    menu.querySelector("summary").focus();
  });
}

function redraw() {
  if (daily?.chart) daily.draw(choose(view, state).stack, state);
  if (months) {
    months.destroy();
    months = drawMonths(view);
  }
}

/** Draws a chart when it comes near the window, or is about to be printed. */
function whenNear(id, draw) {
  const once = () => {
    seen.disconnect();
    removeEventListener("beforeprint", once);
    draw();
    document.getElementById(id).dataset.drawn = "";
    performance.mark(`drawn ${id}`);
  };
  const seen = new IntersectionObserver((entries) => entries.some((entry) => entry.isIntersecting) && once(), {
    rootMargin: "400px",
  });
  addEventListener("beforeprint", once);
  seen.observe(document.getElementById(id));
}

function themes() {
  const kept = { get: () => null, set: () => {} };
  try {
    const storage = localStorage;
    kept.get = () => storage.getItem("theme");
    kept.set = (value) => storage.setItem("theme", value);
  } catch {
    // A page opened from a mail may have no storage; the choice then lasts as long as the page.
  }
  for (const radio of document.querySelectorAll('[name="theme"]')) {
    radio.checked = radio.value === (kept.get() ?? "system");
    radio.addEventListener("change", () => {
      kept.set(radio.value);
      redraw();
    });
  }
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", redraw);
  matchMedia("print").addEventListener("change", redraw);
}

themes();
listen();
closeMenu();
if (!empty) {
  apply(state, null);
  whenNear("daily-chart", () => daily.draw(choose(view, state).stack, state));
  whenNear("months-chart", () => {
    months = drawMonths(view);
  });
}
document.documentElement.dataset.ready = "";
