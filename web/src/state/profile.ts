import { useEffect, useState } from "react";
import { getAttacker } from "../api/client";
import type { Profile } from "../api/types";
import { useLive } from "./liveContext";
import { useStore } from "./store";

export interface ProfileState {
  profile: Profile | undefined;
  error: Error | undefined;
}

/** One attacker's profile, replaced by each newer revision. */
export function useProfile(id: string): ProfileState {
  const live = useLive();
  const epoch = useStore(live.epoch);
  const [state, setState] = useState<ProfileState>({ profile: undefined, error: undefined });

  useEffect(() => {
    return live.onBatch((batch) => {
      const update = batch.profiles.find((p) => p.attacker === id);
      if (update) setState((s) => ({ profile: newer(s.profile, update), error: undefined }));
    });
  }, [live, id]);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new connection may have left a gap
  useEffect(() => {
    const abort = new AbortController();
    getAttacker(id, abort.signal).then(
      (profile) => {
        if (abort.signal.aborted) return;
        setState((s) => ({ profile: newer(s.profile, profile), error: undefined }));
      },
      (error: Error) => {
        if (!abort.signal.aborted) setState((s) => ({ ...s, error }));
      },
    );
    return () => abort.abort();
  }, [id, epoch]);

  return state;
}

function newer(a: Profile | undefined, b: Profile): Profile {
  return a && a.through > b.through ? a : b;
}
