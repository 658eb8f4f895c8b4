import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setImmediate as macrotask } from "node:timers/promises";
import { onTestFinished } from "vitest";
import type { Turn } from "../../../bot/coordinator/coordinator.ts";
import { Forecaster } from "../../../bot/coordinator/forecaster.ts";
import type { PolicyNews, RunningSource } from "../../../bot/coordinator/policy-source-port.ts";
import type { Duration } from "../../../bot/core/instant.ts";
import { plan } from "../../../bot/core/plan.ts";
import type { Policy } from "../../../bot/core/policy/policy.ts";
import { NOW } from "../../../bot/core/testing/now.ts";
import { connectGitHub, type GitHubConnection } from "../../../bot/git/github/connection.ts";
import { gitHubPolicy } from "../../../bot/git/github/github-place.ts";
import { PullReviewer } from "../../../bot/git/github/pulls/reviewer.ts";
import { reviewOf } from "../../../bot/git/review/review-of.ts";
import { standing } from "../../../bot/git/review/testing/starting-cluster.ts";
import { type Parse, policyFrom } from "../../../bot/git/sources.ts";
import { webhookRoute } from "../../../bot/http/github/webhook.ts";
import { serve } from "../../../bot/http/server.ts";
import { parsePolicy } from "../../../bot/policy/parse-policy.ts";
import { formatProblem } from "../../../bot/policy/problem.ts";
import { WorldClock } from "../../../bot/sim/clock.ts";
import { Underway } from "../../../bot/sim/underway.ts";
import type { EmulatedHub, HookTarget } from "./emulated.ts";
import { AT, TOKEN } from "./hub.ts";

const FILE = "policy.yaml";
const SECRET = "a hook's secret";
const RANDOM = { next: () => 0.5 };

interface Line {
  readonly event: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** All of the product that speaks with GitHub, beside a starting cluster that stands still: a GitHub of whomever is behind it. */
export class Product {
  readonly lines: Line[] = [];
  readonly #clock = new WorldClock(NOW);
  readonly #underway = new Underway();
  readonly #folder = mkdtempSync(join(tmpdir(), "bootswain-product-"));
  readonly #heard = new Set<() => void>();
  #source: RunningSource | null = null;
  #reviewer: PullReviewer | null = null;
  #policy: Policy | undefined;
  #hints = 0;

  /** How often it looks at the policy by itself. */
  readonly #every: Duration;

  constructor(every: Duration) {
    this.#every = every;
    writeFileSync(join(this.#folder, "secret"), SECRET);
    writeFileSync(join(this.#folder, "token"), TOKEN);
    onTestFinished(() => rmSync(this.#folder, { recursive: true, force: true }));
  }

  /** The policy that it would act by. */
  get policy(): Policy | undefined {
    return this.#policy;
  }

  /** Where GitHub's deliveries are taken, from now on. */
  async door(): Promise<HookTarget> {
    const route = webhookRoute({
      ...{ secretFile: join(this.#folder, "secret"), policy: { repository: `${AT.owner}/${AT.repo}`, ref: "main" } },
      log: this.#log(),
      metrics: { countDelivery: () => {} },
      lookAgain: () => this.#lookAgain(),
    });
    const server = await serve({ host: "127.0.0.1", port: 0 }, [route]);
    onTestFinished(() => server.stop());
    return { url: `http://127.0.0.1:${server.port}/github/webhook`, secret: SECRET };
  }

  /** Reads its policy there and answers pull requests, and leads. */
  begin(hub: EmulatedHub, as: "app" | "token" = "app"): void {
    const connection = this.#connectionTo(hub, as);
    const clock = { now: () => this.#clock.now(), monotonic: () => this.#clock.now(), after: this.#after };
    const place = gitHubPolicy({ ...AT, apiUrl: hub.apiUrl, ref: "main", path: FILE }, { connection, clock });
    const source = policyFrom(place, { clock, random: RANDOM, every: this.#every, parse }).start((news) =>
      this.#take(news),
    );
    const reviewer = new PullReviewer({
      ...{ connection, clock, random: RANDOM, log: this.#log(), place: { branch: "main", path: FILE } },
      clusterName: "abal-kuber",
      review: (proposal, beside) => reviewOf(proposal, check, beside),
    });
    this.#source = source;
    this.#reviewer = reviewer;
    onTestFinished(() => {
      source.stop();
      reviewer.stop();
    });
  }

  /** Resolves once so many deliveries were found to be about the policy. */
  async told(count: number): Promise<void> {
    while (this.#hints < count) await new Promise<void>((resolve) => this.#heard.add(resolve));
  }

  /** True once it is so; false when it was not within so much of its time, which stands still while a GitHub is asked. */
  async until(isSo: () => boolean, longest: Duration): Promise<boolean> {
    // What was begun asks a moment later.
    await macrotask();
    return this.#underway.runUntil(this.#clock, isSo, this.#clock.now() + longest);
  }

  /** The titles of what it told pull requests, in their order. */
  answers(): readonly unknown[] {
    return this.lines.filter(({ event }) => event === "pull request answered").map(({ fields }) => fields["title"]);
  }

  readonly #after = (delay: Duration, run: () => void) => this.#clock.after(delay, run);

  #connectionTo({ apiUrl, app }: EmulatedHub, as: "app" | "token"): GitHubConnection {
    const [keyFile, file] = [join(this.#folder, "key.pem"), join(this.#folder, "token")];
    writeFileSync(keyFile, app.privateKey);
    const identity = as === "token" ? ({ kind: "token", file } as const) : { kind: as, id: `${app.appId}`, keyFile };
    const clock = { now: () => this.#clock.now(), monotonic: () => this.#clock.now(), after: this.#after };
    const connection = connectGitHub({ ...AT, apiUrl, identity, clock, log: this.#log() });
    onTestFinished(() => connection.close());
    connection.octokit.hook.wrap("request", (request, options) =>
      this.#underway.during(Promise.resolve(request(options))),
    );
    return { ...connection, app: () => this.#underway.during(connection.app()) };
  }

  #log() {
    const add = (event: string, fields: Readonly<Record<string, unknown>> = {}): void =>
      void this.lines.push({ event, fields });
    return { info: add, warn: add };
  }

  #take(news: PolicyNews): void {
    if (news.kind === "good") this.#policy = news.policy;
    else this.lines.push({ event: "policy not used", fields: { problems: news.problems } });
    this.#show();
  }

  #lookAgain(): void {
    this.#hints += 1;
    this.#source?.hurry();
    this.#show();
    for (const wake of this.#heard) wake();
    this.#heard.clear();
  }

  /** As the loop does after each turn. */
  #show(): void {
    const { snapshot: still } = standing();
    const fleet = still.fleet === null ? null : { ...still.fleet, lookAgain: `${this.#hints}` };
    const snapshot = { ...still, fleet };
    const [policy, now] = [this.#policy, this.#clock.now()];
    const decided = plan(snapshot, new Set(), policy, now);
    const forecast = new Forecaster().of({ snapshot, plan: decided, policy, now });
    const turn: Turn = { snapshot, policy, policyStatus: null, now, isLeader: true, plan: decided, forecast };
    this.#reviewer?.show(turn);
  }
}

const check = (text: string, file: string) => parsePolicy(text, { file, commit: null, subject: null, now: NOW });

const parse: Parse = (text, { file, commit }, source) => {
  const parsed = parsePolicy(text, { ...commit, file, commit: commit?.id ?? null, subject: commit?.subject ?? null });
  if (parsed.ok) return { kind: "good", policy: parsed.policy, source, text };
  return { kind: "bad", problems: parsed.problems.map(formatProblem), source, commit: commit?.id ?? null };
};
