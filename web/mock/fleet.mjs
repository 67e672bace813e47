const started = Date.now() - 3 * 3600_000;

function service(slug, address, wanted, port = wanted, more = {}) {
  const shifted = port === wanted ? {} : { wanted_port: wanted };
  return { slug, address, port, transport: "tcp", up: true, ...shifted, ...more };
}

function decky(n, name, hostname, os, services, more = {}) {
  const address = `127.0.0.${n}`;
  return {
    name,
    host: "sensor-1",
    driver: "loopback",
    address,
    hostname,
    os,
    phase: "ready",
    services: services.map(([slug, ...rest]) => service(slug, address, ...rest)),
    time: new Date(started).toISOString(),
    ...more,
  };
}

const low = { note: "ports below 1024 need a privilege this process does not have" };

export const deckies = [
  decky(11, "web-01", "srv-intranet", "debian", [
    ["http", 80, 8080, low],
    ["ssh", 22, 2222, low],
  ]),
  decky(12, "web-02", "srv-wiki", "ubuntu-24.04", [
    ["http", 80, 8080, low],
    ["ssh", 22, 2222, low],
  ]),
  decky(13, "db-01", "pg-main", "debian", [["ssh", 22, 2222, low]]),
  decky(14, "nas-01", "backup-nas", "debian-11", [
    ["http", 5000],
    ["ssh", 22, 2222, low],
  ]),
  decky(
    15,
    "build-01",
    "ci-runner-3",
    "ubuntu-22.04",
    [
      ["ssh", 22, 2222, { note: "address already in use", up: false }],
      ["http", 8081],
    ],
    { phase: "degraded", reason: "ssh does not answer: address already in use" },
  ),
];

export const services = [
  spec("ssh", "SSH", 22, ["connect", "disconnect", "refused", "auth_attempt", "command", "error"]),
  spec("http", "HTTP", 80, [
    "connect",
    "disconnect",
    "refused",
    "request",
    "auth_attempt",
    "error",
  ]),
];

function spec(slug, title, port, kinds) {
  return {
    slug,
    title,
    summary: `Pretends to be ${title}.`,
    ports: [{ port, transport: "tcp" }],
    settings: [],
    events: kinds.map((kind) => ({ kind, doc: "", fields: [] })),
  };
}

export function health(totals) {
  const worker = (name, counters, more = {}) => ({
    worker: name,
    instance: "1",
    host: "sensor-1",
    pid: process.pid,
    version: "0.1.0-mock",
    status: "ready",
    started: new Date(started).toISOString(),
    time: new Date().toISOString(),
    restarts: 0,
    counters,
    ...more,
  });
  return {
    status: "degraded",
    version: "0.1.0-mock",
    dead_letters: deadLetters.length,
    workers: [
      worker("collector", { lines: totals.events, bytes: totals.events * 310 }),
      worker("ingester", { events: totals.events, dead_letters: deadLetters.length }),
      worker("profiler", { profiles: totals.attackers }),
      worker(
        "deployer",
        { deckies: deckies.length },
        {
          status: "degraded",
          reason: "build-01: ssh does not answer: address already in use",
          restarts: 2,
        },
      ),
      worker("api", { requests: 812, streams: 1 }),
    ],
  };
}

const base64 = (body) => Buffer.from(body).toString("base64");

export const deadLetters = [
  letter(
    1,
    "no RFC 5424 line: the priority is missing",
    base64('{"line":"<img src=x onerror=alert(1)> \\u001b[31m"}'),
  ),
  letter(
    2,
    "field secret_b64: illegal base64 data at input byte 4",
    base64(
      '<134>1 2026-09-24T08:12:00Z srv-intranet ssh 211 - [decnet secret_b64="####"]\nsecond line\n',
    ),
  ),
  letter(
    3,
    "not UTF-8 and not marked so",
    base64(Uint8Array.from({ length: 300 }, (_, i) => i % 256)),
  ),
];

function letter(n, reason, body_b64) {
  return {
    id: `${n}`.padStart(32, "0"),
    stream: "LOGS",
    consumer: "ingester",
    subject: "logs.raw.sensor-1.web-01.ssh",
    reason,
    attempts: n,
    time: new Date(started + n * 60_000).toISOString(),
    headers: { "ce-type": ["decnet.logs.raw.v1"], "ce-id": [`${n}`.padStart(32, "0")] },
    body_b64,
  };
}
