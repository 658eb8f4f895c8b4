import type { Slot } from "../fleet/fleet.ts";
import { HOOK_STAGES, type HookRun, type HookStage } from "../fleet/hook-run.ts";
import type { Cordon, Node } from "../fleet/node.ts";
import { orderId } from "../fleet/order.ts";
import type { Phase, Refusal } from "../fleet/phase.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import type { HostReport } from "../fleet/report.ts";
import { DAY, HOUR, MINUTE, SECOND } from "../instant.ts";
import { aNode, aReboot, aReport } from "./builders.ts";
import { aHook, aRun, jobNameOf } from "./hooks.ts";
import { NOW } from "./now.ts";
import { draining, failed, preparing, progress, rebooting, verifying, yielding } from "./phases.ts";
import { choose, type Pick, rarely, usually } from "./pick.ts";
import { aRefusal } from "./pods.ts";

export interface AnyMember {
  readonly node: Node;
  readonly report: HostReport | null;
  readonly reboot: NodeReboot | null;
  readonly slot: Slot | null;
  readonly order: string;
}

/** The order under way on a node of this name, or the next one of a waiting node. */
const orderOf = (name: string, orders = 0): string => orderId(`uid-${name}`, "boot-1", orders);

export function anyMember(pick: Pick, name: string): AnyMember {
  const order = orderOf(name);
  const phase = anyPhase(pick, order, name);
  const report = rarely(pick, 15) ? null : anyReport(pick, name, order);
  const mayBeLifted = phase.kind === "waiting" || phase.kind === "verifying" || isOver(phase, report);
  const bootId = usually(pick, "boot-1", "boot-2", "boot-2", null);
  const node = aNode({
    name,
    bootId,
    ready: !rarely(pick, 15),
    labels: {
      ...choose<Node["labels"]>(pick, {}, {}, { role: "first" }),
      ...choose<Node["labels"]>(pick, {}, { zone: "a" }, { zone: "b" }),
      ...choose<Node["labels"]>(pick, {}, {}, { "node-role.kubernetes.io/etcd": "true" }),
    },
    cordon: anyCordon(pick, phase, order, mayBeLifted),
  });
  const reboot = rarely(pick, 15) ? null : anyReboot(pick, node, phase);
  const slotOrder = usually(pick, order, "earlier", orderOf(name, 1), null);
  const slot = slotOrder === null ? null : { node: name, uid: `uid-${name}`, order: slotOrder };
  return { node, report, reboot, slot: phase.kind === "waiting" && !rarely(pick, 4) ? null : slot, order };
}

/** No cordon is lifted, here as in the cluster, while its order could be carried out. */
function isOver(phase: Phase, report: HostReport | null): boolean {
  if (phase.kind !== "yielding") return false;
  const isDropped = report?.order?.id === phase.order && report.order.dropped !== null;
  return phase.notAfter === null || isDropped || NOW > phase.notAfter + MINUTE;
}

function anyPhase(pick: Pick, order: string, name: string): Phase {
  const since = NOW - choose(pick, 10 * SECOND, MINUTE, 20 * MINUTE);
  const notAfter = NOW + choose(pick, 4 * MINUTE, 0, -30 * SECOND, -MINUTE, -2 * MINUTE, -HOUR);
  const called = choose(pick, null, NOW - MINUTE, NOW - 20 * MINUTE);
  const refused: readonly Refusal[] = choose(pick, [], [aRefusal({ podUid: `uid-${name}-web`, pod: `${name}-web` })]);
  const maybe = choose(pick, null, since);
  return choose<Phase>(
    pick,
    { kind: "waiting" },
    { kind: "waiting" },
    { kind: "waiting" },
    { kind: "waiting" },
    preparing({ order, since }),
    draining({ order, since }),
    draining({ order, since }),
    draining({ order, since, emptySince: NOW - choose(pick, 2 * MINUTE, MINUTE) }),
    draining({ order, since, refused, onlyRefusedSince: maybe }),
    rebooting({ order, notAfter, agent: { accepted: null, rebooting: called } }),
    verifying({ order, since, soakingSince: maybe }),
    yielding({ order, notAfter }),
    yielding({ order, notAfter: null, mayBeCordoned: pick(2) === 0 }),
    failed({ order, notAfter }),
    failed({ order, notAfter, cause: { kind: "not healthy after reboot", what: "the node is not Ready" } }),
    failed({ order, notAfter, cause: { kind: "unreadable record", what: "phase" } }),
    failed({ order, notAfter, cause: hookFailed(choose(pick, ...HOOK_STAGES)), freed: pick(2) === 0 }),
    failed({ order, notAfter, cause: { kind: "not healthy after reboot", what: "a gate" }, freed: true }),
  );
}

const hookFailed = (stage: HookStage) => ({ kind: "hook failed", stage, hook: "snapshot", what: "exit 1" }) as const;

/** Of the hooks that any pool has. */
function anyRuns(pick: Pick, order: string): readonly HookRun[] {
  return HOOK_STAGES.flatMap((stage) => {
    const state = choose(pick, null, "running" as const, "succeeded" as const, "failed" as const);
    const endedAt = state === "running" ? null : NOW - MINUTE;
    return state === null ? [] : [aRun(stage, { job: jobNameOf(stage, aHook(), order), state, endedAt })];
  });
}

function anyCordon(pick: Pick, phase: Phase, order: string, mayBeLifted: boolean): Cordon {
  const liftedFor = mayBeLifted ? choose(pick, order, "earlier", null) : choose(pick, "earlier", null);
  const isBefore =
    phase.kind === "waiting" || phase.kind === "preparing" || (phase.kind === "draining" && pick(3) === 0);
  const usual: Cordon = isBefore ? { kind: "none", liftedFor } : { kind: "ours", order };
  return usually<Cordon>(
    pick,
    usual,
    { kind: "none", liftedFor },
    { kind: "ours", order: choose(pick, order, "earlier") },
    { kind: "undone", order },
    { kind: "foreign", liftedFor },
  );
}

function anyReport(pick: Pick, name: string, order: string): HostReport {
  const at = NOW - MINUTE;
  const since = NOW - choose(pick, MINUTE, HOUR, 3 * DAY);
  const reasons = [{ kind: "kernel", identity: "kernel/5", text: "kernel 5", since }];
  return aReport({
    node: name,
    bootId: usually(pick, "boot-1", "boot-2", null),
    pending: rarely(pick, 15) ? null : { since, reasons },
    heartbeat: usually(pick, NOW, NOW - 20 * MINUTE, NOW - 25 * MINUTE, null),
    order: choose(
      pick,
      null,
      progress({ id: order }),
      progress({ id: order, ready: at }),
      progress({ id: order, ready: at, accepted: at }),
      progress({ id: order, ready: at, accepted: at, rebooting: at }),
      progress({ id: order, ready: at, dropped: at, message: "no time" }),
      progress({ id: "earlier", ready: at, dropped: at }),
    ),
  });
}

function anyReboot(pick: Pick, { name, labels: { role } }: Node, phase: Phase): NodeReboot {
  const reasons = choose(pick, ["kernel/5"], []);
  const blocked = { kind: "blocked", refused: [aRefusal()] } as const;
  return aReboot({
    node: name,
    nodeUid: rarely(pick, 20) ? "uid-earlier" : `uid-${name}`,
    pool: usually(pick, role ?? "workers", "former"),
    phase,
    orders: phase.kind === "waiting" ? pick(2) : 1,
    given: pick(2),
    tries: pick(3),
    triesSince: choose(pick, null, NOW - HOUR),
    retryAt: usually(pick, null, NOW - MINUTE, NOW + MINUTE),
    outcome: choose(pick, null, { kind: "yielded" as const, at: NOW - HOUR, order: "earlier", why: blocked }),
    missed: usually(pick, 0, 1, 2),
    orderedFor: usually<readonly string[]>(pick, [], ["kernel/5"]),
    hooks: choose(pick, [], phase.kind === "waiting" ? [] : anyRuns(pick, phase.order)),
    released: usually<NodeReboot["released"]>(pick, null, { by: "ana", reasons }),
  });
}
