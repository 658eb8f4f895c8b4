import { slotTakenAt } from "../advance/advance.ts";
import type { Slot } from "../fleet/fleet.ts";
import type { Member } from "../fleet/member.ts";
import type { Node, NodeName } from "../fleet/node.ts";
import { orderId } from "../fleet/order.ts";
import type { NodeReboot } from "../fleet/reboot.ts";
import type { HostReport } from "../fleet/report.ts";
import type { Snapshot } from "../fleet/snapshot.ts";
import { type Duration, type Instant, MINUTE } from "../instant.ts";
import type { Plan } from "../plan.ts";

/** A copy of the fleet in which nodes that get a slot are done after as long as that takes. */
export class VirtualFleet {
  readonly #snapshot: Snapshot;
  readonly #nodes: Map<NodeName, Node>;
  readonly #reports: Map<NodeName, HostReport>;
  readonly #reboots: Map<NodeName, NodeReboot>;
  readonly #members: ReadonlyMap<NodeName, Member>;
  readonly #lasts: (member: Member) => Duration;
  readonly #ends = new Map<NodeName, Instant>();
  #slots: readonly Slot[];

  constructor(snapshot: Snapshot, members: readonly Member[], lasts: (member: Member) => Duration, now: Instant) {
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
    for (const member of members) {
      const phase = member.reboot?.phase.kind ?? "waiting";
      if (phase === "waiting" || phase === "failed" || phase === "yielding") continue;
      const since = member.reboot === null ? now : (slotTakenAt(member.reboot) ?? now);
      this.#ends.set(member.node.name, Math.max(now + MINUTE, since + lasts(member)));
    }
  }

  underWay(): readonly (readonly [NodeName, Instant])[] {
    return [...this.#ends];
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
      decisions: new Map([...this.#snapshot.decisions].filter(([, { judgement }]) => judgement !== null)),
    };
  }

  /** Gives slots as the plan does. Who starts by that, and when each is done. */
  start({ steps }: Plan, now: Instant): readonly (readonly [NodeName, Instant])[] {
    const step = steps.find((one) => one.kind === "SetSlots");
    if (step?.kind !== "SetSlots") return [];
    this.#slots = step.slots;
    return step.taken.flatMap(({ node, order }) => {
      const member = this.#members.get(node);
      const reboot = this.#reboots.get(node);
      if (member === undefined || reboot === undefined) return [];
      const ends = now + this.#lasts(member);
      this.#ends.set(node, ends);
      const fromBootId = member.node.bootId ?? "";
      const phase = { kind: "verifying", order, fromBootId, bootId: "", since: now, soakingSince: null } as const;
      this.#reboots.set(node, { ...reboot, phase, orders: reboot.orders + 1 });
      return [[node, ends] as const];
    });
  }

  nextEnd(): Instant {
    return [...this.#ends.values()].reduce((first, end) => Math.min(first, end), Number.POSITIVE_INFINITY);
  }

  endUntil(now: Instant): void {
    for (const [name, end] of this.#ends) {
      if (end > now) continue;
      this.#ends.delete(name);
      const node = this.#nodes.get(name);
      const report = this.#reports.get(name);
      const reboot = this.#reboots.get(name);
      if (node === undefined || report === undefined || reboot === undefined) continue;
      const bootId = orderId(node.uid, node.bootId ?? "", -1);
      this.#nodes.set(name, { ...node, ready: true, bootId, cordon: { kind: "none", liftedFor: null } });
      this.#reports.set(name, { ...report, bootId, pending: null });
      this.#reboots.set(name, { ...reboot, phase: { kind: "waiting" } });
      this.#slots = this.#slots.filter((slot) => slot.node !== name);
    }
  }
}
