import { z } from "zod";
import { RIGHT_DEFAULTS } from "../../core/policy/policy.ts";
import { mapping, must } from "./must.ts";
import { count, duration, name, setting } from "./scalars.ts";

const by = () => name().describe("The group that may.");
const people = (usual: number) =>
  count().prefault(usual).describe("How many different people it takes, the one who asks included.");

export const mayShape = {
  approve: mapping({
    by: by(),
    people: people(RIGHT_DEFAULTS.approve.people),
    validFor: z
      .union([z.literal("nextWindow"), duration()], must("nextWindow, or a duration, such as 8h"))
      .prefault(RIGHT_DEFAULTS.approve.validFor)
      .describe("How long a yes counts: for the next window, or a duration from the window's opening."),
  })
    .optional()
    .describe("Who may approve reboots in approval mode."),
  now: mapping({ by: by() }).optional().describe("Who may lift window, after and back-off; a freeze stays."),
  force: mapping({
    by: by(),
    people: people(RIGHT_DEFAULTS.force.people),
    validFor: setting(RIGHT_DEFAULTS.force.validFor).describe("How long it may take until all of them have said yes."),
  })
    .optional()
    .describe("Who may break a disruption budget; nobody without this key."),
  skip: mapping({ by: by(), upTo: setting(RIGHT_DEFAULTS.skip.upTo).describe("For how long at most.") })
    .optional()
    .describe("Who may leave a node out for a while."),
  other: mapping({ by: by() })
    .optional()
    .describe("Who may retry, move, adopt, keep, release, withdraw, pause, resume and reboot."),
};

export const may = () => mapping(mayShape);
