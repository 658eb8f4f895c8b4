import { BEFORE_CALL, POLICY_LATE } from "./slot-rules.ts";
import { at, type Change, list, nameOf, text } from "./world.ts";

/** What the policy's source said from then on. */
export interface ToldCommit {
  readonly from: number;
  readonly commit: string;
  /** Whether it held a policy; if not, the one before it stays in force. */
  readonly isGood: boolean;
  /** The pull request that brought it; which one may be known some time later. */
  readonly pull: number | null;
}

/**
 * Rule 15: each line of a node's record, and each judgement of a decision, names the commit that was in force when it was
 * decided, and keeps that for good.
 */
export class RecordRules {
  readonly #told: readonly ToldCommit[];
  readonly #broken: (rule: string) => void;

  constructor(told: readonly ToldCommit[], broken: (rule: string) => void) {
    this.#told = told;
    this.#broken = broken;
  }

  see({ resource, actor, before, after, decidedAt }: Change): void {
    if (after === null || !actor.startsWith("bot")) return;
    if (resource === "rebootdecisions") this.#seeJudgement(before, after, decidedAt);
    if (resource !== "nodereboots") return;
    const node = nameOf(after);
    const known = new Set(linesOf(before).map((line) => JSON.stringify(line)));
    const fresh = linesOf(after).filter((line) => !known.has(JSON.stringify(line)));
    if (fresh.length > 1) this.#broken(`rule 15: lines of the record of ${node} were changed`);
    for (const line of fresh) {
      this.#check(node, line, decidedAt);
      if (commitOf(line) !== "" && commitOf(line) !== commitOf(at(after, "status")))
        this.#broken(`rule 15: the record of ${node} names another commit than its newest line`);
    }
  }

  #seeJudgement(before: unknown, after: unknown, decidedAt: number): void {
    const [was, is] = [at(before, "status"), at(after, "status")];
    if (is === undefined || JSON.stringify(was) === JSON.stringify(is)) return;
    if (was !== undefined) this.#broken(`rule 15: the judgement of ${nameOf(after)} was changed`);
    this.#check(nameOf(after), is, decidedAt);
  }

  #check(node: string, line: unknown, now: number): void {
    const from = now - POLICY_LATE - BEFORE_CALL;
    const what = `"${text(at(line, "says"))}" of ${node}`;
    const commit = commitOf(line);
    const inForce = during(
      this.#told.filter(({ isGood }) => isGood),
      from,
      now,
    );
    // A bot that starts anew, and finds neither a policy nor what one before it kept, steps aside under none.
    if (commit === "" && during(this.#told, from, now).some(({ isGood }) => !isGood)) return;
    const named = inForce.find((one) => one.commit === commit);
    if (named === undefined) {
      this.#broken(`rule 15: ${what} names commit "${commit}", which was not in force`);
      return;
    }
    const pull = at(line, "policyPull");
    if (pull !== undefined && pull !== named.pull)
      this.#broken(`rule 15: ${what} names pull request ${String(pull)}, which did not bring commit ${commit}`);
  }
}

/** Each that was the newest at some time between. */
const during = (told: readonly ToldCommit[], from: number, to: number): readonly ToldCommit[] =>
  told.filter((one, index) => one.from <= to && (told[index + 1]?.from ?? Number.POSITIVE_INFINITY) > from);

const linesOf = (reboot: unknown): readonly unknown[] => list(at(reboot, "status", "history"));

const commitOf = (object: unknown): string => text(at(object, "policyCommit"));
