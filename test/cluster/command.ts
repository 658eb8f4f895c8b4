import { execFile } from "node:child_process";
import { join } from "node:path";

const MAIN = join(import.meta.dirname, "../../bot/main.ts");

interface Ended {
  readonly code: number;
  readonly lines: readonly string[];
}

/** A command of `bootswain`, with all that it wrote. */
export const run = (...args: readonly string[]): Promise<Ended> =>
  new Promise((resolve) => {
    execFile(process.execPath, [MAIN, ...args], { timeout: 60_000 }, (error, stdout, stderr) => {
      const code = error === null ? 0 : Number(error.code);
      resolve({ code, lines: `${stdout}${stderr}`.trimEnd().split("\n") });
    });
  });
