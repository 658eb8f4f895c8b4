import type { Turn } from "../../../coordinator/coordinator.ts";
import type { Clock, Footing, Log, Random, Stoppable } from "../../../coordinator/ports.ts";
import { type Duration, MINUTE, SECOND } from "../../../core/instant.ts";
import type { GitHubConnection } from "../connection.ts";
import { Answers, type PullsPlace } from "./answers.ts";
import { CallFailed, failureOf } from "./call-failed.ts";
import { Calls, Over } from "./calls.ts";
import type { MakeReview } from "./judging.ts";
import { PullsFooting } from "./pulls-footing.ts";
import { whoWrites } from "./who.ts";

interface ReviewerParts {
  readonly connection: GitHubConnection;
  readonly place: PullsPlace;
  /** Names the check, so that the bots of several clusters can share a repository. */
  readonly clusterName: string;
  readonly review: MakeReview;
  readonly clock: Clock;
  readonly random: Random;
  readonly log: Log;
}

const EVERY: Duration = MINUTE;
/** GitHub works out what a merge makes of a pull request when it is asked, within seconds. */
const SOON: Duration = 5 * SECOND;
const LONGEST_PAUSE: Duration = 10 * MINUTE;

/** One time of leading. */
interface Term {
  readonly calls: Calls;
  /** Null before GitHub said in whose name the bot writes. */
  answers: Answers | null;
}

/**
 * Tells those who change the policy by pull request what that would do. It only shows: what is in force, and who may decide,
 * comes from elsewhere. Nothing waits for it, and nothing of its trouble leaves it but words.
 */
export class PullReviewer implements Stoppable {
  readonly footing: Footing;
  readonly #parts: ReviewerParts;
  readonly #footing: PullsFooting;
  #turn: Turn | null = null;
  #term: Term | null = null;
  #timer: Stoppable | null = null;
  #isLooking = false;
  #isHurried = false;
  #isStopped = false;
  #failures = 0;
  #lastTrouble: string | null = null;
  /** GitHub asked to be left alone until then. */
  #restUntil: Duration = 0;

  constructor(parts: ReviewerParts) {
    this.#parts = parts;
    this.#footing = new PullsFooting(parts.place.path);
    this.footing = this.#footing;
  }

  /** Called after each turn; only the leader's make it work. */
  show(turn: Turn): void {
    if (this.#isStopped) return;
    const before = this.#turn;
    this.#turn = turn.isLeader ? turn : null;
    if (this.#turn === null) this.#leave();
    else if (this.#term === null) this.#begin();
    else if (before === null || this.#newsOf(before) !== this.#newsOf(turn)) this.#hurry();
  }

  stop(): void {
    this.#isStopped = true;
    this.#turn = null;
    this.#leave();
  }

  #begin(): void {
    this.#term = { calls: new Calls(this.#parts), answers: null };
    this.#failures = 0;
    this.#lastTrouble = null;
    this.#hurry();
  }

  #leave(): void {
    if (this.#term === null) return;
    this.#term.calls.stop();
    this.#term = null;
    this.#timer?.stop();
    this.#timer = null;
    this.#footing.forget();
  }

  /** What makes it look at once. */
  #newsOf(turn: Turn): string {
    const { policy, policyStatus, snapshot } = turn;
    return JSON.stringify([snapshot.fleet?.lookAgain, policy?.commit, policyStatus?.inForceSince]);
  }

  #hurry(): void {
    if (this.#isLooking) this.#isHurried = true;
    else this.#wakeAfter(0);
  }

  #wakeAfter(delay: Duration): void {
    this.#timer?.stop();
    this.#timer = null;
    if (this.#term === null || this.#isStopped) return;
    const rest = this.#restUntil - this.#parts.clock.monotonic();
    this.#timer = this.#parts.clock.after(Math.max(delay, rest), () => {
      this.#timer = null;
      if (!this.#isLooking) void this.#round();
    });
  }

  async #round(): Promise<void> {
    const term = this.#term;
    if (term === null) return;
    this.#isLooking = true;
    this.#isHurried = false;
    const delay = await this.#look(term).catch((error: unknown) => this.#failed(term, error));
    this.#isLooking = false;
    // Led by another in the meantime, perhaps, and by this one again.
    this.#wakeAfter(this.#isHurried || term !== this.#term ? 0 : delay);
  }

  async #look(term: Term): Promise<Duration> {
    const { connection, log } = this.#parts;
    if (term.answers === null) {
      const who = await whoWrites(term.calls, connection);
      const turn = (): Turn | null => (term === this.#term ? this.#turn : null);
      term.answers = new Answers({ ...this.#parts, calls: term.calls, who, turn, footing: this.#footing });
    }
    const isSoon = await term.answers.round();
    this.#failures = 0;
    if (this.#lastTrouble !== null) log.info("pull requests answered again");
    this.#lastTrouble = null;
    return isSoon ? SOON : this.#withJitter(EVERY);
  }

  /** How long to wait then. Said once, until it is another or over. */
  #failed(term: Term, error: unknown): Duration {
    if (error instanceof Over || term !== this.#term) return EVERY;
    const { clock, log } = this.#parts;
    const failure = error instanceof CallFailed ? error : failureOf(error);
    this.#failures += 1;
    if (failure.pause !== null) this.#restUntil = clock.monotonic() + failure.pause;
    this.#footing.failed(failure);
    if (failure.message !== this.#lastTrouble) log.warn("pull requests not answered", { why: failure.message });
    this.#lastTrouble = failure.message;
    return this.#withJitter(Math.min(EVERY * 2 ** Math.min(this.#failures - 1, 10), LONGEST_PAUSE));
  }

  /** A tenth less or more, so that many bots don't come at once. */
  #withJitter(length: Duration): Duration {
    return Math.round(length * (0.9 + 0.2 * this.#parts.random.next()));
  }
}
