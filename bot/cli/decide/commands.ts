import { type Command, Option } from "commander";
import type { NodeVerb } from "../../core/fleet/decision.ts";
import { EXIT, UserError } from "../../process/exit.ts";
import { addViewOptions } from "../cluster-view.ts";
import type { Io } from "../io.ts";
import type { Terminal } from "../terminal.ts";
import { type DecideOptions, decideCommand } from "./decide.ts";
import type { Wish } from "./wish.ts";

interface OfNodes extends DecideOptions {
  readonly pool?: string;
}

interface Approve extends OfNodes {
  readonly now: boolean;
}

interface Skip extends OfNodes {
  readonly until?: string;
  readonly for?: string;
}

interface WithReason extends DecideOptions {
  readonly reason: string;
}

type Decide = (wish: Wish, options: DecideOptions) => Promise<void>;

/** The verbs that need nothing but nodes. */
const PLAIN: readonly (readonly [NodeVerb, string])[] = [
  ["retry", "try nodes again now, before their back-off ends"],
  ["move", "restart the Deployments whose pods block nodes, so that they come up elsewhere first"],
  ["adopt", "take a cordon of someone else's over: the node is rebooted, then uncordoned"],
  ["keep", "leave nodes cordoned when this attempt is over"],
  ["release", "uncordon failed nodes, free their slots and leave them alone"],
  ["withdraw", "take back all that was decided about nodes, and an order that can still be taken back"],
];

/** One command for each verb of people, and for both verbs about the whole cluster. */
export function addDecisions(parent: Command, io: Io, terminal: Terminal): void {
  const decide: Decide = (wish, options) => decideCommand(wish, options, io, terminal);
  addApprove(parent, decide);
  addForce(parent, decide);
  addSkip(parent, decide);
  for (const [verb, describes] of PLAIN)
    ofNodes(parent.command(verb).description(describes), verb === "release").action(
      (nodes: string[], options: OfNodes) =>
        decide({ verb, about: aboutOf(nodes, options), reason: null, until: null }, options),
    );
  addReboot(parent, decide);
  addPause(parent, decide);
  addResume(parent, decide);
}

function addApprove(parent: Command, decide: Decide): void {
  ofNodes(parent.command("approve").description("let nodes of pools in mode approval reboot in their window"), true)
    .option("--now", "let them go now: outside their window too, but never in a freeze", false)
    .action((nodes: string[], { now, ...options }: Approve) =>
      decide({ verb: now ? "now" : "approve", about: aboutOf(nodes, options), reason: null, until: null }, options),
    );
}

function addForce(parent: Command, decide: Decide): void {
  const command = parent
    .command("force")
    .description("let a node's drain delete the pods that disruption budgets protect; lifts nothing else")
    .argument("<node>", NODE)
    .requiredOption("--reason <text>", "why, for the record");
  common(command, true).action((node: string, options: WithReason) =>
    decide({ verb: "force", about: { nodes: [node] }, reason: reasonOf(options), until: null }, options),
  );
}

function addReboot(parent: Command, decide: Decide): void {
  const command = parent
    .command("reboot")
    .description("have a node rebooted though its host does not ask for it; it waits as any other does")
    .argument("<node>", NODE)
    .requiredOption("--reason <text>", "why, for the record");
  common(command, true).action((node: string, options: WithReason) =>
    decide({ verb: "reboot", about: { nodes: [node] }, reason: reasonOf(options), until: null }, options),
  );
}

function addSkip(parent: Command, decide: Decide): void {
  ofNodes(parent.command("skip").description("leave nodes alone for a while"), false)
    .option("--until <time>", 'such as "fri 18:00" or 2026-12-04T18:00, in the policy\'s zone')
    .option("--for <length>", "such as 3d, 12h or 90m")
    .action((nodes: string[], { until, for: length, ...options }: Skip) => {
      const about = aboutOf(nodes, options);
      if ((until === undefined) === (length === undefined))
        throw new UserError('Say until when: --until "fri 18:00", or --for 3d.', EXIT.usage);
      return decide({ verb: "skip", about, reason: null, until: until ?? `for ${length}` }, options);
    });
}

function addPause(parent: Command, decide: Decide): void {
  const command = parent
    .command("pause")
    .description("stop all reboots of the cluster until someone resumes them")
    .option("--reason <text>", "why, for all who wait");
  common(command, false).action((options: Partial<WithReason> & DecideOptions) =>
    decide({ verb: "pause", about: null, reason: options.reason?.trim() || null, until: null }, options),
  );
}

function addResume(parent: Command, decide: Decide): void {
  common(parent.command("resume").description("let reboots go on after a pause"), false).action(
    (options: DecideOptions) => decide({ verb: "resume", about: null, reason: null, until: null }, options),
  );
}

const NODE = "the node's name, or the end of it that no other has (01)";

function ofNodes(command: Command, asks: boolean): Command {
  return common(
    command
      .argument("[nodes...]", NODE)
      .option("--pool <name>", "instead: all nodes of the pool that wait for this decision"),
    asks,
  );
}

function common(command: Command, asks: boolean): Command {
  if (asks) command.option("--yes", "don't ask before what may cost something", false);
  return addViewOptions(command).addOption(
    new Option("--format <format>", "text or json").choices(["text", "json"]).default("text"),
  );
}

function aboutOf(nodes: readonly string[], { pool }: OfNodes): { nodes: readonly string[] } | { pool: string } {
  if ((pool === undefined) === (nodes.length === 0))
    throw new UserError("Name the nodes, or a pool by --pool.", EXIT.usage);
  return pool === undefined ? { nodes } : { pool };
}

function reasonOf({ reason }: WithReason): string {
  if (reason.trim() === "") throw new UserError("Say why, by --reason.", EXIT.usage);
  return reason.trim();
}
