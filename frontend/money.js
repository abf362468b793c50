// Amounts as the page's own text has them; the same rules as chalicelib/money.py.
const SYMBOLS = { USD: "$" };

export function money(amount, currency, cents = true) {
  const digits = Math.abs(amount).toFixed(cents ? 2 : 0);
  const [whole, fraction] = digits.split(".");
  const sign = amount < 0 && Number(digits) !== 0 ? "-" : "";
  const symbol = SYMBOLS[currency] ?? (currency ? `${currency} ` : "");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return sign + symbol + grouped + (fraction ? `.${fraction}` : "");
}
