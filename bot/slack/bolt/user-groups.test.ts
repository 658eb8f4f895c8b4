import { afterEach, expect, test } from "vitest";
import type { Log } from "../../coordinator/ports.ts";
import { ANA, aWorkspace, BEN, OPERATORS } from "../../sim/slack/a-workspace.ts";
import type { Fault } from "../../sim/slack/fault.ts";
import { simulatedPeople } from "../../sim/slack/people.ts";
import { startSlackServer } from "../../sim/slack/server.ts";
import { slackClient } from "./client.ts";
import { quietLogger } from "./quiet-logger.ts";
import { userGroups } from "./user-groups.ts";

const LEADS = "S0LEADS001";
const MINUTES = 60_000;
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** The real client on the emulated workspace, with a clock that the test moves. */
async function someGroups() {
  const workspace = aWorkspace({
    groups: [
      { id: OPERATORS, handle: "operators", users: [ANA] },
      { id: LEADS, handle: "leads", users: [BEN] },
    ],
  });
  const server = await startSlackServer({ workspace, botToken: "xoxb-test", appToken: "xapp-test" });
  endings.push(() => server.close());
  const warned: string[] = [];
  const log: Log = {
    info: () => {},
    warn: (event, fields) => void warned.push(`${event} ${fields?.["group"]} ${fields?.["error"]}`),
  };
  let now = 0;
  const heard: string[] = [];
  const client = slackClient("xoxb-test", {
    slackApiUrl: server.apiUrl,
    logger: quietLogger(log),
    retryConfig: { retries: 0 },
    rejectRateLimitedCalls: true,
  });
  const groupsOf = userGroups({
    client,
    log,
    heard: ({ answer }) => void heard.push(answer.ok ? "ok" : answer.error),
    keepFor: 5 * MINUTES,
    elapsed: () => now,
  });
  const calls = (): number => server.requests.filter(({ method }) => method === "usergroups.users.list").length;
  const pass = (length: number): void => {
    now += length;
  };
  const inOf = async (user: string, among: readonly string[]) => (await groupsOf(user, among)).groups;
  return { workspace, server, groupsOf, inOf, warned, heard, calls, pass };
}

test("a person is in those of the groups asked for that list them", async () => {
  const { inOf, workspace } = await someGroups();
  workspace.setGroup({ id: LEADS, handle: "leads", users: [ANA, BEN] });
  expect(await inOf(ANA, [OPERATORS, LEADS])).toEqual([OPERATORS, LEADS]);
  expect(await inOf(BEN, [OPERATORS, LEADS])).toEqual([LEADS]);
  expect(await inOf(BEN, [OPERATORS])).toEqual([]);
  expect(await inOf(BEN, [])).toEqual([]);
  const simulated = await simulatedPeople(workspace).look(BEN, [OPERATORS, LEADS]);
  expect(simulated).toEqual({ kind: "member", groups: [LEADS], unread: [] });
});

test("what was read is believed for five minutes, and read once by those who ask at the same time", async () => {
  const { groupsOf, inOf, workspace, calls, pass } = await someGroups();
  await Promise.all([groupsOf(ANA, [OPERATORS]), groupsOf(BEN, [OPERATORS])]);
  workspace.setGroup({ id: OPERATORS, handle: "operators", users: [BEN] });
  pass(5 * MINUTES - 1);
  expect([await inOf(ANA, [OPERATORS]), calls()]).toEqual([[OPERATORS], 1]);
  pass(1);
  expect([await inOf(ANA, [OPERATORS]), calls()]).toEqual([[], 2]);
});

test("a short rate limit is waited out", async () => {
  const { inOf, server, warned } = await someGroups();
  server.failNext("usergroups.users.list", ...Array(3).fill({ kind: "rate-limited", retryAfterSeconds: 0 }));
  expect(await inOf(ANA, [OPERATORS])).toEqual([OPERATORS]);
  expect(warned).toEqual([]);
});

const faults: readonly (readonly [string, Fault, string])[] = [
  ["a missing scope", { kind: "error", error: "missing_scope" }, "missing_scope"],
  ["a long rate limit", { kind: "rate-limited", retryAfterSeconds: 30 }, "ratelimited"],
  ["a cut connection", { kind: "cut", arrived: true }, "unanswered"],
  ["a 503", { kind: "status", code: 503 }, "unanswered"],
];
test.each(faults)("%s counts for nobody, is said once, and is looked up again at the next question", async (...row) => {
  const [, fault, error] = row;
  const { inOf, server, warned, heard } = await someGroups();
  server.failNext("usergroups.users.list", fault, fault);
  expect(await inOf(ANA, [OPERATORS])).toEqual([]);
  expect(await inOf(ANA, [OPERATORS])).toEqual([]);
  const ours = warned.filter((line) => line.startsWith("slack user group"));
  expect(ours).toEqual([`slack user group not read ${OPERATORS} ${error}`]);
  expect(await inOf(ANA, [OPERATORS])).toEqual([OPERATORS]);
  expect(heard).toEqual([error, error, "ok"]);
});

test("a group that is empty lets nobody decide", async () => {
  const { inOf, workspace } = await someGroups();
  workspace.setGroup({ id: OPERATORS, handle: "operators", users: [] });
  expect(await inOf(ANA, [OPERATORS])).toEqual([]);
});

test("one group that is not there leaves the others", async () => {
  const { inOf, warned } = await someGroups();
  expect(await inOf(BEN, ["S0NONE", LEADS])).toEqual([LEADS]);
  expect(warned).toEqual(["slack user group not read S0NONE no_such_subteam"]);
});

test("when what was known is too old and can't be read again, nobody is in it", async () => {
  const { groupsOf, inOf, server, pass } = await someGroups();
  await groupsOf(ANA, [OPERATORS]);
  pass(5 * MINUTES);
  server.failNext("usergroups.users.list", { kind: "error", error: "fatal_error" });
  expect(await inOf(ANA, [OPERATORS])).toEqual([]);
});
