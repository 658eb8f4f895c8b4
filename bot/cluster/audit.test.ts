import { describe, expect, test } from "vitest";
import type { Answer, Call, Json } from "../coordinator/ports.ts";
import type { Decision, Judgement } from "../core/fleet/decision.ts";
import { MINUTE } from "../core/instant.ts";
import { aDecision, aJudgement } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { Performer } from "./perform.ts";
import { formatDecisionStatus, newDecision } from "./resources/reboot-decision.ts";
import { answered, LEASE, scripted, unanswered } from "./testing/scripted.ts";

const asked = aDecision({
  name: "asked",
  groups: ["S01"],
  reason: "kernel",
  targets: ["worker-1", "worker-2", "gone"].map((node) => ({ node, digest: null })),
});
const UNDER = { policyCommit: "3f2a9c1", policyPull: 42 };
const yes = aJudgement({ says: "worker-1 is approved by ana.", validUntil: NOW + MINUTE, ...UNDER });
/** As a server keeps it whose resources are older than the bot. */
const pruned = { ...yes, policyCommit: null, policyPull: null };

function object(version: string, judgement: Judgement | null = null, decision: Decision = asked): Json {
  const metadata = {
    name: "asked",
    uid: "uid-asked",
    resourceVersion: version,
    creationTimestamp: "2026-12-05T04:30:00Z",
  };
  const status = judgement === null ? {} : Object(formatDecisionStatus("asked", version, judgement));
  return { ...Object(newDecision(decision)), ...status, metadata };
}

const nodeObject = (name: string): Json => ({
  metadata: { name, uid: `uid-${name}`, resourceVersion: "1" },
  spec: {},
  status: {},
});

/** What was logged, and which Events were made, when the write of a judgement and the reading after it are answered so. */
async function judged(
  answers: { readonly write: Answer; readonly read?: Answer },
  { judgement = yes, decision = asked }: { readonly judgement?: Judgement; readonly decision?: Decision } = {},
) {
  const listed: Readonly<Record<string, readonly Json[]>> = {
    rebootdecisions: [object("7", null, decision)],
    nodes: [nodeObject("worker-1"), nodeObject("worker-2")],
  };
  const script = (call: Call): Answer => {
    if (call.verb === "list")
      return answered(200, { metadata: { resourceVersion: "1" }, items: listed[call.resource] ?? [] });
    if (call.verb === "update") return answers.write;
    return call.verb === "get" ? (answers.read ?? answered(500)) : answered(201);
  };
  const { parts, mirrors, calls } = scripted(NOW, script);
  const lines: { readonly event: string; readonly fields: unknown }[] = [];
  const log = { info: (event: string, fields?: unknown) => void lines.push({ event, fields }), warn: () => {} };
  mirrors.start(() => {});
  await mirrors.until(() => mirrors.store.decisions.size > 0 && mirrors.store.nodes.size > 1, MINUTE);
  const step = { kind: "Judge", decision: "asked", version: "7", judgement } as const;
  await new Performer({ ...parts, log }).perform(step, LEASE);
  await new Promise((resolve) => setImmediate(resolve));
  mirrors.stop();
  const events = calls.flatMap((call) => (call.verb === "create" ? [call.object] : []));
  return { lines: lines.filter(({ event }) => event === "decision judged").map(({ fields }) => fields), events };
}

const LINE = {
  name: "asked",
  verb: "approve",
  nodes: ["worker-1", "worker-2", "gone"],
  system: "slack",
  id: "U01AB",
  person: "ana",
  groups: ["S01"],
  reason: "kernel",
  outcome: "counted",
  says: "worker-1 is approved by ana.",
  validUntil: "2026-12-05T04:31:00.000Z",
  ...UNDER,
};

describe("one line of the log says who decided what, and what came of it", () => {
  const other = aJudgement({ at: NOW - 1, says: yes.says });
  test.each<[string, Parameters<typeof judged>[0], readonly unknown[]]>([
    ["once it is written", { write: answered(200, object("8", yes)) }, [LINE]],
    [
      "once it is seen to be written, though the answer was lost",
      { write: unanswered, read: answered(200, object("8", yes)) },
      [LINE],
    ],
    [
      "once it is written, though the server keeps no policy with it",
      { write: answered(200, object("8", pruned)) },
      [LINE],
    ],
    ["not for what was not written", { write: answered(500), read: answered(200, object("7")) }, []],
    ["not for what nobody knows", { write: unanswered }, []],
    ["not for another leader's judgement", { write: answered(409), read: answered(200, object("8", other)) }, []],
  ])("%s", async (_, answers, lines) => {
    expect((await judged(answers)).lines).toEqual(lines);
  });

  test("also of what was refused, by whom nobody knows", async () => {
    const judgement = aJudgement({ outcome: "refused", person: null, says: "No.", validUntil: null, ...UNDER });
    const { lines, events } = await judged({ write: answered(200, object("8", judgement)) }, { judgement });
    expect(lines).toEqual([{ ...LINE, outcome: "refused", person: null, says: "No.", validUntil: null }]);
    expect(events[0]).toMatchObject({ reason: "DecisionRefused", message: "slack:U01AB was refused (approve): No." });
  });
});

test("each node that is there has an Event of it", async () => {
  const { events } = await judged({ write: answered(200, object("8", yes)) });
  expect(events).toMatchObject(
    ["worker-1", "worker-2"].map((name) => ({
      metadata: {
        annotations: { "bootswain.dev/policy-commit": "3f2a9c1", "bootswain.dev/policy-pull": "42" },
      },
      involvedObject: { kind: "Node", name, uid: `uid-${name}` },
      type: "Normal",
      reason: "DecisionCounted",
      message: "ana approved: worker-1 is approved by ana.",
    })),
  );
});
