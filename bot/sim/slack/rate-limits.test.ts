import { expect, test } from "vitest";
import { ANA, aWorkspace, OPERATORS, OPS, START } from "./a-workspace.ts";
import { RateLimits } from "./rate-limits.ts";
import { aClient, aSlack } from "./testing/real-bolt.ts";

/** Calls as fast as can be until one is refused; gives how many went through and the wait. */
function burst(call: () => number | null): { readonly through: number; readonly wait: number } {
  for (let through = 0; ; through += 1) {
    const wait = call();
    if (wait !== null) return { through, wait };
  }
}

test("posts to a channel come in a short burst, then one a second", () => {
  let now = START;
  const limits = new RateLimits(() => now);
  const post = (channel = OPS) => limits.take("posts", "chat.postMessage", channel);
  expect(burst(post)).toEqual({ through: 5, wait: 1 });
  expect(burst(() => post("C0OTHER"))).toEqual({ through: 5, wait: 1 });
  now += 999;
  expect(post()).toBe(1);
  now += 1;
  expect(burst(post)).toEqual({ through: 1, wait: 1 });
  now += 60_000;
  expect(burst(post)).toEqual({ through: 5, wait: 1 });
});

test.each([
  { tier: "tier 2" as const, calls: 20 },
  { tier: "tier 3" as const, calls: 50 },
  { tier: "tier 4" as const, calls: 100 },
])("$tier lets $calls calls of a method through in a minute", ({ tier, calls }) => {
  let now = START;
  const limits = new RateLimits(() => now);
  const call = () => limits.take(tier, "users.info", "");
  expect(burst(call)).toEqual({ through: calls, wait: 60 });
  expect(limits.take(tier, "another.method", "")).toBeNull();
  now += 59_001;
  expect(call()).toBe(1);
  now += 999;
  expect(burst(call)).toEqual({ through: calls, wait: 60 });
});

test.each([
  { method: "chat.postMessage", args: { channel: OPS, text: "x" }, through: 5, wait: 1 },
  { method: "usergroups.users.list", args: { usergroup: OPERATORS }, through: 20, wait: 60 },
  { method: "conversations.history", args: { channel: OPS }, through: 50, wait: 60 },
  { method: "chat.update", args: { channel: OPS, ts: "1.0", text: "x" }, through: 50, wait: 60 },
  { method: "users.info", args: { user: ANA }, through: 100, wait: 60 },
])("the server refuses $method after $through calls", async ({ method, args, through, wait }) => {
  const { server } = await aSlack({ rateLimits: true });
  const client = aClient(server);
  for (let call = 0; call < through; call += 1) await client.apiCall(method, args).catch(() => {});
  await expect(client.apiCall(method, args)).rejects.toMatchObject({
    code: "slack_webapi_rate_limited_error",
    retryAfter: wait,
  });
  expect(server.requests.filter(({ error }) => error === "429")).toHaveLength(1);
});

test("nobody counts unless it is switched on, and it goes by the workspace's clock", async () => {
  let now = START;
  const free = await aSlack();
  for (let call = 0; call < 8; call += 1) await aClient(free.server).chat.postMessage({ channel: OPS, text: "x" });
  const { server, workspace } = await aSlack({ workspace: aWorkspace({ now: () => now }), rateLimits: true });
  const post = () => aClient(server).chat.postMessage({ channel: OPS, text: "x" });
  for (let call = 0; call < 5; call += 1) await post();
  await expect(post()).rejects.toMatchObject({ retryAfter: 1 });
  now += 1_000;
  await post();
  expect(workspace.messages(OPS)).toHaveLength(6);
});
