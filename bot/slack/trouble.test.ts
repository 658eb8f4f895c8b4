import { expect, test } from "vitest";
import { aboutOf, type Refusal, wordsOf } from "./trouble.ts";

const words: readonly (readonly [Refusal, string])[] = [
  [
    { error: "not_in_channel", channel: "C0123456789" },
    "Slack channel C0123456789: the app is not in it. Invite it there with /invite.",
  ],
  [
    { error: "channel_not_found", channel: "C0123456789" },
    "Slack channel C0123456789: there is none with this id, or it is private and the app is not in it. Check the id in the policy, or invite the app there with /invite.",
  ],
  [
    { error: "is_archived", channel: "C0123456789" },
    "Slack channel C0123456789: it is archived. Unarchive it, or name another channel in the policy.",
  ],
  [
    { error: "missing_scope", needed: "pins:write" },
    "The app lacks the scope pins:write; add it under OAuth & Permissions and install the app again.",
  ],
  [
    { error: "missing_scope", token: "SLACK_APP_TOKEN" },
    "SLACK_APP_TOKEN lacks the scope connections:write. Make one that has it under Basic Information, App-Level Tokens.",
  ],
  [
    { error: "invalid_auth" },
    "Slack refuses SLACK_BOT_TOKEN (invalid_auth). Copy it again from OAuth & Permissions; if the workspace allows certain addresses only, allow the bot's.",
  ],
  [
    { error: "not_allowed_token_type", token: "SLACK_APP_TOKEN" },
    "SLACK_APP_TOKEN is of the wrong kind (not_allowed_token_type). SLACK_BOT_TOKEN begins with xoxb- and SLACK_APP_TOKEN with xapp-: are they swapped?",
  ],
  [
    { error: "token_revoked" },
    "SLACK_BOT_TOKEN was revoked. Make a new one under OAuth & Permissions by installing the app again, and give it to the bot.",
  ],
  [
    { error: "link_disabled" },
    "Socket Mode is switched off for the app. Switch it on in the app's settings, Socket Mode.",
  ],
  [{ error: "something_new" }, "Slack answered something_new. It is tried again."],
  [{ error: "toString" }, "Slack answered toString. It is tried again."],
];
test.each(words)("%j is said in plain words with what to do", (refusal, says) => {
  expect(wordsOf(refusal)).toBe(says);
});

test.each([
  ["message_not_found", "message"],
  ["msg_too_long", "card"],
  ["is_inactive", "channel"],
  ["account_inactive", "app"],
  ["ratelimited", "moment"],
  ["something_new", "moment"],
] as const)("%s is about the %s", (error, about) => {
  expect(aboutOf(error)).toBe(about);
});
