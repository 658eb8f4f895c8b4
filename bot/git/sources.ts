import type { Clock, PolicyNews, PolicySource } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import { Checkout, type GitPlace, nameOfPlace } from "./checkout.ts";
import type { Git } from "./git.ts";
import { readPolicyFile } from "./policy-file.ts";
import { Poll, type Reading } from "./poll.ts";

/** Makes news of a policy's text; the parser stays outside, since adapters don't know each other. */
export type Parse = (
  text: string,
  origin: { file: string; commit: string | null; subject: string | null },
  source: string,
) => PolicyNews;

interface SourceParts {
  readonly clock: Clock;
  readonly every: Duration;
  readonly parse: Parse;
}

const bad = (problem: string, source: string): Reading => ({
  key: `bad ${problem}`,
  news: () => ({ kind: "bad", problems: [problem], source, commit: null }),
});

/** A policy in a plain file, read again every so often. */
export function filePolicy(path: string, { clock, every, parse }: SourceParts): PolicySource {
  const read = async (): Promise<Reading> => {
    const file = await readPolicyFile(path);
    if (!file.ok) return bad(file.problem, path);
    const { text } = file;
    return { key: `text ${text}`, news: () => parse(text, { file: path, commit: null, subject: null }, path) };
  };
  return { start: (heard) => new Poll({ clock, every, read, heard }) };
}

interface GitParts extends SourceParts {
  readonly git: Git;
  readonly workDir: string;
}

/** A policy in any repository that the git command line reaches; the newest commit of the ref counts, wherever that moves. */
export function gitPolicy(place: GitPlace, { clock, every, parse, git, workDir }: GitParts): PolicySource {
  const source = nameOfPlace(place);
  const checkout = new Checkout(git, place, workDir);
  const read = async (signal: AbortSignal): Promise<Reading> => {
    try {
      const { text, commit, subject } = await checkout.read(signal);
      return { key: commit, news: () => parse(text, { file: place.path, commit, subject }, source) };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      return bad(`The policy could not be read from ${source}: ${why}.`, source);
    }
  };
  return { start: (heard) => new Poll({ clock, every, read, heard }) };
}
