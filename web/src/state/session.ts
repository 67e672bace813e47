import * as api from "../api/client";
import { ApiError, setUnauthorizedHandler } from "../api/http";
import type { User } from "../api/types";
import { createStore, useStore } from "./store";

export type Session =
  | { status: "loading" }
  | { status: "out" }
  | { status: "unreachable"; reason: string }
  | { status: "in"; user: User };

const session = createStore<Session>({ status: "loading" });

setUnauthorizedHandler(() => session.set({ status: "out" }));

export function useSession(): Session {
  return useStore(session);
}

/** Asks the server who we are. */
export async function checkSession(): Promise<void> {
  try {
    session.set({ status: "in", user: await api.whoAmI() });
  } catch (error) {
    if (error instanceof ApiError && error.status === 401) return;
    // A server that is down for a moment must not throw a working user out.
    if (session.get().status !== "in") {
      session.set({ status: "unreachable", reason: (error as Error).message });
    }
  }
}

export async function signIn(username: string, password: string): Promise<void> {
  await api.login(username, password);
  await checkSession();
}

export async function signOut(): Promise<void> {
  try {
    await api.logout();
  } finally {
    session.set({ status: "out" });
  }
}
