// Attackers choose their usernames, commands and paths, so every one of them
// may carry characters that act instead of being seen: terminal escapes, bidi
// overrides that reorder a line, invisible letters. Here they become visible.

/** A stretch of text; `escaped` ones stand for characters that cannot be seen. */
export interface Segment {
  text: string;
  escaped: boolean;
}

// Controls, format characters (all bidi controls among them), lone surrogates,
// private use, every space but the ordinary one, whatever Unicode calls
// ignorable, and a combining mark that would sit on the text before the value.
const UNSEEN =
  /(?:(?! )[\p{Cc}\p{Cf}\p{Cs}\p{Co}\p{Zs}\p{Zl}\p{Zp}\p{Default_Ignorable_Code_Point}])+|^\p{M}+/gu;

const SHORT: Record<string, string> = { "\n": "\\n", "\r": "\\r", "\t": "\\t" };

/** A value with more stretches than this is shown as one, without colours. */
const MAX_SEGMENTS = 2000;

/** Splits a value into what can be shown as it is and what has to be spelt out. */
export function segments(value: string): Segment[] {
  const found: Segment[] = [];
  let end = 0;
  for (const match of value.matchAll(UNSEEN)) {
    if (match.index > end) found.push({ text: value.slice(end, match.index), escaped: false });
    found.push({ text: spellOut(match[0]), escaped: true });
    end = match.index + match[0].length;
  }
  if (end < value.length) found.push({ text: value.slice(end), escaped: false });
  if (found.length <= MAX_SEGMENTS) return found;
  return [{ text: found.map((s) => s.text).join(""), escaped: false }];
}

/** The value in one piece with nothing unseen left in it, for titles and copies. */
export function visible(value: string): string {
  return value.replace(UNSEEN, spellOut);
}

/** At most `max` characters of value, never half of a surrogate pair. */
export function clip(value: string, max: number): string {
  if (value.length <= max) return value;
  const last = value.charCodeAt(max - 1);
  const splitsPair = last >= 0xd800 && last <= 0xdbff;
  return value.slice(0, splitsPair ? max - 1 : max);
}

function spellOut(run: string): string {
  return Array.from(run, (char) => {
    const code = char.codePointAt(0) ?? 0;
    if (code <= 0xff) return SHORT[char] ?? `\\x${code.toString(16).padStart(2, "0")}`;
    return `\\u{${code.toString(16)}}`;
  }).join("");
}
