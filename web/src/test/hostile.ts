// What attackers send to hurt whoever looks.

export const HOSTILE = {
  html: "<img src=x onerror=alert(1)><script>alert(2)</script>",
  breakout: '"><svg/onload=alert(1)>',
  javascriptUrl: "javascript:alert(1)",
  bidi: "invoice\u202egpj.exe",
  isolates: "\u2066admin\u2069\u200b",
  ansi: "\u001b[2J\u001b[31mroot\u001b[0m\u0007",
  lines: "one\r\ntwo\u2028three\u0085four",
  marks: "\u0301\u0302admin",
  tags: "a\u{e0041}b\u3164c\u00a0d",
  surrogate: "a\ud800b",
} as const;

export const MEGABYTE = "A".repeat(1 << 20);
