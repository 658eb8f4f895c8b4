import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { type Bot, startBot } from "../bot.ts";
import type { PolicySource } from "../coordinator/policy-source-port.ts";
import type { Gates, Log } from "../coordinator/ports.ts";
import type { Timings } from "../core/timings.ts";
import { metricsOf } from "../http/metrics.ts";
import { KubeApi } from "../kube/kube-api.ts";
import { whatIsMissing } from "../kube/readiness.ts";
import { systemClock, systemRandom } from "../process/clock.ts";
import { EXIT, type ExitCode } from "../process/exit.ts";
import { jsonLog } from "../process/log.ts";
import { type GatesOptions, gatesOf } from "./gates-options.ts";
import { connectionOf } from "./kube-connection.ts";
import { listenAddress, listenOn } from "./listen-option.ts";
import { type WorkOnGitHub, workOnGitHub } from "./on-github.ts";
import type { PolicyOptions } from "./policy-options.ts";
import { policyOf, reparsePolicy } from "./policy-source.ts";
import { type Slack, slackFromEnvironment } from "./slack-from-environment.ts";
import { readTimings } from "./timings-file.ts";
import { type WebhookOptions, webhookRoutes, webhookSecretFile } from "./webhook-option.ts";

interface RunOptions extends PolicyOptions, GatesOptions, WebhookOptions {
  readonly cluster: string;
  readonly kubeconfig?: string;
  readonly namespace: string;
  readonly timings?: string;
  readonly slackApiUrl?: string;
}

const FIRST_PAUSE = 1_000;
const LONGEST_PAUSE = 30_000;

/** Runs until SIGTERM or SIGINT, then hands the lease over. */
export async function runCommand(options: RunOptions): Promise<ExitCode> {
  const timings = readTimings(options.timings);
  const log = jsonLog();
  const { source, github } = policyOf(options, {
    ...{ clock: systemClock, random: systemRandom, every: timings.policyPoll, log },
  });
  const gates = gatesOf(options);
  const secretFile = await webhookSecretFile(options, github !== null);
  const listenAt = listenAddress(options.listen);
  const api = new KubeApi(connectionOf(options.kubeconfig));
  const identity = `${hostname()}-${randomUUID().slice(0, 8)}`;
  let bot: Bot | null = null;
  const metrics = metricsOf({
    slackSockets: () => slack.connection?.connected() ?? 0,
    slackWaiting: () => bot?.waitingForSlack() ?? 0,
    isLeader: () => bot?.turn()?.isLeader ?? false,
  });
  const slack = slackFromEnvironment({ apiUrl: options.slackApiUrl, log, metrics, peopleEvery: timings.peopleEvery });
  const lookAgain = (why: string): void => bot?.lookAgain(why);
  const work = workOnGitHub(github, { clusterName: options.cluster, clock: systemClock, random: systemRandom, log });
  const webhook = webhookRoutes(secretFile, work.watched, { log, metrics, lookAgain });
  const server = await listenOn(listenAt, metrics, webhook);
  if (server !== null) log.info("listens", { port: server.port, paths: server.paths });
  const stopped = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopped.abort());
  try {
    if (await untilReady(api, log, stopped.signal)) {
      bot = begin({ api, log, source, work, gates, slack, timings, identity }, options);
      await new Promise<void>((resolve) => stopped.signal.addEventListener("abort", () => resolve(), { once: true }));
      await bot.stop();
      await slack.connection?.stop();
      log.info("stopped", { identity });
    }
    return EXIT.fine;
  } finally {
    await server?.stop();
    await github?.connection.close();
  }
}

interface BotParts {
  readonly api: KubeApi;
  readonly log: Log;
  readonly source: PolicySource;
  readonly work: WorkOnGitHub;
  readonly gates: Gates;
  readonly slack: Slack;
  readonly timings: Timings;
  readonly identity: string;
}

function begin(parts: BotParts, { cluster, namespace }: RunOptions): Bot {
  const { api, log, source, work, gates, slack, timings, identity } = parts;
  // By the downward API (fieldRef metadata.name); without it the bot runs outside of the cluster that it looks after.
  const pod = process.env["POD_NAME"] || null;
  log.info("starts", { identity, pod, cluster });
  const { chat, people, footing, connection } = slack;
  const [clock, random] = [systemClock, systemRandom];
  const bot = startBot(
    {
      ...{ api, clock, random, log, policySource: source, gates, reparse: reparsePolicy, chat, people },
      proposals: work.proposals,
      footings: [footing, work.footing],
      onlookers: work.reviewer === null ? [] : [work.reviewer],
    },
    { clusterName: cluster, namespace, identity, pod, timings },
  );
  void connection?.start({
    clicked: (click) => bot.desk.clicked(click),
    written: (written) => bot.desk.written(written),
    commanded: (command) => bot.desk.commanded(command),
    errorsIn: (submission) => bot.desk.errorsIn(submission),
    submitted: (submission) => bot.desk.submitted(submission),
  });
  return bot;
}

/** Says what is missing, once for each reason, and waits for it. False when it was stopped before. */
async function untilReady(api: KubeApi, log: Log, signal: AbortSignal): Promise<boolean> {
  let said: string | null = null;
  for (let pause = FIRST_PAUSE; !signal.aborted; pause = Math.min(pause * 2, LONGEST_PAUSE)) {
    const missing = await whatIsMissing(api);
    if (missing === null) return true;
    if (missing !== said) log.warn("waits", { why: missing });
    said = missing;
    await delay(pause, undefined, { signal }).catch(() => {});
  }
  return false;
}
