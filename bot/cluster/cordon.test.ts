import { expect, test } from "vitest";
import type { Json } from "../coordinator/ports.ts";
import { CORDONED_FOR, cordoned, LIFTED_FOR, uncordoned } from "./cordon.ts";

const node = (annotations: object = {}, unschedulable?: true): Json => ({
  metadata: { name: "n", uid: "u", resourceVersion: "7", annotations: { mine: "yes", ...annotations } },
  spec: { podCIDR: "10.0.0.0/24", ...(unschedulable === undefined ? {} : { unschedulable }) },
});

test("our cordon carries its order and leaves everything else", () => {
  expect(cordoned(node(), "u", "o1")).toEqual(node({ [CORDONED_FOR]: "o1" }, true));
});

test.each([
  ["it is another node of that name", node(), "other"],
  ["someone cordoned it before", node({}, true), "u"],
  ["the order's cordon was lifted since", node({ [LIFTED_FOR]: "o1" }), "u"],
  ["it is no node at all", "nonsense", "u"],
])("no cordon is made when %s", (_, object, uid) => {
  expect(cordoned(object, uid, "o1")).toBeNull();
});

test.each([
  ["ours is lifted", node({ [CORDONED_FOR]: "o1" }, true), node({ [LIFTED_FOR]: "o1" })],
  ["one that someone lifted is only marked", node({ [CORDONED_FOR]: "o1" }), node({ [LIFTED_FOR]: "o1" })],
  ["where none was made the mark is written all the same", node(), node({ [LIFTED_FOR]: "o1" })],
  ["someone else's stays", node({}, true), node({ [LIFTED_FOR]: "o1" }, true)],
  [
    "that of another order stays",
    node({ [CORDONED_FOR]: "o2" }, true),
    node({ [CORDONED_FOR]: "o2", [LIFTED_FOR]: "o1" }, true),
  ],
])("%s", (_, before, after) => {
  expect(uncordoned(before, "u", "o1")).toEqual(after);
});

test("another node of that name is left alone", () => {
  expect(uncordoned(node({ [CORDONED_FOR]: "o1" }, true), "other", "o1")).toBeNull();
});
