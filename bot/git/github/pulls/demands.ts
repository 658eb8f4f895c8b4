import type { Clock } from "../../../coordinator/ports.ts";
import { type Duration, HOUR } from "../../../core/instant.ts";
import { within } from "../shape.ts";
import { CallFailed } from "./call-failed.ts";
import type { Calls } from "./calls.ts";
import { ListQuestion, Question } from "./question.ts";

/** What GitHub demands before a branch changes, as far as it can be learned. */
export interface Demands {
  /** Names of check runs and contexts of statuses that each pull request waits for. */
  readonly required: ReadonlySet<string>;
  /** False where whoever may push at all may push to it; null where that is not known. */
  readonly isProtected: boolean | null;
}

/** The branch itself, with its classic protection. */
interface Branch {
  readonly isProtected: boolean | null;
  readonly required: readonly string[];
}

/** A rule of some ruleset that is active for the branch. */
interface Rule {
  readonly type: unknown;
  readonly required: readonly string[];
}

const KNOWN_FOR: Duration = HOUR;
const MOST_PAGES = 10;

/**
 * The demands on one branch. Reading its classic protection in full takes an administrator; but the branch itself has what is
 * needed of it, for contents: read (https://docs.github.com/en/rest/branches/branches#get-a-branch), and the rules of rulesets
 * are listed for metadata: read (https://docs.github.com/en/rest/repos/rules#get-rules-for-a-branch).
 */
export class BranchDemands {
  readonly #name: string;
  readonly #clock: Clock;
  readonly #askBranch: Question<Branch>;
  readonly #askRules: ListQuestion<Rule>;
  #branch: Branch | null = null;
  #rules: readonly Rule[] | null = null;
  #askAgainAt: Duration = Number.NEGATIVE_INFINITY;

  constructor(calls: Calls, branch: string, clock: Clock) {
    this.#name = branch;
    this.#clock = clock;
    this.#askBranch = new Question(calls, "GET /repos/{owner}/{repo}/branches/{branch}", parseBranch);
    const rules = "GET /repos/{owner}/{repo}/rules/branches/{branch}";
    this.#askRules = new ListQuestion(calls, rules, parseRule, MOST_PAGES);
  }

  /** What can't be learned is nobody's trouble. Rejects with CallFailed where nothing else can be asked now, or with Over. */
  async now(): Promise<Demands> {
    if (this.#clock.monotonic() >= this.#askAgainAt) await this.#learn();
    return demandsBy(this.#branch, this.#rules);
  }

  async #learn(): Promise<void> {
    const branch = await tried(this.#askBranch.ask({ branch: this.#name }));
    const rules = await tried(this.#askRules.ask({ branch: this.#name }));
    this.#branch = learned(branch, this.#branch);
    // An Enterprise server from before there were rulesets has none.
    const hasNone = rules instanceof CallFailed && rules.about === "missing";
    this.#rules = hasNone ? [] : learned(rules, this.#rules);
    const mayPass = isPassing(branch) || isPassing(rules);
    if (!mayPass) this.#askAgainAt = this.#clock.monotonic() + KNOWN_FOR;
  }
}

/** A branch that GitHub calls protected is so by classic protection or by any ruleset. */
export function demandsBy(branch: Branch | null, rules: readonly Rule[] | null): Demands {
  const required = new Set([branch, ...(rules ?? [])].flatMap((one) => one?.required ?? []));
  const takesPulls = rules?.some(({ type }) => type === "pull_request") ?? null;
  const byBranch = branch?.isProtected ?? null;
  if (byBranch === true || takesPulls === true) return { required, isProtected: true };
  return { required, isProtected: byBranch === null || takesPulls === null ? null : false };
}

async function tried<T>(asked: Promise<T>): Promise<T | CallFailed> {
  try {
    return await asked;
  } catch (error) {
    if (error instanceof CallFailed && !error.isAboutAll) return error;
    throw error;
  }
}

const isPassing = (answer: unknown): boolean => answer instanceof CallFailed && answer.about === "moment";

/** In a moment's trouble what was known before still counts. */
function learned<T>(answer: T | CallFailed, before: T | null): T | null {
  if (!(answer instanceof CallFailed)) return answer;
  return isPassing(answer) ? before : null;
}

function parseBranch(data: unknown): Branch {
  const isProtected = within(data, "protected");
  const classic = within(data, "protection", "required_status_checks");
  const contexts = listIn(classic, "contexts").filter(isText);
  const required = [...contexts, ...contextsIn(classic, "checks")];
  return { isProtected: typeof isProtected === "boolean" ? isProtected : null, required };
}

function parseRule(data: unknown): Rule {
  const type = within(data, "type");
  const isOfChecks = type === "required_status_checks";
  return { type, required: isOfChecks ? contextsIn(within(data, "parameters"), "required_status_checks") : [] };
}

const contextsIn = (data: unknown, name: string): readonly string[] =>
  listIn(data, name)
    .map((one) => within(one, "context"))
    .filter(isText);

function listIn(data: unknown, name: string): readonly unknown[] {
  const list = within(data, name);
  return Array.isArray(list) ? list : [];
}

const isText = (value: unknown): value is string => typeof value === "string";
