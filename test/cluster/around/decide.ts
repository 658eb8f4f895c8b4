import type { Verb } from "../../../bot/core/fleet/decision.ts";
import { type Json, stringAt } from "../../control-plane/json.ts";
import { waitFor } from "../../control-plane/wait.ts";
import type { Stage } from "../stage.ts";

/** People of a policy: lea may do all but approve; mo is nobody. */
export const PEOPLE = `people: { lea: { kubernetes: lea }, mo: { kubernetes: mo } }
groups: { operators: { people: [lea] } }
defaults: { may: { now: { by: operators }, force: { by: operators, people: 1 }, other: { by: operators } } }`;

interface Decision {
  readonly verb: Verb;
  readonly node: string;
  readonly by?: string;
  readonly reason?: string;
}

/** What a person asks for by kubectl, as themselves; resolves with the judgement. */
export async function decide(stage: Stage, { verb, node, by = "lea", reason }: Decision): Promise<Json | undefined> {
  const object = {
    apiVersion: "bootswain.dev/v1alpha1",
    kind: "RebootDecision",
    metadata: { generateName: `${verb}-` },
    spec: { verb, targets: [{ node }], by: { system: "kubernetes", id: by }, reason },
  };
  const made = await stage.plane.kubectl(["--as", by, "create", "-o", "name", "-f", "-"], JSON.stringify(object));
  if (made.code !== 0) throw new Error(`the decision was not taken: ${made.stderr}`);
  const path = `/apis/bootswain.dev/v1alpha1/rebootdecisions/${made.stdout.trim().split("/").at(-1)}`;
  const isJudged = (decision: Json | undefined): boolean => stringAt(decision, "status", "outcome") !== "";
  return waitFor(stage.plane.rest, path, isJudged);
}
