import { afterEach, expect, test } from "vitest";
import type { Log } from "../../coordinator/ports.ts";
import { ANA, aWorkspace, BEN, OPERATORS } from "../../sim/slack/a-workspace.ts";
import { BOT } from "../../sim/slack/directory.ts";
import type { Fault } from "../../sim/slack/fault.ts";
import { simulatedPeople } from "../../sim/slack/people.ts";
import { startSlackServer } from "../../sim/slack/server.ts";
import type { SlackCall } from "../slack-call.ts";
import { slackPeople } from "./people.ts";
import { quietLogger } from "./quiet-logger.ts";

const MINUTES = 60_000;
const CARA = "U0CARA0001";
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The real client on the emulated workspace, with a clock that the test moves. */
async function somePeople() {
  const workspace = aWorkspace({
    users: [
      { id: ANA, name: "ana" },
      { id: BEN, name: "ben" },
      { id: CARA, name: "cara", isRestricted: true },
    ],
  });
  const server = await startSlackServer({ workspace, botToken: "xoxb-test", appToken: "xapp-test" });
  endings.push(() => server.close());
  const log: Log = { info: () => {}, warn: () => {} };
  let now = 0;
  const heard: SlackCall[] = [];
  const people = slackPeople({
    token: "xoxb-test",
    options: {
      slackApiUrl: server.apiUrl,
      logger: quietLogger(log),
      retryConfig: { retries: 0 },
      rejectRateLimitedCalls: true,
    },
    log,
    heard: (call) => void heard.push(call),
    elapsed: () => now,
  });
  const calls = (method: string): number => server.requests.filter((request) => request.method === method).length;
  const pass = (length: number): void => {
    now += length;
  };
  return { workspace, server, people, heard, calls, pass };
}

const member = (...groups: readonly string[]) => ({ kind: "member", groups, unread: [] });
const DEACTIVATED = { kind: "barred", why: "your Slack account is deactivated" };

test("a full member is told with the groups asked for, the same by the real client and in simulation", async () => {
  const { people, workspace } = await somePeople();
  for (const port of [people, simulatedPeople(workspace)]) {
    expect(await port.look(ANA, [OPERATORS])).toEqual(member(OPERATORS));
    expect(await port.look(BEN, [OPERATORS])).toEqual(member());
  }
});

test("not in the group", async () => {
  const { people } = await somePeople();
  expect(await people.look(BEN, [OPERATORS])).toEqual(member());
});

test.each([
  ["deactivated", { deleted: true }, "your Slack account is deactivated"],
  ["guest", { isRestricted: true }, "guests may not decide, only full members of the workspace"],
  ["other team's user", { teamId: "T0OTHER001" }, "you are of another workspace than this app"],
  ["bot user", { isBot: true }, "only people may decide, and this is a bot"],
])("%s: barred, also when in the group", async (_, changes, why) => {
  const { people, workspace } = await somePeople();
  workspace.setUser(ANA, changes);
  for (const port of [people, simulatedPeople(workspace)])
    expect(await port.look(ANA, [OPERATORS])).toEqual({ kind: "barred", why });
});

test("a user whom Slack does not know is barred, and so is the bot itself", async () => {
  const { people, workspace } = await somePeople();
  for (const port of [people, simulatedPeople(workspace)]) {
    expect(await port.look("U0NOBODY01", [])).toMatchObject({ kind: "barred", why: "Slack knows nobody with your id" });
    expect(await port.look(BOT.userId, [])).toMatchObject({ kind: "barred" });
  }
});

test("deactivated after the cache filled: believed for five minutes and no longer", async () => {
  const { people, workspace, calls, pass } = await somePeople();
  await people.look(ANA, [OPERATORS]);
  workspace.setUser(ANA, { deleted: true });
  pass(5 * MINUTES - 1);
  expect(await people.look(ANA, [OPERATORS])).toEqual(member(OPERATORS));
  pass(1);
  expect(await people.look(ANA, [OPERATORS])).toEqual(DEACTIVATED);
  expect([calls("users.info"), calls("auth.test")]).toEqual([2, 1]);
});

test("removed after the cache filled: out of the group after five minutes", async () => {
  const { people, workspace, pass } = await somePeople();
  await people.look(ANA, [OPERATORS]);
  workspace.setGroup({ id: OPERATORS, handle: "operators", users: [BEN] });
  pass(5 * MINUTES);
  expect(await people.look(ANA, [OPERATORS])).toEqual(member());
});

test("two who ask at once are one call", async () => {
  const { people, calls } = await somePeople();
  await Promise.all([people.look(ANA, [OPERATORS]), people.look(ANA, []), people.look(BEN, [OPERATORS])]);
  expect([calls("users.info"), calls("usergroups.users.list"), calls("auth.test")]).toEqual([2, 1, 1]);
});

const faults: readonly (readonly [string, string, Fault, string])[] = [
  ["a missing scope", "users.info", { kind: "error", error: "missing_scope" }, "The app lacks the scope users:read"],
  ["a rate limit", "users.info", { kind: "rate-limited", retryAfterSeconds: 9 }, "Slack wants fewer calls"],
  ["a cut connection", "users.info", { kind: "cut", arrived: true }, "Slack does not answer"],
  ["a refused token", "auth.test", { kind: "error", error: "invalid_auth" }, "Slack refuses SLACK_BOT_TOKEN"],
];
test.each(faults)("%s: nobody is let in, and the next question is asked anew", async (_, method, fault, why) => {
  const { people, server, heard } = await somePeople();
  server.failNext(method, fault);
  expect(await people.look(ANA, [OPERATORS])).toEqual({ kind: "unreadable", why: expect.stringContaining(why) });
  expect(heard.find((call) => call.method === method)?.answer.ok).toBe(false);
  expect(await people.look(ANA, [OPERATORS])).toEqual(member(OPERATORS));
});

test("a refresh that fails does not make what was known last longer", async () => {
  const { people, server, pass } = await somePeople();
  await people.look(ANA, []);
  pass(5 * MINUTES);
  server.failNext("users.info", { kind: "status", code: 503 }, { kind: "status", code: 503 });
  expect((await people.look(ANA, [])).kind).toBe("unreadable");
  expect((await people.look(ANA, [])).kind).toBe("unreadable");
  expect((await people.look(ANA, [])).kind).toBe("member");
});

test("a group that can't be read takes nothing from who is listed by name", async () => {
  const { people, server } = await somePeople();
  server.failNext("usergroups.users.list", { kind: "error", error: "missing_scope" });
  expect(await people.look(ANA, [OPERATORS])).toEqual({ ...member(), unread: [OPERATORS] });
});
