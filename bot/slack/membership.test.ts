import { expect, test } from "vitest";
import { UNKNOWN, whyBarred } from "./membership.ts";

const HOME = { team: "T1", organisation: null };
const ANA = {
  id: "U1",
  team_id: "T1",
  deleted: false,
  is_bot: false,
  is_restricted: false,
  is_ultra_restricted: false,
};
const GUEST = "guests may not decide, only full members of the workspace";
const BOT = "only people may decide, and this is a bot";
const STRANGER = "you are of another workspace than this app";

const people: readonly (readonly [string, object, string | null])[] = [
  ["a full member", {}, null],
  ["a full member who gave the app a token", { is_app_user: true }, null],
  ["deactivated", { deleted: true }, "your Slack account is deactivated"],
  ["guest of several channels", { is_restricted: true }, GUEST],
  ["guest of one channel", { is_restricted: true, is_ultra_restricted: true }, GUEST],
  ["bot user", { is_bot: true }, BOT],
  ["workflow", { is_workflow_bot: true }, BOT],
  ["Slackbot", { id: "USLACKBOT" }, BOT],
  ["other team's user", { team_id: "T2" }, STRANGER],
  ["other team's user in no shared channel", { team_id: "T1", is_stranger: true }, STRANGER],
  ["a user without a team", { team_id: undefined }, STRANGER],
  [
    "a member of the workspace whose team is the organisation",
    { team_id: "E1", enterprise_user: { teams: ["T1"] } },
    null,
  ],
  ["one of the organisation, not of the workspace", { team_id: "E1", enterprise_user: { teams: ["T2"] } }, STRANGER],
  ["an answer without an id", { id: undefined }, UNKNOWN],
];
test.each(people)("%s", (_, changes, why) => {
  expect(whyBarred({ ...ANA, ...changes }, HOME)).toBe(why);
});

test("where the app is installed for an organisation, all of its members count", () => {
  const home = { team: "", organisation: "E1" };
  expect(whyBarred({ ...ANA, team_id: "T7", enterprise_user: { enterprise_id: "E1" } }, home)).toBe(null);
  expect(whyBarred({ ...ANA, team_id: "", enterprise_user: { enterprise_id: "E2" } }, home)).toBe(STRANGER);
});

test("what is no user at all is barred", () => {
  expect([undefined, null, "U1", []].map((one) => whyBarred(one, HOME))).toEqual([UNKNOWN, UNKNOWN, UNKNOWN, UNKNOWN]);
});
