import type { Bounty } from "../api/types";

/** What a list of bounties is narrowed to; an absent part matches everything. */
export interface BountyFilter {
  attacker?: string;
  type?: string;
  /** A text in the value, in upper or lower case. */
  search?: string;
}

/** Rows a list holds at most; a flood must not grow the page. */
export const MAX_BOUNTIES = 1000;

export function bountyMatches(bounty: Bounty, { attacker, type, search }: BountyFilter): boolean {
  return (
    (!attacker || bounty.attacker === attacker) &&
    (!type || bounty.type === type) &&
    (!search || bounty.value.toLowerCase().includes(search.toLowerCase()))
  );
}

/** What makes a bounty the same as another. */
export function bountyKey(b: Bounty): string {
  return JSON.stringify([b.attacker, b.decky, b.service, b.type, b.name, b.value]);
}

/** Bounties by when they were first seen, latest first, without doubles. */
export function mergeBounties(rows: readonly Bounty[], more: readonly Bounty[]): Bounty[] {
  const byKey = new Map(rows.map((b) => [bountyKey(b), b]));
  for (const bounty of more) {
    const key = bountyKey(bounty);
    const known = byKey.get(key);
    // A count only grows, so a smaller one is older.
    if (!known || bounty.count >= known.count) byKey.set(key, bounty);
  }
  return [...byKey.values()]
    .sort((a, b) => Date.parse(b.first_seen) - Date.parse(a.first_seen))
    .slice(0, MAX_BOUNTIES);
}
