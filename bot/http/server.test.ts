import { connect } from "node:net";
import { afterEach, expect, test } from "vitest";
import { BodyReader } from "./body.ts";
import { metricsOf } from "./metrics.ts";
import { HEALTH, metricsRoute } from "./own-routes.ts";
import type { Route } from "./route.ts";
import { type RunningServer, serve } from "./server.ts";

const running: RunningServer[] = [];

afterEach(async () => {
  for (const server of running.splice(0)) await server.stop();
});

const LOCAL = { host: "127.0.0.1", port: 0 };

async function aServer() {
  const now = { sockets: 2, waiting: 3, isLeader: true };
  const readings = {
    slackSockets: () => now.sockets,
    slackWaiting: () => now.waiting,
    isLeader: () => now.isLeader,
  };
  const metrics = metricsOf(readings);
  const server = await serve(LOCAL, [HEALTH, metricsRoute(metrics)]);
  running.push(server);
  const get = (path: string, method = "GET"): Promise<Response> =>
    fetch(`http://127.0.0.1:${server.port}${path}`, { method });
  return { now, metrics, server, get };
}

test("the metrics are those of this moment, beside those of the process", async () => {
  const { now, metrics, get } = await aServer();
  metrics.countSlackCall("chat.update", "ok");
  metrics.countSlackCall("chat.update", "ratelimited");
  metrics.countSlackCall("chat.update", "ratelimited");
  const text = await (await get("/metrics")).text();
  for (const line of [
    "bootswain_slack_sockets 2",
    "bootswain_slack_waiting_messages 3",
    "bootswain_is_leader 1",
    'bootswain_slack_calls_total{method="chat.update",outcome="ok"} 1',
    'bootswain_slack_calls_total{method="chat.update",outcome="ratelimited"} 2',
  ])
    expect(text.split("\n")).toContain(line);
  expect(text).toMatch(/^process_resident_memory_bytes \d+/m);
  Object.assign(now, { sockets: 1, isLeader: false });
  const later = await (await get("/metrics")).text();
  expect(later.split("\n")).toContain("bootswain_slack_sockets 1");
  expect(later.split("\n")).toContain("bootswain_is_leader 0");
});

test.each([
  ["GET", "/healthz", 200],
  ["HEAD", "/healthz", 200],
  ["GET", "/metrics?x=1", 200],
  ["GET", "/", 404],
  ["GET", "/metrics/", 404],
  ["POST", "/metrics", 405],
])("%s %s is answered %d", async (method, path, code) => {
  const { get } = await aServer();
  const answer = await get(path, method);
  expect(answer.status).toBe(code);
  await answer.text();
});

test("the metrics say which format they are in", async () => {
  const { get } = await aServer();
  const answer = await get("/metrics");
  expect(answer.headers.get("content-type")).toContain("text/plain; version=0.0.4");
  await answer.text();
});

test("a port in use rejects", async () => {
  const { server } = await aServer();
  await expect(serve({ ...LOCAL, port: server.port }, [HEALTH])).rejects.toMatchObject({ code: "EADDRINUSE" });
});

test("two sets of metrics in one process are independent", async () => {
  const [first, second] = [await aServer(), await aServer()];
  first.metrics.countSlackCall("pins.add", "ok");
  expect(await (await second.get("/metrics")).text()).not.toContain("pins.add");
});

/** What the server says to a client that sends this and then nothing more, until it cuts it off. */
async function saidTo(port: number, text: string): Promise<string> {
  const socket = connect(port, "127.0.0.1");
  const chunks: Buffer[] = [];
  socket.on("data", (chunk: Buffer) => chunks.push(chunk));
  const closed = new Promise<void>((resolve) => socket.on("close", () => resolve()));
  socket.on("error", () => {});
  socket.write(text);
  await closed;
  return Buffer.concat(chunks).toString();
}

test.each([
  ["whose head", "POST / HTTP/1.1\r\nHost: x\r\n", 408],
  ["whose body", "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na", 200],
  ["who gets an answer and whose body", "POST /early HTTP/1.1\r\nHost: x\r\nContent-Length: 9\r\n\r\na", 401],
])("one %s dawdles is cut off", async (_, text, code) => {
  let ended: unknown = null;
  const slow: Route = {
    path: "/",
    methods: ["POST"],
    answer: async (request) => {
      const body = await new BodyReader({ most: 10, mostTogether: 10 }).read(request);
      ended = body.kind;
      return { code: 200, body: "" };
    },
  };
  const early: Route = { path: "/early", methods: ["POST"], answer: async () => ({ code: 401, body: "no\n" }) };
  const server = await serve(LOCAL, [slow, early], { request: 100, look: 20 });
  running.push(server);
  const said = await saidTo(server.port, text);
  if (code === 200) expect({ ended, said }).toEqual({ ended: "cut", said: expect.not.stringContaining("200") });
  else expect(said).toContain(` ${code} `);
});

test("an answer that fails is said, and the server goes on", async () => {
  const broken: Route = { path: "/", methods: ["GET"], answer: () => Promise.reject(new Error("no metrics")) };
  const server = await serve(LOCAL, [broken, HEALTH]);
  running.push(server);
  const answer = await fetch(`http://127.0.0.1:${server.port}/`);
  expect([answer.status, await answer.text()]).toEqual([500, "no metrics\n"]);
  expect(await (await fetch(`http://127.0.0.1:${server.port}/healthz`)).text()).toBe("ok\n");
});
