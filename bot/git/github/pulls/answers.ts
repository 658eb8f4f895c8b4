import type { Turn } from "../../../coordinator/coordinator.ts";
import type { Clock, Log } from "../../../coordinator/ports.ts";
import type { Duration } from "../../../core/instant.ts";
import { AskedGroups } from "./asked-groups.ts";
import { AskedPulls } from "./asked-pulls.ts";
import { CallFailed } from "./call-failed.ts";
import { type Calls, Over } from "./calls.ts";
import { BranchDemands, type Demands } from "./demands.ts";
import { FilesAt } from "./file-at.ts";
import { InTurn } from "./in-turn.ts";
import type { MakeReview } from "./judging.ts";
import type { PullsFooting } from "./pulls-footing.ts";
import { Rests } from "./rests.ts";
import { Showcase } from "./showcase.ts";
import { fieldsOf, nameOf, type Question, type Subject, type Wish } from "./subject.ts";
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

interface Answered {
  readonly what: string;
  readonly at: Duration;
}

type Looked = "done" | "soon" | CallFailed;

/** So many that fail one after the other are not to blame themselves. */
const MOST_IN_A_ROW = 2;
/** Of those to which nothing else can be news; there may be hundreds, and each takes two calls. */
const MOST_ASKED_ABOUT_RERUNS = 100;

/** The answers to all that wants one, for as long as this bot leads. What was said before that is read from GitHub. */
export class Answers {
  readonly #parts: AnswersParts;
  readonly #pulls: AskedPulls;
  readonly #groups: AskedGroups;
  readonly #showcase: Showcase;
  readonly #rests: Rests;
  readonly #branch: BranchDemands;
  readonly #rerunTurns = new InTurn(MOST_ASKED_ABOUT_RERUNS);
  #demands: Demands = { required: new Set(), isProtected: null };
  /** By name. */
  readonly #answered = new Map<string, Answered>();

  constructor(parts: AnswersParts) {
    const { calls, place, clock, clusterName, review, footing, log } = parts;
    this.#parts = parts;
    this.#showcase = new Showcase(parts);
    const judging = { files: new FilesAt(calls, place.path), file: place.path, clusterName, review, clock };
    const turn = (): Turn => this.#turn();
    this.#pulls = new AskedPulls({ calls, place, judging, showcase: this.#showcase, turn });
    this.#groups = new AskedGroups({ calls, place, judging, footing, log, check: this.#showcase.name });
    this.#rests = new Rests(clock);
    this.#branch = new BranchDemands(calls, place.branch, clock);
  }

  /** Whether some are better looked at again soon. Rejects with CallFailed, or with Over. */
  async round(): Promise<boolean> {
    const pulls = await this.#pulls.all();
    await this.#learnDemands();
    // A queue stands still while it waits.
    const subjects = [...(await this.#groups.all(this.#demands)), ...pulls];
    this.#forgetOthers(subjects);
    this.#rerunTurns.begin();
    let isSoon = false;
    let failed = 0;
    for (const subject of subjects) {
      if (this.#rests.isResting(subject) && !(await this.#isCalledFor(subject))) continue;
      const looked = await this.#tryLook(subject);
      isSoon ||= looked === "soon";
      failed = looked instanceof CallFailed && looked.about === "moment" ? failed + 1 : 0;
      if (looked instanceof CallFailed && (looked.isAboutAll || failed >= MOST_IN_A_ROW)) throw looked;
    }
    this.#parts.footing.looked(this.#pulls.touching());
    return isSoon;
  }

  async #learnDemands(): Promise<void> {
    const { isProtected } = this.#demands;
    this.#demands = await this.#branch.now();
    const isNews = isProtected !== false && this.#demands.isProtected === false;
    if (isNews) this.#parts.log.warn("policy branch not protected", { branch: this.#parts.place.branch });
  }

  /** Whether somebody had a word about it while it rests; as GitHub shows it, whoever told of it. Ends its rest then. */
  async #isCalledFor(subject: Subject): Promise<boolean> {
    const rests = this.#rests;
    if (!rests.mayBeLifted(subject)) return false;
    const isCalled = rests.isNews(subject) || (!rests.isDeaf(subject) && (await this.#isRerunWanted(subject)));
    if (isCalled) rests.lift(subject);
    return isCalled;
  }

  async #isRerunWanted(subject: Subject): Promise<boolean> {
    try {
      return await this.#showcase.isAskedAgain(subject);
    } catch (error) {
      if (!(error instanceof CallFailed) || error.isAboutAll) throw error;
      this.#rests.deafen(subject);
      return false;
    }
  }

  async #tryLook(subject: Subject): Promise<Looked> {
    try {
      const looked = await this.#look(subject);
      // What GitHub is still at was not answered yet, and may fail again.
      if (looked === "done") this.#answeredAgain(subject);
      return looked;
    } catch (error) {
      if (error instanceof Over) throw error;
      // It may be answered by half: its check is there, and its comment is not.
      this.#answered.delete(nameOf(subject));
      const why = error instanceof Error ? error.message : String(error);
      const failure = error instanceof CallFailed ? error : new CallFailed("refused", `Reviewing failed: ${why}`);
      if (!failure.isAboutAll) this.#failed(subject, failure);
      return failure;
    }
  }

  #answeredAgain(subject: Subject): void {
    this.#rests.end(subject);
    this.#parts.footing.answerable(nameOf(subject));
  }

  #failed(subject: Subject, { message, about }: CallFailed): void {
    const { log, footing } = this.#parts;
    const rest = this.#rests.begin(subject, message);
    if (rest.isNews) log.warn(`${subject.kind} not answered`, { ...fieldsOf(subject), why: message });
    // A moment's trouble is nobody's business, and so is a pull request that has just gone.
    if (about === "permission" || about === "refused" || rest.isLong) footing.notAnswered(nameOf(subject), message);
  }

  async #look(subject: Subject): Promise<"done" | "soon"> {
    const wish = await this.#wishOf(subject);
    if (wish.kind !== "question") return wish.kind === "soon" ? "soon" : "done";
    const name = nameOf(subject);
    const isFresh = this.#isFresh(name, wish);
    if (isFresh && wish.lasts === null && !this.#rerunTurns.take(name)) return "done";
    const isAgain = await this.#showcase.isAskedAgain(subject);
    if (!isFresh || isAgain) await this.#answer(subject, wish, isAgain);
    return "done";
  }

  async #wishOf(subject: Subject): Promise<Wish> {
    switch (subject.kind) {
      case "pull request":
        return this.#pulls.wishOf(subject, this.#demands);
      case "merge group":
        return this.#groups.wishOf(subject);
      default:
        return subject satisfies never;
    }
  }

  async #answer(subject: Subject, { what, judge }: Question, isAgain: boolean): Promise<void> {
    const { clock, footing } = this.#parts;
    const turn = this.#turn();
    const verdict = await judge(turn);
    await this.#showcase.show({ subject, verdict, inForce: turn.policy, now: clock.now(), isAgain, what });
    this.#answered.set(nameOf(subject), { what, at: clock.monotonic() });
    const isPull = subject.kind === "pull request" && this.#pulls.touching().includes(subject.number);
    if (isPull) footing.answered(subject.number, clock.now());
  }

  #isFresh(name: string, { what, lasts }: Question): boolean {
    const before = this.#answered.get(name);
    return before?.what === what && (lasts === null || this.#parts.clock.monotonic() - before.at < lasts);
  }

  #turn(): Turn {
    const turn = this.#parts.turn();
    if (turn === null) throw new Over();
    return turn;
  }

  #forgetOthers(subjects: readonly Subject[]): void {
    const names = new Set(subjects.map(nameOf));
    for (const name of this.#answered.keys()) if (!names.has(name)) this.#answered.delete(name);
    this.#rests.forgetOthers(names);
    const open = new Set(subjects.flatMap((one) => (one.kind === "pull request" ? one.number : [])));
    this.#showcase.forgetOthers(open);
    this.#parts.footing.forgetOthers(names, open);
  }
}
