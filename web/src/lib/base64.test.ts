import { describe, expect, it } from "vitest";
import { decodeBody } from "./base64";

const encode = (bytes: number[]) => btoa(String.fromCharCode(...bytes));

describe("decodeBody", () => {
  it("reads UTF-8", () => {
    expect(decodeBody(encode([0xc3, 0xa9, 0x1b]))).toEqual({
      text: "é\u001b",
      binary: false,
      size: 3,
    });
  });

  it("dumps what is no text, printable ASCII only", () => {
    const { text, binary } = decodeBody(encode([0xff, 0x41, 0x00]));
    expect(binary).toBe(true);
    expect(text).toMatch(/^000000 {2}ff 41 00 +\.A\.$/);
  });

  it("shows what is no base64 as it is", () => expect(decodeBody("%%").text).toBe("%%"));
});
