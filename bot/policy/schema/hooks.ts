import type { Hook } from "../../core/policy/policy.ts";
import { timeout } from "./drain.ts";
import { cronJob } from "./labels.ts";
import { list, mapping, text } from "./must.ts";
import { choice, flag } from "./scalars.ts";

type OnFailure = Hook["onFailure"];

const hookOf = (onFailure: readonly OnFailure[]) =>
  mapping({
    name: text("a name, such as smoke test").describe("What it is called where people read about it."),
    cronJob: cronJob().describe("A suspended CronJob, as namespace/name, from which a Job is made."),
    onNode: flag().prefault(false).describe("Whether the Job runs on the node itself."),
    timeout: timeout(),
    onFailure: choice(onFailure).describe("What becomes of the reboot when the Job fails."),
  });

const BEFORE: readonly OnFailure[] = ["yield", "fail", "continue"];
/** What was rebooted can't step aside any more. */
const AFTER: readonly OnFailure[] = ["fail", "continue"];

const stage = (onFailure: readonly OnFailure[]) =>
  list(hookOf(onFailure), "a list of hooks").superRefine((hooks, context) => {
    const names = new Set<string>();
    hooks.forEach(({ name }, index) => {
      if (names.has(name))
        context.addIssue({
          code: "custom",
          path: [index, "name"],
          message: `another hook of this list is named ${name}`,
        });
      names.add(name);
    });
  });

export const hooksShape = {
  beforeDrain: stage(BEFORE).prefault([]).describe("Run with the slot taken, before the node is drained."),
  beforeReboot: stage(BEFORE).prefault([]).describe("Run when the node is empty."),
  afterReboot: stage(AFTER).prefault([]).describe("Run after the new boot, before the node takes pods again."),
};

export const hooks = () => mapping(hooksShape);
