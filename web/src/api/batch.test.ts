import { expect, it } from "vitest";
import { bountyOf, deckyOf, eventsOf, profileOf } from "../test/samples";
import { Batcher, MAX_BATCHED_EVENTS } from "./batch";

it("hands over what arrived, once", () => {
  const batcher = new Batcher();
  for (const event of eventsOf(1, 3)) batcher.addEvent(event);
  batcher.addProfile(profileOf({ through: 1 }));
  batcher.addProfile(profileOf({ through: 2 }));
  batcher.addDecky(deckyOf("a"));
  batcher.addBounty(bountyOf());
  const batch = batcher.take();
  expect(batch.bounties).toHaveLength(1);
  expect(batch.events.map((e) => e.seq)).toEqual([1, 2, 3]);
  expect(batch.profiles.map((p) => p.through)).toEqual([2]);
  expect(batch.deckies).toHaveLength(1);
  expect(batcher.take()).toEqual({
    events: [],
    received: 0,
    profiles: [],
    deckies: [],
    bounties: [],
  });
});

it("stays bounded while nobody draws, and still counts", () => {
  const batcher = new Batcher();
  const flood = eventsOf(1, 10 * MAX_BATCHED_EVENTS);
  for (const event of flood) batcher.addEvent(event);
  for (let i = 0; i < 5000; i++) batcher.addProfile(profileOf({ attacker: `${i}` }));
  for (let i = 0; i < 5000; i++) batcher.addBounty(bountyOf({ value: `${i}` }));
  const batch = batcher.take();
  expect(batch.bounties.at(-1)?.value).toBe("4999");
  expect(batch.bounties.length).toBeLessThan(1000);
  expect(batch.received).toBe(flood.length);
  expect(batch.events).toHaveLength(MAX_BATCHED_EVENTS);
  expect(batch.events.at(-1)).toBe(flood.at(-1));
  expect(batch.profiles.at(-1)?.attacker).toBe("4999");
  expect(batch.profiles.length).toBeLessThan(5000);
});
