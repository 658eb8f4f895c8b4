import { expect, test } from "vitest";
import { ANA, BEN, OPS } from "../../../bot/sim/slack/a-workspace.ts";
import { aPolicy } from "../a-policy.ts";
import { actionOn, Night } from "../office-night.ts";

const ASKED = /^🔐 control-plane: 3 nodes want/;
const COUNTED = "is approved by ana";

const asked = async (bots?: readonly string[]) => {
  const night = await Night.begin({ policy: aPolicy() }, bots);
  return { night, office: night.office, server: night.office.server, card: await night.card(ASKED) };
};

test.each([
  ["disconnect warning", "warning"],
  ["refresh_requested", "refresh_requested"],
  ["link_disabled", "link_disabled"],
] as const)("%s: both sockets come back, and a click is answered", async (_, reason) => {
  const { night, server, card } = await asked();
  server.disconnectSockets(reason);
  await server.connected(2);
  expect(await night.press(ANA, card, "approve")).toContain(COUNTED);
});

test("killed TCP: both sockets come back, and a click is answered", async () => {
  const { night, server, card } = await asked();
  server.dropSockets();
  expect(server.connections).toBe(0);
  await server.connected(2);
  expect(await night.press(ANA, card, "approve")).toContain(COUNTED);
});

test("half-open silence: found by pings within seconds, and the click afterwards is answered", async () => {
  const { night, office, server, card } = await asked();
  const began = performance.now();
  const silence = server.halfOpenSockets();
  const lost = office.person(BEN).click({ channel: OPS, ts: card.ts, actionId: actionOn(card, "approve"), seen: card });
  await server.connected(4);
  expect(performance.now() - began).toBeLessThan(20_000);
  expect((await lost).acked).toBe(false);
  silence.stop();
  expect(await night.press(ANA, card, "approve")).toContain(COUNTED);
  expect(night.decisions()).toEqual(["approve counted"]);
});

test("invalid_auth at reconnect must not end the process: it is said, and a later click is answered", async () => {
  const { night, office, server, card } = await asked();
  const refused = { kind: "error", error: "invalid_auth" } as const;
  server.failNext("auth.test", refused);
  server.failNext("apps.connections.open", refused, refused);
  server.dropSockets();
  await server.connected(2);
  expect(await night.press(ANA, card, "approve")).toContain(COUNTED);
  const said = office.warnings.filter((line) => /slack not connected.*invalid_auth/.test(line));
  expect(said[0]).toMatch(/Slack refuses SLACK_(APP|BOT)_TOKEN \(invalid_auth\)\. Copy it again/);
  expect(said.length).toBeLessThanOrEqual(2);
  expect(await night.controlPlaneIsDone()).toBe(true);
});

test("a click in the gap of one socket: the other takes it", async () => {
  const { night, server, card } = await asked();
  server.failNext("apps.connections.open", { kind: "status", code: 503 });
  server.dropSockets();
  await server.connected(1);
  expect(await night.press(ANA, card, "approve")).toContain(COUNTED);
});

test.each(["a", "b"])("a click in the gap of one replica (%s): the other takes it, and it counts", async (killed) => {
  const { night, office, server, card } = await asked(["a", "b"]);
  await office.killBot(killed);
  await server.connected(2);
  // Without its leader the fleet notes it, and the next leader judges it.
  expect(await night.press(ANA, card, "approve")).toMatch(/is approved by ana|no leader has judged it yet/);
  expect(await night.controlPlaneIsDone()).toBe(true);
  expect(night.decisions()).toEqual(["approve counted"]);
});

test("a click in the gap of all: Slack shows that it failed, and when it is pressed again it counts once", async () => {
  const { night, office, server, card } = await asked(["a", "b"]);
  server.dropSockets();
  const click = { channel: OPS, ts: card.ts, actionId: actionOn(card, "approve"), seen: card };
  expect((await office.person(ANA).click(click)).acked).toBe(false);
  await server.connected(4);
  expect(await night.press(ANA, card, "approve")).toContain(COUNTED);
  expect(night.decisions()).toEqual(["approve counted"]);
});
