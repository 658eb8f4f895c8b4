import { z } from "zod";
import { list, mapping, must, pattern, text } from "./must.ts";
import { name } from "./scalars.ts";

export const slackUser = () => pattern(/^[UW][A-Z0-9]+$/, "the ID of a Slack user, such as U01AB");
export const slackChannel = () => pattern(/^[CGD][A-Z0-9]+$/, "the ID of a Slack channel, such as C0123456789");
const slackGroup = () => pattern(/^S[A-Z0-9]+$/, "the ID of a Slack user group, such as S01OPS");

export const personShape = {
  slack: slackUser().optional().describe("The ID of the Slack user, such as U01AB."),
  kubernetes: text("a user's name in Kubernetes").optional().describe("The user's name in Kubernetes."),
};

const groupShape = {
  people: list(name(), "a list of names of people").prefault([]).describe("Names of people."),
  slackGroups: list(slackGroup(), "a list of IDs of Slack user groups")
    .prefault([])
    .describe("IDs of Slack user groups whose members belong to it."),
  kubernetesGroups: list(text("a group's name in Kubernetes"), "a list of groups' names in Kubernetes")
    .prefault([])
    .describe("Names of Kubernetes groups whose members belong to it."),
};

export const people = () =>
  z.record(name(), mapping(personShape), must("a mapping of people, such as ana: { slack: U01AB }"));

export const groups = () =>
  z.record(name(), mapping(groupShape), must("a mapping of groups, such as operators: { people: [ana] }"));

export const mentionShape = {
  approval: name().optional().describe("The group to mention when approval is wanted."),
  blocked: name().optional().describe("The group to mention when a drain is blocked."),
  failed: name().optional().describe("The group to mention when a node failed."),
  overdue: name().optional().describe("The group to mention when a node is past its deadline."),
};

export const slackShape = {
  channel: slackChannel().optional().describe("The ID of the channel where Bootswain speaks."),
  mention: mapping(mentionShape).optional().describe("Groups to mention, by what a card is about."),
  approvers: list(slackUser(), "a list of IDs of Slack users, such as [U01AB]")
    .min(1, "is empty; name a Slack user, or leave approvers out")
    .optional()
    .describe("Short for a group named approvers that may do everything but force in each pool without a may."),
};
