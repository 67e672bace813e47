import type { AttackerSummary, DeckyState, Page, Profile, SystemHealth } from "./types";

// Go writes an empty map or slice that was never made as null. These functions
// stand between the wire and the rest of the code, which never sees one.

type Nullable<T> = { [K in keyof T]: T[K] | null };

export function page<T>(wire: Nullable<Page<T>>): Page<T> {
  return { items: wire.items ?? [], ...(wire.next ? { next: wire.next } : {}) };
}

export function profile(wire: Profile): Profile {
  return {
    ...wire,
    kinds: wire.kinds ?? {},
    services: wire.services ?? {},
    deckies: wire.deckies ?? {},
    credentials: wire.credentials ?? [],
    commands: wire.commands ?? [],
  };
}

export function attacker(wire: AttackerSummary): AttackerSummary {
  return { ...wire, services: wire.services ?? {}, deckies: wire.deckies ?? {} };
}

export function decky(wire: DeckyState): DeckyState {
  return { ...wire, services: wire.services ?? [] };
}

export function health(wire: SystemHealth): SystemHealth {
  return { ...wire, workers: wire.workers ?? [] };
}

/** The list row that a profile amounts to. */
export function summaryOf(p: Profile): AttackerSummary {
  return {
    id: p.attacker,
    address: p.address,
    first_seen: p.first_seen,
    last_seen: p.last_seen,
    events: p.events,
    sessions: p.sessions,
    credentials: p.credential_count,
    commands: p.command_count,
    services: p.services,
    deckies: p.deckies,
  };
}
