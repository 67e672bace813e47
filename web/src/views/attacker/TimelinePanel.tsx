import { useState } from "react";
import type { DecoyEvent, Profile } from "../../api/types";
import { EventDrawer } from "../../components/EventDrawer";
import { EventList } from "../../components/EventList";
import { FilterBar } from "../../components/FilterBar";
import { Empty, Failure, Loading } from "../../components/Notice";
import { Panel } from "../../components/Panel";
import { isFiltered } from "../../lib/filter";
import { count } from "../../lib/format";
import { useEventFilter } from "../../state/filter";
import { type Timeline, useTimeline } from "../../state/timeline";
import type { Order } from "../../state/timelineRows";

/** Everything an attacker did, in order. */
export function TimelinePanel({ profile }: { profile: Profile }) {
  const [filter, setFilter] = useEventFilter();
  const [order, setOrder] = useState<Order>("asc");
  const [selected, setSelected] = useState<DecoyEvent>();
  const timeline = useTimeline(profile.attacker, filter, order);

  const actions = (
    <>
      <FilterBar
        filter={filter}
        onChange={setFilter}
        deckies={Object.keys(profile.deckies).sort()}
        services={Object.keys(profile.services).sort()}
        kinds={Object.keys(profile.kinds).sort()}
      />
      <select
        className="select"
        aria-label="Order"
        value={order}
        onChange={(change) => setOrder(change.target.value as Order)}
      >
        <option value="asc">Oldest first</option>
        <option value="desc">Newest first</option>
      </select>
    </>
  );

  return (
    <Panel title="Timeline" tally={count(profile.events)} className="timeline" actions={actions}>
      {timeline.cutHead && (
        <p className="rows-end">
          Rows before these were let go.{" "}
          <button type="button" className="link" onClick={timeline.startOver}>
            Start over
          </button>
        </p>
      )}
      {timeline.rows.length > 0 ? (
        <EventList
          numbered
          events={timeline.rows}
          label="Events of this attacker"
          selected={selected?.id}
          onSelect={setSelected}
          follow={order === "asc" && !timeline.next}
          onNearEnd={timeline.loadMore}
          footer={<End timeline={timeline} />}
        />
      ) : (
        <NoRows timeline={timeline} filtered={isFiltered(filter)} />
      )}
      {selected && (
        <EventDrawer
          event={selected}
          events={timeline.rows}
          onSelect={setSelected}
          onSession={(session) => setFilter({ session })}
        />
      )}
    </Panel>
  );
}

function NoRows({ timeline, filtered }: { timeline: Timeline; filtered: boolean }) {
  if (timeline.error) return <Failure error={timeline.error} onRetry={timeline.startOver} />;
  if (timeline.loading) return <Loading />;
  return <Empty title={filtered ? "No event matches the filter" : "No events"} />;
}

function End({ timeline }: { timeline: Timeline }) {
  return (
    <div className="rows-end">
      {timeline.error && <Failure error={timeline.error} onRetry={timeline.loadMore} />}
      {timeline.loading && "Loading…"}
      {!timeline.loading && timeline.next && (
        <button type="button" className="link" onClick={timeline.loadMore}>
          Load more
        </button>
      )}
      {!timeline.loading && !timeline.next && !timeline.cutTail && "That is all so far."}
      {timeline.cutTail && (
        <button type="button" className="link" onClick={timeline.startOver}>
          Older events were let go – start over
        </button>
      )}
    </div>
  );
}
