import type { ReactNode } from "react";
import type { Counts, Profile } from "../../api/types";
import { Ago } from "../../components/Ago";
import { CopyButton } from "../../components/CopyButton";
import { Hostile } from "../../components/Hostile";
import { count, plural, ranked } from "../../lib/format";
import { minuteStamp } from "../../lib/time";
import { useNow } from "../../state/clock";
import { usePrefs } from "../../state/prefs";

/** Seen more recently than this, an attacker is still at it. */
const ACTIVE_MS = 60_000;

export function ProfileHead({ profile }: { profile: Profile }) {
  const { zone } = usePrefs();
  const active = useNow() - Date.parse(profile.last_seen) < ACTIVE_MS;
  return (
    <header className="profile-head">
      <div className="profile-title">
        <h1 className="mono">
          <Hostile value={profile.address} max={64} />
        </h1>
        <CopyButton text={profile.address} label="Copy the address" />
        {active && (
          <span className="badge badge-active">
            <span className="dot dot-ok" /> active now
          </span>
        )}
      </div>
      <dl className="stats">
        <Stat name="Events">{count(profile.events)}</Stat>
        <Stat name="Sessions">{count(profile.sessions)}</Stat>
        <Stat name="Credentials">{count(profile.credential_count)}</Stat>
        <Stat name="Commands">{count(profile.command_count)}</Stat>
        <Stat name="First seen">
          <span className="stat-time">{minuteStamp(profile.first_seen, zone)}</span>
          <small className="dim">
            <Ago time={profile.first_seen} />
          </small>
        </Stat>
        <Stat name="Last seen">
          <span className="stat-time">{minuteStamp(profile.last_seen, zone)}</span>
          <small className="dim">
            <Ago time={profile.last_seen} />
          </small>
        </Stat>
      </dl>
      <div className="breakdowns">
        <Breakdown title="Services" counts={profile.services} />
        <Breakdown title="Deckies" counts={profile.deckies} />
        <Breakdown title="Kinds" counts={profile.kinds} />
      </div>
    </header>
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

/** What does not fit is summed up; the timeline can be filtered for it. */
const SHOWN = 8;

function Breakdown({ title, counts }: { title: string; counts: Counts }) {
  const all = ranked(counts);
  return (
    <section className="breakdown" aria-label={title}>
      <h2>{title}</h2>
      <ul>
        {all.slice(0, SHOWN).map(([name, n]) => (
          <li key={name} className="tag" title={plural(n, "event")}>
            <Hostile value={name} max={63} /> <b>{count(n)}</b>
          </li>
        ))}
        {all.length > SHOWN && <li className="dim">and {all.length - SHOWN} more</li>}
      </ul>
    </section>
  );
}
