import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FakeEventSource } from "../test/fakeStream";
import { eventOf, profileOf } from "../test/samples";
import type { Batch } from "./batch";
import { LiveStream, type StreamState } from "./stream";

function setUp() {
  const batches: Batch[] = [];
  const states: StreamState[] = [];
  const onRefused = vi.fn();
  const frames: (() => void)[] = [];
  const stream = new LiveStream(
    { onBatch: (b) => batches.push(b), onState: (s) => states.push(s), onRefused },
    {
      open: (url) => new FakeEventSource(url) as unknown as EventSource,
      nextFrame: (run) => frames.push(run),
    },
  );
  const draw = () => {
    for (const frame of frames.splice(0)) frame();
  };
  return { stream, batches, states, onRefused, frames, draw };
}

beforeEach(() => {
  FakeEventSource.opened = [];
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.useFakeTimers();
});

afterEach(() => vi.useRealTimers());

describe("LiveStream", () => {
  it("delivers all that comes between two frames at once", () => {
    const { stream, batches, frames, draw } = setUp();
    stream.start();
    const source = FakeEventSource.latest();
    source.connect();
    for (let i = 1; i <= 1000; i++) source.send("event", eventOf(i));
    source.send("attacker", { ...profileOf(), commands: null });
    expect(frames).toHaveLength(1);
    draw();
    expect(batches).toHaveLength(1);
    expect(batches[0]?.received).toBe(1000);
    expect(batches[0]?.profiles[0]?.commands).toEqual([]);
  });

  it("leaves out what is no JSON", () => {
    vi.spyOn(console, "error").mockImplementation(() => {});
    const { stream, batches, draw } = setUp();
    stream.start();
    FakeEventSource.latest().send("event", "{");
    FakeEventSource.latest().send("event", eventOf(1));
    draw();
    expect(batches[0]?.received).toBe(1);
  });

  it("leaves a dropped connection to the browser, which resumes it", () => {
    const { stream, states, onRefused } = setUp();
    stream.start();
    FakeEventSource.latest().connect();
    FakeEventSource.latest().fail(false);
    vi.advanceTimersByTime(60_000);
    FakeEventSource.latest().connect();
    expect(states).toEqual(["connecting", "live", "reconnecting", "live"]);
    expect(FakeEventSource.opened).toHaveLength(1);
    expect(onRefused).not.toHaveBeenCalled();
  });

  it("opens a refused stream again, later and later", () => {
    const { stream, onRefused } = setUp();
    stream.start();
    FakeEventSource.latest().fail(true);
    expect(onRefused).toHaveBeenCalledOnce();
    vi.advanceTimersByTime(1_000);
    expect(FakeEventSource.opened).toHaveLength(2);
    FakeEventSource.latest().fail(true);
    vi.advanceTimersByTime(1_000);
    expect(FakeEventSource.opened).toHaveLength(2);
    vi.advanceTimersByTime(1_000);
    expect(FakeEventSource.opened).toHaveLength(3);
  });

  it("is silent after it was stopped", () => {
    const { stream, batches, draw } = setUp();
    stream.start();
    FakeEventSource.latest().send("event", eventOf(1));
    stream.stop();
    draw();
    vi.advanceTimersByTime(60_000);
    expect(batches).toEqual([]);
    expect(FakeEventSource.opened).toHaveLength(1);
  });
});
