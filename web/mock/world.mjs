import { randomBytes } from "node:crypto";
import { createBounties } from "./bounties.mjs";
import { deckies } from "./fleet.mjs";
import { connection, pick } from "./session.mjs";

/** Events kept per attacker; enough to page through. */
const MAX_EVENTS = 20_000;
const MAX_LISTED = 256;

/** Everything the mock knows, and the attackers that keep changing it. */
export function createWorld({ rate, empty }) {
  const attackers = new Map();
  const listeners = new Set();
  const bounties = createBounties();
  const open = [];
  let turn = 0;

  const totals = () => ({
    attackers: attackers.size,
    events: [...attackers.values()].reduce((sum, a) => sum + a.profile.events, 0),
  });

  function attackerOf(address) {
    const id = idOf(address);
    if (!attackers.has(id)) attackers.set(id, { profile: newProfile(id, address), events: [] });
    return attackers.get(id);
  }

  function record(address, part, at) {
    const attacker = attackerOf(address);
    const event = {
      id: randomBytes(16).toString("hex"),
      seq: attacker.profile.events + 1,
      time: nanoseconds(at),
      host: "sensor-1",
      attacker: attacker.profile.attacker,
      source: address,
      source_port: 32_768 + Math.floor(Math.random() * 28_000),
      ...part,
    };
    attacker.events.push(event);
    if (attacker.events.length > MAX_EVENTS) attacker.events.shift();
    fold(attacker.profile, event);
    const bounty = bounties.add(event);
    for (const listener of listeners) listener(event, attacker.profile, undefined, bounty);
  }

  /** One more event of one of the connections that are open at a time. */
  function step(at = Date.now()) {
    while (open.length < 6) open.push(newVisit());
    const at0 = Math.floor(Math.random() * open.length);
    const visit = open[at0];
    const { value, done } = visit.parts.next();
    if (done) open.splice(at0, 1);
    else record(visit.address, value, at);
  }

  function newVisit() {
    const address = pick(addresses);
    return { address, parts: connection(address === HOSTILE) };
  }

  function remember() {
    const hours = 3 * 3600_000;
    const count = 4000;
    for (let i = 0; i < count; i++) step(Date.now() - hours + (i / count) ** 0.5 * hours * 0.999);
  }

  if (!empty) remember();
  let owed = 0;
  if (!empty && rate > 0) {
    setInterval(() => {
      for (owed += rate / 50; owed >= 1; owed--) step();
    }, 20);
  }
  setInterval(() => {
    turn = (turn + 1) % deckies.length;
    const decky = deckies[turn];
    decky.time = new Date().toISOString();
    for (const listener of listeners) listener(undefined, undefined, decky);
  }, 5000);

  return {
    attackers,
    bounties,
    totals,
    subscribe(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
  };
}

const HOSTILE = "203.0.113.66";
const addresses = [
  HOSTILE,
  HOSTILE,
  "198.51.100.23",
  "198.51.100.23",
  "2001:db8:4f::1c9",
  ...Array.from({ length: 40 }, (_, i) => `192.0.2.${10 + i * 5}`),
];

function idOf(address) {
  if (!address.includes(":")) {
    return address
      .split(".")
      .map((n) => Number(n).toString(16).padStart(2, "0"))
      .join("");
  }
  const [head, tail = ""] = address.split("::").map((half) => half.split(":").filter(Boolean));
  const zeros = Array(8 - head.length - tail.length).fill("0");
  return [...head, ...zeros, ...tail].map((group) => group.padStart(4, "0")).join("");
}

function nanoseconds(at) {
  const digits = `${Math.floor(Math.random() * 1e6)}`.padStart(6, "0");
  return new Date(at).toISOString().replace("Z", `${digits}Z`);
}

function newProfile(id, address) {
  return {
    attacker: id,
    address,
    through: 0,
    first_seen: "",
    last_seen: "",
    events: 0,
    sessions: 0,
    kinds: {},
    services: {},
    deckies: {},
    credentials: null,
    credential_count: 0,
    commands: null,
    command_count: 0,
  };
}

function fold(profile, event) {
  profile.through = event.seq;
  profile.first_seen ||= event.time;
  profile.last_seen = event.time;
  profile.events++;
  if (event.kind === "connect") profile.sessions++;
  for (const [counts, key] of [
    [profile.kinds, event.kind],
    [profile.services, event.service],
    [profile.deckies, event.decky],
  ]) {
    counts[key] = (counts[key] ?? 0) + 1;
  }
  if (event.kind === "auth_attempt") foldCredential(profile, event);
  if (event.kind === "command") foldCommand(profile, event);
}

function foldCredential(profile, { id, service, fields }) {
  profile.credentials ??= [];
  const { principal, secret_printable: secret, secret_kind: kind } = fields;
  const accepted = fields.accepted === "true";
  const known = profile.credentials.find(
    (c) => c.principal === principal && c.secret === secret && c.kind === kind,
  );
  if (known) {
    known.attempts++;
    known.accepted ||= accepted;
    return;
  }
  profile.credential_count++;
  if (profile.credentials.length < MAX_LISTED) {
    profile.credentials.push({
      service,
      principal,
      secret,
      kind,
      attempts: 1,
      accepted,
      event: id,
    });
  }
}

function foldCommand(profile, { id, time, decky, service, fields }) {
  profile.commands ??= [];
  profile.command_count++;
  profile.commands.push({ time, decky, service, command: fields.command, event: id });
  if (profile.commands.length > MAX_LISTED) profile.commands.shift();
}
