import { HOUR } from "../instant.ts";
import { type Group, POOL_DEFAULTS, type Policy, type Pool } from "../policy/policy.ts";
import type { Freeze, Window } from "../policy/window.ts";

export const aPool = (changes: Partial<Pool> = {}): Pool => ({
  ...POOL_DEFAULTS,
  name: "workers",
  matchLabels: null,
  mode: "automatic",
  windows: "always",
  slackChannel: "C0123456789",
  maxUnavailable: { kind: "percent", percent: 100 },
  discourageScheduling: false,
  may: {
    approve: { by: "operators", people: 1, validFor: "nextWindow" },
    now: { by: "operators" },
    force: { by: "operators", people: 1, validFor: 2 * HOUR },
    skip: { by: "operators", upTo: 14 * 24 * HOUR },
    other: { by: "operators" },
  },
  ...changes,
});

/** `aWindow("22:00", "01:00")` is open on every night. */
export const aWindow = (from: string, to: string, changes: Partial<Window> = {}): Window => ({
  days: [],
  from: wallTime(from),
  end: { kind: "to", to: wallTime(to) },
  ...changes,
});

/** From Fri 2026-12-04 18:00 on for a week, for every pool. */
export const aFreeze = (changes: Partial<Freeze> = {}): Freeze => ({
  name: "year end",
  from: { date: { year: 2026, month: 12, day: 4 }, time: { hour: 18, minute: 0 } },
  to: { date: { year: 2026, month: 12, day: 11 }, time: { hour: 6, minute: 0 } },
  pools: null,
  ...changes,
});

const wallTime = (text: string) => {
  const [hour = 0, minute = 0] = text.split(":").map(Number);
  return { hour, minute };
};

export const aGroup = (name: string, people: readonly string[], changes: Partial<Group> = {}): Group => ({
  name,
  people,
  slackGroups: [],
  kubernetesGroups: [],
  ...changes,
});

export const aPolicy = (changes: Partial<Policy> = {}): Policy => ({
  commit: "3f2a9c1",
  subject: "widen worker window",
  author: "Ana",
  url: null,
  pull: null,
  when: null,
  cluster: "abal-kuber",
  timeZone: "America/Chicago",
  maxRebooting: 1,
  people: new Map([
    ["ana", { name: "ana", slack: "U01AB", kubernetes: "ana@example.com" }],
    ["ben", { name: "ben", slack: "U02CD", kubernetes: null }],
  ]),
  groups: new Map([["operators", aGroup("operators", ["ana", "ben"])]]),
  slackChannel: "C0123456789",
  mention: { approval: null, blocked: null, failed: null, overdue: null },
  freezes: [],
  gates: [],
  pools: [aPool()],
  ...changes,
});
