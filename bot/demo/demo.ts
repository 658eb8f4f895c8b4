import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { PolicySource } from "../coordinator/policy-source-port.ts";
import type { Policy } from "../core/policy/policy.ts";
import { Checkout, type PolicyAtCommit } from "../git/checkout.ts";
import { gitCommand } from "../git/git.ts";
import { parsePolicy } from "../policy/parse-policy.ts";
import { formatProblem } from "../policy/problem.ts";
import { EXIT, type ExitCode, UserError } from "../process/exit.ts";
import type { SimCluster } from "../sim/cluster.ts";
import { makeRepository } from "./repository.ts";
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

/** The starting cluster from its first pending reboot to its last: all but the cluster is the real product. */
export async function runDemo(terminal: DemoTerminal, policyFile = POLICY_FILE): Promise<ExitCode> {
  const folder = await mkdtemp(join(tmpdir(), "bootswain-demo-"));
  try {
    const { policy, commit } = await policyFromGit(folder, policyFile);
    introduce(terminal, policy, commit);
    return await new Demo(terminal, policy).run();
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function policyFromGit(folder: string, policyFile: string): Promise<{ policy: Policy; commit: PolicyAtCommit }> {
  const repository = join(folder, "platform-policies");
  const place = { url: `file://${repository}`, ref: "main", path: "abal-kuber.yaml" };
  try {
    await makeRepository(repository, place.path, await readFile(policyFile, "utf8"), "Reboot nights for abal-kuber");
  } catch (cause) {
    throw new UserError(
      "The demo makes a git repository and could not: install git, and see that it runs.",
      EXIT.unreachable,
      cause,
    );
  }
  const commit = await new Checkout(gitCommand(30_000), place, folder).read(AbortSignal.timeout(60_000));
  const parsed = parsePolicy(commit.text, { file: place.path, commit: commit.commit, subject: commit.subject });
  if (!parsed.ok) throw new UserError(parsed.problems.map(formatProblem).join("\n"), EXIT.problems);
  return { policy: parsed.policy, commit };
}

function introduce({ print }: DemoTerminal, policy: Policy, { commit, subject }: PolicyAtCommit): void {
  print(
    `Bootswain demo: cluster ${policy.cluster}, simulated; policy, decisions, drains and agents are the real program.`,
  );
  print(`Policy ${commit.slice(0, 7)} "${subject}" from a git repository made for this demo.`);
  print(
    "Three control-plane nodes (approval needed) and one worker (automatic) need a reboot: a new kernel is installed.",
  );
  print(
    `Their window is 22:00 to 01:00, ${policy.timeZone}. One node at a time. The worker runs a pod whose PDB forbids every eviction.`,
  );
  print("");
}

class Demo {
  readonly #terminal: DemoTerminal;
  readonly #timeline: Timeline;
  readonly #cluster: SimCluster;
  readonly #firstBoots = new Map<string, string>();
  #asked = 0;
  #isQuit = false;

  constructor(terminal: DemoTerminal, policy: Policy) {
    this.#terminal = terminal;
    this.#timeline = new Timeline(policy.timeZone, terminal.print);
    this.#cluster = startingCluster(sourceOf(policy), ({ at, node }) =>
      this.#timeline.say(at, node, "its agent calls the reboot"),
    );
    this.#cluster.store.onChange((change) => this.#timeline.see(change));
  }

  async run(): Promise<ExitCode> {
    for (const host of this.#cluster.hosts.values()) this.#firstBoots.set(host.node, host.bootId());
    await settle(this.#cluster);
    while (!this.#isDone() && !this.#isQuit && this.#now() < DEMO_START + LONGEST) {
      const turn = this.#cluster.leaderTurn();
      const wanted = turn === null ? [] : wantedDecisions(turn);
      if (wanted.length > 0) await this.#decide(wanted);
      await this.#cluster.clock.runUntil(() => false, this.#now() + SLICE);
      await this.#terminal.breathe();
    }
    return this.#conclude();
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
    const hint =
      example === undefined
        ? ""
        : ` (for example: ${example.verb} ${example.node}${example.verb === "force" ? " kernel fix must go in" : ""})`;
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
        await this.#cluster.clock.runUntil(() => false, this.#now() + 15 * 60_000);
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
    await this.#cluster.clock.runUntil(() => answer !== null, this.#now() + 60_000);
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

function sourceOf(policy: Policy): PolicySource {
  return {
    start: (heard) => {
      heard({ kind: "good", policy, source: "platform-policies@main:abal-kuber.yaml", text: null });
      return { stop: () => {}, hurry: () => {} };
    },
  };
}

/** The answers of a demo that runs without a person. */
export function yesTo(prompt: string): string {
  const example = /for example: ([^)]+)\)/.exec(prompt)?.[1];
  return example ?? "wait";
}
