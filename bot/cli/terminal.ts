import { createInterface } from "node:readline/promises";

/** Whoever typed the command. What is said here is beside the result, so that a pipe gets the result alone. */
export interface Terminal {
  /** There is someone to answer a question. */
  readonly isInteractive: boolean;
  readonly note: (line: string) => void;
  /** The empty text where no answer came. */
  readonly ask: (question: string) => Promise<string>;
}

export const processTerminal: Terminal = {
  isInteractive: process.stdin.isTTY === true,
  note: (line) => void process.stderr.write(`${line}\n`),
  ask: async (question) => {
    const lines = createInterface({ input: process.stdin, output: process.stderr });
    try {
      const closed = new Promise<string>((resolve) => lines.once("close", () => resolve("")));
      return await Promise.race([lines.question(question), closed]);
    } finally {
      lines.close();
    }
  },
};
