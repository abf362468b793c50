// Files made in the page from the data it shows; the same as `cli.py preview` writes.
import { daysBetween, nextDay } from "./dates.js";

const FORMULA = /^[=+\-@\t\r\n\0＝＋－＠]/;

/** A text that a spreadsheet will not run as a formula. Numbers are not text and stay numbers. */
const harmless = (text) => (FORMULA.test(text) ? `'${text}` : text);

function field(value) {
  if (value === null || value === undefined) return "";
  if (typeof value !== "string") return String(value);
  const text = harmless(value);
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

export function csv(records) {
  const plain = records.map((record) => Object.entries(record).filter(([, value]) => !Array.isArray(value)));
  const heads = plain.length ? plain[0].map(([name]) => name) : [];
  const lines = [heads, ...plain.map((entries) => entries.map(([, value]) => value))];
  return lines.map((line) => line.map(field).join(",") + "\r\n").join("");
}

/** The records of one table, each with the period and the currency of its amounts. */
export function records(view, name) {
  const BillingCurrency = view.BillingCurrency;
  if (name === "months") return view.Months.map((row) => ({ ...row, BillingCurrency }));
  if (name === "fees") return view.Fees.map((row) => ({ ...row, BillingCurrency }));
  if (name === "daily") return daily(view);
  const table = { services: view.Services, accounts: view.Accounts, labels: view.Labels }[name];
  const { ChargePeriodStart, ChargePeriodEnd } = table;
  return table.Rows.map((row) => ({ ChargePeriodStart, ChargePeriodEnd, ...row, BillingCurrency }));
}

/** One record for each day and service, billed and effective, before credits and refunds. */
function daily(view) {
  const [billed, effective] = ["billed", "effective"].map((cost) =>
    view.Daily.Stacks.find((stack) => stack.By === "service" && stack.Cost === cost && stack.Credits === "before" && !stack.SubAccountId),
  );
  const days = daysBetween(view.Daily.ChargePeriodStart, view.Daily.ChargePeriodEnd);
  return billed.Series.flatMap((series, n) =>
    days.map((day, d) => ({
      ChargePeriodStart: day,
      ChargePeriodEnd: nextDay(day),
      ServiceName: series.Name,
      Rest: series.Rest,
      BilledCost: series.Amounts[d],
      EffectiveCost: effective.Series[n].Amounts[d],
      BillingCurrency: view.BillingCurrency,
    })),
  );
}

export function save(view, name) {
  const through = view.Freshness.CompleteThrough;
  if (name === "json") return offer(`cloud-costs-${through}.json`, "application/json", JSON.stringify(view, null, 2) + "\n");
  offer(`cloud-costs-${through}-${name}.csv`, "text/csv", csv(records(view, name)));
}

function offer(file, type, text) {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(new Blob([text], { type: `${type};charset=utf-8` }));
  link.download = file;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 10_000);
}
