import { Command, CommanderError, InvalidArgumentError } from "commander";
import { EXIT, type ExitCode, UserError } from "../process/exit.ts";
import { addDecisions } from "./decide/commands.ts";
import { demoCommand } from "./demo.ts";
import { addExplain } from "./explain.ts";
import { addHistory } from "./history/history.ts";
import type { Io } from "./io.ts";
import { addCheck } from "./policy/check.ts";
import { addFromKured } from "./policy/from-kured.ts";
import { addPlan } from "./policy/plan.ts";
import { addSchema } from "./policy/schema.ts";
import { addWindows } from "./policy/windows.ts";
import { addPolicyOptions } from "./policy-options.ts";
import { addPreflight } from "./preflight.ts";
import { runCommand } from "./run.ts";
import { simulateCommand } from "./simulate.ts";
import { addManifest } from "./slack/manifest.ts";
import { addStatus } from "./status/status.ts";
import { processTerminal } from "./terminal.ts";
import { addWebhookOption } from "./webhook-option.ts";

const print = (line: string): void => void process.stdout.write(`${line}\n`);

/** Exit codes: 0 fine, 1 found problems, 2 wrong usage, 3 could not reach what it needs. */
export async function runProgram(args: readonly string[], name = "bootswain"): Promise<ExitCode> {
  let code: ExitCode = EXIT.fine;
  const done = (result: ExitCode): void => {
    code = result;
  };
  try {
    await commands({ print, done }, name).parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.fine : EXIT.usage;
    if (error instanceof UserError) {
      process.stderr.write(`${error.message}\n`);
      return error.exitCode;
    }
    throw error;
  }
}

function commands(io: Io, name: string): Command {
  const { done } = io;
  const program = new Command(name)
    .description("Reboots the nodes of Kubernetes clusters safely, by a policy in Git.")
    .exitOverride()
    .showHelpAfterError(`See ${name} --help.`);
  program
    .command("demo")
    .description("show the main job on a simulated cluster; asks for decisions")
    .option("--headless", "don't wait for the reader", false)
    .option("--yes", "take the decisions itself", false)
    .action(async (options) => done(await demoCommand(options, print)));
  addWebhookOption(addPolicyOptions(program.command("run")))
    .description("run the bot on a cluster")
    .requiredOption("--cluster <name>", "the cluster's name, as in the policy")
    .option("--kubeconfig <file>", "how to reach the cluster; the pod's service account when left out")
    .option("--namespace <name>", "where the bot's Lease and references live", "bootswain")
    .option("--timings <file>", "JSON with times that are not policy, in milliseconds")
    .option("--slack-api-url <url>", "another Slack API than slack.com")
    .option("--listen <host:port>", "serve /metrics and /healthz there; nothing listens when left out")
    .option("--prometheus <url>", "Prometheus, for gates of the policy that ask it")
    .option("--prometheus-token-file <file>", "a bearer token for Prometheus, read at each call")
    .option("--prometheus-ca-file <file>", "the certificates in PEM that Prometheus is trusted by")
    .option("--alertmanager <url>", "Alertmanager, for gates of the policy that ask it")
    .option("--alertmanager-token-file <file>", "a bearer token for Alertmanager, read at each call")
    .option("--alertmanager-ca-file <file>", "the certificates in PEM that Alertmanager is trusted by")
    .action(async (options) => done(await runCommand(options)));
  program
    .command("simulate")
    .description("run bots and agents through seeded trouble and check the rules that never break")
    .option("--seeds <n>", "how many seeds", wholeNumber, 300)
    .option("--from <n>", "the first seed", wholeNumber, 1)
    .option("--replay <seed>", "show one seed line by line", wholeNumber)
    .option("--verbose", "with --replay: what each process logs as well", false)
    .action(async ({ seeds, from, replay, verbose }) =>
      done(await simulateCommand({ seeds, from, replay, verbose }, print)),
    );
  addStatus(program, io);
  addExplain(program, io);
  addHistory(program, io);
  addPreflight(program, io);
  addDecisions(program, io, processTerminal);
  const policy = program.command("policy").description("check, show, compare and convert policies");
  addCheck(policy, io);
  addWindows(policy, io);
  addPlan(policy, io);
  addSchema(policy, io);
  addFromKured(policy, io);
  addManifest(program.command("slack").description("set the Slack app up"), io, processTerminal);
  return program;
}

function wholeNumber(text: string): number {
  const number = Number(text);
  if (!Number.isSafeInteger(number) || number < 1)
    throw new InvalidArgumentError("It must be a whole number from 1 on.");
  return number;
}
