import { Link } from "wouter";
import type { DeckyState } from "../../api/types";
import { ServiceAddress } from "../../components/ServiceAddress";
import { StatusDot } from "../../components/StatusDot";
import { count } from "../../lib/format";
import type { Fleet } from "../../state/live";

/** A strip of more than this is no strip; the rest is on the deckies page. */
const SHOWN = 8;

export function DeckyStrip({ fleet }: { fleet: Fleet }) {
  if (fleet.items.length === 0) return null;
  // What needs attention comes first.
  const ordered = [...fleet.items].sort(
    (a, b) => Number(a.phase === "ready") - Number(b.phase === "ready"),
  );
  const rest = ordered.length - SHOWN;
  return (
    <section className="strip" aria-label="Deckies">
      {ordered.slice(0, SHOWN).map((decky) => (
        <DeckyCard key={decky.name} decky={decky} />
      ))}
      {rest > 0 && (
        <Link href="/deckies" className="decky-card decky-more">
          {count(rest)} more
        </Link>
      )}
    </section>
  );
}

function DeckyCard({ decky }: { decky: DeckyState }) {
  return (
    <article className="decky-card">
      <header>
        <strong>{decky.name}</strong>
        <span className="dim cell">{decky.hostname}</span>
        <StatusDot status={decky.phase} />
      </header>
      {decky.reason && <p className="reason">{decky.reason}</p>}
      {decky.services.map((service) => (
        <ServiceAddress
          key={`${service.slug} ${service.transport} ${service.port}`}
          service={service}
        />
      ))}
    </article>
  );
}
