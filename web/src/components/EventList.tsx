import { memo, type ReactNode, type RefObject, useMemo, useRef } from "react";
import type { DecoyEvent } from "../api/types";
import { useMedia } from "../lib/media";
import { clockTime, dayTime, sameDay, stamp, type Zone } from "../lib/time";
import { usePrefs } from "../state/prefs";
import { AttackerLink } from "./AttackerLink";
import { EventSummary } from "./EventSummary";
import { Hostile } from "./Hostile";
import { KindTag } from "./KindTag";
import { VirtualRows } from "./VirtualRows";

interface Props {
  events: readonly DecoyEvent[];
  label: string;
  selected: string | undefined;
  onSelect: (event: DecoyEvent) => void;
  /** An attacker's own timeline shows the number instead of the address. */
  numbered?: boolean;
  follow?: boolean;
  scroller?: RefObject<HTMLDivElement | null>;
  onScrolled?: (fromTop: number) => void;
  onNearEnd?: () => void;
  footer?: ReactNode;
}

// src/styles/events.css sets the same heights.
const ROW = 28;
const NARROW_ROW = 52;

const keyOf = (event: DecoyEvent) => event.id;

export function EventList(props: Props) {
  const { events, numbered = false, selected, onSelect } = props;
  const { zone } = usePrefs();
  const narrow = useMedia("(max-width: 720px)");
  const own = useRef<HTMLDivElement>(null);
  const dated = useMemo(() => spansDays(events, zone), [events, zone]);
  const shape = `events${numbered ? " events-numbered" : ""}${dated ? " events-dated" : ""}`;

  return (
    <div className={shape}>
      <div className="event-row event-head" aria-hidden="true">
        <span>Time</span>
        <span>{numbered ? "No." : "Attacker"}</span>
        <span>Decky</span>
        <span>Service</span>
        <span>Kind</span>
        <span>Summary</span>
      </div>
      <VirtualRows
        items={events}
        keyOf={keyOf}
        rowHeight={narrow ? NARROW_ROW : ROW}
        label={props.label}
        scroller={props.scroller ?? own}
        follow={props.follow ?? false}
        {...(props.onScrolled ? { onScrolled: props.onScrolled } : {})}
        {...(props.onNearEnd ? { onNearEnd: props.onNearEnd } : {})}
        footer={props.footer}
        render={(event) => (
          <EventRow
            event={event}
            zone={zone}
            dated={dated}
            numbered={numbered}
            selected={event.id === selected}
            onSelect={onSelect}
          />
        )}
      />
    </div>
  );
}

/** Whether times alone would leave in doubt which day they are of. */
function spansDays(events: readonly DecoyEvent[], zone: Zone): boolean {
  const [first, last] = [events[0], events.at(-1)];
  if (!first || !last) return false;
  const today = new Date().toISOString();
  return !sameDay(first.time, today, zone) || !sameDay(last.time, today, zone);
}

interface RowProps {
  event: DecoyEvent;
  zone: Zone;
  dated: boolean;
  numbered: boolean;
  selected: boolean;
  onSelect: (event: DecoyEvent) => void;
}

const EventRow = memo(function EventRow({ event, zone, dated, numbered, ...row }: RowProps) {
  return (
    <div className={row.selected ? "event-row selected" : "event-row"}>
      {/* The button's hit area is the whole row, so a click anywhere opens the details. */}
      <button
        type="button"
        className="event-open"
        aria-pressed={row.selected}
        title={stamp(event.time, zone)}
        onClick={() => row.onSelect(event)}
      >
        {dated ? dayTime(event.time, zone) : clockTime(event.time, zone)}
      </button>
      {numbered ? (
        <span className="dim">{event.seq || "–"}</span>
      ) : (
        <AttackerLink id={event.attacker} address={event.source} />
      )}
      <span className="cell">
        <Hostile value={event.decky} max={63} />
      </span>
      <span className="cell dim">
        <Hostile value={event.service} max={63} />
      </span>
      <KindTag kind={event.kind} />
      <span className="cell summary">
        <EventSummary event={event} />
      </span>
    </div>
  );
});
