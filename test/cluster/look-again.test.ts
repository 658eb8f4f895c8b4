import { afterEach, expect, onTestFailed, test } from "vitest";
import { LookAgain } from "../../bot/cluster/look-again.ts";
import { Mirrors } from "../../bot/cluster/mirrors.ts";
import { LOOK_AGAIN } from "../../bot/cluster/resources/reboot-fleet.ts";
import { MINUTE, SECOND } from "../../bot/core/instant.ts";
import { DEFAULT_TIMINGS } from "../../bot/core/timings.ts";
import { loadConnection } from "../../bot/kube/connection.ts";
import { KubeApi } from "../../bot/kube/kube-api.ts";
import { systemClock, systemRandom } from "../../bot/process/clock.ts";
import { type Json, stringAt } from "../control-plane/json.ts";
import { waitFor } from "../control-plane/wait.ts";
import { automaticPolicyText } from "./policy-text.ts";
import { BOT_USER, Stage } from "./stage.ts";

const FLEET = "/apis/bootswain.dev/v1alpha1/rebootfleets/cluster";
/** No bot looks by itself within the test. */
const POLL = 10 * MINUTE;

let stage: Stage | null = null;

afterEach(async () => {
  await stage?.clear();
  stage = null;
});

/** A replica that was told of a change by GitHub, with the bot's own rights. */
function aReplica(set: Stage, warnings: unknown[]): LookAgain {
  const api = new KubeApi(loadConnection(set.plane.kubeconfig(BOT_USER)));
  const log = { info: () => {}, warn: (event: string, fields?: object) => void warnings.push({ event, ...fields }) };
  const parts = { api, clock: systemClock, random: systemRandom, log, timings: DEFAULT_TIMINGS };
  return new LookAgain(
    parts,
    new Mirrors(parts, { cluster: "abal-kuber", namespace: "bootswain", pod: null, isReader: true }),
  );
}

test("a hint by a replica or a person has the leader look, and its writes of the status keep the hint", async () => {
  const set = await Stage.set({ policy: automaticPolicyText, nodes: [], timings: { policyPoll: POLL } });
  stage = set;
  onTestFailed(() => void process.stderr.write(`${set.botLog()}\n`));
  const inForce = (commit: string) =>
    waitFor(set.plane.rest, FLEET, (fleet) => stringAt(fleet, "status", "policy", "commit") === commit, 20 * SECOND);
  const hintIn = (fleet: Json | undefined): string => stringAt(fleet, "metadata", "annotations", LOOK_AGAIN);
  await set.startBot().says("leads");
  await inForce(set.repository.git("rev-parse", "HEAD"));

  const second = set.repository.commit("abal-kuber.yaml", `${automaticPolicyText}# two\n`, "Two");
  const warnings: unknown[] = [];
  const replica = aReplica(set, warnings);
  replica.tell("push acme/policies");
  expect(hintIn(await inForce(second))).toMatch(/^\d{4}-.*Z push acme\/policies$/);
  replica.stop();
  expect(warnings).toEqual([]);

  const third = set.repository.commit("abal-kuber.yaml", `${automaticPolicyText}# three\n`, "Three");
  const annotated = await set.plane.kubectl([
    "annotate",
    "rebootfleet",
    "cluster",
    `${LOOK_AGAIN}=by ana`,
    "--overwrite",
  ]);
  expect(annotated).toMatchObject({ code: 0 });
  expect(hintIn(await inForce(third))).toBe("by ana");
});
