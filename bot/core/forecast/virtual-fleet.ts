import { slotTakenAt } from "../advance/advance.ts";
import type { Slot } from "../fleet/fleet.ts";
import type { Member } from "../fleet/member.ts";
import type { Node, NodeName } from "../fleet/node.ts";
import { orderId } from "../fleet/order.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import type { HostReport } from "../fleet/report.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import { type Instant, MINUTE } from "../instant.ts";
import type { Plan } from "../plan.ts";
import { asideOf } from "./aside.ts";
import type { Lasting } from "./durations.ts";
import { asDraining, asVerifying } from "./virtual-phase.ts";

/** What is under way in the time to come. */
interface UnderWay {
  /** From here on nothing stops it any more. */
  readonly ordered: Instant;
  readonly ends: Instant;
  /** The record that it has afterwards where it steps aside; null where it is rebooted. */
  readonly aside: NodeReboot | null;
}

interface Parts {
  readonly snapshot: Snapshot;
  readonly members: readonly Member[];
  readonly lasts: (member: Member) => Lasting;
  /** The records of nodes that step aside at once. */
  readonly aside: ReadonlyMap<NodeName, NodeReboot>;
  readonly now: Instant;
}

/** A copy of the fleet in which nodes that get a slot are done after as long as that takes, unless the plan stops them before. */
export class VirtualFleet {
  readonly #snapshot: Snapshot;
  readonly #nodes: Map<NodeName, Node>;
  readonly #reports: Map<NodeName, HostReport>;
  readonly #reboots: Map<NodeName, NodeReboot>;
  readonly #members: ReadonlyMap<NodeName, Member>;
  readonly #lasts: (member: Member) => Lasting;
  readonly #underWay = new Map<NodeName, UnderWay>();
  #slots: readonly Slot[];

  constructor({ snapshot, members, lasts, aside, now }: Parts) {
    this.#snapshot = snapshot;
    this.#nodes = new Map(snapshot.nodes);
    this.#reboots = new Map(snapshot.reboots);
    this.#slots = snapshot.fleet?.slots ?? [];
    this.#members = new Map(members.map((member) => [member.node.name, member]));
    this.#lasts = lasts;
    // Who is heard now is heard on; who is silent stays so.
    this.#reports = new Map(
      [...snapshot.reports].map(([name, report]) => {
        const isHeard = report.heartbeat !== null && now - report.heartbeat < snapshot.timings.agentSilent;
        return [name, isHeard ? { ...report, heartbeat: Number.POSITIVE_INFINITY } : report];
      }),
    );
    for (const member of members) this.#goOn(member, aside.get(member.node.name) ?? null, now);
  }

  /** Those that go on to their end, as far as is known. */
  underWay(): readonly (readonly [NodeName, Instant])[] {
    return [...this.#underWay].flatMap(([name, { ends, aside }]) => (aside === null ? [[name, ends] as const] : []));
  }

  snapshot(): Snapshot {
    const { fleet } = this.#snapshot;
    const base = fleet ?? { version: "", paused: null, policy: null, gates: [], conditions: [], lookAgain: null };
    return {
      ...this.#snapshot,
      // Nothing is deleted in the time to come: when it would be is no turn worth planning.
      timings: { ...this.#snapshot.timings, decisionsKept: Number.POSITIVE_INFINITY },
      nodes: this.#nodes,
      reports: this.#reports,
      reboots: this.#reboots,
      fleet: { ...base, slots: this.#slots },
      // Nothing is read in the time to come: gates, and what stands in a drain's way, stay as they are on record.
      gates: null,
      checks: null,
      pods: new Map(),
      decisions: new Map([...this.#snapshot.decisions].filter(([, { judgement }]) => judgement !== null)),
    };
  }

  /** Gives slots as the plan does. Who starts by that, and when each is done. */
  start({ steps }: Plan, now: Instant): readonly (readonly [NodeName, Instant])[] {
    const step = steps.find((one) => one.kind === "SetSlots");
    if (step?.kind !== "SetSlots") return [];
    this.#slots = step.slots;
    return step.taken.flatMap(({ node: name, order }) => {
      const member = this.#members.get(name);
      const reboot = this.#reboots.get(name);
      const node = this.#nodes.get(name);
      if (member === undefined || reboot === undefined || node === undefined) return [];
      const { whole, untilOrder } = this.#lasts(member);
      const ends = now + whole;
      this.#underWay.set(name, { ordered: now + untilOrder, ends, aside: null });
      const begun = asDraining(reboot, { order, fromBootId: node.bootId ?? "", pool: member.pool, since: now });
      this.#reboots.set(name, { ...begun, orders: reboot.orders + 1 });
      // A drain that has begun may be finished after its window: that it has begun shows by the cordon.
      this.#nodes.set(name, { ...node, cordon: { kind: "ours", order } });
      return [[name, ends] as const];
    });
  }

  /** Who steps aside by this plan: a window closed, or a freeze began, before the order was out. */
  stepAside(planned: Plan, now: Instant): readonly NodeName[] {
    const aside = asideOf(planned);
    for (const [name, record] of aside) this.#underWay.set(name, { ordered: now, ends: now, aside: record });
    return [...aside.keys()];
  }

  nextEnd(): Instant {
    return [...this.#underWay.values()].reduce((first, { ends }) => Math.min(first, ends), Number.POSITIVE_INFINITY);
  }

  endUntil(now: Instant): void {
    for (const [name, { ordered, ends, aside }] of this.#underWay) {
      const reboot = this.#reboots.get(name);
      if (ends <= now) this.#end(name, aside);
      else if (ordered <= now && reboot?.phase.kind === "draining") this.#reboots.set(name, asVerifying(reboot, now));
    }
  }

  /** What is under way when the time to come begins. */
  #goOn(member: Member, aside: NodeReboot | null, now: Instant): void {
    const { reboot, node, pool } = member;
    if (reboot === null || reboot.phase.kind === "waiting" || reboot.phase.kind === "failed") return;
    const record = reboot.phase.kind === "yielding" ? reboot : aside;
    if (record !== null) {
      const notAfter = record.phase.kind === "yielding" ? record.phase.notAfter : null;
      const ends = notAfter === null ? now : Math.max(now, notAfter + this.#snapshot.timings.orderMargin);
      this.#underWay.set(node.name, { ordered: now, ends, aside: record });
      return;
    }
    const since = slotTakenAt(reboot) ?? now;
    const { whole, untilOrder } = this.#lasts(member);
    const isOrdered = reboot.phase.kind === "rebooting" || reboot.phase.kind === "verifying";
    const ordered = isOrdered ? now : since + untilOrder;
    this.#underWay.set(node.name, { ordered, ends: Math.max(now + MINUTE, since + whole), aside: null });
    const { order, fromBootId } = reboot.phase;
    const begun = asDraining(reboot, { order, fromBootId, pool, since });
    this.#reboots.set(node.name, isOrdered ? asVerifying(begun, now) : begun);
  }

  #end(name: NodeName, aside: NodeReboot | null): void {
    this.#underWay.delete(name);
    const node = this.#nodes.get(name);
    const report = this.#reports.get(name);
    const reboot = this.#reboots.get(name);
    if (node === undefined || report === undefined || reboot === undefined) return;
    this.#slots = this.#slots.filter((slot) => slot.node !== name);
    const free: Node = { ...node, cordon: { kind: "none", liftedFor: null } };
    if (aside !== null) {
      this.#nodes.set(name, free);
      this.#reboots.set(name, { ...aside, orders: reboot.orders, phase: { kind: "waiting" } });
      return;
    }
    const bootId = orderId(node.uid, node.bootId ?? "", -1);
    this.#nodes.set(name, { ...free, ready: true, bootId });
    this.#reports.set(name, { ...report, bootId, pending: null });
    this.#reboots.set(name, { ...reboot, phase: { kind: "waiting" } });
  }
}
