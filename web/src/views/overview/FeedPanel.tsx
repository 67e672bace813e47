import { useEffect, useRef, useState } from "react";
import { listServices } from "../../api/client";
import type { DecoyEvent } from "../../api/types";
import { EventList } from "../../components/EventList";
import { FilterBar } from "../../components/FilterBar";
import { Icon } from "../../components/Icon";
import { Empty, Failure, Loading } from "../../components/Notice";
import { Panel } from "../../components/Panel";
import { isFiltered } from "../../lib/filter";
import { count, plural } from "../../lib/format";
import { useFeed } from "../../state/feed";
import { useEventFilter } from "../../state/filter";
import { useLive } from "../../state/liveContext";
import { useResource } from "../../state/resource";
import { useStore } from "../../state/store";
import { ArrivalNews } from "./ArrivalNews";

interface Props {
  selected: string | undefined;
  onSelect: (event: DecoyEvent | undefined) => void;
  /** Told which events are listed, for stepping through them in the details. */
  onRows: (rows: readonly DecoyEvent[]) => void;
}

export function FeedPanel({ selected, onSelect, onRows }: Props) {
  const [filter, setFilter] = useEventFilter();
  const [paused, setPaused] = useState(false);
  const [scrolled, setScrolled] = useState(false);
  const scroller = useRef<HTMLDivElement>(null);
  // Rows must not move under somebody who reads further down.
  const feed = useFeed(filter, paused || scrolled);
  const options = useFilterOptions();

  useEffect(() => onRows(feed.rows), [feed.rows, onRows]);

  const resume = () => {
    setPaused(false);
    setScrolled(false);
    if (scroller.current) scroller.current.scrollTop = 0;
  };

  const actions = (
    <>
      <FilterBar filter={filter} onChange={setFilter} {...options} />
      <button
        type="button"
        className="button small"
        aria-pressed={paused}
        onClick={paused ? resume : () => setPaused(true)}
      >
        <Icon name={paused ? "play" : "pause"} />
        {paused ? "Resume" : "Pause"}
      </button>
    </>
  );

  return (
    <Panel title="Live events" className="feed" actions={actions}>
      <ArrivalNews />
      {feed.error && <Failure error={feed.error} />}
      {feed.waiting > 0 && (
        <button type="button" className="waiting" onClick={resume}>
          {plural(feed.waiting, "new event")} – show
        </button>
      )}
      {feed.rows.length > 0 ? (
        <EventList
          events={feed.rows}
          label="Live events, newest first"
          selected={selected}
          onSelect={onSelect}
          scroller={scroller}
          onScrolled={(top) => setScrolled(top > 0)}
          footer={<p className="rows-end">The latest {count(feed.rows.length)} events</p>}
        />
      ) : feed.loaded ? (
        <NoRows filtered={isFiltered(filter)} />
      ) : (
        <Loading />
      )}
    </Panel>
  );
}

function NoRows({ filtered }: { filtered: boolean }) {
  return filtered ? (
    <Empty title="No event matches the filter" />
  ) : (
    <Empty title="No events yet">
      <p>They appear here as they happen.</p>
    </Empty>
  );
}

function useFilterOptions() {
  const { items: deckies } = useStore(useLive().fleet);
  const specs = useResource(listServices).data ?? [];
  const kinds = new Set(specs.flatMap((s) => s.events ?? []).map((e) => e.kind));
  return {
    deckies: deckies.map((d) => d.name),
    services: specs.map((s) => s.slug).sort(),
    kinds: [...kinds].sort(),
  };
}
