import { expect, test } from "vitest";
import type { Answer, Call } from "../coordinator/ports.ts";
import type { Judgement } from "../core/fleet/decision.ts";
import { aDecision, aJudgement } from "../core/testing/builders.ts";
import { NOW } from "../core/testing/now.ts";
import { DecisionDesk } from "./decision-desk.ts";
import { formatDecisionStatus, newDecision } from "./resources/reboot-decision.ts";
import { answered, scripted } from "./testing/scripted.ts";

const request = aDecision({ name: "click" });

/** What somebody is told whose decision the cluster has judged so; `code` is what it answers to the making of it. */
async function told(code: number, judgement: Judgement) {
  const metadata = { name: "click", uid: "u", resourceVersion: "7", creationTimestamp: "2026-12-05T04:30:00Z" };
  const object = {
    ...Object(newDecision(request)),
    ...Object(formatDecisionStatus("click", "7", judgement)),
    metadata,
  };
  const script = (call: Call): Answer =>
    call.verb === "list"
      ? answered(200, {
          metadata: { resourceVersion: "1" },
          items: call.resource === "rebootdecisions" ? [object] : [],
        })
      : answered(code);
  const { parts, mirrors } = scripted(NOW, script);
  mirrors.start(() => {});
  await mirrors.until(() => mirrors.store.decisions.size > 0, 1_000);
  const answer = await new DecisionDesk(parts, mirrors).ask(request);
  mirrors.stop();
  return answer.kind === "judged" ? [answer.repeated, answer.judgement.says] : answer;
}

const says = "worker-1 is approved by ana, valid until 22:30 CST.";

test.each<[string, number, Partial<Judgement>, readonly [boolean, string]]>([
  ["a new one by what came of it", 201, { validUntil: NOW + 1 }, [false, says]],
  ["the same again by what came of it then", 409, { validUntil: NOW + 1 }, [true, says]],
  [
    "the same again, once that is over, that it has expired",
    409,
    { validUntil: NOW },
    [
      true,
      `This has expired. You were told before: “${says}” Decide again: on a new card, or by a reply in this one's thread.`,
    ],
  ],
  ["what never expires as ever", 409, { validUntil: null }, [true, says]],
  ["a refusal as ever", 409, { outcome: "refused", validUntil: null }, [true, says]],
])("is answered: %s", async (_, code, changes, answer) => {
  expect(await told(code, aJudgement({ says, ...changes }))).toEqual(answer);
});
