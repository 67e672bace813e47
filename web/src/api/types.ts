// The JSON of the API, as the Go structs in pkg/decnet and services/api write it.

export type SecretKind = "plaintext" | "ssh_publickey" | "http_bearer" | "http_digest_md5" | string;
export type Phase = "pending" | "ready" | "degraded" | "failed" | "removed";
export type WorkerStatus = "starting" | "ready" | "degraded" | "stopped" | "failed";
export type Transport = "tcp" | "udp";
export type Counts = Record<string, number>;

/** One thing that happened on a decky. Field values come from attackers. */
export interface DecoyEvent {
  id: string;
  /** Numbers the attacker's events from 1 without gaps. */
  seq: number;
  /** RFC 3339, UTC, to the nanosecond. */
  time: string;
  host: string;
  decky: string;
  service: string;
  kind: string;
  attacker?: string;
  source?: string;
  source_port?: number;
  session?: string;
  fields?: Record<string, string>;
  message?: string;
}

export interface CredentialUse {
  service: string;
  principal: string;
  secret: string;
  kind: SecretKind;
  attempts: number;
  accepted: boolean;
  event: string;
}

export interface CommandUse {
  time: string;
  decky: string;
  service: string;
  command: string;
  event: string;
}

export type BountyType = "fingerprint" | "ip_leak" | "artifact" | "probe_relay";

/** One thing learned of an attacker. Its value comes from there. */
export interface Bounty {
  attacker: string;
  type: BountyType | string;
  name: string;
  value: string;
  decky: string;
  service: string;
  /** How many events had it. */
  count: number;
  first_seen: string;
  last_seen: string;
  /** The id of the first event that had it. */
  event: string;
}

export interface BountyQuery {
  attacker?: string;
  type?: string;
  search?: string;
  limit?: number;
  cursor?: string;
}

/** Everything known of one attacker as of the event numbered `through`. */
export interface Profile {
  attacker: string;
  address: string;
  /** The profile's revision: a larger one replaces a smaller one. */
  through: number;
  first_seen: string;
  last_seen: string;
  events: number;
  sessions: number;
  kinds: Counts;
  services: Counts;
  deckies: Counts;
  credentials: CredentialUse[];
  credential_count: number;
  commands: CommandUse[];
  command_count: number;
}

/** A row of the attackers list. */
export interface AttackerSummary {
  id: string;
  address: string;
  first_seen: string;
  last_seen: string;
  events: number;
  sessions: number;
  credentials: number;
  commands: number;
  services: Counts;
  deckies: Counts;
}

export interface ServiceState {
  slug: string;
  address: string;
  port: number;
  transport: Transport;
  /** The service's own port where `port` had to be another. */
  wanted_port?: number;
  note?: string;
  up: boolean;
}

export interface DeckyState {
  name: string;
  host: string;
  driver: string;
  address: string;
  hostname: string;
  os: string;
  phase: Phase;
  reason?: string;
  services: ServiceState[];
  time: string;
}

export interface WorkerHealth {
  worker: string;
  instance: string;
  host: string;
  pid: number;
  version: string;
  status: WorkerStatus;
  reason?: string;
  started: string;
  time: string;
  restarts: number;
  counters?: Record<string, number>;
}

export interface SystemHealth {
  status: WorkerStatus;
  version: string;
  workers: WorkerHealth[];
  dead_letters: number;
}

export interface EventSpec {
  kind: string;
  doc: string;
  fields: { name: string; type: string; doc: string; findings?: string[] }[];
}

export interface ServiceSpec {
  slug: string;
  title: string;
  summary: string;
  ports: { port: number; transport: Transport }[];
  events: EventSpec[];
}

export interface DeadLetter {
  id: string;
  stream: string;
  consumer: string;
  subject: string;
  reason: string;
  attempts: number;
  time: string;
  headers?: Record<string, string[]>;
  /** Standard base64 of any bytes. */
  body_b64: string;
}

export interface User {
  username: string;
  role: string;
}

export interface Page<T> {
  items: T[];
  /** The cursor of the next page; absent on the last one. */
  next?: string;
}

export interface EventQuery {
  attacker?: string;
  decky?: string;
  service?: string;
  kind?: string;
  session?: string;
  order?: "asc" | "desc";
  limit?: number;
  cursor?: string;
}
