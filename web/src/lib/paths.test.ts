import { expect, it } from "vitest";
import { HOSTILE } from "../test/hostile";
import { attackerPath } from "./paths";

it("links to attackers", () => {
  expect(attackerPath("cb007107")).toBe("/attackers/cb007107");
  expect(attackerPath("20010db8000000000000000000000001")).toBeDefined();
});

it.each([...Object.values(HOSTILE), "", undefined, "../..", "CB007107", "cb00710"])(
  "makes no link of %j",
  (id) => expect(attackerPath(id)).toBeUndefined(),
);
