import { execFile } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

const FILE = join(import.meta.dirname, "lost-acks.ts");

/** Runs a process in which a promise rejects that nobody handles. */
function rejecting(reason: string, connections: number): Promise<{ readonly code: number; readonly said: string }> {
  const script = `
    const { hearLostAcks } = await import(${JSON.stringify(FILE)});
    for (let n = 0; n < ${connections}; n += 1) hearLostAcks((why) => console.log("heard " + why));
    const over = hearLostAcks(() => console.log("of one that is over"));
    over.stop();
    Promise.reject(${reason});
    setTimeout(() => console.log("goes on"), 20);
  `;
  return new Promise((resolve) => {
    execFile(process.execPath, ["--input-type=module", "-e", script], (error, stdout, stderr) =>
      resolve({ code: typeof error?.code === "number" ? error.code : 0, said: stdout + stderr }),
    );
  });
}

const LOST = 'Object.assign(new Error("no active connection"), { code: "slack_socket_mode_send_while_not_ready" })';

test("an acknowledgement that was lost is said for each connection, and the process goes on", async () => {
  expect(await rejecting(LOST, 2)).toEqual({
    code: 0,
    said: "heard no active connection\nheard no active connection\ngoes on\n",
  });
});

test("a rejection of anyone else ends the process with what it was", async () => {
  const { code, said } = await rejecting('new Error("a fault of ours")', 2);
  expect(code).not.toBe(0);
  expect(said).toContain("a fault of ours");
  expect(said).not.toContain("goes on");
});

test("with no connection any more all rejections end the process", async () => {
  expect((await rejecting(LOST, 0)).code).not.toBe(0);
});
