import { fireEvent, render, screen } from "@testing-library/react";
import type { ReactElement } from "react";
import { describe, expect, it } from "vitest";
import type { DecoyEvent } from "../api/types";
import { visible } from "../lib/escape";
import { HOSTILE, MEGABYTE } from "../test/hostile";
import { bountyOf, eventOf, profileOf } from "../test/samples";
import { CommandsPanel } from "../views/attacker/CommandsPanel";
import { CredentialsPanel } from "../views/attacker/CredentialsPanel";
import { ProfileHead } from "../views/attacker/ProfileHead";
import { BountyTable } from "./BountyTable";
import { EventDrawer } from "./EventDrawer";
import { EventList } from "./EventList";

// Everything an attacker can put on a page goes through these components.

const nothing = () => {};

/** An event that is hostile in every place an attacker can reach, and some more. */
function hostileEvent(kind: string, value: string): DecoyEvent {
  return eventOf(1, {
    kind,
    attacker: value,
    source: value,
    time: value,
    session: value,
    decky: value,
    service: value,
    message: value,
    fields: {
      principal: value,
      secret_printable: value,
      secret_kind: value,
      command: value,
      reason: value,
      method: value,
      path: value,
      status: value,
      [value]: value,
    },
  });
}

function hostilePages(value: string): ReactElement[] {
  const kinds = ["auth_attempt", "command", "request", "refused", "disconnect", value];
  const events = kinds.map((kind, i) => ({ ...hostileEvent(kind, value), id: `${i}` }));
  const profile = profileOf({
    address: value,
    services: { [value]: 1 },
    deckies: { [value]: 1 },
    credentials: [
      {
        service: value,
        principal: value,
        secret: value,
        kind: value,
        attempts: 1,
        accepted: true,
        event: "e",
      },
    ],
    commands: [{ time: value, decky: value, service: value, command: value, event: "e" }],
  });
  const bounty = bountyOf({
    attacker: value,
    type: value,
    name: value,
    value,
    decky: value,
    service: value,
    first_seen: value,
  });
  return [
    <BountyTable key="bounties" bounties={[bounty]} label="x" />,
    <BountyTable key="bounties of one" ofOne bounties={[bounty]} label="x" />,
    <EventList key="list" events={events} label="x" selected={undefined} onSelect={nothing} />,
    ...events.map((event) => (
      <EventDrawer key={event.id} event={event} events={events} onSelect={nothing} />
    )),
    <CredentialsPanel key="credentials" profile={profile} />,
    <CommandsPanel key="commands" profile={profile} />,
    <ProfileHead key="head" profile={profile} />,
  ];
}

// What our own components are made of; anything else came out of a string.
const OURS = new Set(
  "div span section ul ol li button bdi aside header h1 h2 h3 dl dt dd pre svg path table thead tbody tr th td code time b small".split(
    " ",
  ),
);

function strangers(container: HTMLElement): string[] {
  return [...container.querySelectorAll("*")].flatMap((element) => {
    const odd = OURS.has(element.localName) ? [] : [element.localName];
    for (const { name, value } of element.attributes) {
      if (name.startsWith("on") || name === "href" || name === "src" || name === "style") {
        odd.push(`${name}=${value}`);
      }
    }
    return odd;
  });
}

describe.each(Object.entries(HOSTILE))("a hostile string (%s)", (_, value) => {
  it("is text wherever it is shown", () => {
    for (const page of hostilePages(value)) {
      const { container, unmount } = render(page);
      const moved = [...container.querySelectorAll<HTMLElement>(".rows-canvas, .rows-canvas ul")];
      for (const element of moved) element.removeAttribute("style");
      expect(strangers(container)).toEqual([]);
      expect(container.textContent).toContain(visible(value));
      unmount();
    }
  });

  it("leaves nothing unseen in text or title", () => {
    for (const page of hostilePages(value)) {
      const { container, unmount } = render(page);
      const titles = [...container.querySelectorAll("[title]")].map((e) => e.getAttribute("title"));
      // The breaks that a block adds are ours, each behind its spelt-out sign.
      const text = container.textContent?.replaceAll("\\n\n", "\\n") ?? "";
      for (const shown of [text, ...titles]) expect(visible(shown ?? "")).toBe(shown);
      unmount();
    }
  });
});

describe("a value of a megabyte", () => {
  it("is cut short in rows and panels", () => {
    for (const page of hostilePages(MEGABYTE)) {
      const { container, unmount } = render(page);
      expect(container.textContent?.length).toBeLessThan(60_000);
      unmount();
    }
  });

  it("can be read step by step", () => {
    const event = eventOf(1, { fields: { body: MEGABYTE } });
    const { container } = render(<EventDrawer event={event} events={[]} onSelect={nothing} />);
    const shown = () => container.querySelector("pre")?.textContent?.length;
    expect(shown()).toBe(2_000);
    fireEvent.click(screen.getByRole("button", { name: /Show more/ }));
    expect(shown()).toBe(32_000);
    fireEvent.click(screen.getByRole("button", { name: /Show more/ }));
    fireEvent.click(screen.getByRole("button", { name: /Show more/ }));
    expect(shown()).toBe(MEGABYTE.length);
    expect(screen.queryByRole("button", { name: /Show more/ })).toBeNull();
  });
});

it("does not let a password pass for a verdict", () => {
  const fields = { principal: "root", secret_printable: "x (accepted)", accepted: "false" };
  const event = eventOf(1, { kind: "auth_attempt", fields });
  render(<EventList events={[event]} label="x" selected={undefined} onSelect={nothing} />);
  expect(document.querySelector(".badge")?.textContent).toBe("refused");
});
