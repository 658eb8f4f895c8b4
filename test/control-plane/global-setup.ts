import { controlPlaneBinaries } from "./build.ts";

/** Built before the first test begins, so that no test's time limit has to hold for a build of some minutes. */
export async function setup(): Promise<void> {
  await controlPlaneBinaries();
}
