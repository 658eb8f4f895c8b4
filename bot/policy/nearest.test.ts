import { expect, test } from "vitest";
import { nearest } from "./nearest.ts";

const KEYS = ["mode", "maxUnavailable", "windows", "retryAfter", "verify", "soak", "automatic"];

test.each([
  ["a slip", "window", "windows"],
  ["another case", "MAXUNAVAILABLE", "maxUnavailable"],
  ["two letters that changed places", "moed", "mode"],
  ["the beginning of the key", "auto", "automatic"],
  ["the key and more", "soakTime", "soak"],
  ["another word of the same length", "nodes", null],
  ["nothing alike", "colour", null],
  ["a very long text", "windows".repeat(1000), null],
])("%s: %.20s has %s beside it", (_, written, near) => {
  expect(nearest(written, KEYS)).toBe(near);
});
