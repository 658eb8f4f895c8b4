import { mkdir, mkdtemp, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { freePort } from "../control-plane/places.ts";
import { Supervision } from "../control-plane/supervision.ts";
import { until } from "./until.ts";

/** A program that is ready; it and its folder go when `stop` is called or this process ends. */
export interface Running {
  readonly url: string;
  stop(): Promise<void>;
}

export interface AlertRule {
  readonly alert: string;
  readonly expr: string;
  readonly labels?: Readonly<Record<string, string>>;
}

export interface PrometheusOptions {
  /** HOST:PORT of what is scraped, under /metrics. Labels of its series stay as they are. */
  readonly targets?: readonly string[];
  /** They fire as soon as their expression gives a series. */
  readonly rules?: readonly AlertRule[];
  /** The URL of where alerts go. */
  readonly alertmanager?: string;
  /** HOST:PORT to listen on, for one that is started again where it was. */
  readonly address?: string;
}

/** Of scrapes and of rules. */
const INTERVAL = "250ms";
/**
 * Prometheus finds Alertmanager only after 5 s, and what it sent before is lost. Alertmanager forgets an alert that was not
 * sent again for four times this.
 */
const RESEND_DELAY = "5s";
const LONGEST_CALL = 5_000;

export async function startPrometheus(options: PrometheusOptions): Promise<Running> {
  const { targets = [], rules = [], alertmanager } = options;
  const receivers = alertmanager === undefined ? [] : [{ static_configs: [{ targets: [new URL(alertmanager).host] }] }];
  const config = {
    global: { scrape_interval: INTERVAL, scrape_timeout: INTERVAL, evaluation_interval: INTERVAL },
    rule_files: ["rules.json"],
    alerting: { alertmanagers: receivers },
    scrape_configs: [{ job_name: "test", honor_labels: true, static_configs: [{ targets }] }],
  };
  const files = { "prometheus.json": config, "rules.json": { groups: [{ name: "test", rules }] } };
  const argsIn = ({ folder, address }: Place): readonly string[] => [
    `--config.file=${join(folder, "prometheus.json")}`,
    `--storage.tsdb.path=${join(folder, "data")}`,
    `--web.listen-address=${address}`,
    `--rules.alert.resend-delay=${RESEND_DELAY}`,
    "--log.level=warn",
  ];
  return start("prometheus", files, argsIn, options.address);
}

export async function startAlertmanager({
  inhibitRules = [],
}: {
  inhibitRules?: readonly unknown[];
} = {}): Promise<Running> {
  const config = { route: { receiver: "nobody" }, receivers: [{ name: "nobody" }], inhibit_rules: inhibitRules };
  return start("prometheus-alertmanager", { "alertmanager.json": config }, ({ folder, address }) => [
    `--config.file=${join(folder, "alertmanager.json")}`,
    `--storage.path=${join(folder, "data")}`,
    `--web.listen-address=${address}`,
    "--cluster.listen-address=",
    "--log.level=warn",
  ]);
}

interface Place {
  readonly folder: string;
  readonly address: string;
}

/** The files are written as JSON, which is YAML, too. */
async function start(
  program: string,
  files: Readonly<Record<string, unknown>>,
  argsIn: (place: Place) => readonly string[],
  at?: string,
): Promise<Running> {
  const folder = await mkdtemp(join(tmpdir(), `bootswain-${program}-`));
  await mkdir(join(folder, "logs"));
  for (const [name, content] of Object.entries(files)) await writeFile(join(folder, name), JSON.stringify(content));
  const address = at ?? `127.0.0.1:${await freePort()}`;
  const supervision = new Supervision(folder);
  supervision.start(program, program, argsIn({ folder, address }));
  const url = `http://${address}`;
  try {
    await until(
      () => isReady(url, supervision.broken),
      (ready) => ready,
    );
  } catch (error) {
    await supervision.stop();
    throw error;
  }
  return { url, stop: () => supervision.stop() };
}

async function isReady(url: string, broken: AbortSignal): Promise<boolean> {
  broken.throwIfAborted();
  const signal = AbortSignal.any([broken, AbortSignal.timeout(LONGEST_CALL)]);
  return fetch(`${url}/-/ready`, { signal }).then(
    ({ ok }) => ok,
    () => false,
  );
}
