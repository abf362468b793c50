// Thirteen months: cost before credits as bars, what is to be paid as a line over them.
import { Chart } from "chart.js";
import { colours, hatched } from "./colours.js";
import { shortMonth } from "./dates.js";
import { money } from "./money.js";

export function drawMonths(view) {
  const palette = colours();
  const currency = view.BillingCurrency;
  const months = view.Months;
  const stripes = hatched(palette.series[0], palette.paper);
  const projected = view.Month.Gross;
  const last = months.length - 1;
  const missing = months.map((month, n) =>
    projected && n === last && month.BillingPeriodStart === view.Month.BillingPeriodStart ? Math.max(0, projected.Expected - month.Gross) : 0,
  );
  const points = (amounts) => amounts.map((y, x) => ({ x, y }));
  return new Chart(document.getElementById("months-chart"), {
    data: {
      labels: months.map((month) => month.BillingPeriodStart),
      datasets: [
        {
          type: "line",
          label: "To pay",
          data: points(months.map((month) => month.Net)),
          borderColor: palette.ink,
          borderWidth: 1.5,
          pointRadius: 2.5,
          pointBackgroundColor: palette.ink,
        },
        {
          type: "bar",
          label: "Before credits and refunds",
          data: points(months.map((month) => month.Gross)),
          backgroundColor: palette.series[0],
          stack: "cost",
          maxBarThickness: 44,
        },
        {
          type: "bar",
          label: "Still to come, projected",
          data: points(missing),
          backgroundColor: stripes,
          stack: "cost",
          maxBarThickness: 44,
        },
      ],
    },
    options: {
      parsing: false,
      normalized: true,
      maintainAspectRatio: false,
      interaction: { mode: "index", intersect: false },
      scales: {
        x: {
          stacked: true,
          grid: { display: false },
          border: { color: palette.line },
          ticks: { color: palette.soft, maxRotation: 0, autoSkipPadding: 12, callback: (_, n) => shortMonth(months[n].BillingPeriodStart) },
        },
        y: {
          stacked: true,
          beginAtZero: true,
          border: { display: false },
          grid: { color: palette.line },
          ticks: { color: palette.soft, maxTicksLimit: 5, callback: (amount) => money(amount, currency, amount % 1 !== 0) },
        },
      },
      plugins: {
        tooltip: {
          backgroundColor: palette.ink,
          titleColor: palette.paper,
          bodyColor: palette.paper,
          padding: 10,
          boxPadding: 4,
          filter: (item) => item.datasetIndex < 2 || item.raw.y > 0,
          callbacks: {
            title: (items) => (items.length ? shortMonth(months[items[0].dataIndex].BillingPeriodStart) : ""),
            label: (item) => ` ${item.dataset.label}  ${money(item.raw.y, currency)}`,
          },
        },
      },
    },
  });
}
