import { expect, test } from "vitest";
import { ChannelRules, type SlackNews } from "./channel-rules.ts";

const said = (ts: string, key: string, more: { threadTs?: string; pings?: number } = {}): SlackNews => ({
  kind: "said",
  ts,
  key,
  threadTs: more.threadTs ?? null,
  pings: more.pings ?? 0,
});
const refused = (error: string): SlackNews => ({ kind: "refused", method: "views.open", error, problems: [] });

test.each<[string, readonly SlackNews[], readonly string[]]>([
  ["two cards are two messages", [said("1", "board-C 10"), said("2", "approval-C 10")], []],
  [
    "a card that is posted again stands there twice",
    [said("1", "board-C 10"), said("2", "board-C 20")],
    ["rule 13: card board-C stands there twice, as 1 and as 2"],
  ],
  [
    "what was deleted may be posted again",
    [said("1", "board-C 10"), { kind: "deleted", ts: "1" }, said("2", "board-C 20")],
    [],
  ],
  [
    "a line is said once in its thread, and another one beside it",
    [
      said("1", "blocked-C 10"),
      said("2", "blocked-C try-1 20", { threadTs: "1" }),
      said("3", "blocked-C try-1 20", { threadTs: "1" }),
      said("4", "blocked-C try-2 30", { threadTs: "1" }),
    ],
    ["rule 13: blocked-C try-1 20 is said twice in its thread"],
  ],
  [
    "a card that needs somebody may call, and its thread as well",
    [said("1", "failed-C 10", { pings: 2 }), said("2", "failed-C again 20", { threadTs: "1", pings: 2 })],
    [],
  ],
  [
    "a board may call nobody",
    [said("1", "board-C 10", { pings: 2 })],
    ["rule 13: message 1 of board-C calls 2 people"],
  ],
  ["each message has a key", [said("1", "")], ["rule 13: message 1 was posted without a key"]],
  ["a dialog that comes too late is nobody's fault", [refused("expired_trigger_id")], []],
  [
    "a dialog that breaks Slack's limits is",
    [refused("invalid_arguments")],
    ["rule 13: views.open was refused: invalid_arguments"],
  ],
  [
    "nobody is told of an error of ours",
    [{ kind: "told", user: "U1", says: "Something went wrong here, and I can't say" }],
    ["rule 13: U1 was told: Something went wrong here, and I can't say"],
  ],
])("%s", (_, news, broken) => {
  const found: string[] = [];
  const rules = new ChannelRules((rule) => found.push(rule));
  for (const one of news) rules.see(one);
  expect(found).toEqual(broken);
});
