export interface DecodedBody {
  text: string;
  /** The bytes were no UTF-8 text, so `text` is a hex dump of them. */
  binary: boolean;
  size: number;
}

/** How much of a body that is not text is worth a hex dump. */
const MAX_DUMP = 4096;

/** Turns base64 of any bytes into something that can be read. */
export function decodeBody(b64: string): DecodedBody {
  let raw: Uint8Array;
  try {
    raw = Uint8Array.from(atob(b64), (char) => char.charCodeAt(0));
  } catch {
    return { text: b64, binary: false, size: b64.length };
  }
  try {
    const text = new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(raw);
    return { text, binary: false, size: raw.length };
  } catch {
    return { text: hexDump(raw.subarray(0, MAX_DUMP)), binary: true, size: raw.length };
  }
}

function hexDump(raw: Uint8Array): string {
  const lines: string[] = [];
  for (let at = 0; at < raw.length; at += 16) {
    const row = Array.from(raw.subarray(at, at + 16));
    const hex = row.map((byte) => byte.toString(16).padStart(2, "0")).join(" ");
    const ascii = row.map((b) => (b >= 0x20 && b < 0x7f ? String.fromCharCode(b) : ".")).join("");
    lines.push(`${at.toString(16).padStart(6, "0")}  ${hex.padEnd(47)}  ${ascii}`);
  }
  return lines.join("\n");
}
