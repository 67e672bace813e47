import { useEffect, useRef, useState } from "react";
import { listEvents } from "../api/client";
import type { DecoyEvent } from "../api/types";
import { type EventFilter, matches } from "../lib/filter";
import { MAX_LIVE_ROWS } from "./live";
import { useLive } from "./liveContext";
import { mergeSnapshot, prependEvents } from "./merge";
import { useStore } from "./store";

export interface Feed {
  rows: DecoyEvent[];
  /** Events that arrived while the feed was held and are not in `rows`. */
  waiting: number;
  loaded: boolean;
  error: Error | undefined;
}

const empty: Feed = { rows: [], waiting: 0, loaded: false, error: undefined };

/** The latest events that match, newest first; while `held`, the rows stand still. */
export function useFeed(filter: EventFilter, held: boolean): Feed {
  const live = useLive();
  const epoch = useStore(live.epoch);
  const [feed, setFeed] = useState(empty);
  // All that matches, shown or not; `feed.rows` falls behind it while held.
  const latest = useRef<DecoyEvent[]>([]);
  const heldNow = useRef(held);

  useEffect(() => {
    heldNow.current = held;
    if (!held) setFeed((f) => ({ ...f, rows: latest.current, waiting: 0 }));
  }, [held]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter starts from nothing
  useEffect(() => {
    latest.current = [];
    setFeed(empty);
  }, [filter]);

  useEffect(() => {
    return live.onBatch((batch) => {
      const arrived = batch.events.filter((event) => matches(event, filter));
      if (arrived.length === 0) return;
      latest.current = prependEvents(latest.current, arrived, MAX_LIVE_ROWS);
      setFeed((f) =>
        heldNow.current
          ? { ...f, waiting: f.waiting + arrived.length }
          : { ...f, rows: latest.current },
      );
    });
  }, [live, filter]);

  useEffect(() => {
    if (epoch === 0) return;
    const abort = new AbortController();
    listEvents({ ...filter, order: "desc", limit: 200 }, abort.signal).then(
      ({ items }) => {
        if (abort.signal.aborted) return;
        latest.current = mergeSnapshot(latest.current, items, MAX_LIVE_ROWS);
        setFeed((f) => ({
          ...f,
          rows: heldNow.current && f.loaded ? f.rows : latest.current,
          loaded: true,
          error: undefined,
        }));
      },
      (error: Error) => {
        if (!abort.signal.aborted) setFeed((f) => ({ ...f, loaded: true, error }));
      },
    );
    return () => abort.abort();
  }, [filter, epoch]);

  return feed;
}
