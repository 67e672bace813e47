import { type Batch, Batcher } from "./batch";
import { API_ROOT } from "./http";
import * as normalize from "./normalize";
import type { Bounty, DeckyState, DecoyEvent, Profile } from "./types";

export type StreamState = "connecting" | "live" | "reconnecting";

export interface StreamHandlers {
  onBatch(batch: Batch): void;
  onState(state: StreamState): void;
  /** The server refused the stream; the session may have ended. */
  onRefused(): void;
}

/** What a test replaces. */
export interface StreamEnvironment {
  open(url: string): EventSource;
  nextFrame(run: () => void): void;
}

/** Twelve updates a second look live and leave time for everything else. */
const MIN_BATCH_MS = 80;
const RETRY_MS = [1_000, 2_000, 5_000, 10_000];

const browser: StreamEnvironment = {
  open: (url) => new EventSource(url),
  nextFrame: (run) => {
    setTimeout(() => requestAnimationFrame(run), MIN_BATCH_MS);
  },
};

/**
 * The live stream: it delivers what arrives in batches, one per drawn frame at
 * most, and keeps itself connected until stopped. After a dropped connection the
 * browser resumes by Last-Event-ID; after a refused one (an HTTP error, where
 * the browser gives up) this class opens a new one.
 */
export class LiveStream {
  private source: EventSource | undefined;
  private batcher = new Batcher();
  private scheduled = false;
  private attempts = 0;
  private retry: ReturnType<typeof setTimeout> | undefined;

  constructor(
    private readonly handlers: StreamHandlers,
    private readonly environment: StreamEnvironment = browser,
  ) {}

  start(): void {
    if (this.source) return;
    this.handlers.onState("connecting");
    this.connect();
  }

  stop(): void {
    clearTimeout(this.retry);
    this.source?.close();
    this.source = undefined;
    this.batcher.take();
  }

  private connect(): void {
    const source = this.environment.open(`${API_ROOT}/stream`);
    this.source = source;
    source.onopen = () => {
      this.attempts = 0;
      this.handlers.onState("live");
    };
    source.onerror = () => this.lost(source);
    this.on<DecoyEvent>(source, "event", (event) => this.batcher.addEvent(event));
    this.on<Profile>(source, "attacker", (p) => this.batcher.addProfile(normalize.profile(p)));
    this.on<Bounty>(source, "bounty", (bounty) => this.batcher.addBounty(bounty));
    this.on<DeckyState>(source, "decky", (d) => this.batcher.addDecky(normalize.decky(d)));
  }

  private on<T>(source: EventSource, name: string, take: (value: T) => void): void {
    source.addEventListener(name, (message: MessageEvent<string>) => {
      try {
        take(JSON.parse(message.data) as T);
      } catch (error) {
        console.error(`stream: a ${name} that is no JSON was left out`, error);
        return;
      }
      this.schedule();
    });
  }

  private schedule(): void {
    if (this.scheduled) return;
    this.scheduled = true;
    this.environment.nextFrame(() => {
      this.scheduled = false;
      if (this.source) this.handlers.onBatch(this.batcher.take());
    });
  }

  private lost(source: EventSource): void {
    if (source !== this.source) return;
    this.handlers.onState("reconnecting");
    if (source.readyState !== EventSource.CLOSED) return;
    this.handlers.onRefused();
    const wait = RETRY_MS[Math.min(this.attempts++, RETRY_MS.length - 1)];
    clearTimeout(this.retry);
    this.retry = setTimeout(() => {
      if (this.source === source) this.connect();
    }, wait);
  }
}
