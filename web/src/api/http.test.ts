import { afterEach, expect, it, vi } from "vitest";
import { fakeApi, problem } from "../test/fakeApi";
import { get, post, setUnauthorizedHandler } from "./http";

afterEach(() => setUnauthorizedHandler(() => {}));

it("leaves empty parts out of the query", async () => {
  const { requests } = fakeApi();
  await get("/events", { decky: "a b", kind: "", cursor: undefined, limit: 5 });
  expect(requests).toEqual(["/api/v1/events?decky=a+b&limit=5"]);
});

it("reports the detail of a problem", async () => {
  fakeApi({ "/events": problem(400, "invalid", "limit: want 1 to 1000") });
  await expect(get("/events")).rejects.toMatchObject({
    status: 400,
    code: "invalid",
    message: "limit: want 1 to 1000",
  });
});

it("copes with an error that is no problem document", async () => {
  fakeApi({
    "/events": new Response("<html>bad gateway", { status: 502, statusText: "Bad Gateway" }),
  });
  await expect(get("/events")).rejects.toThrow("The server answered 502 Bad Gateway");
});

it("says so if nobody answers", async () => {
  vi.stubGlobal("fetch", () => Promise.reject(new TypeError("failed")));
  await expect(get("/events")).rejects.toMatchObject({ status: 0, code: "unreachable" });
});

it("tells an ended session from a refused login", async () => {
  const ended = vi.fn();
  setUnauthorizedHandler(ended);
  const unauthorized = problem(401, "unauthorized", "no");
  fakeApi({ "/auth/login": unauthorized, "/events": unauthorized });
  await expect(post("/auth/login", {})).rejects.toThrow("no");
  expect(ended).not.toHaveBeenCalled();
  await expect(get("/events")).rejects.toThrow("no");
  expect(ended).toHaveBeenCalledOnce();
});
