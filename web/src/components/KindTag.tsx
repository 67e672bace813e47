import { Hostile } from "./Hostile";

const KNOWN = new Set([
  "connect",
  "disconnect",
  "refused",
  "auth_attempt",
  "command",
  "request",
  "error",
]);

/** An event's kind; the ones every service shares have colours of their own. */
export function KindTag({ kind }: { kind: string }) {
  const tone = KNOWN.has(kind) ? kind : "other";
  return (
    <span className={`kind kind-${tone}`}>
      <Hostile value={kind} max={40} />
    </span>
  );
}
