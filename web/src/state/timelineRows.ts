import type { DecoyEvent } from "../api/types";
import { mergeBySeq } from "./merge";

export type Order = "asc" | "desc";

/** The part of an attacker's events that is loaded, in `order` of their number. */
export interface TimelineRows {
  order: Order;
  rows: DecoyEvent[];
  /** The cursor of what follows the last row; undefined at the end. */
  next?: string | undefined;
  /** Rows before the first, or behind the last, were let go to stay bounded. */
  cutHead: boolean;
  cutTail: boolean;
}

export const MAX_TIMELINE_ROWS = 5000;
// Cutting a chunk at once keeps a flood from copying the whole list each time.
const KEPT_AFTER_CUT = 4000;

export function emptyTimeline(order: Order): TimelineRows {
  return { order, rows: [], cutHead: false, cutTail: false };
}

/** Adds the page behind the last row. */
export function addPage(t: TimelineRows, items: DecoyEvent[], next?: string): TimelineRows {
  const last = items.at(-1);
  // What the stream brought of the pages still to come would stand behind a hole.
  const known =
    next && t.order === "asc" && last ? t.rows.filter((e) => e.seq <= last.seq) : t.rows;
  const rows = mergeBySeq(known, items, t.order);
  if (rows.length <= MAX_TIMELINE_ROWS) return { ...t, rows, next };
  return { ...t, rows: rows.slice(-KEPT_AFTER_CUT), next, cutHead: true };
}

/** Adds the first page of a list with the newest first, read again to fill a gap. */
export function addNewest(t: TimelineRows, items: DecoyEvent[], next?: string): TimelineRows {
  const oldest = items.at(-1);
  const newest = t.rows[0];
  const meets = oldest && newest && oldest.seq <= newest.seq + 1;
  if (meets) return { ...t, rows: mergeBySeq(t.rows, items, t.order) };
  return { ...emptyTimeline(t.order), rows: items, next };
}

/** Adds events that happened just now, if they belong where the list is open. */
export function addLive(t: TimelineRows, arrived: DecoyEvent[]): TimelineRows {
  // Oldest first, they come behind the last page; until it is loaded they are
  // part of what is still to be fetched.
  if (t.order === "asc" ? t.next !== undefined : t.cutHead) return t;
  const rows = mergeBySeq(t.rows, arrived, t.order);
  if (rows.length <= MAX_TIMELINE_ROWS) return { ...t, rows };
  if (t.order === "asc") return { ...t, rows: rows.slice(-KEPT_AFTER_CUT), cutHead: true };
  return { ...t, rows: rows.slice(0, KEPT_AFTER_CUT), next: undefined, cutTail: true };
}

/** Whether `arrived` leaves out events between them and the newest row. */
export function hasGap(t: TimelineRows, arrived: DecoyEvent[]): boolean {
  const newest = t.order === "asc" ? t.rows.at(-1) : t.rows[0];
  const first = arrived[0];
  return newest !== undefined && first !== undefined && first.seq > newest.seq + 1;
}
