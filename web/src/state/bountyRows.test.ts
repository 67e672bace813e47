import { expect, it } from "vitest";
import { bountyOf } from "../test/samples";
import { bountyMatches, MAX_BOUNTIES, mergeBounties } from "./bountyRows";

it("knows a bounty again and keeps the larger count", () => {
  const rows = mergeBounties([bountyOf({ count: 3 })], [bountyOf(), bountyOf({ value: "wget" })]);
  expect(rows.map((b) => [b.value, b.count])).toEqual([
    ["curl/8.5.0", 3],
    ["wget", 1],
  ]);
});

it("has the latest first, and not more than it may", () => {
  const many = Array.from({ length: MAX_BOUNTIES + 5 }, (_, i) =>
    bountyOf({ value: `${i}`, first_seen: new Date(Date.UTC(2026, 5, 1, 0, 0, i)).toISOString() }),
  );
  const rows = mergeBounties([], many);
  expect(rows).toHaveLength(MAX_BOUNTIES);
  expect(rows[0]?.value).toBe(`${MAX_BOUNTIES + 4}`);
});

it("matches as the server does", () => {
  const bounty = bountyOf();
  expect(bountyMatches(bounty, {})).toBe(true);
  expect(bountyMatches(bounty, { attacker: bounty.attacker, type: "fingerprint" })).toBe(true);
  expect(bountyMatches(bounty, { search: "CURL" })).toBe(true);
  expect(bountyMatches(bounty, { search: "wget" })).toBe(false);
  expect(bountyMatches(bounty, { type: "ip_leak" })).toBe(false);
  expect(bountyMatches(bounty, { attacker: "00000001" })).toBe(false);
});
