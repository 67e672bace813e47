import type { Zone } from "../lib/time";
import { createStore, useStore } from "./store";

export type Theme = "system" | "light" | "dark";

interface Prefs {
  theme: Theme;
  zone: Zone;
}

// public/theme.js reads the same key before the first paint.
const KEY = "decnet.prefs";

const prefs = createStore<Prefs>(read());

export function usePrefs(): Prefs {
  return useStore(prefs);
}

export function setZone(zone: Zone): void {
  save({ ...prefs.get(), zone });
}

export function setTheme(theme: Theme): void {
  save({ ...prefs.get(), theme });
  if (theme === "system") delete document.documentElement.dataset.theme;
  else document.documentElement.dataset.theme = theme;
}

function read(): Prefs {
  const defaults: Prefs = { theme: "system", zone: "utc" };
  try {
    const stored = JSON.parse(localStorage.getItem(KEY) ?? "{}") as Partial<Prefs>;
    return {
      theme: stored.theme === "light" || stored.theme === "dark" ? stored.theme : defaults.theme,
      zone: stored.zone === "local" ? "local" : defaults.zone,
    };
  } catch {
    return defaults;
  }
}

function save(next: Prefs): void {
  prefs.set(next);
  try {
    localStorage.setItem(KEY, JSON.stringify(next));
  } catch {
    // Without storage the choice lasts until the page is closed.
  }
}
