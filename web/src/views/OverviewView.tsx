import { useState } from "react";
import type { DecoyEvent } from "../api/types";
import { EventDrawer } from "../components/EventDrawer";
import { useTitle } from "../lib/title";
import { useLive } from "../state/liveContext";
import { useStore } from "../state/store";
import { AttackersPanel } from "./overview/AttackersPanel";
import { DeckyStrip } from "./overview/DeckyStrip";
import { FeedPanel } from "./overview/FeedPanel";
import { FirstTouch } from "./overview/FirstTouch";
import { Stats } from "./overview/Stats";

export function OverviewView() {
  useTitle("Overview");
  const live = useLive();
  const attackers = useStore(live.attackers);
  const fleet = useStore(live.fleet);
  const [selected, setSelected] = useState<DecoyEvent>();
  const [listed, setListed] = useState<readonly DecoyEvent[]>([]);

  const untouched = attackers.loaded && attackers.items.length === 0;
  return (
    <div className="page overview">
      <h1 className="sr-only">Overview</h1>
      <Stats />
      <DeckyStrip fleet={fleet} />
      {untouched ? (
        <FirstTouch fleet={fleet} />
      ) : (
        <div className="overview-main">
          <FeedPanel selected={selected?.id} onSelect={setSelected} onRows={setListed} />
          <AttackersPanel />
        </div>
      )}
      {selected && <EventDrawer event={selected} events={listed} onSelect={setSelected} />}
    </div>
  );
}
