/** What keeps the agent from starting, as a sentence for the person who set it up. */
export class SetupProblem extends Error {
  /** 2: wrong usage. 3: something that it needs can't be read, and waiting won't help. */
  readonly exitCode: 2 | 3;

  constructor(exitCode: 2 | 3, sentence: string) {
    super(sentence);
    this.name = "SetupProblem";
    this.exitCode = exitCode;
  }
}
