import type { StreamState } from "../api/stream";
import { useLive } from "../state/liveContext";
import { useStore } from "../state/store";

const SHOWN: Record<StreamState, { word: string; tone: string; title: string }> = {
  connecting: { word: "Connecting", tone: "warn", title: "Opening the live stream" },
  live: { word: "Live", tone: "ok", title: "Events arrive as they happen" },
  reconnecting: {
    word: "Reconnecting",
    tone: "bad",
    title: "The live stream broke off; what is shown may be old",
  },
};

/** Whether what is on the page is live. */
export function Connection() {
  const live = useLive();
  const { word, tone, title } = SHOWN[useStore(live.connection)];
  return (
    <span className="connection" role="status" title={title}>
      <span className={`dot dot-${tone}`} />
      {word}
    </span>
  );
}
