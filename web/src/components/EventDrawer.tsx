import { useEffect, useRef } from "react";
import type { DecoyEvent } from "../api/types";
import { count } from "../lib/format";
import { AttackerLink } from "./AttackerLink";
import { EventSummary } from "./EventSummary";
import { Hostile, HostileBlock } from "./Hostile";
import { Icon } from "./Icon";
import { KindTag } from "./KindTag";

interface Props {
  event: DecoyEvent;
  events: readonly DecoyEvent[];
  onSelect: (event: DecoyEvent | undefined) => void;
  /** Offered where the page can be narrowed to one connection. */
  onSession?: (session: string) => void;
}

/** All fields of one event, beside the list it was picked from. */
export function EventDrawer({ event, events, onSelect, onSession }: Props) {
  const panel = useRef<HTMLElement>(null);
  const move = (step: number) => {
    const at = events.findIndex((e) => e.id === event.id);
    // An event that left a live list is followed by the list's first one.
    const next = events[at < 0 ? 0 : at + step];
    if (next) onSelect(next);
  };

  useEffect(() => {
    const cameFrom = document.activeElement as HTMLElement | null;
    panel.current?.focus({ preventScroll: true });
    return () => cameFrom?.focus({ preventScroll: true });
  }, []);

  useEffect(() => {
    const onKey = (key: KeyboardEvent) => {
      if (isTyping(key.target)) return;
      if (key.key === "Escape") onSelect(undefined);
      else if (key.key === "j") move(1);
      else if (key.key === "k") move(-1);
    };
    document.addEventListener("keydown", onKey);
    return () => document.removeEventListener("keydown", onKey);
  });

  const fields = Object.entries(event.fields ?? {}).sort(([a], [b]) => a.localeCompare(b));
  return (
    <aside className="drawer" aria-label="Event details" ref={panel} tabIndex={-1}>
      <header className="drawer-head">
        <KindTag kind={event.kind} />
        <h2 className="drawer-title">
          <EventSummary event={event} />
        </h2>
        <div className="panel-actions">
          <DrawerButton icon="up" label="Previous in the list (k)" onClick={() => move(-1)} />
          <DrawerButton icon="down" label="Next in the list (j)" onClick={() => move(1)} />
          <DrawerButton icon="close" label="Close (Esc)" onClick={() => onSelect(undefined)} />
        </div>
      </header>
      <div className="drawer-body">
        <dl className="facts">
          <Fact name="Time" value={event.time} />
          <dt>Attacker</dt>
          <dd>
            <AttackerLink id={event.attacker} address={event.source} />
            {event.source_port ? <span className="dim"> port {event.source_port}</span> : null}
          </dd>
          <Fact name="Decky" value={event.decky} />
          <Fact name="Service" value={event.service} />
          <Fact name="Host" value={event.host} />
          <dt>Number</dt>
          <dd className="mono">{event.seq ? count(event.seq) : "–"}</dd>
          {event.session && (
            <>
              <dt>Session</dt>
              <dd className="mono">
                <Hostile value={event.session} />
                {onSession && (
                  <button
                    type="button"
                    className="link"
                    onClick={() => onSession(event.session ?? "")}
                  >
                    Only this session
                  </button>
                )}
              </dd>
            </>
          )}
          <Fact name="Event id" value={event.id} />
        </dl>
        {event.message && (
          <>
            <h3>Message</h3>
            <HostileBlock key={event.id} value={event.message} />
          </>
        )}
        {fields.length > 0 && <h3>Fields</h3>}
        <dl className="fields">
          {fields.map(([name, value]) => (
            // The event's id is in the key so that another event starts collapsed.
            <div key={`${event.id} ${name}`}>
              <dt>
                <Hostile value={name} max={80} />
              </dt>
              <dd>
                {value === "" ? <span className="dim">empty</span> : <HostileBlock value={value} />}
              </dd>
            </div>
          ))}
        </dl>
      </div>
    </aside>
  );
}

function Fact({ name, value }: { name: string; value: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd className="mono">
        <Hostile value={value} />
      </dd>
    </>
  );
}

interface ButtonProps {
  icon: "up" | "down" | "close";
  label: string;
  onClick: () => void;
}

function DrawerButton({ icon, label, onClick }: ButtonProps) {
  return (
    <button
      type="button"
      className="icon-button"
      title={label}
      aria-label={label}
      onClick={onClick}
    >
      <Icon name={icon} />
    </button>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return target instanceof HTMLElement && target.matches("input, select, textarea");
}
