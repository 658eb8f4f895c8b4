import { expect, test } from "vitest";
import { all, card, chicago, fleet, MON, n01, n02, n12 } from "../testing/places.ts";
import { mayBeCommand, parseReply } from "./reply.ts";

test.each([
  ["approve", { verb: "approve", nodes: all }],
  ["Approve", { verb: "approve", nodes: all }],
  ["APPROVE!", { verb: "approve", nodes: all }],
  ["approve.", { verb: "approve", nodes: all }],
  ["approve 01", { verb: "approve", nodes: [n01] }],
  ["approve kuber01", { verb: "approve", nodes: [n01] }],
  ["approve ABAL-KUBER01", { verb: "approve", nodes: [n01] }],
  ["approve 01 and 02", { verb: "approve", nodes: [n01, n02] }],
  ["approve 01, 02 & 12", { verb: "approve", nodes: all }],
  ["approve abal-kuber01, 02", { verb: "approve", nodes: [n01, n02] }],
  ["approve abal-kuber01,abal-kuber12", { verb: "approve", nodes: [n01, n12] }],
  ["approve 01 01", { verb: "approve", nodes: [n01] }],
  ["approve all", { verb: "approve", nodes: all }],
  ["approve it", { verb: "approve", nodes: all }],
  ["I approve", { verb: "approve", nodes: all }],
  ["ok approve 01", { verb: "approve", nodes: [n01] }],
  ["yes, approve", { verb: "approve", nodes: all }],
  ["Yes. Approve.", { verb: "approve", nodes: all }],
  ["go ahead and approve", { verb: "approve", nodes: all }],
  ["thank you, approve please", { verb: "approve", nodes: all }],
  ["hey bootswain, approve 02 pls", { verb: "approve", nodes: [n02] }],
  ["approve, thanks!", { verb: "approve", nodes: all }],
  ["approve thank you", { verb: "approve", nodes: all }],
  ["`approve`", { verb: "approve", nodes: all }],
  ["*approve*", { verb: "approve", nodes: all }],
  ["_approve_ `01`", { verb: "approve", nodes: [n01] }],
  ["*approve 01*", { verb: "approve", nodes: [n01] }],
  ["“approve”", { verb: "approve", nodes: all }],
  ["'approve 01'", { verb: "approve", nodes: [n01] }],
  [":white_check_mark: approve :rocket:", { verb: "approve", nodes: all }],
  [":+1::skin-tone-2: approve", { verb: "approve", nodes: all }],
  ["👍 approve", { verb: "approve", nodes: all }],
  ["approve\u00A001", { verb: "approve", nodes: [n01] }],
  ["app\u200Brove", { verb: "approve", nodes: all }],
  ["approve\u2003abal\u2011kuber01", { verb: "approve", nodes: [n01] }],
  ["approve <http://abal-kuber01|abal-kuber01>", { verb: "approve", nodes: [n01] }],
  ["approve: 01", { verb: "approve", nodes: [n01] }],
  ["\n\napprove\n\n", { verb: "approve", nodes: all }],
  ["approve\nthanks!", { verb: "approve", nodes: all }],
  ["&gt; can these go?\napprove", { verb: "approve", nodes: all }],
  ["approve node 01", { verb: "approve", nodes: [n01] }],
  ["approve nodes 01 and 02:", { verb: "approve", nodes: [n01, n02] }],
  ["approve please 01", { verb: "approve", nodes: [n01] }],
  ["approve\u202E", { verb: "approve", nodes: all }],
  ["pause all reboots now", { verb: "pause", nodes: [], reason: null }],
  ["resume everything", { verb: "resume", nodes: [] }],
  ["skip 01: until mon", { verb: "skip", nodes: [n01], until: MON }],
  ["force: maintenance", { verb: "force", reason: "maintenance" }],
  ["approve now", { verb: "now", nodes: all }],
  ["Approve  NOW", { verb: "now", nodes: all }],
  ["approve 01 now", { verb: "now", nodes: [n01] }],
  ["approve now 01, 12", { verb: "now", nodes: [n01, n12] }],
  ["approve 01 and 02 now please", { verb: "now", nodes: [n01, n02] }],
  ["retry", { verb: "retry", nodes: all }],
  ["retry pls", { verb: "retry", nodes: all }],
  ["retry 12", { verb: "retry", nodes: [n12] }],
  ["move", { verb: "move", nodes: all }],
  ["release", { verb: "release", nodes: all }],
  ["release 01, please", { verb: "release", nodes: [n01] }],
  ["withdraw 01", { verb: "withdraw", nodes: [n01] }],
  ["Adopt 12", { verb: "adopt", nodes: [n12] }],
  ["keep", { verb: "keep", nodes: all }],
  ["force the kernel fix must go in", { verb: "force", nodes: all, reason: "the kernel fix must go in" }],
  ["force: db is down anyway", { verb: "force", nodes: all, reason: "db is down anyway" }],
  ["force:db is down", { verb: "force", nodes: all, reason: "db is down" }],
  ["force : db is down", { verb: "force", nodes: all, reason: "db is down" }],
  ["*force*: db is down", { verb: "force", nodes: all, reason: "db is down" }],
  ["please force 02: db is down", { verb: "force", nodes: [n02], reason: "db is down" }],
  ["force 01, 02: db is down", { verb: "force", nodes: [n01, n02], reason: "db is down" }],
  ["force 02 - db is down", { verb: "force", nodes: [n02], reason: "db is down" }],
  ["force 02 tonight &amp; not later: ok?", null],
  ["force 02: tonight &amp; not later", { verb: "force", nodes: [n02], reason: "tonight & not later" }],
  ["force 02 tonight, please", { verb: "force", nodes: [n02], reason: "tonight, please" }],
  ["force: asked by <@U02CD|ben> in <#C1|ops>", { verb: "force", reason: "asked by @ben in #ops" }],
  ["force: see <https://x.io/1|INC-1>", { verb: "force", reason: "see INC-1 (https://x.io/1)" }],
  ["force: see <https://x.io/1>", { verb: "force", reason: "see https://x.io/1" }],
  ["force: a &lt;b&gt; “c”", { verb: "force", reason: 'a <b> "c"' }],
  ["force: line one\nline two", { verb: "force", reason: "line one line two" }],
  ["reboot 01", { verb: "reboot", nodes: [n01], reason: null }],
  ["reboot 01: memory test", { verb: "reboot", nodes: [n01], reason: "memory test" }],
  ["skip until mon 09:00", { verb: "skip", nodes: all, until: MON }],
  ["skip until Monday", { verb: "skip", nodes: all, until: MON }],
  ["please skip until fri 18:00", { verb: "skip", nodes: all, until: chicago("2026-12-11T18:00:00") }],
  ["skip 01 until mon", { verb: "skip", nodes: [n01], until: MON }],
  ["skip 01 and 02 till mon", { verb: "skip", nodes: [n01, n02], until: MON }],
  ["skip all until mon", { verb: "skip", nodes: all, until: MON }],
  ["skip till tomorrow 9am", { verb: "skip", nodes: all, until: chicago("2026-12-05T09:00:00") }],
  ["skip until 18:00", { verb: "skip", nodes: all, until: chicago("2026-12-05T18:00:00") }],
  ["skip 01 until 2026-12-24 18:00", { verb: "skip", nodes: [n01], until: chicago("2026-12-24T18:00:00") }],
  ["skip for 3 days", { verb: "skip", nodes: all, until: chicago("2026-12-07T22:30:00") }],
  ["skip 2 hours", { verb: "skip", nodes: all, until: chicago("2026-12-05T00:30:00") }],
  ["skip 12 hours", { verb: "skip", nodes: all, until: chicago("2026-12-05T10:30:00") }],
  ["skip 24 dec", { verb: "skip", nodes: all, until: chicago("2026-12-24T09:00:00") }],
  ["skip 5 pm", { verb: "skip", nodes: all, until: chicago("2026-12-05T17:00:00") }],
  ["skip 3d", { verb: "skip", nodes: all, until: chicago("2026-12-07T22:30:00") }],
  ["skip until mon 09:00, please", { verb: "skip", nodes: all, until: MON }],
  ["*skip* `until mon`", null],
  ["pause", { verb: "pause", nodes: [], reason: null }],
  ["pause: etcd upgrade", { verb: "pause", nodes: [], reason: "etcd upgrade" }],
  ["please pause", { verb: "pause", nodes: [], reason: null }],
  ["resume", { verb: "resume", nodes: [], reason: null }],
  ["ok, resume please", { verb: "resume", nodes: [], reason: null }],
])("%j is a decision", (text, decision) => {
  if (decision === null) expect(parseReply(text, card)).toMatchObject({ kind: "unclear" });
  else expect(parseReply(text, card)).toMatchObject({ kind: "decide", ...decision });
  expect(mayBeCommand(text)).toBe(true);
});

const TALK = [
  "thanks, ben, I will look",
  "we should approve this",
  "",
  "approved by my manager",
  "can someone approve?",
  "now would be fine",
  "now",
  "force-push broke it",
  "Force's not with us",
  "skip-level meeting",
  "keep me posted",
  "release notes are out",
  "move on",
  "pause for lunch?",
  "pause the music",
  "resume from the doc",
  "reboot it, maybe?",
  "help me with this",
  "status of the db?",
  "why is this so slow",
  "it is not approved",
  "you approve",
  "no",
  "~approve~",
  "no-approve",
  "&gt; approve",
  "&gt;&gt;&gt; someone said\napprove",
  "```approve```",
  "```\napprove\n```",
  `we talked ${"x".repeat(5_000)}`,
];
test.each(TALK)("%j is plain talk, but for one who says it to the bot", (text) => {
  expect(parseReply(text, card)).toBeNull();
  expect(parseReply(text, { ...card, isAddressed: true })).toMatchObject({
    kind: expect.stringMatching(/unclear|help/),
  });
});

test.each([
  ["status", { kind: "status" }],
  ["help", { kind: "help" }],
  ["Help!", { kind: "help" }],
  ["why abal-kuber01", { kind: "explain", nodes: [n01] }],
  ["why is 01 waiting?", null],
  ["explain 01", { kind: "explain", nodes: [n01] }],
  ["explain 01 and 02", { kind: "explain", nodes: [n01, n02] }],
  ["why?", { kind: "explain", nodes: all }],
])("%j is a question", (text, reply) => {
  expect(parseReply(text, card)).toMatchObject(reply ?? { kind: "explain", nodes: [n01] });
});

test.each([
  ["approve abal-kuber01", fleet, { kind: "decide", nodes: [n01] }],
  ["approve worker07, 02", fleet, { kind: "decide", nodes: ["abal-worker07", n02] }],
  [
    "approve 01",
    fleet,
    {
      kind: "unclear",
      says: "Nothing was decided: 2 nodes end with 01. Which one?",
      choices: ["approve abal-kuber01", "approve abal-worker01"],
    },
  ],
  [
    "force 01: db is down",
    fleet,
    { kind: "unclear", choices: ["force abal-kuber01: db is down", "force abal-worker01: db is down"] },
  ],
  [
    "skip 01 until mon",
    fleet,
    { kind: "unclear", choices: ["skip abal-kuber01 until mon", "skip abal-worker01 until mon"] },
  ],
  [
    "approve 99",
    fleet,
    { kind: "unclear", says: "Nothing was decided: there is no node 99. Say status for those that wait." },
  ],
  [
    "approve",
    fleet,
    { kind: "unclear", says: "Nothing was decided. This is not the thread of a card. Name the nodes." },
  ],
  ["approve", { ...fleet, waves: [[n01, n02]] }, { kind: "decide", verb: "approve", nodes: [n01, n02] }],
  ["approve all now", { ...fleet, waves: [[n01, n02]] }, { kind: "decide", verb: "now", nodes: [n01, n02] }],
  [
    "approve",
    { ...fleet, waves: [[n01, n02], [n12]] },
    {
      kind: "unclear",
      says: "Nothing was decided. Several cards wait for approval. Name the nodes.",
      choices: ["approve abal-kuber01, abal-kuber02", "approve abal-kuber12"],
    },
  ],
  ["retry", fleet, { kind: "unclear", says: "Nothing was decided. This is not the thread of a card. Name the nodes." }],
  ["skip until mon", { ...fleet, waves: [[n01]] }, { kind: "unclear" }],
  ["force: db is down", { ...fleet, waves: [[n01]] }, { kind: "unclear" }],
  ["pause: etcd upgrade", fleet, { kind: "decide", verb: "pause", nodes: [] }],
  ["pause for lunch", fleet, { kind: "unclear", choices: ["pause"] }],
  ["", fleet, { kind: "help" }],
])("outside of a card %j is understood by whole names", (text, place, reply) => {
  expect(parseReply(text, place)).toMatchObject(reply);
});

test("the name of a node that is not on the card is not taken for a reason", () => {
  const cloud = { ...card, nodes: ["ip-10-0-0-1.ec2.internal"] };
  expect(parseReply("force ip-10-0-0-2.ec2.internal it must go", cloud)).toMatchObject({ kind: "unclear" });
  expect(parseReply("force ip-10-0-0-1.ec2.internal it must go", cloud)).toMatchObject({ reason: "it must go" });
  expect(parseReply("force ip-10-0-0-1: it must go", cloud)).toMatchObject({ reason: "it must go" });
});

test("a node that is not on the card is not read as a time, so that no other node is skipped", () => {
  const place = {
    nodes: ["abal-kuber03"],
    pools: [],
    waves: [],
    isCard: true,
    isAddressed: false,
    zone: "utc",
    now: 0,
  };
  expect(parseReply("skip 04 until 02:00 utc", place)).toMatchObject({ kind: "unclear" });
});
