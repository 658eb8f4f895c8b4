import { describe, expect, test } from "vitest";
import type { Answer, Api, Call, Log } from "../coordinator/ports.ts";
import { HOUR, MINUTE, SECOND } from "../core/instant.ts";
import { installAdmission, loseAdmission } from "../sim/admission.ts";
import { SimCluster } from "../sim/cluster.ts";
import { SimProcess } from "../sim/process.ts";
import { AdmissionProbe } from "./admission-probe.ts";
import { answered, status, unanswered } from "./testing/scripted.ts";

const log: Log = { info: () => {}, warn: () => {} };
const REPORT = { apiVersion: "bootswain.dev/v1alpha1", kind: "HostReport", metadata: { name: "node-1" } };
const START = Date.UTC(2026, 11, 1, 4);

interface Settings {
  readonly hasAdmission?: boolean;
  readonly hasReports?: boolean;
  /** Answers in the server's place where it says something. */
  readonly script?: Script;
}

type Script = (call: Call) => Answer | null;

/** A bot's probe on a simulated server. */
function aProbe({ hasAdmission = true, hasReports = true, ...settings }: Settings = {}) {
  const policySource = () => ({ start: () => ({ stop: () => {}, hurry: () => {} }) });
  const cluster = new SimCluster({ seed: "probe", start: START, clusterName: "x", policySource, hasAdmission });
  const { store, clock } = cluster;
  const addReport = (): void => void store.put("people", "hostreports", REPORT);
  if (hasReports) addReport();
  const process = new SimProcess("bot a", clock, () => {});
  const direct = cluster.api(process);
  const calls: Call[] = [];
  let script: Script = settings.script ?? (() => null);
  const api: Api = {
    call: async (call, deadline) => {
      calls.push(call);
      return script(call) ?? direct.call(call, deadline);
    },
    watch: (call, listener) => direct.watch(call, listener),
  };
  const parts = { api, clock: process.clock(), random: cluster.random, log };
  const probe = new AdmissionProbe({ ...parts, callDeadline: 10 * SECOND, namespace: "bootswain", pod: null });
  const running = probe.start(() => {});
  const lasts = async (length: number): Promise<boolean | null> => {
    await clock.runUntil(() => false, clock.now() + length);
    return probe.observed()?.isTrue ?? null;
  };
  const answers = (say: Script): void => {
    script = say;
  };
  return { cluster, store, probe, calls, running, lasts, answers, addReport };
}

const isDryRun = (call: Call): boolean => "dryRun" in call && call.dryRun === true;

describe("admission is", () => {
  test("there when every policy refuses what it must, and nothing was written by that", async () => {
    const { lasts, store, probe } = aProbe();
    const version = store.version();
    expect(await lasts(MINUTE)).toBe(false);
    expect(store.version()).toBe(version);
    expect(probe.observed()?.says).toBe(
      "The admission policies are in force: decisions count from Slack, kubectl and the command line.",
    );
  });

  test("missing on a server that has none, which is asked no more than hourly", async () => {
    const { lasts, calls, probe } = aProbe({ hasAdmission: false });
    expect(await lasts(30 * MINUTE)).toBe(true);
    expect(probe.observed()?.says).toBe(
      "Decisions made with kubectl or the command line don't count, since nothing proves who made them, and whoever has one agent's token can report for every host. Not in force: bootswain-decision, bootswain-host-report. Apply deploy/rbac.yaml and deploy/admission.yaml; Kubernetes 1.30 or newer is needed.",
    );
    expect(calls.filter(isDryRun)).toHaveLength(2);
    await lasts(HOUR);
    expect(calls.filter(isDryRun)).toHaveLength(4);
  });

  test.each<[string, (store: SimCluster["store"]) => void]>([
    ["a binding was deleted", loseAdmission],
    [
      "one policy was deleted",
      (store) => store.remove("people", "validatingadmissionpolicies", "bootswain-host-report"),
    ],
  ])("missing within seconds once %s, and back within seconds", async (_, lose) => {
    const { store, lasts } = aProbe();
    expect(await lasts(10 * MINUTE)).toBe(false);
    lose(store);
    expect(await lasts(5 * SECOND)).toBe(true);
    installAdmission(store);
    expect(await lasts(5 * SECOND)).toBe(false);
  });

  test("looked at again after a change, since servers take a policy in a moment later", async () => {
    const { store, lasts, answers } = aProbe();
    await lasts(10 * MINUTE);
    const late = status(
      "ValidatingAdmissionPolicy 'bootswain-decision' with binding 'bootswain-decision' denied request",
    );
    answers((call) => (call.resource === "rebootdecisions" ? answered(403, late) : null));
    store.remove("people", "validatingadmissionpolicybindings", "bootswain-decision");
    expect(await lasts(5 * SECOND)).toBe(false);
    answers(() => null);
    expect(await lasts(30 * SECOND)).toBe(true);
  });

  test("seen to be back without a watch by the next hour", async () => {
    const { store, lasts } = aProbe({
      script: ({ resource }) => (resource === "validatingadmissionpolicies" ? answered(403, status("no right")) : null),
    });
    loseAdmission(store);
    expect(await lasts(MINUTE)).toBe(true);
    installAdmission(store);
    expect(await lasts(50 * MINUTE)).toBe(true);
    expect(await lasts(HOUR)).toBe(false);
  });
});

const decisionsAre = (answer: Answer) => (call: Call) => (call.resource === "rebootdecisions" ? answer : null);
const OF_OTHER = "ValidatingAdmissionPolicy 'bootswain' with binding 'bootswain' denied request";

describe("an answer to the dry run proves", () => {
  test.each<[string, Answer, boolean | null]>([
    ["nothing is there when the write is taken", answered(201), true],
    ["nothing is there when something else refuses it", answered(403, status("a webhook says no")), true],
    ["nothing is there when the bot has no right to it", answered(403, status("User can't create it")), true],
    ["nothing is there when a policy of another name refuses it", answered(422, status(OF_OTHER)), true],
    ["nothing is there when an object of that name is in its way", answered(409, status("it exists")), true],
    ["nothing at all when the server has trouble", answered(503, status("trouble")), null],
    ["nothing at all when it is busy", answered(429, status("busy")), null],
    ["nothing at all when it is silent", unanswered, null],
  ])("%s", async (_, answer, isMissing) => {
    const { lasts, answers } = aProbe();
    answers(decisionsAre(answer));
    expect(await lasts(10 * MINUTE)).toBe(isMissing);
  });

  test("the policy by a refusal alone: a report that its agent has just written is tried again", async () => {
    const { lasts, answers, calls } = aProbe();
    let conflicts = 2;
    answers((call) => (call.verb === "update" && conflicts-- > 0 ? answered(409, status("modified")) : null));
    expect(await lasts(10)).toBe(null);
    expect(await lasts(SECOND)).toBe(false);
    expect(calls.filter((call) => call.verb === "update")).toHaveLength(3);
  });
});

describe("where nothing can be tried", () => {
  test("what was seen last counts for an hour, and no longer", async () => {
    const { lasts, answers, probe } = aProbe();
    await lasts(10 * MINUTE);
    answers(() => unanswered);
    // The next look is due after an hour.
    expect(await lasts(110 * MINUTE)).toBe(false);
    expect(await lasts(5 * MINUTE)).toBe(true);
    expect(probe.observed()?.says).toContain("Not in force: bootswain-decision, bootswain-host-report.");
    answers(() => null);
    expect(await lasts(2 * MINUTE)).toBe(false);
  });

  test("nothing is said before anything was seen, until there is a report to try on", async () => {
    const { lasts, addReport } = aProbe({ hasReports: false });
    expect(await lasts(10 * MINUTE)).toBe(null);
    addReport();
    expect(await lasts(MINUTE + SECOND)).toBe(false);
  });

  test("a stopped probe asks nothing more", async () => {
    const { lasts, calls, running } = aProbe();
    await lasts(MINUTE);
    running.stop();
    const known = calls.length;
    await lasts(3 * HOUR);
    expect(calls.length).toBe(known);
  });
});

describe("on the bot's own Deployment", () => {
  async function inPod() {
    const made = aProbe();
    made.running.stop();
    made.cluster.addNode({ name: "node-1", labels: {} });
    made.cluster.deployBots(1);
    await made.lasts(2 * MINUTE);
    const pod = made.store.all("pods").find(({ metadata }) => metadata.namespace === "bootswain")?.metadata.name ?? "";
    return { ...made, pod };
  }

  test("the bot tries to scale it, and that alone", async () => {
    const { cluster, store, pod, lasts } = await inPod();
    const process = new SimProcess("bot a", cluster.clock, () => {});
    const api = cluster.api(process);
    const parts = { api, clock: process.clock(), random: cluster.random, log };
    const probe = new AdmissionProbe({ ...parts, callDeadline: 10 * SECOND, namespace: "bootswain", pod });
    probe.start(() => {});
    await lasts(MINUTE);
    expect(probe.observed()?.isTrue).toBe(false);
    store.remove("people", "validatingadmissionpolicybindings", "bootswain-bot-deployments");
    await lasts(MINUTE);
    expect(probe.observed()).toMatchObject({
      isTrue: true,
      says: expect.stringContaining("Not in force: bootswain-bot-deployments."),
    });
  });
});
