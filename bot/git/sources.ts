import type { PolicyNews, PolicySource } from "../coordinator/policy-source-port.ts";
import type { Clock, Random } from "../coordinator/ports.ts";
import type { Duration } from "../core/instant.ts";
import { Poll } from "./poll.ts";
import type { PolicyCommit, PolicyPlace, Reading } from "./reading.ts";

/** Makes news of a policy's text; the parser stays outside, since adapters don't know each other. */
export type Parse = (
  text: string,
  origin: { readonly file: string; readonly commit: PolicyCommit | null },
  source: string,
) => PolicyNews;

interface SourceParts {
  readonly clock: Clock;
  readonly random: Random;
  readonly every: Duration;
  readonly parse: Parse;
}

/** The policy of one place, read again every so often and when the place says that it changed. */
export function policyFrom(place: PolicyPlace, { clock, random, every, parse }: SourceParts): PolicySource {
  return {
    start: (heard, inForce = () => null) => {
      const commitInForce = (): string | null => {
        const known = inForce();
        // A commit of another repository says nothing about this one.
        return known?.source === place.name ? known.commit : null;
      };
      const poll = new Poll({
        ...{ clock, random, every },
        read: (signal) => place.read(signal, commitInForce),
        heard: (reading) => heard(newsOf(reading, place, parse)),
      });
      const watch = place.watch?.(() => poll.hurry());
      return {
        stop: () => {
          watch?.stop();
          poll.stop();
        },
        hurry: () => poll.hurry(),
      };
    },
  };
}

function newsOf(reading: Reading, { name: source, file }: PolicyPlace, parse: Parse): PolicyNews {
  const { keysDigest } = reading;
  const judged = keysDigest === undefined ? {} : { keysDigest };
  switch (reading.kind) {
    case "read": {
      const news = parse(reading.content, { file, commit: reading.commit }, source);
      if (news.kind !== "good") return { ...news, problems: noted(news.problems, reading.note), ...judged };
      const signed = reading.verified === null ? {} : { signedBy: reading.verified };
      return { ...news, ...judged, ...signed, ...(reading.note === null ? {} : { note: reading.note }) };
    }
    case "unfit":
    case "unsigned":
      return {
        kind: reading.kind === "unfit" ? "bad" : "unsigned",
        problems: noted([reading.problem], reading.note),
        ...{ source, commit: reading.commit, ...judged },
      };
    case "unreachable":
      return { kind: "bad", problems: [reading.problem], source, commit: null, ...judged };
    default:
      return reading satisfies never;
  }
}

const noted = (problems: readonly string[], note: string | null): readonly string[] =>
  note === null ? problems : [...problems, note];
