import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { type ControlPlane, startControlPlane } from "../control-plane/control-plane.ts";
import { budgetCases } from "./budget-cases.ts";
import { drainCases } from "./drain-cases.ts";
import { evictionCases } from "./eviction-cases.ts";
import { objectCases } from "./object-cases.ts";
import { installCrds, realWorld } from "./real-world.ts";
import { rolloutCases } from "./rollout-cases.ts";
import { selectorCases } from "./selector-cases.ts";
import { inSimulation } from "./sim-world.ts";
import { watchCases } from "./watch-cases.ts";

const cases = [
  ...objectCases,
  ...watchCases,
  ...selectorCases,
  ...evictionCases,
  ...budgetCases,
  ...rolloutCases,
  ...drainCases,
];

describe("the simulated server answers as a real one", () => {
  let plane: ControlPlane;

  beforeAll(async () => {
    plane = await startControlPlane();
    await installCrds(plane);
  });

  afterAll(() => plane?.stop());

  test.each(cases.map(({ says, run }, index) => ({ says, run, index })))("$says", async ({ run, index }) => {
    const real = await run(await realWorld(plane, `contract-${index}`));
    const simulated = await inSimulation(`contract ${index}`, run);
    expect(simulated).toEqual(real);
  });
});

test("each case sees something in the simulation", async () => {
  for (const { run } of cases) expect(await inSimulation("alone", run)).toBeTruthy();
});
