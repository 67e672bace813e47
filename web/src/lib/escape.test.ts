import { describe, expect, it } from "vitest";
import { HOSTILE } from "../test/hostile";
import { clip, segments, visible } from "./escape";

describe("visible", () => {
  it.each([
    ["ordinary text, with spaces", "ordinary text, with spaces"],
    ["日本語 שלום é", "日本語 שלום é"],
    [HOSTILE.html, HOSTILE.html],
    [HOSTILE.bidi, "invoice\\u{202e}gpj.exe"],
    [HOSTILE.isolates, "\\u{2066}admin\\u{2069}\\u{200b}"],
    [HOSTILE.ansi, "\\x1b[2J\\x1b[31mroot\\x1b[0m\\x07"],
    [HOSTILE.lines, "one\\r\\ntwo\\u{2028}three\\x85four"],
    [HOSTILE.marks, "\\u{301}\\u{302}admin"],
    [HOSTILE.tags, "a\\u{e0041}b\\u{3164}c\\xa0d"],
    [HOSTILE.surrogate, "a\\u{d800}b"],
    ["\t\0", "\\t\\x00"],
  ])("spells out what cannot be seen in %j", (value, want) => {
    expect(visible(value)).toBe(want);
  });
});

describe("segments", () => {
  it("marks only what it spelt out, so that a typed \\x1b cannot pass for one", () => {
    expect(segments("\\x1b\u001b")).toEqual([
      { text: "\\x1b", escaped: false },
      { text: "\\x1b", escaped: true },
    ]);
  });

  it("joins neighbours into one", () => {
    expect(segments("\u0000\u0001\u0002")).toEqual([{ text: "\\x00\\x01\\x02", escaped: true }]);
  });

  it("stays bounded for a value made to have very many", () => {
    const all = segments("a\u001b".repeat(100_000));
    expect(all).toHaveLength(1);
    expect(all[0]?.text.startsWith("a\\x1ba\\x1b")).toBe(true);
  });
});

describe("clip", () => {
  it("leaves short values alone", () => expect(clip("abc", 3)).toBe("abc"));
  it("cuts long ones", () => expect(clip("abcd", 3)).toBe("abc"));
  it("never cuts a surrogate pair", () => expect(clip("ab😀", 3)).toBe("ab"));
});
