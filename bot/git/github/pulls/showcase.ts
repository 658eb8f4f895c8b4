import type { Clock, Log } from "../../../coordinator/ports.ts";
import { type Duration, HOUR, type Instant } from "../../../core/instant.ts";
import type { Policy } from "../../../core/policy/policy.ts";
import { CallFailed } from "./call-failed.ts";
import type { Calls } from "./calls.ts";
import { CheckRuns } from "./check-run.ts";
import { commentOf, footerOf, markerOf } from "./comment-text.ts";
import type { Pull } from "./open-pulls.ts";
import type { PullsFooting } from "./pulls-footing.ts";
import { Statuses } from "./status.ts";
import { StickyComments } from "./sticky-comment.ts";
import { fieldsOf, type Subject } from "./subject.ts";
import type { Verdict } from "./verdict.ts";
import type { Who } from "./who.ts";

interface ShowcaseParts {
  readonly calls: Calls;
  readonly who: Who;
  readonly clusterName: string;
  readonly place: { readonly path: string };
  readonly footing: PullsFooting;
  readonly clock: Clock;
  readonly log: Log;
}

export interface Exhibit {
  readonly subject: Subject;
  readonly verdict: Verdict;
  readonly inForce: Policy | undefined;
  readonly now: Instant;
  readonly isAgain: boolean;
  /** What was judged: a comment that somebody deleted is not made again for the same. */
  readonly what: string;
}

interface Comment {
  readonly id: number | null;
  readonly madeFor: string | null;
}

/** An App that lacks the permission may be given it. */
const LACKING_FOR: Duration = HOUR;
const CHECKS = "check runs";

/** Shows verdicts where people look: a check run or a commit status, and one comment. */
export class Showcase {
  /** Of the check run, and the context of the status. */
  readonly name: string;
  readonly #parts: ShowcaseParts;
  readonly #marker: string;
  readonly #runs: CheckRuns | null;
  readonly #statuses: Statuses;
  readonly #comments: StickyComments;
  readonly #known = new Map<number, Comment>();
  #noChecksUntil: Duration = 0;

  constructor(parts: ShowcaseParts) {
    const { calls, who, clusterName, place } = parts;
    this.#parts = parts;
    this.name = `bootswain/${clusterName}`;
    this.#marker = markerOf(clusterName, place.path);
    const appId = who.appId;
    this.#runs = appId === null ? null : new CheckRuns(calls, { name: this.name, file: place.path, appId });
    this.#statuses = new Statuses(calls, this.name);
    this.#comments = new StickyComments(calls, { marker: this.#marker, author: who.login });
  }

  forgetOthers(open: ReadonlySet<number>): void {
    for (const number of this.#known.keys()) if (!open.has(number)) this.#known.delete(number);
  }

  /** Whether somebody asked for the check to be run again. Rejects with CallFailed, or with Over. */
  async isAskedAgain({ headSha }: Subject): Promise<boolean> {
    return (await this.#withChecks((runs) => runs.isAskedAgain(headSha))) ?? false;
  }

  /** Whether there is a comment of the bot's. Rejects with CallFailed, or with Over. */
  async hasComment({ number }: Pull): Promise<boolean> {
    return (await this.#comments.find(number, this.#known.get(number)?.id ?? null)) !== null;
  }

  /** Writes what does not stand there yet. Rejects with CallFailed, or with Over. */
  async show(exhibit: Exhibit): Promise<void> {
    const { subject, verdict, now, isAgain } = exhibit;
    const footer = footerOf({ ...exhibit, headSha: subject.headSha, caution: verdict.caution });
    const showing = { headSha: subject.headSha, verdict, footer, now, isAgain };
    const asRun = await this.#withChecks((runs) => runs.show(showing));
    const isNew = asRun ?? (await this.#statuses.show(subject.headSha, verdict));
    const isEdited = subject.kind === "pull request" && (await this.#showComment(subject, exhibit, footer));
    if (!isNew && !isEdited) return;
    const { isGood, title } = verdict;
    this.#parts.log.info(`${subject.kind} answered`, {
      ...fieldsOf(subject),
      head: subject.headSha,
      isGood,
      title,
    });
  }

  async #showComment({ number }: Pull, { verdict, what }: Exhibit, footer: string): Promise<boolean> {
    const { id: known, madeFor } = this.#known.get(number) ?? { id: null, madeFor: null };
    const body = commentOf({ marker: this.#marker, name: this.name, verdict, footer });
    const mayCreate = verdict.isWorthComment && madeFor !== what;
    const { id, isNew } = await this.#comments.show(number, { body, mayCreate, known });
    this.#known.set(number, { id: id ?? known, madeFor: id === null ? madeFor : what });
    return isNew;
  }

  /** Null where the bot makes no check runs: with a plain token, and where its App lacks the permission. */
  async #withChecks<T>(work: (runs: CheckRuns) => Promise<T>): Promise<T | null> {
    const { clock, footing } = this.#parts;
    if (this.#runs === null || clock.monotonic() < this.#noChecksUntil) return null;
    try {
      const result = await work(this.#runs);
      footing.has(CHECKS);
      return result;
    } catch (error) {
      if (!(error instanceof CallFailed) || error.about !== "permission") throw error;
      this.#noChecksUntil = clock.monotonic() + LACKING_FOR;
      footing.lacks(CHECKS, `${error.message} Until then it sets a commit status.`);
      return null;
    }
  }
}
