import { createInterface } from "node:readline/promises";
import { setTimeout as delay } from "node:timers/promises";
import { EXIT, type ExitCode, UserError } from "../process/exit.ts";

interface DemoOptions {
  readonly headless: boolean;
  readonly yes: boolean;
}

/** Real milliseconds for half a minute of the demo's. */
const PACE = 150;

export async function demoCommand({ headless, yes }: DemoOptions, print: (line: string) => void): Promise<ExitCode> {
  const { runDemo, yesTo } = await import("../demo/demo.ts");
  if (headless && !yes)
    throw new UserError(
      "--headless needs --yes: without a terminal the demo has to take the decisions itself.",
      EXIT.usage,
    );
  const isTerminal = process.stdin.isTTY === true;
  if (isTerminal && !yes) return typedDemo(runDemo, print);
  if (!yes)
    print("This is no terminal to type at, so the demo takes the decisions itself, as with --headless --yes.\n");
  const ask = async (prompt: string): Promise<string> => {
    const line = yesTo(prompt);
    print(`ana> ${line}`);
    return line;
  };
  return runDemo({ print, ask, breathe: () => (headless || !isTerminal ? Promise.resolve() : delay(PACE)) });
}

async function typedDemo(
  runDemo: typeof import("../demo/demo.ts")["runDemo"],
  print: (line: string) => void,
): Promise<ExitCode> {
  const lines = createInterface({ input: process.stdin, output: process.stdout });
  let isClosed = false;
  const closed = new Promise<null>((resolve) => {
    lines.once("close", () => {
      isClosed = true;
      resolve(null);
    });
  });
  const ask = (prompt: string): Promise<string | null> =>
    isClosed ? Promise.resolve(null) : Promise.race([lines.question(prompt), closed]);
  try {
    return await runDemo({ print, ask, breathe: () => delay(PACE) });
  } finally {
    lines.close();
  }
}
