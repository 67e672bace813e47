import { summaryOf } from "../api/normalize";
import type { AttackerSummary, DeckyState, DecoyEvent, Profile } from "../api/types";

// How lists take in what arrives. Pure functions, because delivery is
// at-least-once and out of step with the snapshots: everything is merged by id.

/** Rows with the newest first, after `arrived` (oldest first) came in. */
export function prependEvents(
  rows: readonly DecoyEvent[],
  arrived: readonly DecoyEvent[],
  limit: number,
): DecoyEvent[] {
  const known = new Set(rows.map((e) => e.id));
  const merged: DecoyEvent[] = [];
  for (let i = arrived.length - 1; i >= 0 && merged.length < limit; i--) {
    const event = arrived[i];
    if (!event || known.has(event.id)) continue;
    known.add(event.id);
    merged.push(event);
  }
  if (merged.length === 0) return rows as DecoyEvent[];
  return merged.concat(rows.slice(0, limit - merged.length));
}

/** Rows by time, newest first, after a snapshot was read beside the stream. */
export function mergeSnapshot(
  rows: readonly DecoyEvent[],
  snapshot: readonly DecoyEvent[],
  limit: number,
): DecoyEvent[] {
  const byId = new Map<string, DecoyEvent>();
  for (const event of [...rows, ...snapshot]) byId.set(event.id, event);
  return [...byId.values()]
    .sort((a, b) => Date.parse(b.time) - Date.parse(a.time) || b.seq - a.seq)
    .slice(0, limit);
}

/** An attacker's events in one list by their number, without doubles. */
export function mergeBySeq(
  rows: readonly DecoyEvent[],
  more: readonly DecoyEvent[],
  order: "asc" | "desc",
): DecoyEvent[] {
  const byId = new Map<string, DecoyEvent>();
  for (const event of [...rows, ...more]) byId.set(event.id, event);
  const sign = order === "asc" ? 1 : -1;
  return [...byId.values()].sort((a, b) => sign * (position(a) - position(b)));
}

/** An event without a number yet is the newest there is. */
function position(event: DecoyEvent): number {
  return event.seq || Number.MAX_SAFE_INTEGER;
}

/** Attackers by when they were last seen, latest first. */
export function mergeAttackers(
  rows: readonly AttackerSummary[],
  more: readonly AttackerSummary[],
  limit: number,
): AttackerSummary[] {
  const byId = new Map(rows.map((a) => [a.id, a]));
  for (const attacker of more) {
    const known = byId.get(attacker.id);
    // A profile counts each event once, so fewer events mean an older one.
    if (!known || attacker.events >= known.events) byId.set(attacker.id, attacker);
  }
  return [...byId.values()]
    .sort((a, b) => Date.parse(b.last_seen) - Date.parse(a.last_seen))
    .slice(0, limit);
}

export function mergeProfiles(
  rows: readonly AttackerSummary[],
  profiles: readonly Profile[],
  limit: number,
): AttackerSummary[] {
  return mergeAttackers(rows, profiles.map(summaryOf), limit);
}

/** Deckies by name; a removed one leaves the list. */
export function mergeDeckies(
  rows: readonly DeckyState[],
  more: readonly DeckyState[],
): DeckyState[] {
  const byName = new Map(rows.map((d) => [d.name, d]));
  for (const decky of more) {
    const known = byName.get(decky.name);
    if (!known || Date.parse(decky.time) >= Date.parse(known.time)) byName.set(decky.name, decky);
  }
  return [...byName.values()]
    .filter((d) => d.phase !== "removed")
    .sort((a, b) => a.name.localeCompare(b.name, "en", { numeric: true }));
}
