import { useCallback, useEffect, useRef, useState } from "react";
import { listBounties } from "../api/client";
import type { Bounty } from "../api/types";
import { type BountyFilter, bountyMatches, MAX_BOUNTIES, mergeBounties } from "./bountyRows";
import { useLive } from "./liveContext";
import { useStore } from "./store";

export interface Bounties {
  rows: Bounty[];
  loaded: boolean;
  /** Whether there are older ones. */
  more: boolean;
  error: Error | undefined;
  loadMore(): void;
}

const PAGE = 200;

interface State {
  rows: Bounty[];
  next?: string | undefined;
  loaded: boolean;
  /** Whether the first page came, so that `next` is known. */
  paged?: boolean;
  error?: Error | undefined;
}

const empty: State = { rows: [], loaded: false };

/**
 * What was learned of attackers, the latest first, as far as it matches. New ones
 * come by themselves; how often the others were seen is as of the last loading.
 */
export function useBounties(filter: BountyFilter): Bounties {
  const live = useLive();
  const epoch = useStore(live.epoch);
  const [state, setState] = useState(empty);
  // Each filter makes a new object; an answer that belongs to an older one is dropped.
  const run = useRef({});

  const fetchPage = useCallback(
    async (cursor?: string) => {
      const mine = run.current;
      try {
        const query = { ...filter, limit: PAGE, ...(cursor ? { cursor } : {}) };
        const { items, next } = await listBounties(query);
        if (mine !== run.current) return;
        setState((s) => ({
          rows: mergeBounties(s.rows, items),
          next: cursor || !s.paged ? next : s.next,
          loaded: true,
          paged: true,
        }));
      } catch (error) {
        if (mine !== run.current) return;
        setState((s) => ({ ...s, loaded: true, error: error as Error }));
      }
    },
    [filter],
  );

  // biome-ignore lint/correctness/useExhaustiveDependencies: another filter starts from nothing
  useEffect(() => {
    run.current = {};
    setState(empty);
  }, [filter]);

  useEffect(() => {
    if (epoch > 0) void fetchPage();
  }, [epoch, fetchPage]);

  useEffect(() => {
    return live.onBatch((batch) => {
      const arrived = batch.bounties.filter((bounty) => bountyMatches(bounty, filter));
      if (arrived.length > 0) {
        setState((s) => ({ ...s, rows: mergeBounties(s.rows, arrived) }));
      }
    });
  }, [live, filter]);

  const { next } = state;
  return {
    rows: state.rows,
    loaded: state.loaded,
    more: next !== undefined && state.rows.length < MAX_BOUNTIES,
    error: state.error,
    loadMore: () => void fetchPage(next),
  };
}
