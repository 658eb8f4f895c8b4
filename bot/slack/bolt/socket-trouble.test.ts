import { createServer, type Server, type Socket, connect as tcp } from "node:net";
import { afterEach, expect, test } from "vitest";
import type { Log } from "../../coordinator/ports.ts";
import { ANA, aButton, aWorkspace, OPS, someActions } from "../../sim/slack/a-workspace.ts";
import type { Fault } from "../../sim/slack/fault.ts";
import { Person } from "../../sim/slack/person.ts";
import { startSlackServer } from "../../sim/slack/server.ts";
import type { Click } from "../deeds.ts";
import type { Sockets } from "../slack-footing.ts";
import { hearing } from "../testing/incoming.ts";
import { connectSlack } from "./connect.ts";

const TOKENS = { botToken: "xoxb-test", appToken: "xapp-test" };
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0).reverse()) await end();
});

/** What a test waits for comes with a change of the sockets. */
class States {
  readonly seen: Sockets[] = [];
  #waits: { readonly wanted: (state: Sockets) => boolean; readonly done: (state: Sockets) => void }[] = [];

  readonly add = (state: Sockets): void => {
    this.seen.push(state);
    for (const wait of this.#waits.filter(({ wanted }) => wanted(state))) wait.done(state);
    this.#waits = this.#waits.filter(({ wanted }) => !wanted(state));
  };

  until(wanted: (state: Sockets) => boolean): Promise<Sockets> {
    return new Promise((done) => this.#waits.push({ wanted, done }));
  }
}

async function aSlack() {
  const workspace = aWorkspace();
  const server = await startSlackServer({ workspace, ...TOKENS });
  endings.push(() => server.close());
  return { workspace, server };
}

function connection(apiUrl: string, tokens = TOKENS) {
  const warned: string[] = [];
  const log: Log = { info: () => {}, warn: (event, fields) => void warned.push(`${event} ${JSON.stringify(fields)}`) };
  const states = new States();
  const clicks: Click[] = [];
  const slack = connectSlack({ ...tokens, apiUrl, log, changed: states.add });
  endings.push(() => slack.stop());
  const start = () => slack.start(hearing({ clicked: (click) => void clicks.push(click) }));
  return { slack, states, warned, clicks, start };
}

const refusals: readonly (readonly [string, string, Fault, string])[] = [
  [
    "auth.test",
    "invalid_auth",
    { kind: "error", error: "invalid_auth" },
    "Slack refuses SLACK_BOT_TOKEN (invalid_auth).",
  ],
  ["auth.test", "account_inactive", { kind: "error", error: "account_inactive" }, "The app was removed"],
  [
    "apps.connections.open",
    "invalid_auth",
    { kind: "error", error: "invalid_auth" },
    "Slack refuses SLACK_APP_TOKEN (invalid_auth). Copy it again from Basic Information, App-Level Tokens",
  ],
  [
    "apps.connections.open",
    "missing_scope",
    { kind: "error", error: "missing_scope" },
    "SLACK_APP_TOKEN lacks the scope connections:write.",
  ],
];
test.each(refusals)("%s answers %s: what to do is said, and it is tried again", async (method, _, fault, says) => {
  const { server } = await aSlack();
  const { states, start, slack } = connection(server.apiUrl);
  server.failNext(method, fault, fault);
  const refused = states.until(({ trouble }) => trouble !== null);
  const up = start();
  expect(await refused).toMatchObject({ up: 0, trouble: { isRefused: true, says: expect.stringContaining(says) } });
  await up;
  expect([slack.connected(), states.seen.at(-1)]).toEqual([2, { up: 2, wanted: 2, trouble: null }]);
});

test("tokens that are swapped are said to be", async () => {
  const { server } = await aSlack();
  const { states, start } = connection(server.apiUrl, { botToken: TOKENS.appToken, appToken: TOKENS.botToken });
  const refused = states.until(({ trouble }) => trouble !== null);
  void start();
  expect((await refused).trouble?.says).toMatch(/^SLACK_BOT_TOKEN is of the wrong kind .* are they swapped\?$/);
});

test("a Slack that can't be reached is no refusal: it is waited for", async () => {
  const { states, start } = connection("http://127.0.0.1:9/api/");
  const failed = states.until(({ trouble }) => trouble !== null);
  void start();
  expect(await failed).toMatchObject({ up: 0, trouble: { isRefused: false, says: /^Slack can't be reached/ } });
});

test("link_disabled: it is said where to switch Socket Mode on", async () => {
  const { server } = await aSlack();
  const { states, start, warned } = connection(server.apiUrl);
  await start();
  const told = states.until(({ trouble }) => trouble !== null);
  server.disconnectSockets("link_disabled");
  expect((await told).trouble).toEqual({
    isRefused: true,
    says: "Socket Mode is switched off for the app. Switch it on in the app's settings, Socket Mode.",
  });
  await states.until(({ up }) => up === 2);
  expect(warned.filter((line) => line.includes("Socket Mode is switched off"))).toHaveLength(1);
});

test.each(["warning", "refresh_requested"] as const)("%s is no trouble", async (reason) => {
  const { server } = await aSlack();
  const { states, start, warned } = connection(server.apiUrl);
  await start();
  server.disconnectSockets(reason);
  await states.until(({ up }) => up === 2);
  expect([states.seen.every(({ trouble }) => trouble === null), warned]).toEqual([true, []]);
});

test("a click in the gap of one socket is taken by the other", async () => {
  const { server, workspace } = await aSlack();
  const { states, start, clicks, slack } = connection(server.apiUrl);
  server.failNext("apps.connections.open", { kind: "status", code: 503 });
  const one = states.until(({ up }) => up === 1);
  void start();
  await one;
  const card = { channel: OPS, text: "a card", blocks: [someActions(aButton("Approve", "approve:c:k"))] };
  const posted = await slack.chat.post(card);
  const click = { channel: OPS, ts: posted.ok ? posted.ts : "", buttonText: "Approve" };
  const { acked } = await new Person(workspace, server, ANA).click(click);
  expect([acked, clicks.length]).toEqual([true, 1]);
});

test("half-open silence: a connection that says nothing any more is found by pings and made anew", async () => {
  const { server } = await aSlack();
  const road = await aRoadTo(server.apiUrl);
  const { states, start, warned } = connection(road.apiUrl);
  await start();
  const lost = states.until(({ up }) => up === 0);
  road.fallSilent();
  await lost;
  road.open();
  await states.until(({ up }) => up === 2);
  // Slack counts the dead ones until it notices by itself.
  expect(server.connections).toBeGreaterThanOrEqual(2);
  expect(warned.join("\n")).not.toContain("handler");
});

/** A way to the server on which all that is open can fall silent without being closed. */
async function aRoadTo(apiUrl: string) {
  const { port } = new URL(apiUrl);
  let isSilent = false;
  const silenced = new Set<Socket>();
  const sockets = new Set<Socket>();
  const road: Server = createServer((near) => {
    const far = tcp(Number(port), "127.0.0.1");
    const pass = (from: Socket, to: Socket, change: (chunk: Buffer) => Buffer): void => {
      sockets.add(from);
      from.on("data", (chunk) => {
        if (!silenced.has(near) && !isSilent) to.write(change(Buffer.from(chunk)));
      });
      from.on("error", () => to.destroy());
      from.on("close", () => (silenced.has(near) ? null : to.destroy()));
    };
    pass(near, far, (chunk) => chunk);
    // Slack says itself where its sockets are; the addresses are equally long.
    pass(far, near, (chunk) => Buffer.from(chunk.toString("latin1").replaceAll(port, own()), "latin1"));
  });
  const own = (): string => {
    const address = road.address();
    return typeof address === "object" && address !== null ? String(address.port) : "";
  };
  await new Promise<void>((resolve) => road.listen(0, "127.0.0.1", resolve));
  endings.push(async () => {
    for (const socket of sockets) socket.destroy();
    await new Promise((resolve) => road.close(resolve));
  });
  return {
    apiUrl: apiUrl.replace(port, own()),
    fallSilent: () => {
      isSilent = true;
      for (const socket of sockets) silenced.add(socket);
    },
    open: () => {
      isSilent = false;
    },
  };
}
