import type { Bounty, DeckyState, DecoyEvent, Profile } from "./types";

/** What arrived since the last one. */
export interface Batch {
  /** In the order of arrival; the latest of them if there were too many. */
  events: DecoyEvent[];
  /** How many events arrived, kept or not. */
  received: number;
  /** The latest profile of each attacker. */
  profiles: Profile[];
  /** The latest state of each decky. */
  deckies: DeckyState[];
  /** Those that are new, in the order of arrival; the latest if there were too many. */
  bounties: Bounty[];
}

/** More events than this between two frames are counted but not kept. */
export const MAX_BATCHED_EVENTS = 1000;
const MAX_BATCHED_BOUNTIES = 500;
/** Attackers beyond this are those of a flood from forged addresses. */
const MAX_BATCHED_PROFILES = 1000;

/**
 * Gathers what the stream delivers until somebody has time for it. It is
 * bounded, because a page in the background may not come to draw for hours.
 */
export class Batcher {
  private events: DecoyEvent[] = [];
  private received = 0;
  private profiles = new Map<string, Profile>();
  private deckies = new Map<string, DeckyState>();
  private bounties: Bounty[] = [];

  addEvent(event: DecoyEvent): void {
    this.received++;
    this.events.push(event);
    // Trimmed at twice the bound, so that a flood does not copy it for each event.
    if (this.events.length >= 2 * MAX_BATCHED_EVENTS) {
      this.events = this.events.slice(-MAX_BATCHED_EVENTS);
    }
  }

  addProfile(profile: Profile): void {
    // Deleted first, so that the map's order is that of the last update.
    this.profiles.delete(profile.attacker);
    this.profiles.set(profile.attacker, profile);
    if (this.profiles.size > MAX_BATCHED_PROFILES) {
      const oldest = this.profiles.keys().next().value;
      if (oldest !== undefined) this.profiles.delete(oldest);
    }
  }

  addDecky(decky: DeckyState): void {
    this.deckies.set(decky.name, decky);
  }

  addBounty(bounty: Bounty): void {
    this.bounties.push(bounty);
    if (this.bounties.length >= 2 * MAX_BATCHED_BOUNTIES) {
      this.bounties = this.bounties.slice(-MAX_BATCHED_BOUNTIES);
    }
  }

  take(): Batch {
    const batch: Batch = {
      events: this.events.slice(-MAX_BATCHED_EVENTS),
      received: this.received,
      profiles: [...this.profiles.values()],
      deckies: [...this.deckies.values()],
      bounties: this.bounties.slice(-MAX_BATCHED_BOUNTIES),
    };
    this.events = [];
    this.received = 0;
    this.profiles.clear();
    this.deckies.clear();
    this.bounties = [];
    return batch;
  }
}
