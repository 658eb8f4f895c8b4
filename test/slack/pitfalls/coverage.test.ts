import { expect, test } from "vitest";
import { testNames } from "../../design/test-names.ts";

/** What goes wrong between people, Slack and the bot: each is the beginning of a test's name, with the real Bolt client. */
const PITFALLS = [
  // Delivery
  "the same event twice, before a restart",
  "the same event twice, before and after a restart",
  "the same event on two replicas",
  "the same envelope of a click on two replicas",
  "approve and skip racing",
  "two people at once: one wins, the other is told",
  // Stale
  "a button from an older policy",
  "a button from an older boot ID, rebooted by hand",
  "a node deleted",
  "a node deleted and made again under the same name",
  "a PDB cleared between drawing and click",
  "a PDB appeared between drawing and click",
  "window closed between click and drain",
  "a card from another cluster",
  // Time
  "clock off by 10 min",
  "DST",
  '"until Monday" in the pool\'s zone',
  "a freeze that ends in mid-wave",
  "wall clock jumps",
  // Socket
  "disconnect warning",
  "refresh_requested",
  "link_disabled",
  "killed TCP",
  "half-open silence",
  "invalid_auth at reconnect must not end the process",
  "a click in the gap of one socket",
  "a click in the gap of one replica",
  // Limits
  "429 with and without Retry-After on %s",
  "429 %s Retry-After on post",
  "429 %s Retry-After on update",
  "429 %s Retry-After on open",
  "a noisy channel must not delay replies",
  "200 nodes pending",
  "51 blocks",
  "3,001 characters",
  "multibyte cut",
  "mrkdwn injection through node or pod names",
  // Message life
  "deleted: the card is posted once again",
  "can't update a message",
  "channel archived",
  "channel renamed",
  "channel gone",
  "bot removed",
  "post timed out but arrived",
  // People
  "not in the group",
  "removed after the cache filled",
  "deactivated",
  "a group that is empty",
  "a guest",
  "another team's user",
  "a bot user",
  "approving one's own force",
  "a forged button value",
];

const names = testNames(["test/slack", "bot/slack/bolt"]);

test.each(PITFALLS)("there is a test of: %s", (pitfall) => {
  expect(names.filter((name) => name.startsWith(pitfall)).length).toBeGreaterThan(0);
});
