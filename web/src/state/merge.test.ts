import { describe, expect, it } from "vitest";
import { deckyOf, eventOf, eventsOf, summary } from "../test/samples";
import { mergeAttackers, mergeDeckies, mergeSnapshot, prependEvents } from "./merge";

const ids = (rows: { id: string }[]) => rows.map((row) => row.id);

describe("prependEvents", () => {
  it("puts the newest on top and drops the oldest", () => {
    const rows = prependEvents(eventsOf(1, 2).reverse(), eventsOf(3, 5), 4);
    expect(ids(rows)).toEqual(["event-5", "event-4", "event-3", "event-2"]);
  });

  it("takes an event that is delivered again once", () => {
    const rows = eventsOf(1, 2).reverse();
    expect(prependEvents(rows, eventsOf(1, 2), 10)).toBe(rows);
  });

  it("stays bounded when more arrive at once than it holds", () => {
    expect(ids(prependEvents([], eventsOf(1, 900), 2))).toEqual(["event-900", "event-899"]);
  });
});

describe("mergeSnapshot", () => {
  it("joins what the stream and the snapshot both have", () => {
    const rows = mergeSnapshot([eventOf(4), eventOf(3)], [eventOf(3), eventOf(2)], 10);
    expect(ids(rows)).toEqual(["event-4", "event-3", "event-2"]);
  });
});

describe("mergeAttackers", () => {
  const at = (second: number) => ({ last_seen: `2026-06-01T12:00:0${second}Z` });

  it("keeps the latest on top", () => {
    const rows = [summary("a", at(3)), summary("b", at(2))];
    expect(ids(mergeAttackers(rows, [summary("b", { ...at(4), events: 2 })], 10))).toEqual([
      "b",
      "a",
    ]);
  });

  it("does not go back to an older state", () => {
    const rows = mergeAttackers([summary("a", { events: 5 })], [summary("a", { events: 4 })], 10);
    expect(rows[0]?.events).toBe(5);
  });

  it("is bounded", () => {
    const rows = mergeAttackers(
      [summary("a", at(1))],
      [summary("b", at(2)), summary("c", at(3))],
      2,
    );
    expect(ids(rows)).toEqual(["c", "b"]);
  });
});

describe("mergeDeckies", () => {
  const later = { time: "2026-06-01T12:00:09Z" };

  it("sorts by name, numbers as numbers", () => {
    const names = mergeDeckies([deckyOf("web-10")], [deckyOf("web-9")]).map((d) => d.name);
    expect(names).toEqual(["web-9", "web-10"]);
  });

  it("takes the later state and lets removed ones go", () => {
    const known = [deckyOf("a"), deckyOf("b", later)];
    const merged = mergeDeckies(known, [
      deckyOf("a", { ...later, phase: "removed" }),
      deckyOf("b", { phase: "failed" }),
    ]);
    expect(merged.map((d) => [d.name, d.phase])).toEqual([["b", "ready"]]);
  });
});
