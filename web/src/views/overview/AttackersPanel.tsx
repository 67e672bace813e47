import { memo, useMemo, useRef, useState } from "react";
import type { AttackerSummary } from "../../api/types";
import { Ago } from "../../components/Ago";
import { AttackerLink } from "../../components/AttackerLink";
import { Loading } from "../../components/Notice";
import { Panel } from "../../components/Panel";
import { VirtualRows } from "../../components/VirtualRows";
import { count, plural, ranked, shortCount } from "../../lib/format";
import { useLive } from "../../state/liveContext";
import { useStore } from "../../state/store";
import { inOrder } from "./heldOrder";

// src/styles/attackers.css sets the same height.
const ROW = 48;

const keyOf = (attacker: AttackerSummary) => attacker.id;

/** Attackers by when they were last seen, kept in order while they act. */
export function AttackersPanel() {
  const live = useLive();
  const { items, next, loaded } = useStore(live.attackers);
  // A row must not slip away under the pointer or the focus that aims at it, so
  // meanwhile the order stands still; the numbers do not.
  const [order, setOrder] = useState<string[]>();
  const hold = () => setOrder((held) => held ?? items.map(keyOf));
  const release = () => setOrder(undefined);
  const rows = useMemo(() => inOrder(items, order), [items, order]);
  const scroller = useRef<HTMLDivElement>(null);

  return (
    <Panel title="Attackers" tally={count(items.length) + (next ? "+" : "")} className="attackers">
      {!loaded && <Loading />}
      {/* biome-ignore lint/a11y/noStaticElementInteractions: it only notices that somebody is in it */}
      <div
        className="attackers-body"
        onPointerEnter={hold}
        onPointerLeave={release}
        onFocus={hold}
        onBlur={release}
      >
        <VirtualRows
          items={rows}
          keyOf={keyOf}
          rowHeight={ROW}
          label="Attackers, last seen first"
          scroller={scroller}
          render={(attacker) => <AttackerRow attacker={attacker} />}
          footer={next && <LoadOlder load={live.loadOlderAttackers} />}
        />
      </div>
    </Panel>
  );
}

const AttackerRow = memo(function AttackerRow({ attacker }: { attacker: AttackerSummary }) {
  const services = ranked(attacker.services);
  return (
    <div className="attacker-row">
      <AttackerLink id={attacker.id} address={attacker.address} />
      <span className="attacker-seen dim">
        <Ago time={attacker.last_seen} />
      </span>
      <span className="attacker-tags">
        {services.slice(0, 4).map(([slug, n]) => (
          <span key={slug} className="tag" title={plural(n, "event")}>
            {slug}
          </span>
        ))}
        {services.length > 4 && <span className="dim">+{services.length - 4}</span>}
      </span>
      <span className="attacker-counts dim">
        <Tally n={attacker.events} noun="event" />
        <Tally n={attacker.credentials} noun="credential" short="cred" />
        <Tally n={attacker.commands} noun="command" short="cmd" />
      </span>
    </div>
  );
});

function Tally({ n, noun, short = noun }: { n: number; noun: string; short?: string }) {
  if (n === 0) return null;
  return (
    <span title={plural(n, noun)}>
      <b>{shortCount(n)}</b> {short}
      {n === 1 ? "" : "s"}
    </span>
  );
}

function LoadOlder({ load }: { load: () => Promise<void> }) {
  const [state, setState] = useState<"idle" | "busy" | "failed">("idle");
  const run = () => {
    setState("busy");
    load().then(
      () => setState("idle"),
      () => setState("failed"),
    );
  };
  return (
    <p className="rows-end">
      <button type="button" className="link" disabled={state === "busy"} onClick={run}>
        {state === "failed" ? "Loading failed – try again" : "Load older attackers"}
      </button>
    </p>
  );
}
