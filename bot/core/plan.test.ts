import { expect, test } from "vitest";
import { planned, stepKinds } from "./testing/builders.ts";

test("x", () => {
  expect(stepKinds(planned())).toEqual(["SetSlots"]);
});
