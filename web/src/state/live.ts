import type { Batch } from "../api/batch";
import * as api from "../api/client";
import { LiveStream, type StreamState } from "../api/stream";
import type { AttackerSummary, DeckyState } from "../api/types";
import { mergeAttackers, mergeDeckies, mergeProfiles } from "./merge";
import { createRateMeter } from "./rate";
import { checkSession } from "./session";
import { createStore } from "./store";

export interface Attackers {
  items: AttackerSummary[];
  /** The cursor of older ones that are not in `items`. */
  next?: string | undefined;
  loaded: boolean;
}

export interface Fleet {
  items: DeckyState[];
  loaded: boolean;
}

/** Rows a live list holds at most; a flood must not grow the page. */
export const MAX_LIVE_ROWS = 500;
/** A tab that nobody sees gives its connection back after this long. */
const HIDDEN_GRACE_MS = 30_000;

/**
 * Everything the views share while somebody is signed in: the stream, the
 * attackers and the fleet. Views read the stores; they never open a stream of
 * their own.
 */
export function createLive() {
  const connection = createStore<StreamState>("connecting");
  const attackers = createStore<Attackers>({ items: [], loaded: false });
  const fleet = createStore<Fleet>({ items: [], loaded: false });
  /**
   * Grows with every new connection, because a snapshot taken before it may have
   * a gap behind it. Views read their own snapshots from 1 on.
   */
  const epoch = createStore(0);
  const rate = createRateMeter();
  const listeners = new Set<(batch: Batch) => void>();
  // Older attackers that were asked for may push the list beyond its bound.
  let maxAttackers = MAX_LIVE_ROWS;

  const stream = new LiveStream({
    onBatch(batch) {
      rate.add(batch.received);
      if (batch.profiles.length > 0) {
        attackers.set((a) => ({
          ...a,
          items: mergeProfiles(a.items, batch.profiles, maxAttackers),
        }));
      }
      if (batch.deckies.length > 0) {
        fleet.set((f) => ({ ...f, items: mergeDeckies(f.items, batch.deckies) }));
      }
      for (const listener of listeners) listener(batch);
    },
    onState(state) {
      connection.set(state);
      // A stream that fails from the start must not leave the page without data.
      const neverLoaded = state === "reconnecting" && epoch.get() === 0;
      if (state !== "live" && !neverLoaded) return;
      epoch.set((n) => n + 1);
      void loadSnapshots();
    },
    onRefused: () => void checkSession(),
  });

  async function loadSnapshots(): Promise<void> {
    // Each by itself: one that fails must not hide the other.
    const deckies = api.listDeckies().then((items) => {
      fleet.set({ items: mergeDeckies([], items), loaded: true });
    });
    const latest = api.listAttackers().then(({ items, next }) => {
      attackers.set((a) => ({
        items: mergeAttackers(a.items, items, maxAttackers),
        next: a.loaded ? a.next : next,
        loaded: true,
      }));
    });
    await Promise.allSettled([deckies, latest]);
  }

  async function loadOlderAttackers(): Promise<void> {
    const { next } = attackers.get();
    if (!next) return;
    const older = await api.listAttackers(next);
    maxAttackers = Math.max(maxAttackers, attackers.get().items.length + older.items.length);
    attackers.set((a) => ({
      ...a,
      items: mergeAttackers(a.items, older.items, maxAttackers),
      next: older.next,
    }));
  }

  function start(): () => void {
    let grace: ReturnType<typeof setTimeout> | undefined;
    // A browser shares six HTTP/1.1 connections among all tabs of a server, so
    // six attackers opened in background tabs would starve the dashboard.
    const follow = () => {
      clearTimeout(grace);
      if (document.hidden) grace = setTimeout(() => stream.stop(), HIDDEN_GRACE_MS);
      else stream.start();
    };
    document.addEventListener("visibilitychange", follow);
    const ticker = setInterval(rate.tick, 1000);
    if (!document.hidden) stream.start();
    return () => {
      document.removeEventListener("visibilitychange", follow);
      clearTimeout(grace);
      clearInterval(ticker);
      stream.stop();
    };
  }

  function onBatch(listener: (batch: Batch) => void): () => void {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }

  return {
    connection,
    attackers,
    fleet,
    epoch,
    rate: rate.store,
    start,
    onBatch,
    loadOlderAttackers,
  };
}

export type Live = ReturnType<typeof createLive>;
