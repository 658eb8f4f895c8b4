import type { CheckRun, Pull } from "../sim/github/conversation.ts";
import { mergePull, openPull } from "../sim/github/pulls.ts";
import { FILE, type PolicyOnGitHub } from "./policy-on-github.ts";
import type { Timeline } from "./timeline.ts";
import type { Wanted } from "./wanted.ts";

const TITLE = "Begin the reboot nights at half past nine";
const HEAD = "earlier";
const WHO = "#1";

/** With slips in two lines, as they happen. */
const SLIPS = [
  ["retryAfter", "retryAftr"],
  ["backWithin: 15m", "backWithin: 15 min"],
] as const;

/**
 * Ben changes the policy by pull request: first with slips, then without. What the bot answers is told as it comes, and
 * somebody has to merge it.
 */
export class PullStory {
  readonly #policies: PolicyOnGitHub;
  readonly #timeline: Timeline;
  readonly #better: string;
  #pull: Pull | null = null;
  /** Of the commits that were answered. */
  readonly #answered = new Set<string>();
  #isOver = false;

  constructor(policies: PolicyOnGitHub, timeline: Timeline, text: string) {
    this.#policies = policies;
    this.#timeline = timeline;
    this.#better = text.replaceAll('from: "22:00"', 'from: "21:30"');
  }

  begin(): void {
    const { github, repository } = this.#policies;
    this.#push(
      SLIPS.reduce((text, [right, wrong]) => text.replace(right, wrong), this.#better),
      "Begin earlier",
    );
    this.#pull = openPull(github, repository, { title: TITLE, author: "ben", head: HEAD });
    this.#say(`ben opens pull request #1 "${TITLE}"`);
  }

  /** Tells what the bot has answered since the last time. */
  look(): void {
    const head = this.#head();
    const run = this.#runAt(head);
    if (head === null || run === null || this.#answered.has(head)) return;
    if (run.conclusion === "success" && this.#comment().length === 0) return;
    this.#answered.add(head);
    this.#say(`${run.name}: ${run.conclusion}, ${run.output.title ?? ""}`);
    if (run.conclusion === "success") {
      for (const line of this.#comment()) this.#timeline.quote(line);
      return;
    }
    for (const note of run.annotations)
      this.#timeline.quote(`${note["path"]}:${note["start_line"]}: ${note["title"]}: ${note["message"]}`);
    this.#push(this.#better, "Mend the slips");
    this.#say("ben pushes a commit that mends them");
  }

  /** What is asked of people. */
  wanted(): readonly Wanted[] {
    const head = this.#head();
    const isReady = head !== null && this.#runAt(head)?.conclusion === "success" && this.#answered.has(head);
    return isReady && !this.#isOver
      ? [{ command: "merge", why: `Pull request #1 "${TITLE}" waits to be merged.` }]
      : [];
  }

  /** False where there is nothing to merge. */
  merge(): boolean {
    if (this.wanted().length === 0) return false;
    const { github, repository } = this.#policies;
    const commit = mergePull(github, repository, this.#pull?.number ?? 0);
    this.#isOver = true;
    this.#say(`is merged by ana, as commit ${commit.slice(0, 7)}`);
    return true;
  }

  #push(text: string, message: string): void {
    this.#policies.repository.commit({ branch: HEAD, files: { [FILE]: text }, message, author: BEN });
  }

  #head(): string | null {
    const { repository } = this.#policies;
    return repository.pulls.get(this.#pull?.number ?? 0)?.head.sha ?? null;
  }

  #runAt(head: string | null): CheckRun | null {
    const runs = [...this.#policies.repository.checkRuns.values()];
    return runs.find(({ headSha, status }) => headSha === head && status === "completed") ?? null;
  }

  /** Without the line by which the bot knows it again. */
  #comment(): readonly string[] {
    const [comment] = [...this.#policies.repository.comments.values()];
    const isNew = comment !== undefined && !comment.body.includes("problem");
    return isNew ? comment.body.split("\n").filter((line) => line !== "" && !line.startsWith("<!--")) : [];
  }

  #say(what: string): void {
    this.#timeline.say(this.#policies.github.now(), WHO, what);
  }
}

const BEN = { name: "Ben", email: "ben@example.com" };
