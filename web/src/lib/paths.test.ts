import { expect, it } from "vitest";
import { HOSTILE } from "../test/hostile";
import { addressOf, attackerPath } from "./paths";

it("links to attackers", () => {
  expect(attackerPath("cb007107")).toBe("/attackers/cb007107");
  expect(attackerPath("20010db8000000000000000000000001")).toBeDefined();
});

it.each([
  ["cb007107", "203.0.113.7"],
  ["20010db8000000000000000000000001", "2001:db8::1"],
  ["00000000000000000000000000000000", "::"],
  ["fe800000000000010000000000000000", "fe80:0:0:1::"],
  ["20010db8000100020003000400050006", "2001:db8:1:2:3:4:5:6"],
  ["20010db8000000010000000000000001", "2001:db8:0:1::1"],
  ["javascript:alert(1)", "javascript:alert(1)"],
])("reads the address of %s", (id, address) => expect(addressOf(id)).toBe(address));

it.each([...Object.values(HOSTILE), "", undefined, "../..", "CB007107", "cb00710"])(
  "makes no link of %j",
  (id) => expect(attackerPath(id)).toBeUndefined(),
);
