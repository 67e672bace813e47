import { describe, expect, it } from "vitest";
import { ago, clockTime, dayTime, sameDay, stamp } from "./time";

const AT = "2026-06-01T23:59:58.123456789Z";

describe("times", () => {
  it("shows nanosecond times to the millisecond", () => {
    expect(stamp(AT, "utc")).toBe("2026-06-01 23:59:58.123");
    expect(clockTime(AT, "utc")).toBe("23:59:58.123");
    expect(dayTime(AT, "utc")).toBe("06-01 23:59:58.123");
  });

  it("shows nothing of what is no time", () => {
    expect(stamp("soon", "utc")).toBe("????-??-?? ??:??:??.???");
    expect(clockTime("soon", "utc")).toBe("??:??:??.???");
  });

  it("knows days", () => {
    expect(sameDay(AT, "2026-06-01T00:00:00Z", "utc")).toBe(true);
    expect(sameDay(AT, "2026-06-02T00:00:00Z", "utc")).toBe(false);
  });

  it.each([
    [0, "now"],
    [59, "59s ago"],
    [60, "1m ago"],
    [7200, "2h ago"],
    [200_000, "2d ago"],
    [-5, "now"],
  ])("%i seconds later it was %s", (seconds, want) => {
    expect(ago(AT, Date.parse(AT) + seconds * 1000)).toBe(want);
  });
});
