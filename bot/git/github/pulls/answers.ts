import type { Turn } from "../../../coordinator/coordinator.ts";
import type { Clock, Log } from "../../../coordinator/ports.ts";
import { type Duration, HOUR } from "../../../core/instant.ts";
import { CallFailed } from "./call-failed.ts";
import { type Calls, Over } from "./calls.ts";
import { BranchDemands, type Demands } from "./demands.ts";
import { FilesAt } from "./file-at.ts";
import { judge, type MakeReview } from "./judging.ts";
import { inCode } from "./markdown.ts";
import { OpenPulls, type Pull, type PullNow } from "./open-pulls.ts";
import { PullRests } from "./pull-rests.ts";
import type { PullsFooting } from "./pulls-footing.ts";
import { Showcase } from "./showcase.ts";
import { Touches } from "./touches.ts";
import { untouched } from "./verdict.ts";
import type { Who } from "./who.ts";

export interface PullsPlace {
  /** The one whose policy is in force. */
  readonly branch: string;
  /** The policy's file. */
  readonly path: string;
}

interface AnswersParts {
  readonly calls: Calls;
  readonly who: Who;
  readonly place: PullsPlace;
  readonly clusterName: string;
  readonly review: MakeReview;
  /** The newest one; null where this bot leads no longer. */
  readonly turn: () => Turn | null;
  readonly footing: PullsFooting;
  readonly clock: Clock;
  readonly log: Log;
}

/** What is known of a pull request from earlier rounds. */
interface Seen {
  /** As it was listed when its files were looked at. */
  readonly listed: string;
  readonly touches: boolean;
  /** Whether it touched the policy at some time, so that there is something to take back. */
  readonly isOurs: boolean;
  /** What was judged, and when; null before. */
  readonly judged: { readonly what: string; readonly at: Duration } | null;
  /** How often GitHub did not know what a merge makes of it. */
  readonly unknown: number;
}

type Looked = "done" | "soon" | CallFailed;

/** What is shown of the real cluster drifts. */
const JUDGED_FOR: Duration = HOUR;
/** Then the branch is judged without GitHub's word. */
const MOST_UNKNOWN = 3;
/** So many that fail one after the other are not to blame themselves. */
const MOST_IN_A_ROW = 2;

/** The answers to all open pull requests, for as long as this bot leads. What was said before that is read from GitHub. */
export class Answers {
  readonly #parts: AnswersParts;
  readonly #pulls: OpenPulls;
  readonly #touches: Touches;
  readonly #files: FilesAt;
  readonly #showcase: Showcase;
  readonly #rests: PullRests;
  readonly #branch: BranchDemands;
  #demands: Demands = { required: new Set(), isProtected: null };
  readonly #seen = new Map<number, Seen>();

  constructor(parts: AnswersParts) {
    const { calls, place, clock } = parts;
    this.#parts = parts;
    this.#pulls = new OpenPulls(calls, place.branch);
    this.#touches = new Touches(calls, place.path);
    this.#files = new FilesAt(calls, place.path);
    this.#showcase = new Showcase(parts);
    this.#rests = new PullRests(clock);
    this.#branch = new BranchDemands(calls, place.branch, clock);
  }

  /** Whether some are better looked at again soon. Rejects with CallFailed, or with Over. */
  async round(): Promise<boolean> {
    const pulls = await this.#pulls.all();
    this.#forgetOthers(new Set(pulls.map(({ number }) => number)));
    await this.#learnDemands();
    let isSoon = false;
    let failed = 0;
    for (const pull of pulls) {
      if (this.#rests.isResting(pull)) continue;
      const looked = await this.#tryLook(pull);
      isSoon ||= looked === "soon";
      failed = looked instanceof CallFailed && looked.about === "moment" ? failed + 1 : 0;
      if (looked instanceof CallFailed && (looked.isAboutAll || failed >= MOST_IN_A_ROW)) throw looked;
    }
    this.#parts.footing.looked([...this.#seen].filter(([, { touches }]) => touches).map(([number]) => number));
    return isSoon;
  }

  async #learnDemands(): Promise<void> {
    const { isProtected } = this.#demands;
    this.#demands = await this.#branch.now();
    const isNews = isProtected !== false && this.#demands.isProtected === false;
    if (isNews) this.#parts.log.warn("policy branch not protected", { branch: this.#parts.place.branch });
  }

  async #tryLook(pull: Pull): Promise<Looked> {
    try {
      const looked = await this.#look(pull);
      this.#rests.end(pull);
      this.#parts.footing.has(pull.number);
      return looked;
    } catch (error) {
      if (error instanceof Over) throw error;
      const why = error instanceof Error ? error.message : String(error);
      const failure = error instanceof CallFailed ? error : new CallFailed("refused", `Reviewing failed: ${why}`);
      if (!failure.isAboutAll) this.#failed(pull, failure);
      return failure;
    }
  }

  #failed(pull: Pull, { message, about }: CallFailed): void {
    const { log, footing } = this.#parts;
    const rest = this.#rests.begin(pull, message);
    if (rest.isNews) log.warn("pull request not answered", { pull: pull.number, why: message });
    // A moment's trouble is nobody's business, and so is a pull request that has just gone.
    if (about === "permission" || about === "refused" || rest.isLong) footing.lacks(pull.number, message);
  }

  async #look(pull: Pull): Promise<"done" | "soon"> {
    const listed = JSON.stringify([pull.headSha, pull.baseRef, pull.baseSha, pull.updatedAt]);
    const before = this.#seen.get(pull.number);
    const touches = before?.listed === listed ? before.touches : await this.#touches.by(pull);
    const isOurs = touches || (before?.isOurs ?? (await this.#showcase.hasComment(pull)));
    const seen = { listed, touches, isOurs, judged: before?.judged ?? null, unknown: before?.unknown ?? 0 };
    this.#seen.set(pull.number, seen);
    if (touches) return this.#answer(pull, seen);
    // GitHub lets none be merged that lacks a required check, whatever it changes.
    const isRequired = this.#demands.required.has(this.#showcase.name);
    if (isOurs || isRequired) await this.#sayUntouched(pull, seen);
    return "done";
  }

  async #answer(pull: Pull, seen: Seen): Promise<"done" | "soon"> {
    const now = await this.#pulls.now(pull.number);
    // The list was older than this.
    if (!now.isOpen || now.headSha !== pull.headSha) return "soon";
    const unknown = now.merge.kind === "unknown" ? seen.unknown + 1 : 0;
    this.#seen.set(pull.number, { ...seen, unknown });
    if (unknown > 0 && unknown <= MOST_UNKNOWN) return "soon";
    const what = this.#whatOf(now);
    const isAgain = await this.#showcase.isAskedAgain(pull);
    if (!isAgain && this.#isFresh(seen, what)) return "done";
    const turn = this.#turn();
    const { clock, place, clusterName, review } = this.#parts;
    const parts = { files: this.#files, file: place.path, clusterName, review };
    const judged = await judge(now, { turn, now: clock.now() }, parts);
    const verdict = { ...judged, caution: this.#caution() };
    await this.#showcase.show({ pull, verdict, inForce: turn.policy, now: clock.now(), isAgain, what });
    this.#seen.set(pull.number, { ...seen, unknown, judged: { what, at: clock.monotonic() } });
    this.#parts.footing.answered(pull.number, clock.now());
    return "done";
  }

  async #sayUntouched(pull: Pull, seen: Seen): Promise<void> {
    const what = JSON.stringify(["untouched", pull.headSha]);
    if (seen.judged?.what === what) return;
    const { clock, place } = this.#parts;
    const inForce = this.#turn().policy;
    const verdict = untouched(place.path);
    await this.#showcase.show({ pull, verdict, inForce, now: clock.now(), isAgain: false, what });
    this.#seen.set(pull.number, { ...seen, judged: { what, at: clock.monotonic() } });
  }

  /** Who may approve comes from the branch. */
  #caution(): string | null {
    if (this.#demands.isProtected !== false) return null;
    const branch = inCode(this.#parts.place.branch);
    return `${branch} is not protected: whoever may push to it decides who may approve reboots.`;
  }

  /** The policy in force counts by its commit, and by since when it is in force where it has none. */
  #whatOf({ headSha, baseRef, merge }: PullNow): string {
    const turn = this.#turn();
    const inForce = turn.policy === undefined ? null : [turn.policy.commit, turn.policyStatus?.inForceSince ?? null];
    return JSON.stringify([headSha, baseRef, merge, inForce, turn.snapshot.fleet?.lookAgain]);
  }

  #isFresh({ judged }: Seen, what: string): boolean {
    return judged?.what === what && this.#parts.clock.monotonic() - judged.at < JUDGED_FOR;
  }

  #turn(): Turn {
    const turn = this.#parts.turn();
    if (turn === null) throw new Over();
    return turn;
  }

  #forgetOthers(open: ReadonlySet<number>): void {
    for (const number of this.#seen.keys()) if (!open.has(number)) this.#seen.delete(number);
    this.#rests.forgetOthers(open);
    this.#showcase.forgetOthers(open);
    this.#parts.footing.forgetOthers(open);
  }
}
