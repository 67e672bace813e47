import { describe, expect, it } from "vitest";
import { eventOf, eventsOf } from "../test/samples";
import {
  addLive,
  addNewest,
  addPage,
  emptyTimeline,
  hasGap,
  MAX_TIMELINE_ROWS,
  type TimelineRows,
} from "./timelineRows";

const seqs = (t: TimelineRows) => t.rows.map((e) => e.seq);

describe("a timeline with the oldest first", () => {
  it("grows by pages, then by what happens", () => {
    let t = addPage(emptyTimeline("asc"), eventsOf(1, 2), "2");
    t = addPage(t, eventsOf(3, 4));
    t = addLive(t, [eventOf(5)]);
    expect(seqs(t)).toEqual([1, 2, 3, 4, 5]);
  });

  it("leaves what happens to the pages still to be fetched", () => {
    const t = addPage(emptyTimeline("asc"), eventsOf(1, 2), "2");
    expect(seqs(addLive(t, [eventOf(9)]))).toEqual([1, 2]);
  });

  it("has no hole if something happened before the first page came", () => {
    const t = addLive(emptyTimeline("asc"), [eventOf(9)]);
    expect(seqs(addPage(t, eventsOf(1, 2), "2"))).toEqual([1, 2]);
  });

  it("shows an event without a number last, until its number comes", () => {
    let t = addPage(emptyTimeline("asc"), eventsOf(1, 2));
    t = addLive(t, [eventOf(0, { id: "event-3" })]);
    expect(seqs(t)).toEqual([1, 2, 0]);
    expect(seqs(addLive(t, [eventOf(3)]))).toEqual([1, 2, 3]);
  });

  it("stays bounded by letting the oldest go", () => {
    const full = addPage(emptyTimeline("asc"), eventsOf(1, MAX_TIMELINE_ROWS));
    const t = addLive(full, [eventOf(MAX_TIMELINE_ROWS + 1)]);
    expect(t.cutHead).toBe(true);
    expect(t.rows.length).toBeLessThan(MAX_TIMELINE_ROWS);
    expect(t.rows.at(-1)?.seq).toBe(MAX_TIMELINE_ROWS + 1);
  });

  it("notices a gap", () => {
    const t = addPage(emptyTimeline("asc"), eventsOf(1, 2));
    expect(hasGap(t, [eventOf(3)])).toBe(false);
    expect(hasGap(t, [eventOf(4)])).toBe(true);
  });
});

describe("a timeline with the newest first", () => {
  const start = addPage(emptyTimeline("desc"), eventsOf(3, 4).reverse(), "older");

  it("takes what happens on top and keeps its place below", () => {
    const t = addLive(start, [eventOf(5)]);
    expect(seqs(t)).toEqual([5, 4, 3]);
    expect(t.next).toBe("older");
  });

  it("fills a gap from the first page", () => {
    const t = addNewest(start, eventsOf(4, 7).reverse(), "x");
    expect(seqs(t)).toEqual([7, 6, 5, 4, 3]);
    expect(t.next).toBe("older");
  });

  it("starts from the first page if the gap is larger than that", () => {
    const t = addNewest(start, eventsOf(8, 9).reverse(), "x");
    expect(seqs(t)).toEqual([9, 8]);
    expect(t.next).toBe("x");
  });
});
