import type { ExitCode } from "../process/exit.ts";

/** What a command needs of the program around it. */
export interface Io {
  /** One line of the result, to standard output. */
  readonly print: (line: string) => void;
  readonly done: (code: ExitCode) => void;
}
