import { createStore } from "./store";

/** Events per second over the last minute or less, oldest first. */
export interface Rate {
  perSecond: number[];
}

export const RATE_SECONDS = 60;

/** Counts arrivals into one-second slots; `tick` has to be called every second. */
export function createRateMeter() {
  const store = createStore<Rate>({ perSecond: [] });
  let current = 0;
  return {
    store,
    add(n: number) {
      current += n;
    },
    tick() {
      store.set(({ perSecond }) => ({ perSecond: [...perSecond, current].slice(-RATE_SECONDS) }));
      current = 0;
    },
  };
}
