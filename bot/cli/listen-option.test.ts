import { createServer } from "node:net";
import { afterEach, expect, test } from "vitest";
import { metricsOf } from "../http/metrics.ts";
import { EXIT } from "../process/exit.ts";
import { listenAddress, listenOn } from "./listen-option.ts";

const METRICS = metricsOf({ slackSockets: () => 0, slackWaiting: () => 0, isLeader: () => false });
const endings: (() => Promise<unknown>)[] = [];

afterEach(async () => {
  for (const end of endings.splice(0)) await end();
});

test("without it nothing listens", async () => {
  expect(await listenOn(listenAddress(undefined), METRICS)).toBe(null);
});

test("with it the health is answered", async () => {
  const server = await listenOn(listenAddress("127.0.0.1:0"), METRICS);
  if (server === null) throw new Error("nothing listens");
  endings.push(() => server.stop());
  expect(await (await fetch(`http://127.0.0.1:${server.port}/healthz`)).text()).toBe("ok\n");
});

test("what is no address is wrong usage", () => {
  const says = "--listen 9090: give HOST:PORT, such as 127.0.0.1:9090, or :9090 for all addresses.";
  expect(() => listenAddress("9090")).toThrow(expect.objectContaining({ message: says, exitCode: EXIT.usage }));
});

test("a port in use is said, and ends the command", async () => {
  const taken = createServer();
  await new Promise<void>((resolve) => taken.listen(0, "127.0.0.1", resolve));
  endings.push(() => new Promise((resolve) => taken.close(resolve)));
  const address = taken.address();
  const port = typeof address === "object" && address !== null ? address.port : 0;
  await expect(listenOn(listenAddress(`127.0.0.1:${port}`), METRICS)).rejects.toMatchObject({
    message: `--listen 127.0.0.1:${port}: another process listens there. Stop it, or give another port.`,
    exitCode: EXIT.unreachable,
  });
});

test("an address of another machine is said", async () => {
  await expect(listenOn(listenAddress("192.0.2.1:9090"), METRICS)).rejects.toMatchObject({
    message: "--listen 192.0.2.1:9090: this machine has no such address. Give one of its own, or :PORT for all.",
  });
});
