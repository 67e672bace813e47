import { CopyButton } from "../../components/CopyButton";
import { Empty } from "../../components/Notice";
import { tryCommand } from "../../lib/format";
import type { Fleet } from "../../state/live";

/** Enough to try each kind of service once. */
const MAX_COMMANDS = 4;

/** What a new user sees before anything has happened: how to make it happen. */
export function FirstTouch({ fleet }: { fleet: Fleet }) {
  if (fleet.loaded && fleet.items.length === 0) {
    return (
      <Empty title="No deckies yet">
        <p>
          <code>decnet up</code> starts a first fleet on this machine.
        </p>
      </Empty>
    );
  }
  const commands = firstCommands(fleet);
  return (
    <Empty title="Nothing has touched the fleet yet">
      <p>
        Deckies are of no use to anyone honest, so every touch shows up here within a second. Be the
        first attacker: try any password.
      </p>
      <ul className="commands">
        {commands.map((command) => (
          <li key={command}>
            <code>{command}</code>
            <CopyButton text={command} label={`Copy ${command}`} />
          </li>
        ))}
      </ul>
      {commands.length === 0 && <p>Waiting for the first decky to come up…</p>}
    </Empty>
  );
}

/** One command for each kind of service that is up. */
function firstCommands(fleet: Fleet): string[] {
  const bySlug = new Map<string, string>();
  for (const service of fleet.items.flatMap((d) => d.services)) {
    if (service.up && !bySlug.has(service.slug)) bySlug.set(service.slug, tryCommand(service));
  }
  const known = ["ssh", "http"];
  const rank = (slug: string) => (known.includes(slug) ? known.indexOf(slug) : known.length);
  return [...bySlug]
    .sort(([a], [b]) => rank(a) - rank(b))
    .map(([, command]) => command)
    .slice(0, MAX_COMMANDS);
}
