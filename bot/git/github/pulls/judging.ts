import type { Turn } from "../../../coordinator/coordinator.ts";
import type { Clock } from "../../../coordinator/ports.ts";
import type { FileAtCommit } from "../../commit-file.ts";
import { codeSpan } from "../../review/markdown.ts";
import type { Proposal, Review, Standing } from "../../review/review.ts";
import type { FilesAt } from "./file-at.ts";
import type { PullNow } from "./open-pulls.ts";
import { type Verdict, verdictOf } from "./verdict.ts";

export type MakeReview = (proposal: Proposal, standing: Standing) => Review;

/** What it takes to judge. */
export interface Judging {
  readonly files: FilesAt;
  readonly file: string;
  readonly clusterName: string;
  readonly review: MakeReview;
  readonly clock: Clock;
}

/**
 * What the bot says to a pull request: to the file as a merge would make it, where that is known. Of a fork, too, it is read
 * in the base repository; and all that it is compared with comes from the cluster and the protected branch.
 */
export async function judgePull(pull: PullNow, turn: Turn, judging: Judging): Promise<Verdict> {
  const { files, file } = judging;
  const reviewOf = reviewer(turn, judging);
  const head = await files.at(pull.headSha);
  if (pull.merge.kind !== "clean") return verdictOf(reviewOf(head), null, noteOn(pull));
  const merged = await files.at(pull.merge.sha);
  if (isSame(head, merged)) return verdictOf(reviewOf(merged), null, null);
  const base = codeSpan(pull.baseRef);
  const note = `The branch's ${codeSpan(file)} is not what a merge would make of it, since ${base} has changed it too. This is about the merged file.`;
  return verdictOf(reviewOf(merged), reviewOf(head), note);
}

/** What the bot says to a commit that is what a branch is going to be. */
export async function judgeCommit(sha: string, turn: Turn, judging: Judging): Promise<Verdict> {
  return verdictOf(reviewer(turn, judging)(await judging.files.at(sha)), null, null);
}

function reviewer({ snapshot, policy }: Turn, judging: Judging): (found: FileAtCommit) => Review {
  const { clusterName, clock, file, review } = judging;
  const standing: Standing = { clusterName, snapshot, inForce: policy, now: clock.now() };
  return (found) => review(proposalOf(file, found), standing);
}

const proposalOf = (file: string, found: FileAtCommit): Proposal =>
  found.ok ? { kind: "text", file, text: found.text } : { kind: "unfit", file, problem: `${found.found}.` };

function isSame(one: FileAtCommit, other: FileAtCommit): boolean {
  if (one.ok && other.ok) return one.text === other.text;
  return one.ok === other.ok;
}

function noteOn({ merge, baseRef }: PullNow): string {
  if (merge.kind === "conflict")
    return `This branch conflicts with ${codeSpan(baseRef)}. This is about the file on this branch; bring the branch up to date to see what a merge would do.`;
  return `GitHub has not said yet whether this branch can be merged into ${codeSpan(baseRef)}. This is about the file on this branch.`;
}
