/** What an event of the mock is worth, by kind: its field, and the bounty's type and name. */
const FINDS = {
  request: ["user_agent", "fingerprint", "http_useragent"],
  client_version: ["version", "fingerprint", "ssh_client_version"],
};
const DOWNLOAD = /\bhttps?:\/\/\S+/;

/** Bounties as the server counts them; `add` gives the one that an event is the first to have. */
export function createBounties() {
  const known = new Map();

  function add(event) {
    const [type, name, value] = find(event);
    if (!value) return undefined;
    const key = JSON.stringify([event.attacker, event.decky, event.service, type, name, value]);
    const bounty = known.get(key);
    if (bounty) {
      bounty.count++;
      bounty.last_seen = event.time;
      return undefined;
    }
    const { attacker, decky, service, time, id } = event;
    const found = { attacker, type, name, value, decky, service, count: 1 };
    const whole = { ...found, first_seen: time, last_seen: time, event: id };
    known.set(key, whole);
    return whole;
  }

  function list({ attacker, type, search = "" }) {
    const all = [...known.values()].reverse();
    return all.filter(
      (b) =>
        (!attacker || b.attacker === attacker) &&
        (!type || b.type === type) &&
        b.value.toLowerCase().includes(search.toLowerCase()),
    );
  }

  return { add, list };
}

function find({ kind, fields = {} }) {
  if (kind === "command") return ["artifact", "url", DOWNLOAD.exec(fields.command)?.[0]];
  const [field, type, name] = FINDS[kind] ?? [];
  return [type, name, fields[field]];
}
