import { describe, expect, test } from "vitest";
import type { YieldReason } from "../fleet/phase.ts";
import { DAY, HOUR, MINUTE } from "../instant.ts";
import type { Plan } from "../plan.ts";
import {
  aDecision,
  aJudgement,
  aLine,
  aNode,
  aReboot,
  aReport,
  type Parts,
  planned,
  stepKinds,
} from "../testing/builders.ts";
import { NOW } from "../testing/now.ts";
import {
  aFleet,
  draining,
  nextPhase,
  nextRecord,
  ORDER,
  preparing,
  type RecordChanges,
  rebooting,
  stepOf,
  underWay,
} from "../testing/phases.ts";
import { aRefusal } from "../testing/pods.ts";
import { aFreeze, aPolicy, aPool, aWindow } from "../testing/policies.ts";
import { RETRY_AFTER_MOST } from "../timings.ts";
import { describeYield } from "./yield-text.ts";

type Options = Parameters<typeof planned>[1];

const withPool = (...changes: Parameters<typeof aPool>) => ({ policy: aPolicy({ pools: [aPool(...changes)] }) });
/** 21:00 to 22:30 in Chicago: closes at NOW. */
const closesNow = [aWindow("21:00", "22:30")];
const skip = aDecision({ verb: "skip", judgement: aJudgement({ validUntil: NOW + DAY }) });
const foreign = [aNode({ cordon: { kind: "foreign", liftedFor: null } })];
const undone = [aNode({ cordon: { kind: "undone", order: ORDER } })];

const master = { "node-role.kubernetes.io/control-plane": "true" };
const twoMastersOneDown: Parts = {
  nodes: [aNode({ labels: master }), aNode({ name: "worker-2", labels: master, ready: false })],
};

/** The other node has no record yet. */
const ofWorker = (plan: Plan) => stepKinds(plan).filter((kind) => kind !== "CreateReboot");

const REASONS: readonly (readonly [string, Parts & RecordChanges, Options, YieldReason["kind"]])[] = [
  ["there is no good policy any more", {}, { policy: undefined }, "no policy"],
  ["all is paused", { fleet: { ...aFleet([ORDER]), paused: { by: "ana", reason: "" } } }, {}, "paused"],
  ["it is skipped", { decisions: [skip] }, {}, "skipped"],
  ["no pool takes it any more", {}, withPool({ matchLabels: { role: "db" } }), "pool changed"],
  ["another pool takes it", {}, withPool({ name: "others" }), "pool changed"],
  ["its pool is only observed now", {}, withPool({ mode: "observe" }), "pool changed"],
  ["its pool asks for approval now", { reboot: { mode: "automatic" } }, withPool({ mode: "approval" }), "pool changed"],
  ["reboots are frozen", {}, { policy: aPolicy({ freezes: [aFreeze()] }) }, "freeze"],
  ["the quorum needs it", twoMastersOneDown, {}, "quorum"],
  ["its window closes", {}, withPool({ windows: closesNow }), "window closed"],
  ["its agent is silent", { reports: [aReport({ heartbeat: NOW - 25 * MINUTE })] }, {}, "agent silent"],
  ["someone else cordons it", { nodes: foreign }, {}, "cordoned by someone"],
  ["someone uncordons it", { nodes: undone }, {}, "uncordoned by someone"],
  ["its need is gone", { reports: [aReport({ pending: null })] }, {}, "no longer pending"],
];

const PHASES = [preparing(), draining(), rebooting()];
const rows = PHASES.flatMap((phase) =>
  REASONS.map(([name, parts, options, why]) => ({ phase, name, parts, options, why })),
);
const isLeftAlone = ({ phase, why }: (typeof rows)[number]): boolean =>
  phase.kind === "rebooting" && why === "pool changed";

test.each(rows.filter(isLeftAlone))("a node past its order is left alone when $name", ({ phase, parts, options }) => {
  expect(ofWorker(planned(underWay(phase, parts), options))).toEqual([]);
});

test.each(rows.filter((row) => !isLeftAlone(row)))(
  "$phase.kind: it yields when $name",
  ({ phase, parts, options, why }) => {
    const plan = planned(underWay(phase, parts), options);
    expect(ofWorker(plan)).toEqual(["WithdrawOrder"]);
    expect(nextRecord(plan)?.phase).toEqual({
      kind: "yielding",
      order: ORDER,
      fromBootId: "boot-1",
      since: NOW,
      notAfter: phase.kind === "rebooting" ? phase.notAfter : null,
      mayBeCordoned: phase.kind !== "preparing",
      why: { kind: why },
    });
  },
);

test.each([preparing(), draining()])("$kind: it yields when it was rebooted by itself", (phase) => {
  const plan = planned(underWay(phase, { nodes: [aNode({ bootId: "boot-2" })] }));
  expect(nextRecord(plan)?.phase).toMatchObject({ kind: "yielding", why: { kind: "rebooted by itself" } });
});

test.each(REASONS)("nothing of that counts once the agent called the reboot: %s", (_, parts, options) => {
  const called = rebooting({ agent: { accepted: NOW, rebooting: NOW } });
  expect(ofWorker(planned(underWay(called, parts), options))).toEqual([]);
});

test("that a report from no known boot shows no need does not count", () => {
  const reports = [aReport({ bootId: null, pending: null })];
  expect(planned(underWay(preparing(), { reports })).steps).toEqual([]);
});

describe("what holds a waiting node back does not stop one that has the slot", () => {
  test.each<[string, Parts, Options]>([
    ["its approval ran out", {}, withPool({ mode: "approval" })],
    ["it is not Ready", { nodes: [aNode({ ready: false })] }, {}],
    ["it is in back-off", { reboots: [aReboot({ phase: preparing(), orders: 1, retryAt: NOW + HOUR })] }, {}],
  ])("%s", (_, parts, options) => {
    expect(planned(underWay(preparing(), parts), options).steps).toEqual([]);
  });
});

describe("back-off", () => {
  const silent = [aReport({ heartbeat: null })];
  const giveUp = (reboot: Parameters<typeof aReboot>[0] = {}, options: Options = {}) =>
    nextRecord(planned(underWay(draining(), { reports: silent, reboot }), options));

  test.each<[string, Parameters<typeof aReboot>[0], number, number]>([
    ["the first try waits for drain.retryAfter", {}, 1, 30 * MINUTE],
    ["the second waits for twice that", { tries: 1, triesSince: NOW - HOUR }, 2, HOUR],
    ["the fourth for eight times that", { tries: 3, triesSince: NOW - HOUR }, 4, 4 * HOUR],
    ["none for more than six hours", { tries: 9, triesSince: NOW - HOUR }, 10, RETRY_AFTER_MOST],
  ])("%s", (_, reboot, tries, pause) => {
    expect(giveUp(reboot)).toMatchObject({ tries, triesSince: NOW, retryAt: NOW + pause });
  });

  test("tries of an earlier opening do not count in this one", () => {
    const windows = [aWindow("22:00", "01:00")];
    const before = giveUp({ tries: 3, triesSince: NOW - HOUR }, withPool({ windows }));
    expect(before).toMatchObject({ tries: 1, retryAt: NOW + 30 * MINUTE });
    const within = giveUp({ tries: 3, triesSince: NOW - 10 * MINUTE }, withPool({ windows }));
    expect(within).toMatchObject({ tries: 4, retryAt: NOW + 4 * HOUR });
  });

  test.each(REASONS)("what people, the policy or the window end is no try: %s", (_, parts, options, why) => {
    const next = nextRecord(
      planned(underWay(draining(), { ...parts, reboot: { ...parts.reboot, tries: 2, triesSince: NOW } }), options),
    );
    const isTry = why === "agent silent" || why === "uncordoned by someone";
    expect(next).toMatchObject(isTry ? { tries: 3 } : { tries: 2, retryAt: null });
    expect(next?.retryAt === null).toBe(!isTry);
  });

  test("the outcome and the sentence of the record say why", () => {
    const parts = underWay(draining(), { nodes: undone });
    const next = nextRecord(planned(parts));
    const why = { kind: "uncordoned by someone" };
    expect(next?.outcome).toEqual({ kind: "yielded", at: NOW, order: ORDER, why });
    const says = "gives up: it was uncordoned by someone";
    expect(next?.history.at(-1)).toEqual(aLine({ phase: "yielding", order: ORDER, says, policyCommit: "3f2a9c1" }));
    expect(stepOf(planned(parts), "WithdrawOrder")?.says).toBe(says);
  });
});

test("an order that is taken back changes nothing of what the last reboot was made for", () => {
  const reboot = { orderedFor: ["kernel/4"], wantedFor: ["sentinel/1"] };
  const paused = { ...aFleet([ORDER]), paused: { by: "ana", reason: "" } };
  const given = planned(underWay(rebooting(), { fleet: paused, reboot }));
  expect(nextRecord(given)?.orderedFor).toEqual(["kernel/4"]);
  const notGiven = planned(underWay(draining(), { fleet: paused, reboot }));
  expect(nextRecord(notGiven)?.orderedFor).toEqual(["kernel/4"]);
});

test.each<[YieldReason, string]>([
  [{ kind: "blocked", refused: [aRefusal(), aRefusal({ podUid: "2" })] }, "blocked by PDB web/web"],
  [{ kind: "blocked", refused: [aRefusal({ budgets: [], kind: "terminating" })] }, "blocked by web/web-1"],
  [{ kind: "agent silent" }, "its agent did not answer"],
  [{ kind: "agent dropped", message: "no logind" }, "its agent dropped the order (no logind)"],
  [{ kind: "order ran out" }, "the order ran out before the agent took it"],
  [{ kind: "no policy" }, "there is no good policy"],
  [{ kind: "paused" }, "it was paused"],
  [{ kind: "skipped" }, "it was skipped"],
  [{ kind: "window closed" }, "the window closed"],
  [{ kind: "freeze" }, "reboots are frozen"],
  [{ kind: "quorum" }, "the cluster would lose its quorum without it"],
  [{ kind: "uncordoned by someone" }, "it was uncordoned by someone"],
  [{ kind: "cordoned by someone" }, "it was cordoned by someone"],
  [{ kind: "pool changed" }, "its pool or the pool's mode changed"],
  [{ kind: "no longer pending" }, "it needs no reboot any more"],
  [{ kind: "rebooted by itself" }, "it was rebooted without an order"],
  [{ kind: "slot lost" }, "its slot went to another node before anything was touched"],
  [{ kind: "reboot did not happen" }, "the reboot was called and did not happen"],
])("$kind is said as: %s", (why, says) => {
  expect(describeYield(why)).toBe(says);
});

test("with whenWindowCloses: finish a drain goes on past the window's close, and its order is as long as ever", () => {
  const options = withPool({ windows: closesNow, drain: { ...aPool().drain, whenWindowCloses: "finish" } });
  expect(stepKinds(planned(underWay(draining(), { podsListedFor: ORDER }), options))).toEqual(["SetPhase"]);
  const empty = draining({ emptySince: NOW - 2 * MINUTE });
  const given = planned(underWay(empty, { podsListedFor: ORDER }), options);
  expect(stepKinds(given)).toEqual(["GiveOrder"]);
  expect(nextRecord(given)?.phase).toMatchObject({ notAfter: NOW + 5 * MINUTE });
});

test("and with it a node that is not cordoned yet is not cordoned any more once the window has closed", () => {
  const drain = { ...aPool().drain, whenWindowCloses: "finish" } as const;
  const options = withPool({ windows: [aWindow("22:00", "22:15")], drain });
  const plan = planned(underWay(draining(), { nodes: [aNode()] }), options);
  expect(nextPhase(plan)).toMatchObject({ kind: "yielding", why: { kind: "window closed" } });
  expect(stepKinds(planned(underWay(draining(), { podsListedFor: ORDER }), options))).not.toContain("WithdrawOrder");
});

test("an order never outlasts the hour at which a freeze begins", () => {
  const soon = { date: { year: 2026, month: 12, day: 4 }, time: { hour: 22, minute: 32 } };
  const policy = aPolicy({ freezes: [aFreeze({ from: soon })] });
  const empty = draining({ emptySince: NOW - 2 * MINUTE });
  const given = planned(underWay(empty, { podsListedFor: ORDER }), { policy });
  expect(nextRecord(given)?.phase).toMatchObject({ kind: "rebooting", notAfter: NOW + 2 * MINUTE });
});

test("the record keeps the last 20 lines of its history", () => {
  const history = Array.from({ length: 20 }, (_, at) => aLine({ at }));
  const phase = preparing({ since: NOW - HOUR });
  const next = nextRecord(planned(underWay(phase, { reboot: { history } })));
  expect(next?.history.map(({ at }) => at)).toEqual([...history.slice(1).map(({ at }) => at), NOW]);
});

test.each<[string, Options, number]>([
  ["the rest of the opening", withPool({ windows: [aWindow("22:00", "01:00")] }), 150 * MINUTE],
  ["six hours where no window closes", {}, RETRY_AFTER_MOST],
  ["the back-off where the opening ends before", withPool({ windows: [aWindow("22:00", "22:40")] }), 30 * MINUTE],
])("who uncordons a node in mid-drain keeps it for %s", (_, options, pause) => {
  const plan = planned(underWay(draining(), { nodes: undone }), options);
  expect(nextRecord(plan)).toMatchObject({ phase: { why: { kind: "uncordoned by someone" } }, retryAt: NOW + pause });
});
