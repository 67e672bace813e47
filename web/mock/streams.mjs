/** What a page that was away may ask for again. */
const KEPT = 2000;
const HEARTBEAT_MS = 15_000;
const FLAKY_MS = 15_000;
/** Profiles change with every event; they are sent this often at most. */
const PROFILES_MS = 500;

/** The live streams: every message has a number, and a page resumes by it. */
export function createStreams(world, { flaky }) {
  const clients = new Set();
  const recent = [];
  const changed = new Map();
  let number = 0;

  function send(name, body) {
    const message = {
      number: ++number,
      text: `id: ${number}\nevent: ${name}\ndata: ${JSON.stringify(body)}\n\n`,
    };
    recent.push(message);
    if (recent.length > KEPT) recent.shift();
    for (const client of clients) client.write(message.text);
  }

  world.subscribe((event, profile, decky, bounty) => {
    if (event) send("event", event);
    if (profile) changed.set(profile.attacker, profile);
    if (bounty) send("bounty", bounty);
    if (decky) send("decky", decky);
  });
  setInterval(() => {
    for (const profile of changed.values()) send("attacker", profile);
    changed.clear();
  }, PROFILES_MS);
  setInterval(() => {
    for (const client of clients) client.write(": still here\n\n");
  }, HEARTBEAT_MS);
  if (flaky) {
    setInterval(() => {
      for (const client of clients) client.destroy();
    }, FLAKY_MS);
  }

  return {
    open(request, response) {
      response.writeHead(200, { "Content-Type": "text/event-stream", "Cache-Control": "no-store" });
      response.write("retry: 2000\n\n");
      const last = Number(request.headers["last-event-id"] ?? number);
      for (const message of recent) if (message.number > last) response.write(message.text);
      clients.add(response);
      response.on("close", () => clients.delete(response));
    },
  };
}
