import { describe, expect, it } from "vitest";
import { serviceOf } from "../test/samples";
import { bytes, duration, hostPort, plural, ranked, tryCommand } from "./format";

describe("format", () => {
  it("counts in words", () => {
    expect(plural(1, "event")).toBe("1 event");
    expect(plural(1200, "event")).toBe("1,200 events");
  });

  it("ranks by number, then by name", () => {
    expect(ranked({ b: 1, a: 1, c: 5 })).toEqual([
      ["c", 5],
      ["a", 1],
      ["b", 1],
    ]);
  });

  it("makes nothing of fields that hold no number", () => {
    expect(duration(undefined)).toBeUndefined();
    expect(duration("<b>")).toBeUndefined();
    expect(bytes("")).toBeUndefined();
  });

  it("measures", () => {
    expect(duration("87")).toBe("87 ms");
    expect(duration("1250")).toBe("1.3 s");
    expect(bytes("1234")).toBe("1.2 kB");
  });

  it("puts IPv6 addresses into brackets", () => {
    expect(hostPort("192.0.2.1", 22)).toBe("192.0.2.1:22");
    expect(hostPort("2001:db8::1", 22)).toBe("[2001:db8::1]:22");
  });

  it.each([
    [serviceOf({ port: 2222 }), "ssh -p 2222 root@127.0.0.2"],
    [serviceOf({ slug: "http", port: 8080 }), "curl http://127.0.0.2:8080/"],
    [serviceOf({ slug: "http", address: "::1", port: 80 }), "curl http://[::1]:80/"],
    [serviceOf({ slug: "snmp", port: 161, transport: "udp" }), "nc -vu 127.0.0.2 161"],
  ])("knows how to try a service", (service, want) => expect(tryCommand(service)).toBe(want));
});
