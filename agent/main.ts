#!/usr/bin/env node
import { randomUUID } from "node:crypto";
import { type Access, inClusterAccess, kubeconfigAccess, plainAccess, readNeeded } from "./access.ts";
import { startAgent } from "./agent.ts";
import { createApi } from "./api.ts";
import { type AccessChoice, type Arguments, parseArguments, USAGE } from "./arguments.ts";
import { sentinelDetector } from "./detect/sentinel.ts";
import { createHost, readFacts } from "./host.ts";
import { createLog } from "./log.ts";
import { runRebootCommand } from "./reboot/command.ts";
import { SetupProblem } from "./setup-problem.ts";
import { systemClock } from "./system-clock.ts";
import { type AgentTimings, DEFAULT_AGENT_TIMINGS, parseTimings } from "./timings.ts";
import { AGENT_VERSION } from "./version.ts";

/** How long an orderly end may take after SIGTERM. */
const END_WITHIN = 800;

try {
  const given = parseArguments(process.argv.slice(2), process.env);
  if (given === null) process.stdout.write(USAGE);
  else await run(given);
} catch (error) {
  if (!(error instanceof SetupProblem)) throw error;
  process.stderr.write(`bootswain-agent: ${error.message}\n`);
  process.exitCode = error.exitCode;
}

async function run(given: Arguments): Promise<void> {
  const timings = readTimings(given.timingsFile);
  const access = openAccess(given.access);
  await checkHost(given.hostRoot);
  const clock = systemClock;
  const instance = randomUUID().slice(0, 8);
  const log = createLog({
    write: (line) => process.stdout.write(line),
    now: clock.now,
    fields: { node: given.node, instance },
  });
  const api = createApi({ access, callDeadline: timings.callDeadline });
  const sentinel = { root: given.hostRoot, path: given.sentinel, clock, every: timings.detectEvery };
  const host = createHost({
    root: given.hostRoot,
    detectors: [sentinelDetector(sentinel)],
    reboot: () => runRebootCommand(given.rebootCommand),
  });
  log.info("started", { version: AGENT_VERSION, server: access.server.origin, sentinel: given.sentinel });
  const agent = startAgent({ api, host, clock, log, node: given.node, instance, timings });
  const end = (signal: string): void => {
    log.info("ending", { signal });
    agent.stop();
    api.close();
    setTimeout(() => process.exit(0), END_WITHIN).unref();
  };
  process.once("SIGTERM", end);
  process.once("SIGINT", end);
}

function openAccess(choice: AccessChoice): Access {
  switch (choice.kind) {
    case "inCluster":
      return inClusterAccess(process.env);
    case "kubeconfig":
      return kubeconfigAccess(choice.file);
    case "plain":
      return plainAccess(choice);
    default:
      return choice satisfies never;
  }
}

function readTimings(file: string | null): AgentTimings {
  if (file === null) return DEFAULT_AGENT_TIMINGS;
  const parsed = parseTimings(readNeeded(file).toString("utf8"));
  if (!parsed.ok) throw new SetupProblem(2, `--timings ${file}: ${parsed.problem}`);
  return parsed.timings;
}

async function checkHost(root: string): Promise<void> {
  try {
    await readFacts(root);
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new SetupProblem(3, `can't read the host at ${root}: ${why}; is --host-root right?`);
  }
}
