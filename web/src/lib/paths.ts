const ATTACKER_ID = /^(?:[0-9a-f]{8}|[0-9a-f]{32})$/;

/** Whether id names an attacker: the hex of an IPv4 or IPv6 address. */
export function isAttackerId(id: string): boolean {
  return ATTACKER_ID.test(id);
}

/** The address behind an attacker id, or the text as it is if it is none. */
export function addressOf(id: string): string {
  if (!isAttackerId(id)) return id;
  if (id.length === 8) {
    return (id.match(/../g) ?? []).map((octet) => Number.parseInt(octet, 16)).join(".");
  }
  const groups = (id.match(/..../g) ?? []).map((group) => group.replace(/^0{1,3}/, ""));
  // The longest run of zero groups is left out, as RFC 5952 has it.
  const runs = ` ${groups.join(" ")} `.match(/ 0(?: 0)+(?= )/g) ?? [];
  const longest = runs.reduce((a, b) => (b.length > a.length ? b : a), "");
  if (!longest) return groups.join(":");
  const at = ` ${groups.join(" ")} `.indexOf(`${longest} `);
  const before = ` ${groups.join(" ")}`.slice(0, at).trim().replaceAll(" ", ":");
  const after = ` ${groups.join(" ")}`
    .slice(at + longest.length)
    .trim()
    .replaceAll(" ", ":");
  return `${before}::${after}`;
}

/**
 * The page of an attacker, or undefined for anything that is no attacker id.
 * This is the only link made from an event, so no other text becomes an href.
 */
export function attackerPath(id: string | undefined): string | undefined {
  return id && isAttackerId(id) ? `/attackers/${id}` : undefined;
}
