import { type Duration, formatInstant, type Instant, MINUTE } from "../../core/instant.ts";
import type { SimCluster } from "../cluster.ts";
import type { SeededRandom } from "../random.ts";
import { at, cordonedFor, isUnschedulable, list, nameOf, text, time } from "../rules/world.ts";
import type { Clickers } from "./clickers.ts";
import { setSchedulable } from "./incidents.ts";
import { ACCOUNTS, type Account } from "./staff.ts";

const LOOK_EVERY: Duration = 4 * MINUTE;

interface Habits {
  /** Who is in Slack writes to the bot there. */
  readonly inSlack: Pick<Clickers, "write">;
  readonly mayForce: boolean;
  /** From then on they uncordon what they had cordoned. */
  readonly tidyFrom: Instant;
}

/** What `now` lifts. */
const LIFTED_BY_NOW: ReadonlySet<string> = new Set(["window", "after", "back-off"]);

/** Everyone with an account: they approve what waits for them, force or retry what is stuck, and make mistakes now and then. */
export class People {
  readonly #cluster: SimCluster;
  readonly #random: SeededRandom;
  readonly #habits: Habits;
  #asked = 0;

  constructor(cluster: SimCluster, random: SeededRandom, habits: Habits) {
    this.#cluster = cluster;
    this.#random = random;
    this.#habits = habits;
    for (const { system, id, groups } of ACCOUNTS) if (system === "kubernetes") cluster.server.join(id, groups);
  }

  start(): void {
    this.#cluster.clock.after(LOOK_EVERY, () => {
      for (const reboot of this.#cluster.store.all("nodereboots")) this.#lookAt(reboot);
      for (const node of this.#cluster.store.all("nodes")) this.#tidy(node);
      const isPaused = this.#isPaused();
      if (this.#random.chance(isPaused ? 0.3 : 0.01)) this.#ask(isPaused ? "resume" : "pause", []);
      this.start();
    });
  }

  #lookAt(reboot: unknown): void {
    const node = nameOf(reboot);
    const holds = list(at(reboot, "status", "holds")).map((hold) => text(at(hold, "kind")));
    const isBlocked = text(at(reboot, "status", "outcome", "why", "kind")) === "blocked";
    if (holds.includes("approval") && this.#random.chance(0.5)) this.#decide("approve", node);
    if (holds.includes("reboot did not happen")) this.#decide("retry", node);
    if (isBlocked && this.#habits.mayForce && this.#random.chance(0.4)) this.#decide("force", node);
    if (holds.some((kind) => LIFTED_BY_NOW.has(kind)) && this.#random.chance(0.02)) this.#decide("now", node);
    if (this.#random.chance(0.005)) this.#decide("retry", node);
    if (this.#random.chance(0.005)) this.#decide("skip", node);
    if (text(at(reboot, "status", "failed", "cause", "kind")) === "hook failed")
      this.#decide(this.#random.pick(["retry", "release"] as const) ?? "release", node);
    if (holds.includes("released") && this.#random.chance(0.2)) this.#decide("retry", node);
    if (holds.includes("cordoned by someone") && this.#random.chance(0.1)) this.#decide("adopt", node);
    for (const verb of ["reboot", "keep", "release", "withdraw"]) {
      if (this.#random.chance(0.003)) this.#decide(verb, node);
    }
  }

  #tidy(node: unknown): void {
    if (this.#cluster.clock.now() < this.#habits.tidyFrom) return;
    const isTheirs = isUnschedulable(node) && cordonedFor(node) === "";
    if (isTheirs && this.#random.chance(0.2)) setSchedulable(this.#cluster, nameOf(node), true);
  }

  /** As the newest word about it says that counts. */
  #isPaused(): boolean {
    const counted = this.#cluster.store
      .all("rebootdecisions")
      .filter(
        (one) => text(at(one, "status", "outcome")) === "counted" && list(at(one, "spec", "targets")).length === 0,
      );
    const newest = counted.toSorted((a, b) => time(at(a, "status", "at")) - time(at(b, "status", "at"))).at(-1);
    return text(at(newest, "spec", "verb")) === "pause";
  }

  #decide(verb: string, node: string): void {
    this.#ask(verb, [node]);
  }

  #ask(verb: string, nodes: readonly string[]): void {
    const account = this.#random.pick(ACCOUNTS);
    if (account?.system === "slack")
      this.#habits.inSlack.write(account.id, { verb, nodes, text: this.#wordsFor(verb, nodes) });
    if (account?.system === "kubernetes") this.#create(account, verb, nodes);
  }

  /** As it is written to the bot: "approve now 01", "force abal-kuber01: it must go". */
  #wordsFor(verb: string, nodes: readonly string[]): string {
    const names = nodes.map((node) => (this.#random.chance(0.5) ? node : (/\d+$/.exec(node)?.[0] ?? node)));
    const said = [verb === "now" ? "approve now" : verb, ...names].join(" ");
    const inAWhile = formatInstant(this.#cluster.clock.now() + 31 * MINUTE).slice(11, 16);
    if (verb === "skip") return this.#random.chance(0.5) ? `${said} for 30 minutes` : `${said} until ${inAWhile} utc`;
    return verb === "force" || verb === "reboot" || verb === "pause" ? `${said}: it must go` : said;
  }

  #create({ system, id, groups }: Account, verb: string, nodes: readonly string[]): void {
    this.#asked += 1;
    const until = verb === "skip" ? { until: formatInstant(this.#cluster.clock.now() + 30 * MINUTE) } : {};
    this.#cluster.server.handle(id, {
      verb: "create",
      resource: "rebootdecisions",
      object: {
        apiVersion: "bootswain.dev/v1alpha1",
        kind: "RebootDecision",
        metadata: { name: `${verb}-${this.#asked}` },
        spec: {
          verb,
          targets: nodes.map((node) => ({ node })),
          by: { system, id },
          groups,
          reason: "it must go",
          ...until,
        },
      },
    });
  }
}
