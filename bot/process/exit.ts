/** 0 fine, 1 found problems, 2 wrong usage, 3 could not reach what it needs. */
export const EXIT = { fine: 0, problems: 1, usage: 2, unreachable: 3 } as const;
export type ExitCode = (typeof EXIT)[keyof typeof EXIT];

/** A trouble that the user can mend: shown as one sentence, without a stack trace. */
export class UserError extends Error {
  readonly exitCode: ExitCode;

  constructor(message: string, exitCode: ExitCode, cause?: unknown) {
    super(message, { cause });
    this.name = "UserError";
    this.exitCode = exitCode;
  }
}
