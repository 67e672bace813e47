import { describe, expect, it } from "vitest";
import { anchorAt, findAnchor, visibleRange } from "./window";

const ROW = 10;
const keyOf = (key: string) => key;
const rows = (...keys: string[]) => keys;
const many = (n: number) => Array.from({ length: n }, (_, i) => `r${i}`);

describe("visibleRange", () => {
  it("covers what is in sight and a little more", () => {
    expect(visibleRange(500, 100, ROW, 1000)).toEqual({ start: 42, end: 68 });
  });

  it("stays inside the list", () => {
    expect(visibleRange(0, 100, ROW, 5)).toEqual({ start: 0, end: 5 });
    expect(visibleRange(99_999, 100, ROW, 5)).toEqual({ start: 0, end: 5 });
  });
});

describe("anchors", () => {
  it("keep the row that is read where it is when rows come in above", () => {
    const box = { scrollTop: 25, clientHeight: 10 };
    const anchor = anchorAt(rows("a", "b", "c", "d"), keyOf, box, ROW, false);
    expect(findAnchor(rows("x", "y", "a", "b", "c", "d"), keyOf, anchor, box, ROW)).toBe(45);
  });

  it("let a list at its top show what comes in", () => {
    const box = { scrollTop: 0, clientHeight: 10 };
    const anchor = anchorAt(rows("a", "b"), keyOf, box, ROW, false);
    expect(findAnchor(rows("x", "a", "b"), keyOf, anchor, box, ROW)).toBeUndefined();
  });

  it("follow the end only where that is wanted", () => {
    const box = { scrollTop: 900, clientHeight: 100 };
    const followed = anchorAt(many(100), keyOf, box, ROW, true);
    expect(findAnchor(many(120), keyOf, followed, box, ROW)).toBe(1100);
    const left = anchorAt(many(100), keyOf, box, ROW, false);
    expect(findAnchor(many(120), keyOf, left, box, ROW)).toBeUndefined();
  });

  it("give up on a row that is gone", () => {
    const box = { scrollTop: 25, clientHeight: 10 };
    const anchor = anchorAt(rows("a", "b", "c"), keyOf, box, ROW, false);
    expect(findAnchor(rows("x", "y", "z"), keyOf, anchor, box, ROW)).toBeUndefined();
  });
});
