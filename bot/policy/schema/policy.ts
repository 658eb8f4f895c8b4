import { z } from "zod";
import { freeze } from "./freeze.ts";
import { gate } from "./gates.ts";
import { list, mapping, must, text } from "./must.ts";
import { groups, people, slackShape } from "./people.ts";
import { poolKeys, poolShape } from "./pool.ts";
import { count, timeZone } from "./scalars.ts";

const exactly = <T extends string>(value: T) => z.literal(value, must(value));

/** More than any cluster has; with more of them no further checks are made, since they would take too long. */
export const MOST_POOLS = 200;
export const MOST_FREEZES = 200;

export const policyShape = {
  apiVersion: exactly("policy.bootswain.dev/v1alpha1").describe("The version of this format."),
  kind: exactly("RebootPolicy").describe("What this file is."),
  cluster: text("a cluster's name").describe("The cluster's name; must equal the bot's --cluster."),
  timeZone: timeZone().describe("An IANA time zone; windows and freezes are local times in it."),
  maxRebooting: count().prefault(1).describe("How many nodes of the whole cluster may be rebooting at once."),
  people: people().prefault({}).describe("Links the identities of one person, so that two of them never count as two."),
  groups: groups().prefault({}).describe("Groups of people, who may do what a pool's may says."),
  slack: mapping(slackShape).optional().describe("Where Bootswain speaks in Slack, and to whom."),
  freezes: list(freeze(), "a list of freezes")
    .max(MOST_FREEZES, `must be at most ${MOST_FREEZES} freezes`)
    .prefault([])
    .describe("Times in which nothing is rebooted, whatever else is said."),
  gates: list(gate(), "a list of gates")
    .prefault([])
    .describe("What must hold for a node to go, besides times and people."),
  defaults: mapping(poolKeys)
    .optional()
    .describe("Any key of a pool but name and nodes; a pool's own key replaces it whole."),
  pools: list(mapping(poolShape), "a list of pools")
    .min(1, "is empty; without a pool no node is rebooted")
    .max(MOST_POOLS, `must be at most ${MOST_POOLS} pools`)
    .describe("Kinds of nodes, each with its own rules. The first pool that matches takes a node."),
};

/** The one definition of the format: types, checks, messages and the schema for editors come from it. */
export const policySchema = mapping(policyShape);

export type WrittenPolicy = z.output<typeof policySchema>;
export type WrittenPool = WrittenPolicy["pools"][number];
