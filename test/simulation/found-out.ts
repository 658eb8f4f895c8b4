import { SeededRandom } from "../../bot/sim/random.ts";
import { type Scenario, scenarioOf } from "../../bot/sim/simulation/scenario.ts";
import type { SimulationResult } from "../../bot/sim/simulation/simulation.ts";

/** So many runs are given to the checker to find a mutant out. */
const SEEDS = 300;

/** What tells of a run that it may be found out in it, and how it is run. */
interface Search {
  readonly run: (seed: number) => Promise<SimulationResult>;
  readonly tells: (problem: string) => boolean;
  /** Whether the mutant makes a difference in such a scenario sooner than in any other. */
  readonly meets?: ((scenario: Scenario) => boolean) | undefined;
}

/** The first seed that finds it out, of those that are likely to and then of all others; null for none. */
export async function seedThatFinds({ run, tells, meets = () => true }: Search): Promise<number | null> {
  const all = Array.from({ length: SEEDS }, (_, index) => index + 1);
  const { likely = [], others = [] } = Object.groupBy(all, (seed) => (meets(beginOf(seed)) ? "likely" : "others"));
  for (const seed of [...likely, ...others]) {
    const { problems } = await run(seed);
    if (problems.some(tells)) return seed;
  }
  return null;
}

/** What the seed decides beforehand takes no time to work out, and a run of it seconds. */
const beginOf = (seed: number): Scenario => scenarioOf(new SeededRandom(String(seed)).fork("scenario"));
