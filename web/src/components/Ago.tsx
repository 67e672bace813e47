import { ago, stamp } from "../lib/time";
import { useNow } from "../state/clock";
import { usePrefs } from "../state/prefs";

/** "12s ago", kept right. */
export function Ago({ time }: { time: string }) {
  const now = useNow();
  const { zone } = usePrefs();
  return (
    <time dateTime={time} title={stamp(time, zone)}>
      {ago(time, now)}
    </time>
  );
}
