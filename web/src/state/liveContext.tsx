import { createContext, type ReactNode, useContext, useEffect, useState } from "react";
import { createLive, type Live } from "./live";

const LiveContext = createContext<Live | undefined>(undefined);

/** Runs the live stream as long as it is mounted. */
export function LiveProvider({ children }: { children: ReactNode }) {
  const [live] = useState(createLive);
  useEffect(() => live.start(), [live]);
  return <LiveContext value={live}>{children}</LiveContext>;
}

export function useLive(): Live {
  const live = useContext(LiveContext);
  if (!live) throw new Error("useLive outside of LiveProvider");
  return live;
}
