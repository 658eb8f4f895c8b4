import { expect, test } from "vitest";
import { testNames } from "../../design/test-names.ts";

/** What goes wrong between GitHub, git and the bot: each is the beginning of a test's name, with the real client or git. */
const PITFALLS = [
  // Delivery
  "the same delivery id twice: ",
  "the same delivery id twice, before and after a restart",
  "the same delivery id on two replicas",
  "webhook lost",
  "webhook late",
  "webhook out of order",
  "webhook of another branch",
  "force-push backwards",
  // Time
  "clock off by 10 min",
  // GitHub
  "304 thrown",
  "ETag lost",
  "401 mid-run",
  "secondary 403",
  "409 on put",
  "branch already there",
  "PR already there",
  "more than 50 notes",
  "comment edited by a person",
  "comment over 65,536 characters",
  "a fork's PR must not change approvers",
  // Policy
  "bad YAML",
  "unknown key",
  "duplicate key",
  "alias bomb",
  "empty",
  "deleted",
  "symlink",
  "huge",
];

const names = testNames(["test/github", "bot/git", "bot/http"]);

test.each(PITFALLS)("there is a test of: %s", (pitfall) => {
  expect(names.filter((name) => name.startsWith(pitfall)).length).toBeGreaterThan(0);
});
