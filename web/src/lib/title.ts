import { useEffect } from "react";
import { visible } from "./escape";

/** Names the page in the browser's tab. */
export function useTitle(title: string): void {
  useEffect(() => {
    document.title = `${visible(title)} · DECNET`;
  }, [title]);
}
