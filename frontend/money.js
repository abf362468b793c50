// Amounts as the page's own text has them; the same rules as chalicelib/money.py.
const SYMBOLS = { USD: "$" };
const MINOR_UNITS = Object.fromEntries([
  ..."BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX VND VUV XAF XOF XPF".split(" ").map((code) => [code, 0]),
  ..."BHD IQD JOD KWD LYD OMR TND".split(" ").map((code) => [code, 3]),
]);

export function money(amount, currency, cents = true) {
  if (amount === null) return "-"; // unknown is not nothing
  const digits = Math.abs(amount).toFixed(cents ? (MINOR_UNITS[currency] ?? 2) : 0);
  const [whole, fraction] = digits.split(".");
  const sign = amount < 0 && Number(digits) !== 0 ? "-" : "";
  const symbol = SYMBOLS[currency] ?? (currency ? `${currency}\u00a0` : "");
  const grouped = whole.replace(/\B(?=(\d{3})+$)/g, ",");
  return sign + symbol + grouped + (fraction ? `.${fraction}` : "");
}

/** A ratio as a percentage with at most one decimal, half to even as in Python. */
export function percent(ratio, signed = false) {
  if (ratio === null) return "-";
  const millionths = Math.round(Math.abs(ratio) * 1_000_000);
  const unit = millionths < 100_000 ? 1000 : 10_000;
  const whole = Math.floor(millionths / unit);
  const rest = millionths % unit;
  const rounded = whole + (rest * 2 > unit || (rest * 2 === unit && whole % 2) ? 1 : 0);
  const digits = unit === 1000 ? (rounded / 10).toFixed(1) : money(rounded, "", false);
  const sign = ratio < 0 && rounded ? "-" : signed && rounded ? "+" : "";
  return `${sign}${digits}\u202f%`;
}
