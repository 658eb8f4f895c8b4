import type { HookRun } from "../fleet/hook-run.ts";
import { MINUTE } from "../instant.ts";
import { NOW } from "./now.ts";

/** A hook after the reboot that succeeded a minute ago. */
export const aHookRun = (changes: Partial<HookRun> = {}): HookRun => ({
  stage: "afterReboot",
  name: "smoke test",
  namespace: "ops",
  job: "node-smoke-1",
  state: "succeeded",
  startedAt: NOW - 2 * MINUTE,
  endedAt: NOW - MINUTE,
  message: "",
  log: [],
  ...changes,
});
