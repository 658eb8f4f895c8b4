import type { Clock } from "../../coordinator/ports.ts";
import { type Duration, MINUTE, SECOND } from "../../core/instant.ts";
import type { PullRequest } from "../../core/policy/policy.ts";
import { pullOf } from "./commit-context.ts";
import type { Repository } from "./repository-objects.ts";

/** GitHub may link a commit with what brought it only some seconds after the merge, and most commits that it names none for have none. */
const ASKED_AGAIN_MOST = 5;
const ASKED_AGAIN_FOR: Duration = 10 * MINUTE;
/** Then twice as long each time: hints make readings come close together. */
const FIRST_WAIT: Duration = 2 * SECOND;

interface Asked {
  readonly commit: string;
  readonly pull: PullRequest | null;
  readonly times: number;
  /** Both by the monotonic clock. */
  readonly since: Duration;
  readonly last: Duration;
}

/** The pull request that brought the newest commit: asked for at the first readings until there is one. */
export class LatePull {
  readonly #clock: Clock;
  #asked: Asked | null = null;

  constructor(clock: Clock) {
    this.#clock = clock;
  }

  async of(
    repository: Repository,
    newest: { readonly commit: string; readonly branch: string },
  ): Promise<PullRequest | null> {
    const now = this.#clock.monotonic();
    const before = this.#asked?.commit === newest.commit ? this.#asked : null;
    if (before !== null && !isDue(before, now)) return before.pull;
    const pull = await pullOf(repository, newest);
    this.#asked = {
      ...{ commit: newest.commit, pull, times: (before?.times ?? 0) + 1 },
      ...{ since: before?.since ?? now, last: now },
    };
    return pull;
  }
}

function isDue({ pull, times, since, last }: Asked, now: Duration): boolean {
  if (pull !== null || times > ASKED_AGAIN_MOST || now - since > ASKED_AGAIN_FOR) return false;
  return now - last >= FIRST_WAIT * 2 ** (times - 1);
}
