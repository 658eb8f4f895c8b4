import type { Turn } from "../../../coordinator/coordinator.ts";
import { type Duration, HOUR } from "../../../core/instant.ts";
import { codeSpan } from "../../review/markdown.ts";
import type { Calls } from "./calls.ts";
import type { Demands } from "./demands.ts";
import { type Judging, judgePull } from "./judging.ts";
import { OpenPulls, type Pull, type PullNow } from "./open-pulls.ts";
import type { Showcase } from "./showcase.ts";
import type { Wish } from "./subject.ts";
import { Touches } from "./touches.ts";
import { untouched } from "./verdict.ts";

interface AskedParts {
  readonly calls: Calls;
  readonly place: { readonly branch: string; readonly path: string };
  readonly judging: Judging;
  readonly showcase: Showcase;
  /** The newest one. Throws Over. */
  readonly turn: () => Turn;
}

/** What is known of a pull request from earlier rounds. */
interface Seen {
  /** As it was listed when its files were looked at. */
  readonly listed: string;
  readonly touches: boolean;
  /** Whether it touched the policy at some time, so that there is something to take back. */
  readonly isOurs: boolean;
  /** How often GitHub did not know what a merge makes of it. */
  readonly unknown: number;
}

/** What is shown of the real cluster drifts. */
const JUDGED_FOR: Duration = HOUR;
/** Then the branch is judged without GitHub's word. */
const MOST_UNKNOWN = 3;

/** The open pull requests, and what each wants to hear. */
export class AskedPulls {
  readonly #parts: AskedParts;
  readonly #pulls: OpenPulls;
  readonly #touches: Touches;
  readonly #seen = new Map<number, Seen>();

  constructor(parts: AskedParts) {
    const { calls, place } = parts;
    this.#parts = parts;
    this.#pulls = new OpenPulls(calls, place.branch);
    this.#touches = new Touches(calls, place.path);
  }

  /** The one that changed last comes first. Rejects with CallFailed, or with Over. */
  async all(): Promise<readonly Pull[]> {
    const pulls = await this.#pulls.all();
    const open = new Set(pulls.map(({ number }) => number));
    for (const number of this.#seen.keys()) if (!open.has(number)) this.#seen.delete(number);
    return pulls;
  }

  /** The numbers of those that change the policy, as far as they were looked at. */
  touching(): readonly number[] {
    return [...this.#seen].filter(([, { touches }]) => touches).map(([number]) => number);
  }

  /** Rejects with CallFailed, or with Over. */
  async wishOf(pull: Pull, demands: Demands): Promise<Wish> {
    const { place, showcase } = this.#parts;
    const seen = await this.#look(pull);
    if (seen.touches) return this.#wishOfTouching(pull, seen, demands);
    // GitHub lets none be merged that lacks a required check, whatever it changes.
    const isRequired = demands.required.has(showcase.name);
    if (!seen.isOurs && !isRequired) return { kind: "nothing" };
    const what = JSON.stringify(["untouched", pull.headSha]);
    return { kind: "question", what, lasts: null, judge: async () => untouched("This pull request", place.path) };
  }

  async #look(pull: Pull): Promise<Seen> {
    const { listed } = pull;
    const before = this.#seen.get(pull.number);
    const touches = before?.listed === listed ? before.touches : await this.#touches.by(pull);
    const isOurs = touches || (before?.isOurs ?? (await this.#parts.showcase.hasComment(pull)));
    const seen = { listed, touches, isOurs, unknown: before?.unknown ?? 0 };
    this.#seen.set(pull.number, seen);
    return seen;
  }

  async #wishOfTouching(pull: Pull, seen: Seen, demands: Demands): Promise<Wish> {
    const now = await this.#pulls.now(pull.number);
    // The list was older than this.
    if (!now.isOpen || now.headSha !== pull.headSha) return { kind: "soon" };
    const unknown = now.merge.kind === "unknown" ? seen.unknown + 1 : 0;
    this.#seen.set(pull.number, { ...seen, unknown });
    if (unknown > 0 && unknown <= MOST_UNKNOWN) return { kind: "soon" };
    const judge = async (turn: Turn) => ({
      ...(await judgePull(now, turn, this.#parts.judging)),
      caution: this.#caution(demands),
    });
    return { kind: "question", what: this.#whatOf(now), lasts: JUDGED_FOR, judge };
  }

  /** Who may approve comes from the branch. */
  #caution({ isProtected }: Demands): string | null {
    if (isProtected !== false) return null;
    const branch = codeSpan(this.#parts.place.branch);
    return `${branch} is not protected: whoever may push to it decides who may approve reboots.`;
  }

  /** The policy in force counts by its commit, and by since when it is in force where it has none. */
  #whatOf({ headSha, baseRef, merge }: PullNow): string {
    const turn = this.#parts.turn();
    const inForce = turn.policy === undefined ? null : [turn.policy.commit, turn.policyStatus?.inForceSince ?? null];
    return JSON.stringify([headSha, baseRef, merge, inForce, turn.snapshot.fleet?.lookAgain]);
  }
}
