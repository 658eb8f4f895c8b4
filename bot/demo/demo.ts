import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Instant, MINUTE } from "../core/instant.ts";
import type { Policy } from "../core/policy/policy.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { formatProblem } from "../policy/problem.ts";
import { EXIT, type ExitCode, UserError } from "../process/exit.ts";
import type { SimCluster } from "../sim/cluster.ts";
import { FILE, PolicyOnGitHub } from "./policy-on-github.ts";
import { PullStory } from "./pull-story.ts";
import { DEMO_START, settle, startingCluster } from "./story.ts";
import { Timeline } from "./timeline.ts";
import { parseTyped, type Typed } from "./typed.ts";
import { type Wanted, wantedDecisions } from "./wanted.ts";

export interface DemoTerminal {
  readonly print: (line: string) => void;
  /** The next line typed; null when there is no more. */
  readonly ask: (prompt: string) => Promise<string | null>;
  /** Lets real time pass, so that a person can read along. */
  readonly breathe: () => Promise<void>;
}

const POLICY_FILE = join(import.meta.dirname, "../../policies/abal-kuber.yaml");
const SLICE = 30_000;
const LONGEST = 3 * 24 * 3_600_000;
/** Who types: ana of operators. */
const ANA = { system: "slack", id: "U01AB" } as const;

/** The starting cluster from its first pending reboot to its last: all but the cluster and GitHub is the real product. */
export async function runDemo(terminal: DemoTerminal, policyFile = POLICY_FILE): Promise<ExitCode> {
  const text = await readFile(policyFile, "utf8");
  const policy = policyIn(text);
  const timeline = new Timeline(policy.timeZone, terminal.print);
  let policies: PolicyOnGitHub | null = null;
  const known = (): PolicyOnGitHub => {
    if (policies === null) throw new Error("GitHub is not up yet");
    return policies;
  };
  const cluster = startingCluster(
    {
      policySource: (random, process) => known().sourceFor(process, random),
      reviewer: (process) => known().reviewerFor(process),
    },
    ({ at, node }) => timeline.say(at, node, "its agent calls the reboot"),
  );
  policies = await PolicyOnGitHub.open(cluster.clock, policy.cluster);
  try {
    const commit = policies.begin(text, "Reboot nights for abal-kuber");
    introduce(terminal, policy, commit);
    return await new Demo(terminal, { cluster, timeline, policies, text }).run();
  } finally {
    await policies.close();
  }
}

function policyIn(text: string): Policy {
  const parsed = parsePolicy(text, { file: FILE, commit: null, subject: null });
  if (!parsed.ok) throw new UserError(parsed.problems.map(formatProblem).join("\n"), EXIT.problems);
  return parsed.policy;
}

function introduce({ print }: DemoTerminal, policy: Policy, commit: string): void {
  print(
    `Bootswain demo: cluster ${policy.cluster} and GitHub are simulated; policy, decisions, drains, agents and GitHub's client are the real program.`,
  );
  print(`Policy ${commit.slice(0, 7)} from acme/platform-policies, which ben is about to change by pull request.`);
  print(
    "Three control-plane nodes (approval needed) and one worker (automatic) need a reboot: a new kernel is installed.",
  );
  print(
    `Their window is 22:00 to 01:00, ${policy.timeZone}. One node at a time. The worker runs a pod whose PDB forbids every eviction.`,
  );
  print("");
}

interface DemoParts {
  readonly cluster: SimCluster;
  readonly timeline: Timeline;
  readonly policies: PolicyOnGitHub;
  /** The policy that it begins with. */
  readonly text: string;
}

class Demo {
  readonly #terminal: DemoTerminal;
  readonly #timeline: Timeline;
  readonly #cluster: SimCluster;
  readonly #policies: PolicyOnGitHub;
  readonly #pull: PullStory;
  readonly #firstBoots = new Map<string, string>();
  #asked = 0;
  #isQuit = false;

  constructor(terminal: DemoTerminal, { cluster, timeline, policies, text }: DemoParts) {
    this.#terminal = terminal;
    this.#timeline = timeline;
    this.#cluster = cluster;
    this.#policies = policies;
    this.#pull = new PullStory(policies, timeline, text);
    this.#cluster.store.onChange((change) => this.#timeline.see(change));
  }

  async run(): Promise<ExitCode> {
    for (const host of this.#cluster.hosts.values()) this.#firstBoots.set(host.node, host.bootId());
    await settle(this.#cluster, (isDone, until) => this.#until(isDone, until));
    this.#pull.begin();
    while (!this.#isDone() && !this.#isQuit && this.#now() < DEMO_START + LONGEST) {
      this.#pull.look();
      const turn = this.#cluster.leaderTurn();
      const wanted = turn === null ? [] : [...this.#pull.wanted(), ...wantedDecisions(turn)];
      if (wanted.length > 0) await this.#decide(wanted);
      await this.#until(() => false, this.#now() + SLICE);
      await this.#terminal.breathe();
    }
    return this.#conclude();
  }

  #until(isDone: () => boolean, until: Instant): Promise<boolean> {
    return this.#policies.runUntil(this.#cluster.clock, isDone, until);
  }

  #now(): number {
    return this.#cluster.clock.now();
  }

  #isDone(): boolean {
    const turn = this.#cluster.leaderTurn();
    if (turn === null) return false;
    const isIdle = (turn.snapshot.fleet?.slots.length ?? 0) === 0;
    return isIdle && [...this.#cluster.hosts.values()].every((host) => !host.isPending() && host.isUp());
  }

  async #decide(wanted: readonly Wanted[]): Promise<void> {
    this.#terminal.print("");
    this.#terminal.print("A decision is wanted; time stands still.");
    for (const { why } of wanted) this.#terminal.print(`  ${why}`);
    const example = wanted[0];
    const hint = example === undefined ? "" : ` (for example: ${example.command})`;
    for (;;) {
      const line = await this.#terminal.ask(`ana${hint}> `);
      const typed: Typed =
        line === null ? { kind: "quit" } : parseTyped(line, [...this.#cluster.hosts.keys()], this.#now());
      if (await this.#obey(typed)) break;
    }
    this.#terminal.print("");
  }

  /** True when time may go on. */
  async #obey(typed: Typed): Promise<boolean> {
    switch (typed.kind) {
      case "wrong":
        this.#terminal.print(typed.says);
        return false;
      case "wait":
        await this.#until(() => false, this.#now() + 15 * MINUTE);
        return true;
      case "merge":
        if (!this.#pull.merge()) this.#terminal.print("No pull request waits to be merged.");
        return true;
      case "quit":
        this.#isQuit = true;
        return true;
      case "scale":
        this.#cluster.workloads.deploy({ namespace: "web", name: "web", replicas: typed.replicas, graceSeconds: 5 });
        this.#timeline.say(this.#now(), "web/web", `is scaled to ${typed.replicas} replicas`);
        return true;
      case "decide":
        return this.#ask(typed);
      default:
        return typed satisfies never;
    }
  }

  async #ask({ verb, node, reason, until }: Typed & { readonly kind: "decide" }): Promise<boolean> {
    const decisions = this.#cluster.bot()?.decisions ?? null;
    if (decisions === null) return true;
    this.#asked += 1;
    const request = {
      name: `demo-${this.#asked}`,
      verb,
      targets: [{ node, digest: null }],
      by: ANA,
      groups: [],
      reason,
      until,
    };
    let answer: Awaited<ReturnType<typeof decisions.ask>> | null = null;
    const asked = decisions.ask(request).then((given) => {
      answer = given;
      return given;
    });
    await this.#until(() => answer !== null, this.#now() + MINUTE);
    const given = await asked;
    if (given.kind !== "judged") this.#terminal.print(given.why);
    return given.kind === "judged" && given.judgement.outcome === "counted";
  }

  #conclude(): ExitCode {
    const { print } = this.#terminal;
    print("");
    for (const host of this.#cluster.hosts.values()) {
      const before = this.#firstBoots.get(host.node) ?? "";
      const proof =
        host.bootId() === before
          ? "was not rebooted"
          : `rebooted: boot ID ${before.slice(0, 8)} is now ${host.bootId().slice(0, 8)}`;
      print(`  ${host.node}  ${proof}`);
    }
    const isDone = this.#isDone();
    const night = Math.round((this.#now() - DEMO_START) / 60_000);
    print(
      isDone
        ? `The fleet is done after ${night} simulated minutes. Nothing is cordoned, no slot is held.`
        : "The demo ended before the fleet was done.",
    );
    return isDone || this.#isQuit ? EXIT.fine : EXIT.problems;
  }
}

/** The answers of a demo that runs without a person. */
export function yesTo(prompt: string): string {
  const example = /for example: ([^)]+)\)/.exec(prompt)?.[1];
  return example ?? "wait";
}
