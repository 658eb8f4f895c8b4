import type { Answer, Call, Json, Lease, Resource } from "../coordinator/ports.ts";
import { mustLeave } from "../core/drain/filter.ts";
import type { NodeName } from "../core/fleet/node.ts";
import { orderOf } from "../core/fleet/phase.ts";
import type { NodeReboot } from "../core/fleet/reboot.ts";
import type { UnderPolicy } from "../core/policy/under-policy.ts";
import { type Step, type StepKey, stepKey } from "../core/step.ts";
import { announce, announcePolicy } from "./announce.ts";
import { audit } from "./audit.ts";
import { backOff, type CallParts, fencedCall, pause } from "./calls.ts";
import { checkPods } from "./check-pods.ts";
import { cordoned, uncordoned } from "./cordon.ts";
import { evict, remove } from "./evict.ts";
import { readJobLog } from "./job-log.ts";
import { messageOf } from "./json.ts";
import type { Mirrors } from "./mirrors.ts";
import { restartDeployment, restoreDeployment } from "./move.ts";
import { discouraged } from "./node-marks.ts";
import { formatNodeReboot } from "./resources/node-reboot.ts";
import { startJob } from "./start-job.ts";
import { type Write, writeOf } from "./write.ts";

interface PerformParts extends CallParts {
  readonly mirrors: Mirrors;
}

/** A new content of a record, and what is said of it; empty where nothing is. */
interface RebootNews {
  readonly next: NodeReboot;
  readonly says: string;
}

/**
 * `retry`: the effect is not known or was refused, so the step waits a while before it may be planned anew. `outdated`: it was
 * planned by what is no more, and what is now is in the store; so the plan is made anew at once, and later if that did not help.
 */
export type Performed = "done" | "outdated" | "retry";

/** Turns each step into its API calls, and puts what the server answered straight into the store. */
export class Performer {
  readonly #parts: PerformParts;
  readonly #failures = new Map<StepKey, number>();

  constructor(parts: PerformParts) {
    this.#parts = parts;
  }

  async perform(step: Step, lease: Lease): Promise<void> {
    const key = stepKey(step);
    const performed = await this.#apply(step, lease);
    if (performed === "done") {
      this.#failures.delete(key);
      return;
    }
    const failures = this.#failures.get(key) ?? 0;
    this.#failures.set(key, failures + 1);
    if (performed === "outdated" && failures === 0) return;
    await pause(this.#parts.clock, backOff(this.#parts, failures));
  }

  #apply(step: Step, lease: Lease): Promise<Performed> {
    switch (step.kind) {
      case "SetSlots":
        return this.#setSlots(step, lease);
      case "CreateReport":
      case "CreateReboot":
      case "CreateFleet":
      case "RecordGates":
      case "RecordConditions":
        return this.#write(writeOf(step, this.#parts.mirrors.store), lease);
      case "Judge":
        return this.#judge(step, lease);
      case "RecordPolicy":
        return this.#write(writeOf(step, this.#parts.mirrors.store), lease, (fleet) =>
          announcePolicy(this.#parts, lease, step.policy, fleet),
        );
      case "SetPhase":
      case "WithdrawOrder":
        return this.#writePhase(step, lease);
      case "RecordHolds":
        return this.#writeReboot(step, step.under, lease);
      case "GiveOrder":
        return this.#giveOrder(step, lease);
      case "Cordon":
        return this.#changeNode(step, lease, (node) => cordoned(node, step.uid, step.order, step));
      case "Uncordon":
        return this.#changeNode(step, lease, (node) => uncordoned(node, step.uid, step.order, step));
      case "Discourage":
        return this.#discourage(step, lease);
      case "CheckPods":
        return checkPods(this.#parts, lease, step).then(() => "done");
      case "ReadJob":
        return this.#readJob(step, lease);
      case "ReadJobLog":
        return readJobLog(this.#parts, lease, step);
      case "StartJob":
        return startJob(this.#parts, lease, step);
      case "RestartDeployment":
        return restartDeployment(this.#parts, lease, step);
      case "RestoreDeployment":
        return restoreDeployment(this.#parts, lease, step);
      case "WatchPods":
        return this.#parts.mirrors.watchPods(step.node, step.order).then(() => "done");
      case "Evict":
        return evict(this.#parts, lease, step);
      case "HandOver":
        this.#parts.mirrors.recordHandOver(step.order);
        return Promise.resolve("done");
      case "DeletePod":
        return remove(this.#parts, lease, step);
      case "DeleteDecision":
        return this.#deleteDecision(step, lease);
      default:
        return step satisfies never;
    }
  }

  /** What is said of a change of phase is its line in the history, too. */
  #writePhase(news: RebootNews, lease: Lease): Promise<Performed> {
    return this.#writeReboot(news, news.next.history.at(-1) ?? news.next, lease);
  }

  async #writeReboot({ next, says }: RebootNews, under: UnderPolicy, lease: Lease): Promise<Performed> {
    const call: Call = {
      verb: "update",
      resource: "nodereboots",
      name: next.node,
      subresource: "status",
      object: formatNodeReboot(next),
    };
    const performed = await this.#write({ call, resource: "nodereboots", name: next.node }, lease);
    if (performed === "done" && says !== "") void announce(this.#parts, lease, { next, says, under });
    return performed;
  }

  /** A write whose answer was lost may have been made: then the decision shows our judgement when it is read again. */
  async #judge(step: Step & { kind: "Judge" }, lease: Lease): Promise<Performed> {
    const { store } = this.#parts.mirrors;
    const decision = store.decisions.get(step.decision);
    const performed = await this.#write(writeOf(step, store), lease);
    const written = store.decisions.get(step.decision)?.judgement;
    const isOurs = written?.at === step.judgement.at && written.says === step.judgement.says;
    if (isOurs && decision !== undefined) void audit(this.#parts, lease, { ...step, decision });
    return performed;
  }

  async #deleteDecision({ decision: name, uid }: Step & { kind: "DeleteDecision" }, lease: Lease): Promise<Performed> {
    const resource = "rebootdecisions" as const;
    const answer = await fencedCall(this.#parts, lease, { verb: "delete", resource, name, uid });
    // A conflict: another of that name was made since.
    if (answer.kind === "answered" && answer.code === 409)
      return (await this.#readAgain(resource, name, lease)) ? "outdated" : "retry";
    if (answer.kind === "unanswered" || (answer.code !== 200 && answer.code !== 404)) return "retry";
    this.#parts.mirrors.forget(resource, name, uid);
    return "done";
  }

  async #readJob({ namespace, name, node }: Step & { kind: "ReadJob" }, lease: Lease): Promise<Performed> {
    const { mirrors, clock } = this.#parts;
    const read = await fencedCall(this.#parts, lease, { verb: "get", resource: "jobs", namespace, name });
    if (read.kind === "unanswered") return "retry";
    if (read.code === 200) mirrors.put("jobs", read.body);
    else if (read.code === 404) {
      const message = "its Job was deleted before its end was seen";
      const order = orderOf(mirrors.store.reboots.get(node)?.phase);
      mirrors.recordJob({ namespace, name, order, startedAt: clock.now(), state: "failed", message });
    } else return "retry";
    return "done";
  }

  /** The last look before the order: a list made now must show nothing that the drain would remove. */
  async #giveOrder(step: Step & { kind: "GiveOrder" }, lease: Lease): Promise<Performed> {
    const { next, drain } = step;
    const pods = await this.#parts.mirrors.listPods(next.node, (call) => fencedCall(this.#parts, lease, call));
    if (pods === null) return "retry";
    const sieve = { drain, snapshot: this.#parts.mirrors.store.snapshot(), now: this.#parts.clock.now() };
    return pods.some((pod) => mustLeave(pod, sieve)) ? "outdated" : this.#writePhase(step, lease);
  }

  /**
   * The slots are compared and set on their own version, and the records behind them must be those that were decided on: a
   * new leader may see the newest RebootFleet before the newest NodeReboot.
   */
  async #setSlots(step: Step & { kind: "SetSlots" }, lease: Lease): Promise<Performed> {
    const before = this.#parts.mirrors.store.fleets.get("cluster")?.slots ?? [];
    const added = step.slots.filter(({ order }) => !before.some((slot) => slot.order === order));
    const nodes = new Set([...step.freed, ...added].map(({ node }) => node));
    const records = await Promise.all([...nodes].map((node) => this.#isCurrent(node, lease)));
    if (records.includes("unknown")) return "retry";
    if (records.includes("changed")) return "outdated";
    return this.#write(writeOf(step, this.#parts.mirrors.store), lease);
  }

  async #isCurrent(name: NodeName, lease: Lease): Promise<"current" | "changed" | "unknown"> {
    const { store } = this.#parts.mirrors;
    // A cordon of ours keeps its node taken, so it is looked at, too; what else changes of a Node takes or frees nothing.
    const shown = (): string => {
      const node = store.nodes.get(name);
      return JSON.stringify([node?.uid, node?.cordon, store.reboots.get(name)?.version]);
    };
    const known = shown();
    const isRead = (await this.#readAgain("nodes", name, lease)) && (await this.#readAgain("nodereboots", name, lease));
    if (!isRead) return "unknown";
    return shown() === known ? "current" : "changed";
  }

  /**
   * Read, ask, write. The node's version is read first, then the record that allows the change: whoever changes that record
   * later also moves the node's version on, and this write is refused.
   */
  async #changeNode(
    step: Step & { kind: "Cordon" | "Uncordon" },
    lease: Lease,
    change: (node: Json) => Json | null,
  ): Promise<Performed> {
    const { node: name } = step;
    const read = await this.#read("nodes", name, lease);
    if (read.kind === "unanswered") return "retry";
    if (read.code === 404) return "outdated";
    if (read.code !== 200) return "retry";
    if (!(await this.#readAgain("nodereboots", name, lease))) return "retry";
    const object = change(read.body);
    if (object === null || !mayChange(step, this.#parts.mirrors.store.reboots.get(name))) return "retry";
    return this.#write({ call: { verb: "update", resource: "nodes", name, object }, resource: "nodes", name }, lease);
  }

  /** Nothing rests on this taint, so a node that changed meanwhile is simply decided on anew. */
  async #discourage({ node: name, uid, wanted }: Step & { kind: "Discourage" }, lease: Lease): Promise<Performed> {
    const read = await this.#read("nodes", name, lease);
    if (read.kind === "unanswered" || read.code !== 200) return "retry";
    const object = discouraged(read.body, uid, wanted);
    if (object === null) return "done";
    return this.#write({ call: { verb: "update", resource: "nodes", name, object }, resource: "nodes", name }, lease);
  }

  async #write(
    { call, resource, name }: Write,
    lease: Lease,
    written: (object: Json) => Promise<void> = async () => {},
  ): Promise<Performed> {
    const answer = await fencedCall(this.#parts, lease, call);
    if (answer.kind === "answered" && (answer.code === 200 || answer.code === 201)) {
      this.#parts.mirrors.put(resource, answer.body);
      await written(answer.body);
      return "done";
    }
    const why = answer.kind === "unanswered" ? answer.why : `${answer.code} ${messageOf(answer.body)}`;
    this.#parts.log.warn("write not made", { verb: call.verb, resource, name, why });
    const isKnown = await this.#readAgain(resource, name, lease);
    return isKnown && answer.kind === "answered" && answer.code === 409 ? "outdated" : "retry";
  }

  async #readAgain(resource: Resource, name: string, lease: Lease): Promise<boolean> {
    const read = await this.#read(resource, name, lease);
    return read.kind === "answered" && (read.code === 200 || read.code === 404);
  }

  /** Into the store. That nothing is there tells only of what was known when it was asked: another may have come meanwhile. */
  async #read(resource: Resource, name: string, lease: Lease): Promise<Answer> {
    const { mirrors } = this.#parts;
    const known = mirrors.uidOf(resource, name);
    const read = await fencedCall(this.#parts, lease, { verb: "get", resource, name });
    if (read.kind === "answered" && read.code === 200) mirrors.put(resource, read.body);
    if (read.kind === "answered" && read.code === 404 && known !== null) mirrors.forget(resource, name, known);
    return read;
  }
}

/** A cordon belongs to a drain that goes on; and none is lifted whose order may be carried out. */
function mayChange(step: Step & { kind: "Cordon" | "Uncordon" }, reboot: NodeReboot | undefined): boolean {
  if (reboot === undefined) return step.kind === "Uncordon";
  const { phase } = reboot;
  const isOfOrder = orderOf(phase) === step.order;
  if (step.kind === "Cordon") return phase.kind === "draining" && isOfOrder;
  return !isOfOrder || phase.kind === "yielding" || phase.kind === "verifying";
}
