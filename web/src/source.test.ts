import { expect, it } from "vitest";

// Rules of the whole source that no type and no linter keeps for us.

const sources = import.meta.glob<string>(
  ["./**/*.{ts,tsx}", "!./**/*.test.{ts,tsx}", "!./test/**"],
  {
    query: "?raw",
    import: "default",
    eager: true,
  },
);

const FORBIDDEN: [RegExp, string][] = [
  [/dangerouslySetInnerHTML|innerHTML|insertAdjacentHTML|document\.write/, "markup from strings"],
  [/\bstyle=/, "style attributes; the security policy refuses them"],
  [/\beval\(|new Function\(/, "code from strings"],
  [/https?:\/\/(?!\$)/, "requests to elsewhere"],
  [/localStorage.*token|sessionStorage/i, "tokens within reach of scripts"],
];

it.each(FORBIDDEN)("has no %s (%s)", (pattern) => {
  expect(Object.keys(sources).length).toBeGreaterThan(30);
  const found = Object.entries(sources).filter(([, text]) => pattern.test(text));
  expect(found.map(([path]) => path)).toEqual([]);
});
