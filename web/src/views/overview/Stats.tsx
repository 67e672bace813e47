import type { ReactNode } from "react";
import { Link } from "wouter";
import { Sparkline } from "../../components/Sparkline";
import { count } from "../../lib/format";
import { useLive } from "../../state/liveContext";
import { RATE_SECONDS } from "../../state/rate";
import { useStore } from "../../state/store";

/** The numbers one looks at first. */
export function Stats() {
  const live = useLive();
  const { items: attackers, next } = useStore(live.attackers);
  const { items: deckies } = useStore(live.fleet);
  // Totals are of the attackers in the list; with older ones left out they are a lower bound.
  const more = next ? "+" : "";
  const total = (part: "events" | "credentials" | "commands") =>
    count(attackers.reduce((sum, a) => sum + a[part], 0)) + more;
  const ready = deckies.filter((d) => d.phase === "ready").length;
  return (
    <dl className="stats">
      <Stat name="Attackers">{count(attackers.length) + more}</Stat>
      <Stat name="Events">{total("events")}</Stat>
      <Stat name="Credentials">{total("credentials")}</Stat>
      <Stat name="Commands">{total("commands")}</Stat>
      <Stat name="Deckies ready">
        <Link href="/deckies">
          {count(ready)}
          <span className="dim"> / {count(deckies.length)}</span>
        </Link>
      </Stat>
      <RateStat />
    </dl>
  );
}

function Stat({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div className="stat">
      <dt>{name}</dt>
      <dd>{children}</dd>
    </div>
  );
}

/** How many seconds the shown rate is the mean of. */
const SMOOTHED = 5;

function RateStat() {
  const { perSecond } = useStore(useLive().rate);
  const latest = perSecond.slice(-SMOOTHED);
  const mean = latest.reduce((sum, n) => sum + n, 0) / Math.max(latest.length, 1);
  const shown = mean >= 10 ? count(Math.round(mean)) : mean.toFixed(1);
  return (
    <div className="stat stat-rate">
      <dt>Events per second</dt>
      <dd>
        {shown}
        <Sparkline
          values={perSecond}
          slots={RATE_SECONDS}
          label={`Events per second over the last ${RATE_SECONDS} seconds`}
        />
      </dd>
    </div>
  );
}
