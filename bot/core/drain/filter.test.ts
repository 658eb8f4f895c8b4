import { expect, test } from "vitest";
import type { Job } from "../fleet/job.ts";
import type { Phase } from "../fleet/phase.ts";
import type { Pod } from "../fleet/pod.ts";
import { MINUTE } from "../instant.ts";
import { type DrainSettings, POOL_DEFAULTS, type PodRule } from "../policy/policy.ts";
import { aReboot, aSnapshot } from "../testing/builders.ts";
import { aJob, jobsOf } from "../testing/hooks.ts";
import { NOW } from "../testing/now.ts";
import { draining, ORDER, preparing, rebooting } from "../testing/phases.ts";
import { aDaemonSet, aPod } from "../testing/pods.ts";
import { type Fate, fateOf } from "./filter.ts";

const leave: PodRule = {
  match: { namespace: "web", matchLabels: {} },
  action: "leave",
  order: 0,
  before: null,
  atMost: null,
};
const daemon = { controller: { apiVersion: "apps/v1", kind: "DaemonSet", name: "ds", uid: "1" } };
const orphan = { controller: { apiVersion: "apps/v1", kind: "DaemonSet", name: "gone", uid: "2" } };
const GOES: Fate = { kind: "goes" };
const stays = (why: "hangs" | "daemon" | "mirror" | "rule"): Fate => ({ kind: "stays", why });
const guarded = (key: "emptyDir" | "unmanaged"): Fate => ({ kind: "protected", key });

test.each<[string, Partial<Pod>, Partial<DrainSettings>, Fate]>([
  ["an ordinary pod goes", {}, {}, GOES],
  ["one that ends already is waited for", { deletingSince: NOW - MINUTE }, {}, GOES],
  ["one that ends for too long is left", { deletingSince: NOW - 5 * MINUTE }, {}, stays("hangs")],
  ["that bound is the policy's", { deletingSince: NOW - 5 * MINUTE }, { ignoreTerminatingAfter: 6 * MINUTE }, GOES],
  ["a DaemonSet's pod that ends is waited for, too", { ...daemon, deletingSince: NOW }, {}, GOES],
  ["a DaemonSet's pod stays", daemon, {}, stays("daemon")],
  ["a finished pod of a DaemonSet goes", { ...daemon, finished: true }, {}, GOES],
  ["a pod whose DaemonSet is gone goes", orphan, {}, GOES],
  ["but not where the policy protects what nobody makes again", orphan, { unmanaged: "protect" }, guarded("unmanaged")],
  ["a static pod's mirror stays", { mirror: true, controller: null }, { unmanaged: "protect" }, stays("mirror")],
  ["a finished mirror stays, too", { mirror: true, finished: true }, {}, stays("mirror")],
  ["an emptyDir is no reason to stay", { hasEmptyDir: true }, {}, GOES],
  ["unless the policy protects them", { hasEmptyDir: true }, { emptyDir: "protect" }, guarded("emptyDir")],
  ["a finished pod has no use for its emptyDir", { hasEmptyDir: true, finished: true }, { emptyDir: "protect" }, GOES],
  ["a pod that nobody makes again goes", { controller: null }, {}, GOES],
  ["unless the policy protects them, too", { controller: null }, { unmanaged: "protect" }, guarded("unmanaged")],
  ["a finished one goes all the same", { controller: null, finished: true }, { unmanaged: "protect" }, GOES],
  [
    "local storage is looked at before the controller",
    { controller: null, hasEmptyDir: true },
    { emptyDir: "protect", unmanaged: "protect" },
    guarded("emptyDir"),
  ],
  ["a pod that a rule leaves stays", {}, { pods: [leave] }, stays("rule")],
  ["whatever it has", { controller: null, hasEmptyDir: true }, { pods: [leave], emptyDir: "protect" }, stays("rule")],
])("%s", (_, pod, drain, fate) => {
  const snapshot = aSnapshot({ daemonSets: new Map([["web/ds", aDaemonSet()]]) });
  expect(fateOf(aPod(pod), { drain: { ...POOL_DEFAULTS.drain, ...drain }, snapshot, now: NOW })).toEqual(fate);
});

const STAYS_FOR_HOOK: Fate = { kind: "stays", why: "hook" };
const another = { order: "another", fromBootId: "boot-1" };

test.each<[string, Partial<Job> | null, Phase, Partial<Pod>, Fate]>([
  ["a hook of this order stays", {}, draining(), {}, STAYS_FOR_HOOK],
  ["it stays in the last look before the order, too", {}, rebooting(), {}, STAYS_FOR_HOOK],
  ["it stays before the cordon", {}, preparing(), {}, STAYS_FOR_HOOK],
  ["it stays once it has finished", { state: "succeeded" }, draining(), { finished: true }, STAYS_FOR_HOOK],
  ["one that is ending is waited for", {}, draining(), { deletingSince: NOW }, GOES],
  ["one of an earlier order of this node goes", {}, draining(another), {}, GOES],
  ["one of another node's order goes", { order: "another" }, draining(), {}, GOES],
  ["one whose order can't be read goes", { order: null }, draining(), {}, GOES],
  ["the pod of a Job that is not ours goes", null, draining(), {}, GOES],
  ["one on a node that waits goes", {}, { kind: "waiting" }, {}, GOES],
  ["a Job of that name in another namespace goes", { namespace: "other" }, draining(), {}, GOES],
  [
    "a pod that only has the Job's name from something else goes",
    {},
    draining(),
    { controller: { apiVersion: "apps/v1", kind: "ReplicaSet", name: aJob().name, uid: "1" } },
    GOES,
  ],
])("of the pods of Jobs %s", (_, job, phase, pod, fate) => {
  const controller = { apiVersion: "batch/v1", kind: "Job", name: aJob().name, uid: "uid-job" };
  const jobs = job === null ? new Map() : jobsOf(aJob({ order: ORDER, ...job }));
  const snapshot = aSnapshot({ jobs, reboots: [aReboot({ phase, orders: 1 })] });
  const sieve = { drain: POOL_DEFAULTS.drain, snapshot, now: NOW };
  expect(fateOf(aPod({ namespace: "ops", name: "snapshot-x", controller, ...pod }), sieve)).toEqual(fate);
});
