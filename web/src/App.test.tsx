import { act, fireEvent, render, screen, waitFor, within } from "@testing-library/react";
import { beforeEach, describe, expect, it } from "vitest";
import { App } from "./App";
import { fakeApi, problem } from "./test/fakeApi";
import { FakeEventSource } from "./test/fakeStream";
import {
  ADDRESS,
  ATTACKER,
  bountyOf,
  deckyOf,
  eventOf,
  eventsOf,
  profileOf,
  serviceOf,
  summary,
} from "./test/samples";

beforeEach(() => {
  FakeEventSource.opened = [];
});

function at(path: string): void {
  window.history.replaceState(null, "", path);
}

async function open(): Promise<FakeEventSource> {
  render(<App />);
  await waitFor(() => expect(FakeEventSource.opened.length).toBeGreaterThan(0));
  act(() => FakeEventSource.latest().connect());
  return FakeEventSource.latest();
}

describe("signing in", () => {
  it("shows why it failed, and keeps the page that was asked for", async () => {
    const unauthorized = problem(401, "unauthorized", "The password is wrong.");
    const { answers } = fakeApi({ "/auth/me": unauthorized, "/auth/login": unauthorized });
    at("/deckies");
    render(<App />);
    fireEvent.change(await screen.findByLabelText("Password"), { target: { value: "x" } });
    fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    expect((await screen.findByRole("alert")).textContent).toBe("The password is wrong.");

    answers["/auth/login"] = { access_token: "secret", expires_at: "", username: "admin" };
    answers["/auth/me"] = { username: "admin", role: "admin" };
    fireEvent.click(screen.getByRole("button", { name: "Sign in" }));
    await screen.findByRole("heading", { name: "Deckies", level: 1 });
    expect(JSON.stringify({ ...localStorage })).not.toContain("secret");
  });

  it("comes back when the session ends", async () => {
    const { answers } = fakeApi();
    const source = await open();
    answers["/auth/me"] = problem(401, "unauthorized", "expired");
    act(() => source.fail(true));
    await screen.findByLabelText("Password");
  });
});

describe("the overview", () => {
  it("tells a new user what to do, with the real addresses", async () => {
    const services = [serviceOf({ port: 2222 }), serviceOf({ slug: "http", port: 8080 })];
    fakeApi({ "/deckies": { items: [deckyOf("web-01", { services })] } });
    await open();
    await screen.findByText("ssh -p 2222 root@127.0.0.2");
    screen.getByText("curl http://127.0.0.2:8080/");
  });

  it("shows what arrives, until it is paused", async () => {
    const attackers = { items: [summary(ATTACKER)] };
    fakeApi({ "/attackers": attackers, "/events": { items: [eventOf(1)] } });
    const source = await open();
    const feed = within(await screen.findByRole("region", { name: "Live events" }));
    const rows = () => feed.queryAllByText(/^connected from port/).length;
    await waitFor(() => expect(rows()).toBe(1));

    act(() => source.send("event", eventOf(2)));
    await waitFor(() => expect(rows()).toBe(2));

    fireEvent.click(feed.getByRole("button", { name: "Pause" }));
    act(() => source.send("event", eventOf(3)));
    await feed.findByRole("button", { name: /1 new event/ });
    expect(rows()).toBe(2);
    fireEvent.click(feed.getByRole("button", { name: "Resume" }));
    expect(rows()).toBe(3);
  });

  it("takes its filter from the address", async () => {
    at("/?kind=command");
    const { requests } = fakeApi({ "/attackers": { items: [summary(ATTACKER)] } });
    await open();
    await screen.findByText("No event matches the filter");
    expect(requests).toContain("/api/v1/events?kind=command&order=desc&limit=200");
  });

  it("says when it is no longer live", async () => {
    fakeApi();
    const source = await open();
    await screen.findByText("Live");
    act(() => source.fail(false));
    await screen.findByText("Reconnecting");
  });
});

describe("the attacker page", () => {
  const routes = {
    [`/attackers/${ATTACKER}`]: profileOf({ through: 2, events: 2 }),
    "/events": { items: eventsOf(1, 2) },
  };

  it("shows the timeline and grows with it", async () => {
    at(`/attackers/${ATTACKER}`);
    fakeApi(routes);
    const source = await open();
    await screen.findByRole("heading", { name: ADDRESS });
    const timeline = within(await screen.findByRole("region", { name: "Timeline" }));
    const rows = () => timeline.queryAllByText(/^connected from port/).length;
    await waitFor(() => expect(rows()).toBe(2));
    act(() => {
      source.send("event", eventOf(3));
      source.send("event", eventOf(4, { attacker: "00000001" }));
      source.send("attacker", profileOf({ through: 3, events: 3 }));
    });
    await waitFor(() => expect(rows()).toBe(3));
  });

  it("shows all fields of the row that is clicked, and leaves by Escape", async () => {
    at(`/attackers/${ATTACKER}`);
    const event = eventOf(1, { kind: "request", fields: { method: "GET", "x-odd": "value" } });
    fakeApi({ ...routes, "/events": { items: [event] } });
    await open();
    fireEvent.click(await screen.findByRole("button", { name: /^\d\d.*:\d\d/ }));
    const details = within(screen.getByRole("complementary", { name: "Event details" }));
    details.getByText("x-odd");
    details.getByText(event.time);
    fireEvent.keyDown(document, { key: "Escape" });
    expect(screen.queryByRole("complementary")).toBeNull();
  });

  it("knows nobody of an odd name", async () => {
    at("/attackers/javascript:alert(1)");
    const { requests } = fakeApi();
    await open();
    await screen.findByText("No such attacker");
    expect(requests.filter((url) => url.includes("javascript"))).toEqual([]);
  });
});

describe("bounties", () => {
  it("are listed, grow by new ones and are searched", async () => {
    at("/bounties");
    const { requests } = fakeApi({ "/bounties": { items: [bountyOf({ count: 7 })] } });
    const source = await open();
    const table = within(await screen.findByRole("region", { name: "Table of bounties" }));
    table.getByText("curl/8.5.0");
    expect(table.getByRole("link", { name: ADDRESS }).getAttribute("href")).toBe(
      `/attackers/${ATTACKER}`,
    );
    act(() => source.send("bounty", bountyOf({ type: "ip_leak", value: "198.51.100.1" })));
    await table.findByText("198.51.100.1");

    const search = screen.getByLabelText<HTMLInputElement>("Search in values");
    fireEvent.change(search, { target: { value: "CURL" } });
    fireEvent.submit(search);
    fireEvent.change(screen.getByLabelText("Type"), { target: { value: "fingerprint" } });
    await waitFor(() =>
      expect(requests).toContain("/api/v1/bounties?type=fingerprint&search=CURL&limit=200"),
    );
    act(() => source.send("bounty", bountyOf({ type: "ip_leak", value: "198.51.100.2" })));
    await screen.findByText("curl/8.5.0");
    expect(screen.queryByText("198.51.100.2")).toBeNull();
  });

  it("say when there are none, and why", async () => {
    at("/bounties");
    fakeApi({ "/bounties": problem(503, "unavailable", "the store is away") });
    await open();
    await screen.findByText("the store is away");
    expect(screen.queryByText("None yet")).toBeNull();
  });

  it("are on the page of their attacker", async () => {
    at(`/attackers/${ATTACKER}`);
    const { requests } = fakeApi({
      [`/attackers/${ATTACKER}`]: profileOf(),
      "/bounties": { items: [bountyOf()] },
    });
    const source = await open();
    const panel = within(await screen.findByRole("region", { name: "Bounties" }));
    await panel.findByText("curl/8.5.0");
    expect(requests).toContain(`/api/v1/bounties?attacker=${ATTACKER}&limit=200`);
    act(() => {
      source.send("bounty", bountyOf({ value: "wget" }));
      source.send("bounty", bountyOf({ value: "another's", attacker: "00000001" }));
    });
    await panel.findByText("wget");
    expect(panel.queryByText("another's")).toBeNull();
  });
});

it("decodes a dead letter to text", async () => {
  at("/dead-letters");
  const letter = {
    id: "1",
    stream: "LOGS",
    consumer: "ingester",
    subject: "logs.raw.a.b.ssh",
    reason: "no priority",
    attempts: 1,
    time: "2026-06-01T12:00:00Z",
    body_b64: btoa("<script>\u001b"),
  };
  fakeApi({ "/dead-letters": { items: [letter] } });
  await open();
  fireEvent.click(await screen.findByRole("button", { name: "Show body" }));
  expect(document.querySelector("pre")?.textContent).toBe("<script>\\x1b");
});
