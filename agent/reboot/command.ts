import { spawn } from "node:child_process";
import type { RebootCall } from "../ports.ts";

const MOST_OUTPUT = 500;

/**
 * Runs `command` by `/bin/sh -c`. The process is started before this returns its promise. It gets its own process group,
 * so that what ends the agent doesn't end the reboot.
 */
export function runRebootCommand(command: string): Promise<RebootCall> {
  return new Promise((resolve) => {
    const child = spawn("/bin/sh", ["-c", command], { stdio: ["ignore", "ignore", "pipe"], detached: true });
    let output = "";
    child.stderr.setEncoding("utf8");
    child.stderr.on("data", (text: string) => {
      output = (output + text).slice(-MOST_OUTPUT);
    });
    child.on("error", (error) =>
      resolve({ kind: "failed", why: `the command could not be started: ${error.message}` }),
    );
    child.on("close", (code, signal) => {
      if (code === 0) return resolve({ kind: "called" });
      const how = code === null ? `was ended by ${signal}` : `ended with ${code}`;
      const said = output.trim() === "" ? "" : `: ${output.trim()}`;
      resolve({ kind: "failed", why: `the command ${how}${said}` });
    });
  });
}
