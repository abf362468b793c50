// UTC days as text; the same forms as the rest of the page.
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];
const WEEKDAYS = ["Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"];
const DAY = 86_400_000;

const parsed = (iso) => new Date(`${iso}T00:00:00Z`);

/** All days from `start` up to, not including, `end`. */
export function daysBetween(start, end) {
  const days = [];
  for (let at = parsed(start).getTime(); at < parsed(end).getTime(); at += DAY) {
    days.push(new Date(at).toISOString().slice(0, 10));
  }
  return days;
}

export const nextDay = (iso) => new Date(parsed(iso).getTime() + DAY).toISOString().slice(0, 10);

/** 3 Nov 2026 */
export function dayText(iso) {
  const day = parsed(iso);
  return `${day.getUTCDate()} ${MONTHS[day.getUTCMonth()]} ${day.getUTCFullYear()}`;
}

/** Tue 3 Nov 2026 */
export const weekdayText = (iso) => `${WEEKDAYS[parsed(iso).getUTCDay()]} ${dayText(iso)}`;

/** 3 Nov */
export const shortDay = (iso) => dayText(iso).replace(/ \d+$/, "");

/** Nov, or Jan 27 at the turn of the year */
export function shortMonth(iso) {
  const day = parsed(iso);
  const name = MONTHS[day.getUTCMonth()];
  return day.getUTCMonth() === 0 ? `${name} ${String(day.getUTCFullYear()).slice(2)}` : name;
}
