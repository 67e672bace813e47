export type Zone = "utc" | "local";

/** "12:34:56.789", for rows whose day is known. */
export function clockTime(iso: string, zone: Zone): string {
  return stamp(iso, zone).slice(11);
}

/** "06-01 12:34:56.789", for rows of different days. */
export function dayTime(iso: string, zone: Zone): string {
  return stamp(iso, zone).slice(5);
}

/** "2026-06-01 12:34:56", where milliseconds say nothing. */
export function minuteStamp(iso: string, zone: Zone): string {
  return stamp(iso, zone).slice(0, 19);
}

// In the shape of a time, so that its parts can be taken like one's.
const NO_TIME = "????-??-?? ??:??:??.???";

/** "2026-06-01 12:34:56.789" */
export function stamp(iso: string, zone: Zone): string {
  const at = Date.parse(iso);
  if (Number.isNaN(at)) return NO_TIME;
  const offset = zone === "utc" ? 0 : new Date(at).getTimezoneOffset() * 60_000;
  return new Date(at - offset).toISOString().slice(0, 23).replace("T", " ");
}

/** Whether both times fall on one calendar day of the zone. */
export function sameDay(a: string, b: string, zone: Zone): boolean {
  return stamp(a, zone).slice(0, 10) === stamp(b, zone).slice(0, 10);
}

const UNITS: [string, number][] = [
  ["d", 86_400],
  ["h", 3_600],
  ["m", 60],
];

/** "now", "12s ago", "5m ago", "3h ago", "2d ago". */
export function ago(iso: string, now: number): string {
  const seconds = Math.floor((now - Date.parse(iso)) / 1000);
  if (Number.isNaN(seconds)) return "";
  if (seconds < 2) return "now";
  const unit = UNITS.find(([, size]) => seconds >= size);
  return unit ? `${Math.floor(seconds / unit[1])}${unit[0]} ago` : `${seconds}s ago`;
}
