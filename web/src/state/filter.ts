import { useCallback, useMemo } from "react";
import { useSearchParams } from "wouter";
import { type EventFilter, filterFromParams } from "../lib/filter";

/** The event filter in the page's address, so that a filtered view can be shared. */
export function useEventFilter(): [EventFilter, (change: Partial<EventFilter>) => void] {
  const [params, setParams] = useSearchParams();
  const text = params.toString();
  const filter = useMemo(() => filterFromParams(new URLSearchParams(text)), [text]);
  const change = useCallback(
    (parts: Partial<EventFilter>) => {
      setParams(
        (current) => {
          const next = new URLSearchParams(current);
          for (const [part, value] of Object.entries(parts)) {
            if (value) next.set(part, value);
            else next.delete(part);
          }
          return next;
        },
        { replace: true },
      );
    },
    [setParams],
  );
  return [filter, change];
}
