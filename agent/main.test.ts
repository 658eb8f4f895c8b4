import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { readFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { afterEach, beforeEach, expect, test } from "vitest";
import { formatOrder, type Order, type OrderProgress, parseReportStatus, type ReportStatus } from "./protocol.ts";
import { answer, bodyOf, Events, type Served, serve } from "./testing/api-server.ts";
import { HostRoot } from "./testing/host-root.ts";
import { AGENT_VERSION } from "./version.ts";

const MAIN = new URL("./main.ts", import.meta.url).pathname;

let root: HostRoot;
const children: ChildProcess[] = [];
const servers: Served[] = [];
beforeEach(async () => {
  root = await HostRoot.make();
});
afterEach(async () => {
  for (const child of children.splice(0)) {
    if (child.exitCode !== null || child.signalCode !== null) continue;
    child.kill("SIGKILL");
    await once(child, "exit");
  }
  for (const server of servers.splice(0)) await server.close();
  await root.remove();
});

function launch(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const child = spawn(process.execPath, [MAIN, ...args], {
    env: { PATH: process.env["PATH"] ?? "", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  children.push(child);
  const output = { out: "", err: "" };
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    output.out += text;
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    output.err += text;
  });
  return { child, output, closed: once(child, "close") };
}

async function outcome(args: readonly string[], env: Readonly<Record<string, string>> = {}) {
  const { child, output, closed } = launch(args, env);
  await closed;
  return { code: child.exitCode, ...output };
}

const needed = ["--node", "n1", "--reboot-command", "true"];

const WRONG: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ["no node", ["--reboot-command", "true"], 2, /which Node is this\? Give --node NAME/],
  ["no reboot command", ["--node", "n1"], 2, /how is this host rebooted\? Give --reboot-command/],
  ["an unknown option", [...needed, "--forse"], 2, /Unknown option '--forse'/],
  ["a word too many", [...needed, "now"], 2, /Unexpected argument 'now'/],
  ["a sentinel that is no path of the host", [...needed, "--sentinel", "x"], 2, /must be a path from the host's root/],
  ["two ways to the API", [...needed, "--kubeconfig", "a", "--server", "b"], 2, /not both/],
  ["a token for no server", [...needed, "--token-file", "a"], 2, /go with --server URL/],
  ["no way to the API", needed, 2, /no pod of a cluster/],
  ["a kubeconfig that is not there", [...needed, "--kubeconfig", "/nowhere/config"], 3, /can't read \/nowhere\/config/],
  [
    "a host root without a host",
    [...needed, "--server", "http://127.0.0.1:1", "--host-root", "/nowhere"],
    3,
    /can't read the host at \/nowhere/,
  ],
  ["timings that are not there", [...needed, "--timings", "/nowhere/t"], 3, /can't read \/nowhere\/t/],
];

test.each(WRONG)(
  "%s: one sentence, no stack",
  async (_what, args, code, sentence) => {
    const result = await outcome(args);
    expect(result).toMatchObject({ code, out: "" });
    expect(result.err).toMatch(sentence);
    expect(result.err.trimEnd().split("\n")).toHaveLength(1);
  },
  20_000,
);

test("--help says what there is", async () => {
  const result = await outcome(["--help"]);
  expect(result).toMatchObject({ code: 0, err: "" });
  expect(result.out).toContain("--reboot-command");
}, 20_000);

test("the agent's version is the package's", async () => {
  const text = await readFile(new URL("../package.json", import.meta.url), "utf8");
  expect(JSON.parse(text)).toMatchObject({ version: AGENT_VERSION });
});

/** Enough of an API server for one agent: two objects with versions, and a watch on one of them. */
class SmallApiServer {
  readonly events = new Events();
  readonly puts: ReportStatus[] = [];
  reportStatus: unknown = {};
  #order: Order | null = null;
  #version = 1;
  readonly #watches = new Set<ServerResponse>();

  setOrder(order: Order | null): void {
    this.#order = order;
    this.#version += 1;
    for (const watch of this.#watches) watch.write('{"type":"MODIFIED","object":{}}\n');
  }

  get status(): ReportStatus {
    return parseReportStatus({ status: this.reportStatus });
  }

  async handle(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? "", "http://server");
    const metadata = { name: "n1", resourceVersion: String(this.#version) };
    if (request.method === "PUT") {
      const body = await bodyOf(request);
      if (!isVersion(body, this.#version)) return answer(response, 409, {});
      this.#version += 1;
      this.reportStatus = isRecord(body) ? body["status"] : {};
      this.puts.push(this.status);
      answer(response, 200, { metadata, status: this.reportStatus });
      return this.events.changed();
    }
    if (url.searchParams.has("watch")) {
      this.#watches.add(response.writeHead(200));
      response.flushHeaders();
      return this.events.changed();
    }
    if (url.pathname.includes("/hostreports/")) return answer(response, 200, { metadata, status: this.reportStatus });
    answer(response, 200, { metadata, status: this.#order === null ? {} : { order: formatOrder(this.#order) } });
  }

  isWatched(): boolean {
    return this.#watches.size > 0;
  }
}

const isRecord = (value: unknown): value is Record<string, unknown> => typeof value === "object" && value !== null;

function isVersion(object: unknown, version: number): boolean {
  const metadata = isRecord(object) ? object["metadata"] : undefined;
  return isRecord(metadata) && metadata["resourceVersion"] === String(version);
}

async function launchOn(api: SmallApiServer, rebootCommand: string) {
  const server = await serve((request, response) => void api.handle(request, response));
  servers.push(server);
  await root.write("/token", "secret");
  await root.write("/timings", '{"heartbeat": 50}');
  const args = ["--server", server.url, "--token-file", root.at("/token"), "--timings", root.at("/timings")];
  return launch([...args, "--host-root", root.path, "--reboot-command", rebootCommand], { NODE_NAME: "n1" });
}

test("an order is obeyed once, the new boot ID follows, and SIGTERM ends the agent", async () => {
  const api = new SmallApiServer();
  const boots = root.at("/boots");
  const bootIdFile = root.at("/proc/sys/kernel/random/boot_id");
  // This host changes its boot ID under a process that goes on, so that a second call would be seen.
  const { child, output, closed } = await launchOn(api, `echo boot >> ${boots}; echo boot-2 > ${bootIdFile}`);
  await api.events.until(() => api.status.bootId === "boot-1" && api.isWatched());
  expect(api.status).toMatchObject({ pending: null, os: "AlmaLinux 9.4", agentVersion: AGENT_VERSION });

  api.setOrder({ id: "a", fromBootId: "boot-1", notAfter: null });
  await api.events.until(() => api.status.order?.ready != null);
  api.setOrder({ id: "a", fromBootId: "boot-1", notAfter: Date.now() + 300_000 });
  await api.events.until(() => api.status.bootId === "boot-2");
  const steps = api.puts.flatMap(({ order }) => (order === null ? [] : [stepsOf(order)]));
  expect([...new Set(steps)]).toEqual(["ready", "ready accepted", "ready accepted rebooting"]);

  const heartbeats = api.puts.length;
  await api.events.until(() => api.puts.length > heartbeats + 3);
  child.kill("SIGTERM");
  await closed;
  expect(child.exitCode).toBe(0);
  expect(await readFile(boots, "utf8")).toBe("boot\n");
  expect(output.err).toBe("");
  const events = output.out
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line).event);
  expect(events).toEqual(["started", "order_ready", "order_accept", "reboot_called", "ending"]);
}, 30_000);

const stepsOf = (order: OrderProgress): string =>
  Object.entries(order)
    .flatMap(([step, time]) => (typeof time === "number" ? [step] : []))
    .join(" ");

test("a sentinel that comes is reported", async () => {
  const api = new SmallApiServer();
  await root.write("/var/run/other", "");
  await launchOn(api, "true");
  await api.events.until(() => api.status.bootId === "boot-1" && api.isWatched());
  await root.write("/var/run/reboot-required.pkgs", "libc6\n");
  await root.write("/var/run/reboot-required", "");
  await api.events.until(() => api.status.pending !== null);
  expect(api.status.pending?.reasons.map((reason) => reason.text)).toEqual(["/var/run/reboot-required: libc6"]);
}, 30_000);

test("an agent whose API is away waits for it, and SIGTERM ends it within a second", async () => {
  const { child, output, closed } = launch([...needed, "--server", "http://127.0.0.1:1", "--host-root", root.path], {});
  await new Promise<void>((resolve) => {
    child.stdout?.on("data", () => {
      if (output.out.includes('"trouble"')) resolve();
    });
  });
  child.kill("SIGTERM");
  await closed;
  expect(child.exitCode).toBe(0);
}, 30_000);
