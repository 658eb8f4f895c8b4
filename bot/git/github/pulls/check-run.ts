import { formatInstant, type Instant } from "../../../core/instant.ts";
import { clipped } from "../../review/markdown.ts";
import type { Annotation } from "../../review/review.ts";
import { listWithin, numberWithin, textWithin, within } from "../shape.ts";
import { type Calls, parsed } from "./calls.ts";
import { cutAtLine } from "./cut-at-line.ts";
import { Question } from "./question.ts";
import { printOf, printOfNotes, textOf, type Verdict } from "./verdict.ts";

interface Run {
  readonly id: number;
  readonly isCompleted: boolean;
  readonly isQueued: boolean;
  readonly externalId: string;
  readonly notes: number;
  /** Null where GitHub names none. */
  readonly suite: number | null;
}

export interface CheckParts {
  readonly name: string;
  readonly file: string;
  readonly appId: number;
}

export interface Showing {
  readonly headSha: string;
  readonly verdict: Verdict;
  /** Markdown: what was judged, against what, and when. */
  readonly footer: string;
  readonly now: Instant;
  /** Somebody asked for it to be run again. */
  readonly isAgain: boolean;
}

const MOST_NOTES_A_CALL = 50;
const MOST_SUMMARY = 65_535;
const MOST_TITLE = 255;
const MOST_MESSAGE = 60_000;

/**
 * The verdict as a check run. Annotations that were sent once stay and further ones come on top, so other ones take another
 * run of the same name. How far an earlier bot came is read from GitHub; its run's external id says what it was to show.
 */
export class CheckRuns {
  readonly #calls: Calls;
  readonly #parts: CheckParts;
  readonly #runs: Question<readonly Run[]>;
  readonly #suiteWaits: Question<boolean>;
  /** Heads whose suite still waits although it was run again: once is enough. */
  readonly #wasRunAgain = new Set<string>();

  constructor(calls: Calls, parts: CheckParts) {
    this.#calls = calls;
    this.#parts = parts;
    this.#runs = new Question(calls, "GET /repos/{owner}/{repo}/commits/{ref}/check-runs", (data) =>
      listWithin(data, "check_runs").flatMap((one) => parseRun(one, parts)),
    );
    const suite = "GET /repos/{owner}/{repo}/check-suites/{check_suite_id}";
    this.#suiteWaits = new Question(calls, suite, (data) => textWithin(data, "status") === "queued");
  }

  /**
   * Whether somebody asked for it to be run again. GitHub leaves the run as it is, and lets its suite wait; Enterprise servers
   * of old let the run wait. Rejects with CallFailed, or with Over.
   */
  async isAskedAgain(headSha: string): Promise<boolean> {
    const newest = await this.#newest(headSha);
    if (newest === null || newest.isQueued) return newest !== null;
    const { isCompleted, suite } = newest;
    const waits = isCompleted && suite !== null && (await this.#suiteWaits.ask({ check_suite_id: suite }));
    if (!waits) this.#wasRunAgain.delete(headSha);
    return waits && !this.#wasRunAgain.has(headSha);
  }

  /** Whether anything had to be written. Rejects with CallFailed, or with Over. */
  async show(showing: Showing): Promise<boolean> {
    const { verdict, headSha, isAgain } = showing;
    const newest = await this.#newest(headSha);
    const externalId = `${printOfNotes(verdict)}.${printOf(verdict)}`;
    if (newest?.isCompleted === true && newest.externalId === externalId && !isAgain) return false;
    const isSameNotes = newest?.externalId.split(".")[0] === printOfNotes(verdict);
    const canGoOn =
      newest !== null && (newest.notes === 0 || isSameNotes) && newest.notes <= verdict.annotations.length;
    if (newest !== null && !canGoOn && !newest.isCompleted) await this.#end(newest, showing);
    await this.#write(showing, externalId, canGoOn ? newest : null);
    if (isAgain) this.#wasRunAgain.add(headSha);
    return true;
  }

  async #newest(headSha: string): Promise<Run | null> {
    const { name, appId } = this.#parts;
    const runs = await this.#runs.ask({
      ref: headSha,
      check_name: name,
      app_id: appId,
      filter: "latest",
      per_page: 100,
    });
    return runs.toSorted((a, b) => b.id - a.id)[0] ?? null;
  }

  async #write({ headSha, verdict, footer, now }: Showing, externalId: string, old: Run | null): Promise<void> {
    const notes = verdict.annotations.slice(old?.notes ?? 0).map((one) => noteOf(one, this.#parts.file));
    const batches = Array.from({ length: Math.max(1, Math.ceil(notes.length / MOST_NOTES_A_CALL)) }, (_, index) =>
      notes.slice(index * MOST_NOTES_A_CALL, (index + 1) * MOST_NOTES_A_CALL),
    );
    const output = { title: clipped(verdict.title, MOST_TITLE), summary: summaryOf(verdict, footer) };
    const conclusion = verdict.isGood ? "success" : "failure";
    const end = { status: "completed", conclusion, completed_at: formatInstant(now) };
    let id = old?.id ?? null;
    for (const [index, annotations] of batches.entries()) {
      const state = index === batches.length - 1 ? end : { status: "in_progress" };
      const body = { name: this.#parts.name, external_id: externalId, ...state, output: { ...output, annotations } };
      id = await this.#send(id, { ...body, head_sha: headSha });
    }
  }

  async #send(id: number | null, body: Readonly<Record<string, unknown>>): Promise<number> {
    if (id === null) return parsed(idIn, await this.#calls.write("POST /repos/{owner}/{repo}/check-runs", body));
    const { head_sha: _, ...changes } = body;
    return this.#change(id, changes);
  }

  /** What an earlier bot began and can't be gone on with is not left as if it were still running. */
  async #end({ id }: Run, { now }: Showing): Promise<void> {
    const end = { status: "completed", conclusion: "cancelled", completed_at: formatInstant(now) };
    await this.#change(id, end);
  }

  async #change(id: number, changes: Readonly<Record<string, unknown>>): Promise<number> {
    const route = "PATCH /repos/{owner}/{repo}/check-runs/{check_run_id}";
    return parsed(idIn, await this.#calls.write(route, { check_run_id: id, ...changes }));
  }
}

const idIn = (data: unknown): number => numberWithin(data, "id");

const summaryOf = (verdict: Verdict, footer: string): string =>
  `${cutAtLine(textOf(verdict), MOST_SUMMARY - footer.length - 2)}

${footer}`;

function noteOf({ line, column, level, title, message }: Annotation, path: string): Readonly<Record<string, unknown>> {
  return {
    path,
    start_line: line,
    end_line: line,
    start_column: column,
    end_column: column,
    annotation_level: level,
    title: clipped(title, MOST_TITLE),
    message: clipped(message, MOST_MESSAGE),
  };
}

function parseRun(data: unknown, { name, appId }: CheckParts): readonly Run[] {
  // Of another app, or by another name: what a proxy or an older server lists although it was not asked for.
  if (textWithin(data, "name") !== name || within(data, "app", "id") !== appId) return [];
  const status = textWithin(data, "status");
  const suite = within(data, "check_suite", "id");
  return [
    {
      id: numberWithin(data, "id"),
      isCompleted: status === "completed",
      isQueued: status === "queued",
      externalId: String(within(data, "external_id") ?? ""),
      suite: typeof suite === "number" ? suite : null,
      notes: numberWithin(data, "output", "annotations_count"),
    },
  ];
}
