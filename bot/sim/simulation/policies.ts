import type { PolicyNews, PolicySource, Reparse } from "../../coordinator/policy-source-port.ts";
import { type Duration, MINUTE } from "../../core/instant.ts";
import type { Policy } from "../../core/policy/policy.ts";
import { parsePolicy } from "../../policy/parse-policy.ts";
import type { WorldClock } from "../clock.ts";
import type { SeededRandom } from "../random.ts";
import type { PolicyData } from "../rules/policy-data.ts";
import type { Scenario } from "./scenario.ts";

export const CLUSTER = "abal-kuber";
export const CHANNEL = "C0123456789";
const SOURCE = "simulated";
/** How late a bot may hear of a change. */
const HEARD_WITHIN: Duration = MINUTE;

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
  constructor({ start, policies }: Scenario, believed: (policy: PolicyData) => PolicyData) {
    this.#news = policies.map(({ at, policy }, index) => {
      const commit = `${index}f2a9c1d`;
      return {
        at: start + at,
        news: policy === null ? unreadable(commit) : this.#good(textOf(believed(policy)), commit),
      };
    });
  }

  readonly reparse: Reparse = (text, commit) => this.#parse(text, commit);

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

  #good(text: string, commit: string): PolicyNews {
    return { kind: "good", policy: this.#parse(text, commit), source: SOURCE, text };
  }

  #parse(text: string, commit: string | null): Policy {
    const key = `${commit} ${text}`;
    const known = this.#parsed.get(key);
    if (known !== undefined) return known;
    const parsed = parsePolicy(text, { file: "policy.yaml", commit, subject: "simulated" });
    if (!parsed.ok) throw new Error(`a generated policy is not good: ${JSON.stringify(parsed.problems)}\n${text}`);
    this.#parsed.set(key, parsed.policy);
    return parsed.policy;
  }
}

const unreadable = (commit: string): PolicyNews => ({
  kind: "bad",
  problems: ["policy.yaml:1:1: is no policy"],
  source: SOURCE,
  commit,
});
