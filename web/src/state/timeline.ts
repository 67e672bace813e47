import { useCallback, useEffect, useRef, useState } from "react";
import { listEvents } from "../api/client";
import type { EventQuery } from "../api/types";
import { type EventFilter, isFiltered, matches } from "../lib/filter";
import { useLive } from "./liveContext";
import { useStore } from "./store";
import {
  addLive,
  addNewest,
  addPage,
  emptyTimeline,
  hasGap,
  type Order,
  type TimelineRows,
} from "./timelineRows";

export interface Timeline extends TimelineRows {
  loading: boolean;
  error: Error | undefined;
  loadMore(): void;
  startOver(): void;
}

const PAGE = 200;

interface Run {
  busy: boolean;
  /** What the last page was asked with: asking again fills a gap behind it. */
  lastCursor?: string | undefined;
}

/** One attacker's events in order, page by page, growing while the attacker is active. */
export function useTimeline(attacker: string, filter: EventFilter, order: Order): Timeline {
  const live = useLive();
  const epoch = useStore(live.epoch);
  const [rows, setRows] = useState(() => emptyTimeline(order));
  const [status, setStatus] = useState<{ loading: boolean; error?: Error }>({ loading: true });
  const [round, setRound] = useState(0);
  const current = useRef(rows);
  // Each start makes a new object; an answer that belongs to an older one is dropped.
  const run = useRef<Run>({ busy: false });

  const update = useCallback((next: TimelineRows) => {
    current.current = next;
    setRows(next);
  }, []);

  const fetchPage = useCallback(
    async (cursor: string | undefined, add: typeof addPage) => {
      const mine = run.current;
      if (mine.busy) return;
      mine.busy = true;
      setStatus({ loading: true });
      const query: EventQuery = { ...filter, attacker, order, limit: PAGE };
      if (cursor) query.cursor = cursor;
      try {
        const { items, next } = await listEvents(query);
        if (mine !== run.current) return;
        mine.lastCursor = cursor;
        update(add(current.current, items, next));
        setStatus({ loading: false });
      } catch (error) {
        if (mine === run.current) setStatus({ loading: false, error: error as Error });
      } finally {
        mine.busy = false;
      }
    },
    [attacker, filter, order, update],
  );

  const catchUp = useCallback(() => {
    if (order === "desc") void fetchPage(undefined, addNewest);
    else if (!current.current.next) void fetchPage(run.current.lastCursor, addPage);
  }, [fetchPage, order]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round starts over
  useEffect(() => {
    run.current = { busy: false };
    update(emptyTimeline(order));
    void fetchPage(undefined, addPage);
  }, [fetchPage, order, round, update]);

  useEffect(() => {
    if (epoch > 1) catchUp();
  }, [epoch, catchUp]);

  useEffect(() => {
    return live.onBatch((batch) => {
      const arrived = batch.events.filter((e) => e.attacker === attacker && matches(e, filter));
      if (arrived.length === 0) return;
      if (!isFiltered(filter) && hasGap(current.current, arrived)) catchUp();
      else update(addLive(current.current, arrived));
    });
  }, [live, attacker, filter, catchUp, update]);

  return {
    ...rows,
    loading: status.loading,
    error: status.error,
    loadMore: () => {
      if (current.current.next) void fetchPage(current.current.next, addPage);
    },
    startOver: () => setRound((n) => n + 1),
  };
}
