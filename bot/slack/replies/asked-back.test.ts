import { expect, test } from "vitest";
import { card } from "../testing/places.ts";
import { mayBeCommand, parseReply } from "./reply.ts";

const ASIDE = "Nothing was decided. To approve, say approve alone, or with a node's name after it.";
const ABOUT = "This card is about abal-kuber01, abal-kuber02, abal-kuber12. Name one of them, or none for all.";
const NO = "Nothing was decided. What nobody approves waits by itself; to put it off, say until when.";
const FIRST = "Nothing was decided: I read a command only where a message begins with it.";
const YES = "Nothing was decided: say what you want done.";
const MAYBE_NO =
  "Nothing was decided, since that may say no. To force, say force: <reason>. Begin the reason with another word.";
const MAYBE_TALK = "Nothing was decided, since that may be a sentence about it. To force, say force: <reason>.";
test.each([
  ["approve, but not today", ASIDE],
  ["approve not", ASIDE],
  ["approve when the db is fine", ASIDE],
  ["approve?", ASIDE],
  ["approve 01?", ASIDE],
  ["approve :thinking_face:", ASIDE],
  ["approve :x:", ASIDE],
  ["approve ~01~", ASIDE],
  ["approve 01 instead of 02", ASIDE],
  ["approve 01 tomorrow", ASIDE],
  ["approve and", ASIDE],
  ["approve now-ish", ASIDE],
  ["approve\nbut not before monday", ASIDE],
  ["approve 01\nskip 02 until mon", ASIDE],
  ["approve now that it is tested", ASIDE.replaceAll("approve", "approve now")],
  ["approve 01 now or never", ASIDE.replaceAll("approve", "approve now")],
  ["approve abal-kuber09", ABOUT],
  ["approve 2", ABOUT],
  ["approve 03", ABOUT],
  ["approve 01 and 03", ABOUT],
  ["skip 03 until mon", ABOUT],
  ["force 09: db is down", ABOUT],
  ["force abal-kuber02 abal-kuber09 now", ABOUT],
  ["force 2 pods must go", ABOUT],
  ["release 07", ABOUT],
  ["don't approve", NO],
  ["please don’t approve", NO],
  ["do not force 01", NO],
  ["never approve this", NO],
  ["no, skip it", NO],
  ["ok", YES],
  ["Yes!", YES],
  [":+1:", YES],
  ["looks fine to me\napprove", FIRST],
  ["force", "Nothing was decided. Say why: force: <reason>."],
  ["force:", "Nothing was decided. Say why: force: <reason>."],
  ["force 01", "Nothing was decided. Say why: force: <reason>."],
  ["force please", "Nothing was decided. Say why: force: <reason>."],
  ["force: &lt;reason&gt;", "Nothing was decided. Say why: force: <reason>."],
  ["force: ...", "Nothing was decided. Say why: force: <reason>."],
  ["force not needed", MAYBE_NO],
  ["force: no!", MAYBE_NO],
  ["force: don't", MAYBE_NO],
  ["force: wait", MAYBE_NO],
  ["force: cancel that", MAYBE_NO],
  ["force: I don't think so", MAYBE_NO],
  ["force nothing", MAYBE_NO],
  ["force none of them", MAYBE_NO],
  ["force later", MAYBE_NO],
  ["force maintenance", MAYBE_TALK],
  ["force retry", MAYBE_TALK],
  ["Force: REASON", "Nothing was decided. Say why: force: <reason>."],
  ["approve nodes", ASIDE],
  ["approve nothing", ASIDE],
  [
    "pause it",
    "Nothing was decided. To pause all reboots, say pause alone. To leave one out: skip <node> until <time>.",
  ],
  [
    "skip until next week",
    "Nothing was decided. I can't read that time. Write it as fri 18:00, tomorrow 9am, 2026-12-24 18:00, or 3 days.",
  ],
  ["force is not needed", MAYBE_TALK],
  ["force the db, it is not well", MAYBE_TALK],
  ["force push it", MAYBE_TALK],
  ["force everything?", MAYBE_TALK],
  [`force: ${"x".repeat(501)}`, "Nothing was decided: say the reason in 500 characters at most."],
  ["skip", "Nothing was decided. Say until when."],
  ["skip 01", "Nothing was decided. Say until when."],
  [
    "skip until never ever",
    "Nothing was decided. I can't read that time. Write it as fri 18:00, tomorrow 9am, 2026-12-24 18:00, or 3 days.",
  ],
  ["skip until yesterday", "Nothing was decided. That time is over. Say a later one."],
  ["skip until mon?", "Nothing was decided. Say until when."],
  ["skip until mon\nor tuesday", "Nothing was decided. To skip, say that alone, on one line."],
  [
    "pause 01",
    "Nothing was decided. To pause all reboots, say pause alone. To leave one out: skip <node> until <time>.",
  ],
  ["resume 01", "Nothing was decided. To resume all reboots, say resume alone."],
  ["approve both", ASIDE],
  ["retry, would you?", ASIDE.replaceAll("approve", "retry")],
  ["reboot 01 tonight", "Nothing was decided. To reboot, say reboot <node>, or reboot <node>: <reason>."],
  ["why 09", ABOUT],
])("%j is asked back", (text, says) => {
  expect(parseReply(text, card)).toMatchObject({ kind: "unclear", says });
  expect(mayBeCommand(text)).toBe(true);
});
