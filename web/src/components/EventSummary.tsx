import { memo, type ReactNode } from "react";
import type { DecoyEvent } from "../api/types";
import { bytes, duration } from "../lib/format";
import { Hostile } from "./Hostile";

/** What happened in an event, in one line. */
export const EventSummary = memo(function EventSummary({ event }: { event: DecoyEvent }) {
  const fields = event.fields ?? {};
  switch (event.kind) {
    case "auth_attempt":
      return <Attempt fields={fields} />;
    case "command":
      return (
        <>
          <span className="dim">$ </span>
          <Hostile value={fields.command ?? event.message ?? ""} />
        </>
      );
    case "request":
      return fields.method ? <Request fields={fields} /> : <Other event={event} />;
    case "connect":
      return <Dim>connected{event.source_port ? ` from port ${event.source_port}` : ""}</Dim>;
    case "disconnect":
      return <Dim>{disconnected(fields)}</Dim>;
    case "refused":
    case "error":
      return <Hostile value={fields.reason ?? event.message ?? event.kind} />;
    default:
      return <Other event={event} />;
  }
});

type Fields = Record<string, string>;

function Attempt({ fields }: { fields: Fields }) {
  const accepted = fields.accepted === "true";
  const kind = fields.secret_kind;
  return (
    <span className="summary-badged">
      <span className="cell">
        <Hostile value={fields.principal ?? ""} max={100} />
        <span className="dim"> / </span>
        <Hostile value={fields.secret_printable ?? ""} max={140} />
        {kind && kind !== "plaintext" && (
          <span className="dim">
            {" "}
            <Hostile value={kind} max={40} />
          </span>
        )}
      </span>
      <Verdict accepted={accepted} />
    </span>
  );
}

/** A badge and not a word, so that no password can pass for it. */
export function Verdict({ accepted }: { accepted: boolean }) {
  return (
    <span className={accepted ? "badge badge-accepted" : "badge"}>
      {accepted ? "accepted" : "refused"}
    </span>
  );
}

function Request({ fields }: { fields: Fields }) {
  return (
    <span className="summary-badged">
      <span className="cell">
        <span className="strong">
          <Hostile value={fields.method ?? ""} max={20} />
        </span>{" "}
        <Hostile value={fields.path ?? ""} />
      </span>
      {fields.status && (
        <span className="badge">
          <Hostile value={fields.status} max={10} />
        </span>
      )}
    </span>
  );
}

function disconnected(fields: Fields): string {
  const took = duration(fields.duration_ms);
  const received = bytes(fields.bytes_in);
  const sent = bytes(fields.bytes_out);
  const parts = [
    took && `after ${took}`,
    received && `${received} received`,
    sent && `${sent} sent`,
  ].filter(Boolean);
  return parts.length > 0 ? `disconnected ${parts.join(", ")}` : "disconnected";
}

/** More fields than these do not fit into a line; the details show all. */
const FIELDS_IN_LINE = 6;

function Other({ event }: { event: DecoyEvent }) {
  if (event.message) return <Hostile value={event.message} />;
  return Object.entries(event.fields ?? {})
    .slice(0, FIELDS_IN_LINE)
    .map(([name, value]) => (
      <span key={name} className="pair">
        <span className="dim">
          <Hostile value={name} max={40} />=
        </span>
        <Hostile value={value} max={80} />
      </span>
    ));
}

function Dim({ children }: { children: ReactNode }) {
  return <span className="dim">{children}</span>;
}
