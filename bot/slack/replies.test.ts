import { expect, test } from "vitest";
import { parseReply, parseUntil } from "./replies.ts";

/** Friday 2026-12-04, 22:30 in Chicago. */
const NOW = Date.UTC(2026, 11, 5, 4, 30);
const place = { nodes: ["abal-kuber01", "abal-kuber02", "abal-kuber12"], zone: "America/Chicago", now: NOW };
const all = place.nodes;
const chicago = (text: string): number => Date.parse(`${text}-06:00`);

test.each([
  ["approve", { verb: "approve", nodes: all }],
  ["Approve", { verb: "approve", nodes: all }],
  ["  <@U0BOT> approve", { verb: "approve", nodes: all }],
  ["approve 01", { verb: "approve", nodes: ["abal-kuber01"] }],
  ["approve abal-kuber01, abal-kuber12", { verb: "approve", nodes: ["abal-kuber01", "abal-kuber12"] }],
  ["approve now", { verb: "now", nodes: all }],
  ["Approve  NOW", { verb: "now", nodes: all }],
  ["approve 01 now", { verb: "now", nodes: ["abal-kuber01"] }],
  ["approve now 01, 12", { verb: "now", nodes: ["abal-kuber01", "abal-kuber12"] }],
  ["retry 12", { verb: "retry", nodes: ["abal-kuber12"] }],
  ["move", { verb: "move" }],
  ["release", { verb: "release", nodes: all }],
  ["withdraw 01", { verb: "withdraw", nodes: ["abal-kuber01"] }],
  ["Adopt 12", { verb: "adopt", nodes: ["abal-kuber12"] }],
  ["keep", { verb: "keep", nodes: all }],
  ["force the kernel fix must go in", { verb: "force", nodes: all, reason: "the kernel fix must go in" }],
  ["force 02 tonight &amp; not later", { verb: "force", nodes: ["abal-kuber02"], reason: "tonight & not later" }],
  ["force 02 tonight, please", { verb: "force", nodes: ["abal-kuber02"], reason: "tonight, please" }],
  ["skip until mon 09:00", { verb: "skip", nodes: all, until: chicago("2026-12-07T09:00:00") }],
  ["skip 01 until 2026-12-24 18:00", { verb: "skip", nodes: ["abal-kuber01"], until: chicago("2026-12-24T18:00:00") }],
  ["skip 2 hours", { verb: "skip", nodes: all, until: chicago("2026-12-05T00:30:00") }],
  ["skip 3d", { verb: "skip", nodes: all, until: chicago("2026-12-07T22:30:00") }],
])("%j is a decision", (text, decision) => {
  expect(parseReply(text, place)).toMatchObject({ kind: "decide", ...decision });
});

test.each([
  ["force", "Say why: force <reason>."],
  ["skip", "Say until when: skip until fri 18:00."],
  ["skip until never ever", "Say until when: skip until fri 18:00."],
  [
    "approve abal-kuber09",
    "This card is about abal-kuber01, abal-kuber02, abal-kuber12. Name one of them, or none for all.",
  ],
  [
    "force abal-kuber02 abal-kuber09 now",
    "This card is about abal-kuber01, abal-kuber02, abal-kuber12. Name one of them, or none for all.",
  ],
  ["approve 2", "Nothing was done. To approve, reply with approve alone, or with a node's name after it."],
  [
    "approve now that it is tested",
    "Nothing was done. To approve now, reply with approve now alone, or with a node's name after it.",
  ],
  [
    "approve 01 now or never",
    "Nothing was done. To approve, reply with approve alone, or with a node's name after it.",
  ],
  ["approve now-ish", "Nothing was done. To approve, reply with approve alone, or with a node's name after it."],
  ["approve, but not today", "Nothing was done. To approve, reply with approve alone, or with a node's name after it."],
])("%j is answered with how to say it", (text, says) => {
  expect(parseReply(text, place)).toEqual({ kind: "unclear", says });
});

test.each([
  "thanks!",
  "we should approve this",
  "",
  "approved by my manager",
  "now",
  "now would be fine",
  "force-push broke it",
  "Force's not with us",
  "skip-level meeting",
  "keep me posted",
  "release notes are out",
  "reboot it, maybe?",
])("%j is plain talk", (text) => {
  expect(parseReply(text, place)).toBeNull();
});

test.each([
  ["mon 09:00", "2026-12-07T09:00:00-06:00"],
  ["fri 18:00", "2026-12-11T18:00:00-06:00"],
  ["tomorrow 8am", "2026-12-05T08:00:00-06:00"],
  ["monday", "2026-12-07T09:00:00-06:00"],
  ["2h", "2026-12-05T00:30:00-06:00"],
  ["dec 24 18:00", "2026-12-24T18:00:00-06:00"],
  ["2026-12-20", "2026-12-20T09:00:00-06:00"],
  ["18:00", "2026-12-05T18:00:00-06:00"],
  ["18:00 UTC", "2026-12-05T18:00:00Z"],
])("until %j in Chicago is %s", (text, time) => {
  expect(parseUntil(text, place)).toBe(Date.parse(time));
});

test("the name of a node that is not on the card is not taken for a reason", () => {
  const cloud = { ...place, nodes: ["ip-10-0-0-1.ec2.internal"] };
  expect(parseReply("force ip-10-0-0-2.ec2.internal it must go", cloud)).toMatchObject({ kind: "unclear" });
  expect(parseReply("force ip-10-0-0-1.ec2.internal it must go", cloud)).toMatchObject({ reason: "it must go" });
});

test("the zone is the policy's, whatever the process's own is", () => {
  expect(parseUntil("mon 09:00", { ...place, zone: "Asia/Tokyo" })).toBe(Date.parse("2026-12-07T09:00:00+09:00"));
  expect(parseUntil("mon 09:00", { ...place, zone: "America/Chicago", now: Date.UTC(2026, 5, 5, 4, 30) })).toBe(
    Date.parse("2026-06-08T09:00:00-05:00"),
  );
});
