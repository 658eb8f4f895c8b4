import { MetricsServer } from "../../prometheus/metrics-server.ts";
import { type Running, startAlertmanager, startPrometheus } from "../../prometheus/start.ts";
import { until } from "../../prometheus/until.ts";

type Labels = Readonly<Record<string, string>>;

const HOUR = 3_600_000;

/** The real Prometheus, which may be stopped and started where it was, with one metric, and the real Alertmanager. */
export class Monitoring {
  readonly #metrics: MetricsServer;
  readonly #alertmanager: Running;
  readonly #address: string;
  #prometheus: Running | null;
  #fired: readonly Labels[] = [];

  private constructor(metrics: MetricsServer, alertmanager: Running, prometheus: Running) {
    this.#metrics = metrics;
    this.#alertmanager = alertmanager;
    this.#prometheus = prometheus;
    this.#address = new URL(prometheus.url).host;
  }

  static async open(): Promise<Monitoring> {
    const metrics = await MetricsServer.start("errors 0\n");
    const alertmanager = await startAlertmanager();
    return new Monitoring(metrics, alertmanager, await startPrometheus({ targets: [metrics.target] }));
  }

  /** The bot's. */
  get args(): readonly string[] {
    return ["--prometheus", `http://${this.#address}`, "--alertmanager", this.#alertmanager.url];
  }

  /** Prometheus knows of it when this resolves. */
  async setErrors(count: number): Promise<void> {
    this.#metrics.set(`errors ${count}\n`);
    await this.#knows(count);
  }

  async stopPrometheus(): Promise<void> {
    await this.#prometheus?.stop();
    this.#prometheus = null;
  }

  async startPrometheus(): Promise<void> {
    this.#prometheus ??= await startPrometheus({ targets: [this.#metrics.target], address: this.#address });
  }

  /** The alert is active when this resolves, and stays so. */
  async fire(labels: Labels): Promise<void> {
    this.#fired = [...this.#fired, labels];
    await this.#post("alerts", [{ labels, endsAt: at(HOUR) }]);
  }

  /** It fires on, and nobody is told. */
  async silence(labels: Labels): Promise<void> {
    const matchers = Object.entries(labels).map(([name, value]) => ({ name, value, isRegex: false, isEqual: true }));
    const times = { startsAt: at(0), endsAt: at(HOUR) };
    await this.#post("silences", { matchers, ...times, createdBy: "lea", comment: "known" });
  }

  async isFiring({ alertname }: Labels): Promise<boolean> {
    const answer = await fetch(`${this.#alertmanager.url}/api/v2/alerts?active=true&silenced=false`);
    return (await answer.text()).includes(`"${alertname}"`);
  }

  /** As it was in the beginning. */
  async calm(): Promise<void> {
    if (this.#fired.length > 0)
      await this.#post(
        "alerts",
        this.#fired.map((labels) => ({ labels, endsAt: at(0) })),
      );
    this.#fired = [];
    await this.startPrometheus();
    await this.setErrors(0);
  }

  async close(): Promise<void> {
    await Promise.all([this.#prometheus?.stop(), this.#alertmanager.stop(), this.#metrics.stop()]);
  }

  async #post(what: string, body: unknown): Promise<void> {
    const headers = { "content-type": "application/json" };
    const url = `${this.#alertmanager.url}/api/v2/${what}`;
    const answer = await fetch(url, { method: "POST", headers, body: JSON.stringify(body) });
    if (!answer.ok) throw new Error(`${url} answered ${answer.status}: ${await answer.text()}`);
  }

  async #knows(count: number): Promise<void> {
    const query = `http://${this.#address}/api/v1/query?query=errors`;
    await until(
      async () => (await fetch(query)).text(),
      (text) => text.includes(`,"${count}"]`),
    );
  }
}

const at = (fromNow: number): string => new Date(Date.now() + fromNow).toISOString();
