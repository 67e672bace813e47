const ATTACKER_ID = /^(?:[0-9a-f]{8}|[0-9a-f]{32})$/;

/** Whether id names an attacker: the hex of an IPv4 or IPv6 address. */
export function isAttackerId(id: string): boolean {
  return ATTACKER_ID.test(id);
}

/**
 * The page of an attacker, or undefined for anything that is no attacker id.
 * This is the only link made from an event, so no other text becomes an href.
 */
export function attackerPath(id: string | undefined): string | undefined {
  return id && isAttackerId(id) ? `/attackers/${id}` : undefined;
}
