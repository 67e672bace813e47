import type {
  AttackerSummary,
  Bounty,
  DeckyState,
  DecoyEvent,
  Profile,
  ServiceState,
} from "../api/types";

export const ATTACKER = "cb007107";
export const ADDRESS = "203.0.113.7";

export function eventOf(seq: number, more: Partial<DecoyEvent> = {}): DecoyEvent {
  return {
    id: `event-${seq}`,
    seq,
    time: new Date(Date.UTC(2026, 5, 1, 12, 0, seq)).toISOString(),
    host: "sensor-1",
    decky: "web-01",
    service: "ssh",
    kind: "connect",
    attacker: ATTACKER,
    source: ADDRESS,
    source_port: 40_000,
    session: "s1",
    ...more,
  };
}

export function eventsOf(from: number, to: number): DecoyEvent[] {
  return Array.from({ length: to - from + 1 }, (_, i) => eventOf(from + i));
}

export function profileOf(more: Partial<Profile> = {}): Profile {
  return {
    attacker: ATTACKER,
    address: ADDRESS,
    through: 1,
    first_seen: "2026-06-01T12:00:00Z",
    last_seen: "2026-06-01T12:00:01Z",
    events: 1,
    sessions: 1,
    kinds: { connect: 1 },
    services: { ssh: 1 },
    deckies: { "web-01": 1 },
    credentials: [],
    credential_count: 0,
    commands: [],
    command_count: 0,
    ...more,
  };
}

export function summary(id: string, more: Partial<AttackerSummary> = {}): AttackerSummary {
  return {
    id,
    address: id,
    first_seen: "2026-06-01T12:00:00Z",
    last_seen: "2026-06-01T12:00:00Z",
    events: 1,
    sessions: 1,
    credentials: 0,
    commands: 0,
    services: {},
    deckies: {},
    ...more,
  };
}

export function bountyOf(more: Partial<Bounty> = {}): Bounty {
  return {
    attacker: ATTACKER,
    type: "fingerprint",
    name: "http_useragent",
    value: "curl/8.5.0",
    decky: "web-01",
    service: "http",
    count: 1,
    first_seen: "2026-06-01T12:00:00Z",
    last_seen: "2026-06-01T12:00:00Z",
    event: "e",
    ...more,
  };
}

export function serviceOf(more: Partial<ServiceState> = {}): ServiceState {
  return { slug: "ssh", address: "127.0.0.2", port: 22, transport: "tcp", up: true, ...more };
}

export function deckyOf(name: string, more: Partial<DeckyState> = {}): DeckyState {
  return {
    name,
    host: "sensor-1",
    driver: "loopback",
    address: "127.0.0.2",
    hostname: "srv",
    os: "debian",
    phase: "ready",
    services: [serviceOf()],
    time: "2026-06-01T12:00:00Z",
    ...more,
  };
}
