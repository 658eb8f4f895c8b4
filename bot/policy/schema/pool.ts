import { POOL_DEFAULTS } from "../../core/policy/policy.ts";
import { writtenDuration } from "../duration.ts";
import { drain } from "./drain.ts";
import { hooks } from "./hooks.ts";
import { labelKey, labels, selector } from "./labels.ts";
import { list, mapping } from "./must.ts";
import { slackChannel } from "./people.ts";
import { may } from "./rights.ts";
import { amount, choice, flag, name, setting } from "./scalars.ts";
import { windows } from "./window.ts";

const { reboot, verify, overdue, mode, discourageScheduling } = POOL_DEFAULTS;
const zeroTo = { least: 0 };

export const rebootShape = {
  delay: setting(reboot.delay, zeroTo).describe("How long an empty node waits, so that people can still stop it."),
  backWithin: setting(reboot.backWithin).describe("How long a node may take to come back; then it failed."),
};

export const verifyShape = {
  soak: setting(verify.soak, zeroTo).describe("How long all must be well before the node counts as done."),
  atMost: setting(verify.atMost).describe("How long that may take; then the node failed."),
};

export const overdueShape = {
  after: setting(overdue.after).describe("After this long pending a node is past its deadline."),
  remindEvery: setting(overdue.remindEvery).describe("How often people are reminded of it then."),
  // biome-ignore lint/suspicious/noThenProperty: a key of the policy; the core calls it pastDeadline
  then: choice(["remind", "automatic"])
    .prefault(overdue.pastDeadline)
    .describe("automatic: it needs no approval any more."),
};

export const nodeLabelsShape = {
  during: labels().prefault({}).describe("Labels that a node has while it is rebooted."),
  after: labels().prefault({}).describe("Labels that a node has once it was rebooted."),
};

/** Every key of a pool but its name and its nodes: those that `defaults` takes too. */
export const poolKeys = {
  mode: choice(["automatic", "approval", "observe"])
    .optional()
    .describe("automatic reboots by itself, approval asks first, observe never reboots.")
    .meta({ default: mode }),
  after: list(name(), "a list of pools").optional().describe("Pools whose nodes go before this one's."),
  quorum: choice(["etcd", "ready", "none"])
    .optional()
    .describe("etcd: a majority stays; ready: another node is ready; found out by itself when left out."),
  windows: windows()
    .optional()
    .describe('When its nodes may go: always, or a list such as { from: "22:00", to: "01:00" }.'),
  slack: mapping({ channel: slackChannel().describe("The ID of the channel.") })
    .optional()
    .describe("Where Bootswain speaks about this pool."),
  maxUnavailable: amount()
    .optional()
    .describe(
      "How many nodes may be away, others' included: a number, or a percentage that is rounded down, at least 1.",
    )
    .meta({ default: 1 }),
  spreadOver: labelKey().optional().describe("A label of nodes: of two of its values, one is never two nodes ahead."),
  may: may().optional().describe("Who may decide what; nobody without this key."),
  drain: drain().optional().describe("How pods leave a node."),
  hooks: hooks().optional().describe("Jobs around a reboot, made of suspended CronJobs."),
  reboot: mapping(rebootShape)
    .optional()
    .describe(`The reboot itself: ${writtenDuration(reboot.delay)} of delay first.`),
  verify: mapping(verifyShape).optional().describe("What a node must show after its reboot."),
  overdue: mapping(overdueShape)
    .transform(({ then: pastDeadline, ...rest }) => ({ ...rest, pastDeadline }))
    .optional()
    .describe("What happens to nodes that wait too long."),
  nodeLabels: mapping(nodeLabelsShape).optional().describe("Labels that nodes get."),
  discourageScheduling: flag()
    .optional()
    .describe("Keep evicted pods away from nodes that go next.")
    .meta({ default: discourageScheduling }),
};

export const poolShape = {
  name: name().describe("The pool's name."),
  nodes: mapping({
    matchLabels: selector("leave nodes out to take every node that no pool above took").describe(
      "Labels of its nodes.",
    ),
  })
    .optional()
    .describe("Which nodes are in it; the first pool that matches takes a node. All that are left when left out."),
  ...poolKeys,
};
