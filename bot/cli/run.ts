import { randomUUID } from "node:crypto";
import { hostname } from "node:os";
import { setTimeout as delay } from "node:timers/promises";
import { startBot } from "../bot.ts";
import type { Log } from "../coordinator/ports.ts";
import { KubeApi } from "../kube/kube-api.ts";
import { whatIsMissing } from "../kube/readiness.ts";
import { systemClock, systemRandom } from "../process/clock.ts";
import { EXIT, type ExitCode, UserError } from "../process/exit.ts";
import { jsonLog } from "../process/log.ts";
import { connectSlack, type SlackConnection } from "../slack/bolt/connect.ts";
import { logChat } from "../slack/log-chat.ts";
import { NO_PEOPLE } from "../slack/no-people.ts";
import { type GatesOptions, gatesOf } from "./gates-options.ts";
import { connectionOf } from "./kube-connection.ts";
import { type PolicyOptions, policySource, reparsePolicy } from "./policy-source.ts";
import { readTimings } from "./timings-file.ts";

interface RunOptions extends PolicyOptions, GatesOptions {
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
  const source = policySource(options, systemClock, timings.policyPoll);
  const gates = gatesOf(options);
  const log = jsonLog();
  const api = new KubeApi(connectionOf(options.kubeconfig));
  const slack = slackOf(options.slackApiUrl, log);
  const stopped = new AbortController();
  for (const signal of ["SIGTERM", "SIGINT"] as const) process.once(signal, () => stopped.abort());
  if (!(await untilReady(api, log, stopped.signal))) return EXIT.fine;
  // By the downward API (fieldRef metadata.name); without it the bot runs outside of the cluster that it looks after.
  const pod = process.env["POD_NAME"] || null;
  const identity = `${hostname()}-${randomUUID().slice(0, 8)}`;
  log.info("starts", { identity, pod, cluster: options.cluster });
  const bot = startBot(
    {
      api,
      clock: systemClock,
      random: systemRandom,
      log,
      policySource: source,
      gates,
      reparse: reparsePolicy,
      chat: slack?.chat ?? logChat(log),
      people: slack?.people ?? NO_PEOPLE,
      footings: [],
    },
    { clusterName: options.cluster, namespace: options.namespace, identity, pod, timings },
  );
  void slack?.start({
    clicked: (click) => void bot.desk.clicked(click),
    written: (written) => void bot.desk.written(written),
    commanded: (command) => bot.desk.commanded(command),
    errorsIn: (submission) => bot.desk.errorsIn(submission),
    submitted: (submission) => void bot.desk.submitted(submission),
  });
  await new Promise<void>((resolve) => stopped.signal.addEventListener("abort", () => resolve(), { once: true }));
  await bot.stop();
  await slack?.stop();
  log.info("stopped", { identity });
  return EXIT.fine;
}

/** Without both tokens the bot says in its log what it would say in Slack. */
function slackOf(apiUrl: string | undefined, log: Log): SlackConnection | null {
  const { SLACK_APP_TOKEN: appToken, SLACK_BOT_TOKEN: botToken } = process.env;
  if (appToken !== undefined && botToken !== undefined) return connectSlack({ appToken, botToken, apiUrl, log });
  if (appToken !== undefined || botToken !== undefined) {
    throw new UserError(
      "Slack needs both SLACK_APP_TOKEN (xapp-…) and SLACK_BOT_TOKEN (xoxb-…), and only one is set.",
      EXIT.usage,
    );
  }
  log.info("no slack", { says: "Without SLACK_APP_TOKEN and SLACK_BOT_TOKEN what would be said goes to this log." });
  return null;
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
