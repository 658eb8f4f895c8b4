import { expect, test } from "vitest";
import { freezeText } from "./freeze-text.ts";
import { aRequest } from "./testing/a-freeze.ts";

test("what people wrote can neither mention, link, format nor close anything", () => {
  const reason = "@acme/all see [x](https://x.io) <img> closes #1 `\n\n# head\n\u202E";
  const { title, body, message } = freezeText(aRequest({ reason, cluster: "a`b", by: "slack:U9" }), "utc");
  const lines = body.split("\n");
  expect(lines.filter((line) => line.includes("closes #1"))).toEqual([
    "    @acme/all see [x](https://x.io) <img> closes #1 ` # head",
  ]);
  expect(lines[lines.findIndex((line) => line.includes("closes #1")) - 1]).toBe("");
  expect(body).toContain("Slack user U9 asked for this in Slack, through Bootswain of cluster `a'b`.");
  expect(`${title}${message}`).not.toContain("acme");
});

test("a title stays short, however many pools there are", () => {
  const pools = Array.from({ length: 50 }, (_, index) => `${"p".repeat(60)}${index}`);
  const { title, body } = freezeText(aRequest({ pools }), "utc");
  expect(title.length).toBeLessThan(256);
  expect(body).toContain("and 30 more");
});
