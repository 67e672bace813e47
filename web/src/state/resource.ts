import { useEffect, useState } from "react";

export interface Resource<T> {
  data: T | undefined;
  error: Error | undefined;
  loading: boolean;
  reload(): void;
}

/**
 * Loads something when the component appears and whenever `load` changes
 * identity (wrap it in useCallback), again every `pollMs` if that is given. The
 * last good data stays while an error is shown.
 */
export function useResource<T>(
  load: (signal: AbortSignal) => Promise<T>,
  pollMs?: number,
): Resource<T> {
  const [state, setState] = useState<Omit<Resource<T>, "reload">>({
    data: undefined,
    error: undefined,
    loading: true,
  });
  const [round, setRound] = useState(0);

  // biome-ignore lint/correctness/useExhaustiveDependencies: a new round means loading again
  useEffect(() => {
    const abort = new AbortController();
    load(abort.signal).then(
      (data) => {
        if (!abort.signal.aborted) setState({ data, error: undefined, loading: false });
      },
      (error: Error) => {
        if (!abort.signal.aborted) setState((s) => ({ ...s, error, loading: false }));
      },
    );
    return () => abort.abort();
  }, [load, round]);

  useEffect(() => {
    if (!pollMs) return;
    const timer = setInterval(() => {
      if (!document.hidden) setRound((n) => n + 1);
    }, pollMs);
    return () => clearInterval(timer);
  }, [pollMs]);

  return { ...state, reload: () => setRound((n) => n + 1) };
}
