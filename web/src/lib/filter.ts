import type { DecoyEvent } from "../api/types";

/** What a list of events is narrowed to; an absent part matches everything. */
export interface EventFilter {
  decky?: string;
  service?: string;
  kind?: string;
  session?: string;
}

const PARTS = ["decky", "service", "kind", "session"] as const;

export function matches(event: DecoyEvent, filter: EventFilter): boolean {
  return PARTS.every((part) => !filter[part] || event[part] === filter[part]);
}

export function filterFromParams(params: URLSearchParams): EventFilter {
  const filter: EventFilter = {};
  for (const part of PARTS) {
    const value = params.get(part);
    if (value) filter[part] = value;
  }
  return filter;
}

export function isFiltered(filter: EventFilter): boolean {
  return PARTS.some((part) => filter[part]);
}
