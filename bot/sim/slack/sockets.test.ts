import { expect, test } from "vitest";
import { SeededRandom } from "../random.ts";
import { aButton, OPS, someActions } from "./a-workspace.ts";
import { messageEvents } from "./envelope.ts";
import type { SlackServer } from "./server.ts";
import { atRandom } from "./socket-choice.ts";
import { aCard, aClient, anApp, appToken, aSlack } from "./testing/real-bolt.ts";

test("with two apps connected each envelope reaches exactly one", async () => {
  const picks = [1, 0, 0, 1, 1, 0];
  const { workspace, server, ana } = await aSlack({ choose: () => picks.shift() ?? 0 });
  const reached: string[] = [];
  for (const name of ["one", "two"]) {
    await anApp(server, (app) => {
      app.action("approve", async ({ ack }) => {
        reached.push(name);
        await ack();
      });
    });
  }
  expect(server.connections).toBe(2);
  const blocks = [someActions(aButton("Approve", "approve"))];
  const { ts } = aCard(workspace);
  workspace.update({ channel: OPS, ts, text: "again", blocks });
  for (let click = 0; click < 4; click += 1) await ana.click({ channel: OPS, ts, actionId: "approve" });
  expect(reached).toEqual(["one", "two", "two", "one"]);
  expect(server.sendings.every(({ attempt, acked }) => attempt === 0 && acked)).toBe(true);
});

test.each([
  { sentence: "cut sockets", lose: (server: SlackServer) => server.dropSockets() },
  { sentence: "a disconnect frame", lose: (server: SlackServer) => server.disconnectSockets("refresh_requested") },
])("Bolt comes back after $sentence, and clicks arrive again", async ({ lose }) => {
  const { workspace, server, ana } = await aSlack();
  await anApp(server, (app) => app.action("approve", async ({ ack }) => ack()));
  const { ts } = aCard(workspace);
  lose(server);
  expect(await ana.click({ channel: OPS, ts, actionId: "approve" })).toEqual({ acked: false, answer: null, sent: 0 });
  await server.connected(1);
  expect(await ana.click({ channel: OPS, ts, actionId: "approve" })).toMatchObject({ acked: true });
});

test("a ticket opens one socket only", async () => {
  const { server } = await aSlack();
  const { url } = await aClient(server, appToken).apps.connections.open({});
  const open = (type: "open" | "error") => {
    const socket = new WebSocket(url ?? "");
    return new Promise((resolve) => socket.addEventListener(type, resolve));
  };
  await open("open");
  await open("error");
  expect(server.connections).toBe(1);
});

test("a half-open socket swallows what goes down it, until it is cut and Bolt comes back", async () => {
  const { workspace, server, ana } = await aSlack({ ackWithinMs: 50 });
  await anApp(server, (app) => app.action("approve", async ({ ack }) => ack()));
  const { ts } = aCard(workspace);
  const dead = server.halfOpenSockets();
  expect(server.connections).toBe(1);
  expect(await ana.click({ channel: OPS, ts, actionId: "approve" })).toMatchObject({ acked: false, sent: 1 });
  dead.stop();
  expect(server.connections).toBe(0);
  await server.connected(1);
  expect(await ana.click({ channel: OPS, ts, actionId: "approve" })).toMatchObject({ acked: true });
});

test("a half-open socket answers neither a message nor the closing of its client", async () => {
  const { server } = await aSlack();
  const { url } = await aClient(server, appToken).apps.connections.open({});
  const socket = new WebSocket(url ?? "");
  await new Promise((resolve) => socket.addEventListener("message", resolve, { once: true }));
  const heard: string[] = [];
  for (const type of ["message", "close"]) socket.addEventListener(type, () => heard.push(type));
  const dead = server.halfOpenSockets();
  server.disconnectSockets("warning");
  socket.close();
  // A second connection goes all the way there and back: what the first one had to say would be here by then.
  const { url: second } = await aClient(server, appToken).apps.connections.open({});
  const other = new WebSocket(second ?? "");
  await new Promise((resolve) => other.addEventListener("message", resolve, { once: true }));
  expect(heard).toEqual([]);
  const closed = new Promise((resolve) => socket.addEventListener("close", resolve));
  dead.stop();
  await closed;
});

test("the very same event can be delivered again: another envelope id, the same event id", async () => {
  const { workspace, server } = await aSlack();
  const heard: string[] = [];
  await anApp(server, (app) =>
    app.event("message", async ({ body }) => {
      heard.push(body.event_id);
    }),
  );
  const [event] = messageEvents(workspace, workspace.say({ user: "U0ANA00001", channel: OPS, text: "approve" }));
  if (event === undefined) throw new Error("a message makes an event");
  for (let time = 0; time < 2; time += 1) expect(await server.deliver(event)).toMatchObject({ acked: true, sent: 1 });
  expect(new Set(server.sendings.map(({ envelopeId }) => envelopeId)).size).toBe(2);
  expect(heard).toEqual([event.payload["event_id"], event.payload["event_id"]]);
});

test("the same seed chooses the same sockets, each of them now and then", () => {
  const choices = (seed: string) => {
    const choose = atRandom(new SeededRandom(seed));
    return Array.from({ length: 30 }, () => choose(3));
  };
  expect(choices("slack")).toEqual(choices("slack"));
  expect(choices("slack")).not.toEqual(choices("another"));
  expect(new Set(choices("slack"))).toEqual(new Set([0, 1, 2]));
});
