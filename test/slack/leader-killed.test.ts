import { describe, expect, test } from "vitest";
import type { Call } from "../../bot/coordinator/ports.ts";
import { at, type Change, text } from "../../bot/sim/rules/world.ts";
import { ANA, OPS } from "../../bot/sim/slack/a-workspace.ts";
import { aPolicy } from "./a-policy.ts";
import { actionOn, Night } from "./office-night.ts";
import { CONTROL_PLANES } from "./starting-cluster.ts";

/** The leader is killed right after this write. */
const MOMENTS: readonly (readonly [string, (change: Change) => boolean])[] = [
  ["the decision was written", ({ resource, before }) => resource === "rebootdecisions" && before === null],
  [
    "it was judged",
    ({ resource, after }) => resource === "rebootdecisions" && text(at(after, "status", "outcome")) !== "",
  ],
  [
    "the slot was taken",
    ({ resource, after }) => resource === "rebootfleets" && JSON.stringify(after).includes('"slots":[{'),
  ],
  ["the cordon was made", ({ resource, after }) => resource === "nodes" && at(after, "spec", "unschedulable") === true],
];

/** The bot that would write the first decision dies before it is written. */
function killedBefore(night: () => Night) {
  const seen = { kills: 0 };
  const arriving = (process: string, call: Call): Call => {
    if (call.verb !== "create" || call.resource !== "rebootdecisions" || call.dryRun === true || seen.kills > 0)
      return call;
    seen.kills += 1;
    void night().office.killBot(process.replace("bot ", ""));
    return { verb: "get", resource: "nodes", name: "none" };
  };
  return { seen, tamper: { arriving } };
}

test("the leader killed before the decision was written: Slack shows an error, and the next click counts, once", async () => {
  const { seen, tamper } = killedBefore(() => night);
  const night: Night = await Night.begin({ policy: aPolicy(), cluster: { tamper } }, ["a", "b"]);
  const { office } = night;
  const card = await night.card(/^🔐 control-plane: 3 nodes want/);
  const ana = office.person(ANA);
  const press = () => ana.click({ channel: OPS, ts: card.ts, actionId: actionOn(card, "approve") });
  expect(await office.during(press())).toMatchObject({ acked: false });
  expect([seen.kills, night.decisions()]).toEqual([1, []]);
  expect(await office.during(press())).toMatchObject({ acked: true });
  expect(await night.controlPlaneIsDone()).toBe(true);
  expect(night.decisions()).toEqual(["approve counted"]);
});

test("the bot killed before a reply was written down: Slack brings it again, and it counts once", async () => {
  const { seen, tamper } = killedBefore(() => night);
  const night: Night = await Night.begin({ policy: aPolicy(), cluster: { tamper } }, ["a", "b"]);
  const { office } = night;
  const card = await night.card(/^🔐 control-plane: 3 nodes want/);
  const said = await office.during(office.person(ANA).reply({ channel: OPS, threadTs: card.ts, text: "approve" }));
  expect(seen.kills).toBe(1);
  expect(said.deliveries[0]?.sent).toBeGreaterThan(1);
  expect(await night.controlPlaneIsDone()).toBe(true);
  expect(night.decisions()).toEqual(["approve counted"]);
  expect(office.person(ANA).ephemerals()).toHaveLength(1);
});

const leaderOf = ({ office }: Night): string =>
  text(at(office.cluster.store.get("leases", "bootswain/bootswain"), "spec", "holderIdentity")).replace(/-.*/, "");

// Whichever replica takes the click, the leader is killed.
describe.each([
  ["the leader's", 0],
  ["the standby's", 2],
])("a click that came down %s socket", (_, offset) => {
  test.each(MOMENTS)("the leader killed after %s: the decision counts once", async (_moment, isNow) => {
    const chosen = { index: 0 };
    const choose = (count: number): number => chosen.index % count;
    const night = await Night.begin({ policy: aPolicy(), server: { choose } }, ["a", "b"]);
    const { office } = night;
    const card = await night.card(/^🔐 control-plane: 3 nodes want/);
    const leader = leaderOf(night);
    chosen.index = leader === "a" ? offset : 2 - offset;
    let killed: Promise<void> | null = null;
    office.cluster.store.onChange((change) => {
      if (killed === null && isNow(change)) killed = office.killBot(leader);
    });
    const ana = office.person(ANA);
    const { acked } = await ana.click({ channel: OPS, ts: card.ts, actionId: actionOn(card, "approve") });
    expect(acked).toBe(true);
    expect(await night.controlPlaneIsDone()).toBe(true);
    await killed;
    expect(killed).not.toBeNull();
    expect(night.decisions()).toEqual(["approve counted"]);
    expect(ana.ephemerals().length).toBeLessThanOrEqual(1);
    const boots = CONTROL_PLANES.map((node) => office.cluster.hosts.get(node)?.boots());
    expect(boots).toEqual([2, 2, 2]);
  });
});
