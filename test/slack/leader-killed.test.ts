import { describe, expect, test } from "vitest";
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
