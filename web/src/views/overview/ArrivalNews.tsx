import { useEffect, useRef, useState } from "react";
import { plural } from "../../lib/format";
import { useLive } from "../../state/liveContext";

/** Seldom enough that a screen reader is not talked over by a flood. */
const EVERY_MS = 10_000;

/** Tells a screen reader now and then how much arrived. */
export function ArrivalNews() {
  const live = useLive();
  const arrived = useRef(0);
  const [news, setNews] = useState("");

  useEffect(() => {
    const stop = live.onBatch((batch) => {
      arrived.current += batch.received;
    });
    const timer = setInterval(() => {
      setNews(arrived.current > 0 ? plural(arrived.current, "new event") : "");
      arrived.current = 0;
    }, EVERY_MS);
    return () => {
      stop();
      clearInterval(timer);
    };
  }, [live]);

  return (
    <p className="sr-only" aria-live="polite">
      {news}
    </p>
  );
}
