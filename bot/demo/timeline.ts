import { DateTime } from "luxon";
import type { Instant } from "../core/instant.ts";
import { at, type Change, cordonedFor, isUnschedulable, list, nameOf, text } from "../sim/rules/world.ts";

/** Tells what happens in the cluster, one plain line an event, in the policy's own time. */
export class Timeline {
  readonly #zone: string;
  readonly #print: (line: string) => void;
  readonly #told = new Map<string, string>();

  constructor(zone: string, print: (line: string) => void) {
    this.#zone = zone;
    this.#print = print;
  }

  say(now: Instant, who: string, what: string): void {
    const clock = DateTime.fromMillis(now, { zone: this.#zone }).toFormat("HH:mm:ss");
    this.#print(`${clock}  ${who.padEnd(13)} ${what}`);
  }

  /** A line of what somebody wrote, below what was said last. */
  quote(line: string): void {
    this.#print(`          │ ${line}`);
  }

  see(change: Change): void {
    const name = nameOf(change.after ?? change.before);
    for (const [topic, what] of this.#facts(change)) {
      if (what === null || this.#told.get(`${name} ${topic}`) === what) continue;
      this.#told.set(`${name} ${topic}`, what);
      if (what !== "") this.say(change.at, NAMELESS.has(change.resource) ? "" : name, what);
    }
  }

  #facts(change: Change): readonly (readonly [string, string | null])[] {
    switch (change.resource) {
      case "nodereboots":
        return [["phase", phaseFact(change.after)], ["hold", holdFact(change.after)], ...refusedFacts(change.after)];
      case "nodes":
        return [
          ["cordon", cordonFact(change)],
          ["ready", readyFact(change)],
        ];
      case "rebootfleets":
        return [["policy", policyFact(change.after)]];
      case "rebootdecisions":
        return [["decision", decisionFact(change.after)]];
      default:
        return [];
    }
  }
}

/** Of which people don't think by name. */
const NAMELESS: ReadonlySet<string> = new Set(["rebootdecisions", "rebootfleets"]);

function policyFact(fleet: unknown): string | null {
  const policy = at(fleet, "status", "policy");
  const commit = text(at(policy, "commit"));
  if (commit === "") return null;
  const pull = at(policy, "pull", "number");
  return `policy     ${commit.slice(0, 7)}${typeof pull === "number" ? ` (#${pull})` : ""} is in force`;
}

/** The history's newest line; a new phase without one says nothing. */
function phaseFact(reboot: unknown): string | null {
  const newest = list(at(reboot, "status", "history")).at(-1);
  const phase = text(at(reboot, "status", "phase"));
  return newest === undefined ? null : `${phase.padEnd(10)} ${text(at(newest, "says"))}`;
}

/** What would stop its drain, found before the cordon, with the change that would help; the empty text once that is over. */
function holdFact(reboot: unknown): string {
  const isHeld = list(at(reboot, "status", "holds")).some((hold) => text(at(hold, "kind")) === "would be blocked");
  const [diagnosis] = list(at(reboot, "status", "blockers")).map((refusal) => at(refusal, "diagnosis"));
  if (!isHeld || diagnosis === undefined) return "";
  const fix = text(at(list(at(diagnosis, "fixes"))[0], "command"));
  return `waiting    is held, with nothing touched: ${text(at(diagnosis, "says"))}${fix === "" ? "" : ` Fix: ${fix}`}`;
}

/** One a pod and budget; a budget that is met and only spent for a moment is not worth a line. */
function refusedFacts(reboot: unknown): readonly (readonly [string, string])[] {
  return list(at(reboot, "status", "draining", "refused")).flatMap((refusal) =>
    list(at(refusal, "budgets")).flatMap((budget) => {
      const [wanted, healthy] = [Number(at(budget, "desiredHealthy")), Number(at(budget, "currentHealthy"))];
      if (healthy > wanted) return [];
      const [pod, name] = [text(at(refusal, "pod")), `${text(at(budget, "namespace"))}/${text(at(budget, "name"))}`];
      const what = `PDB ${name} does not let pod ${pod} go: it wants ${wanted} healthy and has ${healthy}`;
      return [[`${pod} ${name}`, what] as const];
    }),
  );
}

function cordonFact({ before, after }: Change): string | null {
  if (isUnschedulable(before) === isUnschedulable(after)) return null;
  if (!isUnschedulable(after)) return "is uncordoned";
  return cordonedFor(after) === "" ? "is cordoned by hand" : "is cordoned";
}

const readyOf = (node: unknown): string =>
  text(
    at(
      list(at(node, "status", "conditions")).find((one) => at(one, "type") === "Ready"),
      "status",
    ),
  );

function readyFact({ before, after }: Change): string | null {
  const bootId = (node: unknown): string => text(at(node, "status", "nodeInfo", "bootID"));
  if (bootId(before) !== "" && bootId(before) !== bootId(after)) {
    return `is up with boot ID ${bootId(after).slice(0, 8)} (was ${bootId(before).slice(0, 8)})`;
  }
  return readyOf(before) === "True" && readyOf(after) !== "True" ? "is down" : null;
}

function decisionFact(decision: unknown): string | null {
  const says = text(at(decision, "status", "says"));
  return says === ""
    ? null
    : `decision   ${text(at(decision, "spec", "verb"))} by ${text(at(decision, "status", "person"))}: ${says}`;
}
