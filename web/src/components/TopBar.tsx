import { Link } from "wouter";
import { getHealth } from "../api/client";
import { shortCount } from "../lib/format";
import { setTheme, setZone, type Theme, usePrefs } from "../state/prefs";
import { useResource } from "../state/resource";
import { signOut } from "../state/session";
import { Connection } from "./Connection";
import { HealthMenu } from "./HealthMenu";
import { Icon, type IconName } from "./Icon";

const HEALTH_POLL_MS = 5_000;

const activeClass = (active: boolean) => (active ? "nav-link active" : "nav-link");

export function TopBar({ username }: { username: string }) {
  const health = useResource(getHealth, HEALTH_POLL_MS);
  const deadLetters = health.data?.dead_letters ?? 0;
  return (
    <header className="topbar">
      <Link href="/" className="brand">
        <img src="/favicon.svg" alt="" width="20" height="20" />
        DECNET
      </Link>
      <nav aria-label="Main">
        <Link href="/" className={activeClass}>
          Overview
        </Link>
        <Link href="/bounties" className={activeClass}>
          Bounties
        </Link>
        <Link href="/deckies" className={activeClass}>
          Deckies
        </Link>
        <Link href="/dead-letters" className={activeClass}>
          Dead letters
          {deadLetters > 0 && <span className="nav-count">{shortCount(deadLetters)}</span>}
        </Link>
      </nav>
      <div className="topbar-tools">
        <Connection />
        <HealthMenu health={health} />
        <ZoneToggle />
        <ThemeToggle />
        <button
          type="button"
          className="quiet-button"
          onClick={() => void signOut()}
          title={`Signed in as ${username}`}
        >
          Sign out
        </button>
      </div>
    </header>
  );
}

function ZoneToggle() {
  const { zone } = usePrefs();
  const other = zone === "utc" ? "local" : "utc";
  return (
    <button
      type="button"
      className="quiet-button"
      title={`Times are shown in ${zone === "utc" ? "UTC" : "local time"}; click for ${other === "utc" ? "UTC" : "local time"}`}
      onClick={() => setZone(other)}
    >
      {zone === "utc" ? "UTC" : "Local"}
    </button>
  );
}

const THEMES: Record<Theme, { next: Theme; icon: IconName; label: string }> = {
  system: { next: "light", icon: "system", label: "Theme: as the system; click for light" },
  light: { next: "dark", icon: "sun", label: "Theme: light; click for dark" },
  dark: { next: "system", icon: "moon", label: "Theme: dark; click for the system's" },
};

export function ThemeToggle() {
  const { icon, label, next } = THEMES[usePrefs().theme];
  return (
    <button
      type="button"
      className="icon-button"
      title={label}
      aria-label={label}
      onClick={() => setTheme(next)}
    >
      <Icon name={icon} />
    </button>
  );
}
