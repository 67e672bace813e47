import type { Phase, WorkerStatus } from "../api/types";

type Tone = "ok" | "warn" | "bad" | "idle";

const TONES: Record<Phase | WorkerStatus, Tone> = {
  ready: "ok",
  degraded: "warn",
  starting: "warn",
  pending: "warn",
  failed: "bad",
  stopped: "idle",
  removed: "idle",
};

/** A status as a coloured dot with its word, since colour alone says nothing to some. */
export function StatusDot({ status }: { status: Phase | WorkerStatus }) {
  return (
    <span className="status">
      <span className={`dot dot-${TONES[status] ?? "idle"}`} />
      {status}
    </span>
  );
}
