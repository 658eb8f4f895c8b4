import { expect, test } from "vitest";
import type { ChatAnswer, Clock } from "../coordinator/ports.ts";
import { MINUTE, SECOND } from "../core/instant.ts";
import { NO_SLACK, SlackFooting, type Sockets } from "./slack-footing.ts";
import { HandClock } from "./testing/hand-clock.ts";

const UP: Sockets = { up: 2, wanted: 2, trouble: null };
const ONE: Sockets = { ...UP, up: 1 };
const DOWN: Sockets = { ...UP, up: 0 };
const REFUSED: Sockets = { ...DOWN, trouble: { says: "Slack refuses SLACK_APP_TOKEN.", isRefused: true } };
const UNREACHABLE: Sockets = { ...DOWN, trouble: { says: "Slack can't be reached.", isRefused: false } };
const WELL = { type: "SlackConnected", isTrue: true, says: "2 of 2 sockets are up." };
const OK: ChatAnswer = { ok: true, ts: "1.1" };
const refused = (error: string, needed?: string): ChatAnswer => ({
  ok: false,
  error,
  ...(needed === undefined ? {} : { needed }),
});
const down = (why = "") => ({
  type: "SlackConnected",
  isTrue: false,
  says: `No socket to Slack is up, so buttons and replies do nothing.${why}`,
});

function aFooting() {
  const clock = new HandClock();
  const footing = new SlackFooting(clock);
  const changes: (string | undefined)[] = [];
  footing.start(() => void changes.push(footing.observed()?.says));
  const post = (answer: ChatAnswer, channel = "C1"): void =>
    footing.heard({ method: "chat.postMessage", channel, answer });
  return { clock, footing, changes, post };
}

test("nothing is known before the sockets were tried", () => {
  expect(aFooting().footing.observed()).toBe(null);
});

test("two sockets that come up are well", () => {
  const { footing, changes } = aFooting();
  footing.socketsChanged(ONE);
  footing.socketsChanged(UP);
  expect(footing.observed()).toEqual(WELL);
  expect(changes).toEqual(["1 of 2 sockets is up.", "2 of 2 sockets are up."]);
});

test("a short gap of one socket, or of both, changes nothing", async () => {
  const { clock, footing, changes } = aFooting();
  footing.socketsChanged(UP);
  for (const gap of [ONE, DOWN]) {
    footing.socketsChanged(gap);
    await clock.advance(9 * SECOND);
    expect(footing.observed()).toEqual(WELL);
    footing.socketsChanged(UP);
    await clock.advance(MINUTE);
  }
  expect(new Set(changes)).toEqual(new Set([WELL.says]));
});

test("once stopped it waits for nothing, so that the process can end", () => {
  const hand = new HandClock();
  const begun: number[] = [];
  const after: Clock["after"] = (delay, run) => {
    begun.push(delay);
    return hand.after(delay, run);
  };
  const footing = new SlackFooting({ now: () => hand.now(), monotonic: () => hand.monotonic(), after });
  const running = footing.start(() => {});
  footing.socketsChanged(UP);
  running.stop();
  footing.socketsChanged(DOWN);
  expect(begun).toEqual([]);
});

test("one socket that stays away is said, and is still well", async () => {
  const { clock, footing } = aFooting();
  footing.socketsChanged(UP);
  footing.socketsChanged(ONE);
  await clock.advance(10 * SECOND);
  expect(footing.observed()).toEqual({ ...WELL, says: "1 of 2 sockets is up." });
});

test("both down for ten seconds is not well any more, with why", async () => {
  const { clock, footing, changes } = aFooting();
  footing.socketsChanged(UP);
  footing.socketsChanged(ONE);
  await clock.advance(4 * SECOND);
  footing.socketsChanged(UNREACHABLE);
  await clock.advance(6 * SECOND);
  expect(footing.observed()).toEqual(down(" Slack can't be reached."));
  footing.socketsChanged(ONE);
  expect(footing.observed()?.isTrue).toBe(true);
  expect(changes).toHaveLength(3);
});

test("a Slack that was never reached is not well after ten seconds", async () => {
  const { clock, footing } = aFooting();
  footing.socketsChanged(UNREACHABLE);
  await clock.advance(9 * SECOND);
  expect(footing.observed()).toBe(null);
  await clock.advance(SECOND);
  expect(footing.observed()).toEqual(down(" Slack can't be reached."));
});

test("a refusal that waiting won't help is said at once", () => {
  const { footing } = aFooting();
  footing.socketsChanged(UP);
  footing.socketsChanged(REFUSED);
  expect(footing.observed()).toEqual(down(" Slack refuses SLACK_APP_TOKEN."));
});

test("a channel without the app is not well until a message stands there", () => {
  const { footing, post, changes } = aFooting();
  footing.socketsChanged(UP);
  post(refused("not_in_channel"));
  post(OK, "C2");
  expect(footing.observed()).toEqual({
    ...WELL,
    isTrue: false,
    says: "Slack channel C1: the app is not in it. Invite it there with /invite.",
  });
  post(OK);
  expect(footing.observed()).toEqual(WELL);
  expect(changes).toHaveLength(3);
});

test("a channel that the policy names no more is forgotten", async () => {
  const { clock, footing, post } = aFooting();
  footing.socketsChanged(UP);
  post(refused("channel_not_found"));
  await clock.advance(15 * MINUTE);
  expect(footing.observed()).toEqual(WELL);
});

test("a missing scope is said for as long as its method is refused", () => {
  const { footing, post } = aFooting();
  footing.socketsChanged(UP);
  const pin = (answer: ChatAnswer): void => footing.heard({ method: "pins.add", channel: "C1", answer });
  pin(refused("missing_scope", "pins:write"));
  post(OK);
  expect(footing.observed()?.says).toBe(
    "The app lacks the scope pins:write; add it under OAuth & Permissions and install the app again.",
  );
  pin(OK);
  expect(footing.observed()).toEqual(WELL);
});

test("a token that is refused at a call is said until a call does", () => {
  const { footing, post } = aFooting();
  footing.socketsChanged(UP);
  post(refused("token_revoked"));
  expect(footing.observed()).toMatchObject({ isTrue: false, says: expect.stringContaining("was revoked") });
  post(OK);
  expect(footing.observed()).toEqual(WELL);
});

test("calls that get no answer are said after half a minute and five of them, and not before", async () => {
  const { clock, footing, post } = aFooting();
  footing.socketsChanged(UP);
  for (let count = 0; count < 10; count += 1) post(refused("unanswered"));
  expect(footing.observed()).toEqual(WELL);
  await clock.advance(30 * SECOND);
  post(refused("unanswered"));
  expect(footing.observed()).toEqual({
    ...WELL,
    isTrue: false,
    says: "Slack answers no calls. What is newest is shown when it does.",
  });
  post(OK);
  expect(footing.observed()).toEqual(WELL);
});

test.each(["ratelimited", "invalid_blocks", "message_not_found", "user_not_in_channel"])(
  "%s is nothing to say",
  (error) => {
    const { footing, post } = aFooting();
    footing.socketsChanged(UP);
    post(refused(error));
    expect(footing.observed()).toEqual(WELL);
  },
);

test("without tokens it is said that the log has it", () => {
  expect(NO_SLACK.observed()).toEqual({
    type: "SlackConnected",
    isTrue: false,
    says: "No Slack tokens are given; what would be said goes to the log.",
  });
});
