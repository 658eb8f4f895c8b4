import { setImmediate as macrotask } from "node:timers/promises";
import { onTestFinished, vi } from "vitest";
import type { Turn } from "../../../coordinator/coordinator.ts";
import { Forecaster } from "../../../coordinator/forecaster.ts";
import type { Clock } from "../../../coordinator/ports.ts";
import { plan } from "../../../core/plan.ts";
import type { Policy } from "../../../core/policy/policy.ts";
import { aSnapshot } from "../../../core/testing/builders.ts";
import { aFleetWith } from "../../../core/testing/fleets.ts";
import { aPolicy } from "../../../core/testing/policies.ts";
import type { Permissions } from "../../../sim/github/access.ts";
import type { CheckRun, Comment } from "../../../sim/github/conversation.ts";
import { openPull } from "../../../sim/github/pulls.ts";
import type { Repository } from "../../../sim/github/repository.ts";
import type { Proposal, Review } from "../../review/review.ts";
import type { GitHubConnection, GitHubIdentity } from "../connection.ts";
import type { MakeReview } from "../pulls/judging.ts";
import { PullReviewer } from "../pulls/reviewer.ts";
import { anAppOf, aPrivateGitHub } from "./connected.ts";

export const FILE = "policy.yaml";
export const CLUSTER = "lab";
export const WRITES: Permissions = {
  metadata: "read",
  contents: "read",
  pull_requests: "write",
  checks: "write",
  statuses: "write",
};
export const MINUTE = 60_000;
export const HOUR = 60 * MINUTE;

/** Each line with "wrong" in it is a mistake; else the first line is the effect, and an empty file has none. */
export function simpleReview(proposal: Proposal): Review {
  if (proposal.kind === "unfit") return { isGood: false, title: "no policy", text: proposal.problem, annotations: [] };
  const lines = proposal.text.split("\n");
  const annotations = lines.flatMap((text, index) =>
    text.includes("wrong")
      ? [{ line: index + 1, column: 1, level: "failure" as const, title: "mistake", message: text }]
      : [],
  );
  const said = annotations.map(({ line, message }) => `- ${proposal.file}:${line}: ${message}`).join("\n");
  if (annotations.length > 0)
    return { isGood: false, title: `${annotations.length} mistakes`, text: said, annotations };
  return { isGood: true, title: "fine", text: lines[0] === "" ? "" : `Effect: ${lines[0]}`, annotations };
}

interface BotOptions {
  readonly kind?: "app" | "token";
  readonly clusterName?: string;
  readonly path?: string;
  readonly review?: MakeReview;
}

/** What one bot was told, and tells. */
export function aBotOf(world: World, { kind = "app", clusterName = CLUSTER, path = FILE, review }: BotOptions = {}) {
  const { clock, connect, github, identity, files } = world;
  const connection = connect(kind === "app" ? identity : { kind: "token", file: files.token });
  const logged: { readonly event: string; readonly fields: unknown }[] = [];
  const note = (event: string, fields?: unknown): void => void logged.push({ event, fields });
  let hint: string | null = null;
  let policy: Policy | undefined = aPolicy({ commit: "1".repeat(40) });
  const reviewer = new PullReviewer({
    connection,
    place: { branch: "main", path },
    ...{ clusterName, clock, random: { next: () => 0.5 }, log: { info: note, warn: note } },
    review: review ?? simpleReview,
  });
  onTestFinished(() => reviewer.stop());
  let changes = 0;
  const footing = reviewer.footing.start(() => {
    changes += 1;
  });
  onTestFinished(() => footing.stop());
  const turn = (isLeader: boolean): Turn => {
    const snapshot = aSnapshot({ fleet: { ...aFleetWith(), lookAgain: hint } });
    const now = clock.now();
    const decided = plan(snapshot, new Set(), policy, now);
    const policyStatus =
      policy === undefined
        ? null
        : { source: "github", commit: policy.commit, valid: true, problems: [], text: null, since: now };
    const forecast = new Forecaster().of({ snapshot, plan: decided, policy, now });
    return { snapshot, policy, policyStatus, now, isLeader, plan: decided, forecast };
  };
  return {
    ...{ reviewer, logged, github },
    events: () => logged.map(({ event }) => event),
    says: () => reviewer.footing.observed(),
    changes: () => changes,
    lead: () => reviewer.show(turn(true)),
    stop: () => reviewer.stop(),
    follow: () => reviewer.show(turn(false)),
    lookAgain: (value: string) => {
      hint = value;
      reviewer.show(turn(true));
    },
    force: (next: Policy | undefined) => {
      policy = next;
      reviewer.show(turn(true));
    },
  };
}

/** A GitHub with a private acme/policy, its main protected, and an App on it; time moves by hand, and all that is asked in between is answered. */
export async function aReviewedGitHub(permissions: Permissions = WRITES) {
  const world = await aPrivateGitHub();
  const app = anAppOf(world, permissions);
  world.repository.protect("main");
  const due = new Set<{ readonly at: number }>();
  const clock: Clock = {
    ...world.clock,
    after: (delay, run) => {
      const timer = { at: world.clock.now() + delay };
      due.add(timer);
      const done = world.clock.after(delay, () => {
        due.delete(timer);
        run();
      });
      return {
        stop: () => {
          due.delete(timer);
          done.stop();
        },
      };
    },
  };
  let underWay = 0;
  const counted = async <T>(work: () => Promise<T>): Promise<T> => {
    underWay += 1;
    try {
      return await work();
    } finally {
      underWay -= 1;
    }
  };
  /** A connection whose calls are waited for while time stands still. */
  const connect = (identity: GitHubIdentity): GitHubConnection => {
    const connection = world.connect(identity);
    connection.octokit.hook.wrap("request", (request, options) => counted(async () => request(options)));
    return { ...connection, app: () => counted(() => connection.app()) };
  };
  const idle = async (): Promise<void> => {
    for (let quiet = 0; quiet < 4; quiet = underWay === 0 ? quiet + 1 : 0) await macrotask();
  };
  const moveTo = async (at: number): Promise<void> => {
    await world.advance(at - clock.now());
    vi.setSystemTime(clock.now());
  };
  const run = async (length: number, isDone: () => boolean = () => false): Promise<void> => {
    const end = clock.now() + length;
    await idle();
    while (!isDone()) {
      const next = Math.min(...[...due].map(({ at }) => at));
      if (next > end) break;
      await moveTo(next);
      await idle();
    }
    if (!isDone()) await moveTo(end);
  };
  /** While the first slow answer is waited for. */
  const runStuck = async (length: number): Promise<void> => {
    const taken = vi.spyOn(world.server.faults, "take");
    await moveTo(clock.now());
    while (!taken.mock.results.some(({ value }) => value?.kind === "slow")) await macrotask();
    await moveTo(clock.now() + length);
    await idle();
  };
  const { repository, github, server } = world;
  /** Opens a pull request from a new branch. */
  const propose = (files: Parameters<Repository["commit"]>[0]["files"], branch = "wider", from = repository) => {
    const head = from.commit({ branch, files });
    const fork = from === repository ? {} : { fork: from };
    const pull = openPull(github, repository, { title: branch, author: "ben", head: branch, ...fork });
    if (pull === null) throw new Error("there is nothing to propose");
    return { number: pull.number, head: head.sha };
  };
  const runsOf = (sha: string): readonly CheckRun[] =>
    [...repository.checkRuns.values()].filter(({ headSha }) => headSha === sha);
  const commentsOn = (pull: number): readonly Comment[] =>
    [...repository.comments.values()].filter(({ number }) => number === pull);
  /** The routes that write, answered or not. */
  const writes = (): readonly string[] =>
    server.requests.map(({ route }) => route).filter((route) => !route.startsWith("GET ") && !route.includes("/app/"));
  return { ...world, ...app, clock, connect, moveTo, run, runStuck, propose, runsOf, commentsOn, writes };
}

export type World = Awaited<ReturnType<typeof aReviewedGitHub>>;
