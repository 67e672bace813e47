import { vi } from "vitest";
import { FakeEventSource } from "./fakeStream";

export type Routes = Record<string, unknown>;

const EMPTY = { items: [] };

const DEFAULTS: Routes = {
  "/auth/me": { username: "admin", role: "admin" },
  "/attackers": EMPTY,
  "/events": EMPTY,
  "/bounties": EMPTY,
  "/deckies": EMPTY,
  "/services": EMPTY,
  "/dead-letters": EMPTY,
  "/health": { status: "ready", version: "test", workers: [], dead_letters: 0 },
};

/** Answers fetch by path, without its query; a Response is returned as it is. */
export function fakeApi(routes: Routes = {}) {
  const answers: Routes = { ...DEFAULTS, ...routes };
  const requests: string[] = [];
  vi.stubGlobal("EventSource", FakeEventSource);
  vi.stubGlobal("fetch", async (url: string) => {
    requests.push(url);
    const path = url.replace("/api/v1", "").replace(/\?.*/, "");
    const answer = answers[path];
    if (answer === undefined) return problem(404, "not_found", `no ${path}`);
    return answer instanceof Response ? answer.clone() : Response.json(answer);
  });
  return { answers, requests };
}

export function problem(status: number, code: string, detail: string): Response {
  return Response.json({ type: "about:blank", title: code, status, detail, code }, { status });
}
