import type { PolicyNews, PolicySource, Reparse } from "../../coordinator/policy-source-port.ts";
import { type Duration, MINUTE } from "../../core/instant.ts";
import type { PolicyOrigin } from "../../core/policy/origin.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { parsePolicy } from "../../policy/parse-policy.ts";
import type { WorldClock } from "../clock.ts";
import type { SeededRandom } from "../random.ts";
import type { PolicyData } from "../rules/policy-data.ts";
import type { ToldCommit } from "../rules/record-rules.ts";
import type { Scenario } from "./scenario.ts";

export const CLUSTER = "abal-kuber";
export const CHANNEL = "C0123456789";
const SOURCE = "simulated";
/** How late a bot may hear of a change. */
const HEARD_WITHIN: Duration = MINUTE;
/** From when on it is known which pull request brought a commit. */
const PULL_KNOWN_AFTER: Duration = 5 * MINUTE;

/** What the source says at each change of the policies, and under which commit; the checker is told the same. */
export const commitsOf = ({ start, policies }: Scenario): readonly ToldCommit[] =>
  policies.map(({ at, policy }, index) => ({
    from: start + at,
    commit: `${index}f2a9c1d`,
    isGood: policy !== null,
    // Not each commit came by one.
    pull: index % 2 === 0 ? index + 40 : null,
  }));

/** JSON is YAML: the bots read their policy as they do anywhere. */
function textOf(policy: PolicyData): string {
  const head = { apiVersion: "policy.bootswain.dev/v1alpha1", kind: "RebootPolicy", cluster: CLUSTER };
  return JSON.stringify({ ...head, ...policy, slack: { channel: CHANNEL } }, null, 1);
}

/** What the source of the policies says over the run, to each bot at its own time. */
export class Policies {
  readonly #news: readonly { readonly at: number; readonly news: PolicyNews }[];
  readonly #parsed = new Map<string, Policy>();

  /** `believed` turns what the checker knows into what the bots are told: for proofs that it makes a difference. */
  constructor(scenario: Scenario, believed: (policy: PolicyData) => PolicyData) {
    this.#news = commitsOf(scenario).flatMap(({ from, commit, pull }, index, all) => {
      const policy = scenario.policies[index]?.policy ?? null;
      if (policy === null) return [{ at: from, news: unreadable(commit) }];
      const text = textOf(believed(policy));
      const first = { at: from, news: this.#good(text, originOf(commit, null)) };
      const later = from + PULL_KNOWN_AFTER;
      // A source tells of its newest commit alone.
      const isNewest = later + HEARD_WITHIN <= (all[index + 1]?.from ?? Number.POSITIVE_INFINITY);
      if (pull === null || !isNewest) return [first];
      return [first, { at: later, news: this.#good(text, originOf(commit, pull)) }];
    });
  }

  readonly reparse: Reparse = (text, origin) => this.#parse(text, origin);

  source(clock: WorldClock, random: SeededRandom): PolicySource {
    return {
      start: (heard) => {
        const look = (): void => {
          const current = this.#news.findLast(({ at }) => at <= clock.now());
          if (current !== undefined) heard(current.news);
        };
        look();
        const timers = this.#news
          .filter(({ at }) => at > clock.now())
          .map(({ at, news }) => clock.after(at + random.between(0, HEARD_WITHIN) - clock.now(), () => heard(news)));
        return {
          stop: () => {
            for (const timer of timers) timer.stop();
          },
          hurry: look,
        };
      },
    };
  }

  #good(text: string, origin: PolicyOrigin): PolicyNews {
    return { kind: "good", policy: this.#parse(text, origin), source: SOURCE, text };
  }

  #parse(text: string, origin: PolicyOrigin): Policy {
    const key = `${JSON.stringify(origin)} ${text}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    const parsed = parsePolicy(text, { ...origin, file: "policy.yaml" });
    if (!parsed.ok) throw new Error(`a generated policy is not good: ${JSON.stringify(parsed.problems)}\n${text}`);
    this.#parsed.set(key, parsed.policy);
    return parsed.policy;
  }
}

const REPOSITORY = "https://git.example/policies";

const originOf = (commit: string, pull: number | null): PolicyOrigin => ({
  ...{ commit, subject: "simulated", author: "Ana", when: null, url: `${REPOSITORY}/commit/${commit}` },
  pull: pull === null ? null : { number: pull, url: `${REPOSITORY}/pull/${pull}` },
});

const unreadable = (commit: string): PolicyNews => ({
  kind: "bad",
  problems: ["policy.yaml:1:1: is no policy"],
  source: SOURCE,
  commit,
});
