import { deadLetters, deckies, health, services } from "./fleet.mjs";
import { createStreams } from "./streams.mjs";

/** The API of the DECNET server as far as the dashboard uses it. */
export function createApi(world, { flaky }) {
  const streams = createStreams(world, { flaky });

  return async (request, response) => {
    const url = new URL(request.url, "http://mock");
    const path = url.pathname.replace("/api/v1", "");
    const query = Object.fromEntries(url.searchParams);
    if (path === "/auth/login") return login(request, response);
    if (!request.headers.cookie?.includes("decnet_mock=1")) {
      return problem(response, 401, "unauthorized", "Sign in first.");
    }
    if (path === "/stream") return streams.open(request, response);
    if (path === "/auth/logout") {
      response.writeHead(204, { "Set-Cookie": "decnet_mock=; Path=/; Max-Age=0" });
      return response.end();
    }
    const answer = read(world, path, query);
    if (answer) json(response, 200, answer);
    else problem(response, 404, "not_found", `There is no ${path}.`);
  };
}

function read(world, path, query) {
  switch (path) {
    case "/auth/me":
      return { username: "admin", role: "admin" };
    case "/deckies":
      return { items: deckies };
    case "/services":
      return { items: services };
    case "/health":
      return health(world.totals());
    case "/dead-letters":
      return { items: deadLetters };
    case "/attackers":
      return listAttackers(world, query);
    case "/bounties":
      return page(world.bounties.list(query), query);
    case "/events":
      return listEvents(world, query);
  }
  const attacker = world.attackers.get(path.replace("/attackers/", ""));
  return attacker && { id: attacker.profile.attacker, ...attacker.profile };
}

function listAttackers(world, query) {
  const all = [...world.attackers.values()]
    .map(({ profile: p }) => ({
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
    }))
    .sort((a, b) => Date.parse(b.last_seen) - Date.parse(a.last_seen));
  return page(all, query);
}

const FILTERS = ["decky", "service", "kind", "session"];

function listEvents(world, query) {
  const chosen = query.attacker
    ? [world.attackers.get(query.attacker)].filter(Boolean)
    : [...world.attackers.values()];
  const all = chosen
    .flatMap((a) => a.events)
    .filter((event) => FILTERS.every((part) => !query[part] || event[part] === query[part]));
  const sign = query.order === "asc" ? 1 : -1;
  all.sort((a, b) => sign * (Date.parse(a.time) - Date.parse(b.time) || a.seq - b.seq));
  return page(all, query);
}

/** A real cursor names a row; here a count of rows is near enough. */
function page(all, { limit = "50", cursor = "0" }) {
  const end = Number(cursor) + Number(limit);
  const items = all.slice(Number(cursor), end);
  return end < all.length ? { items, next: `${end}` } : { items };
}

async function login(request, response) {
  let body = "";
  for await (const chunk of request) body += chunk;
  const { username, password } = JSON.parse(body);
  if (password !== "mock") {
    return problem(response, 401, "unauthorized", "The username or the password is wrong.");
  }
  response.setHeader("Set-Cookie", "decnet_mock=1; Path=/; HttpOnly; SameSite=Strict");
  const expires = new Date(Date.now() + 12 * 3600_000).toISOString();
  json(response, 200, { access_token: "mock", expires_at: expires, username });
}

function json(response, status, body) {
  response.writeHead(status, { "Content-Type": "application/json" });
  response.end(JSON.stringify(body));
}

function problem(response, status, code, detail) {
  response.writeHead(status, { "Content-Type": "application/problem+json" });
  response.end(JSON.stringify({ type: "about:blank", title: code, status, detail, code }));
}
