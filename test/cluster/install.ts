import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { installCrds } from "../contract/real-world.ts";
import type { ControlPlane } from "../control-plane/control-plane.ts";
import type { Rest } from "../control-plane/rest.ts";

const DEPLOY = join(import.meta.dirname, "../../deploy");
const LOOK_EVERY_MS = 25;

/** All of deploy/, and people who may decide. */
export async function install(plane: ControlPlane, people: readonly string[]): Promise<void> {
  await installCrds(plane);
  await apply(plane, "rbac.yaml");
  await installAdmission(plane);
  const users = people.map((name) => `--user=${name}`);
  await kubectl(plane, ["create", "clusterrolebinding", "people", "--clusterrole=bootswain-operator", ...users]);
}

/** Resolves when the policies are in force: the API server takes new ones in after a moment. */
export async function installAdmission(plane: ControlPlane): Promise<void> {
  await apply(plane, "admission.yaml");
  // The binding of this policy is the last one in the file.
  while (!(await refusesForgery(plane.rest))) await delay(LOOK_EVERY_MS);
}

async function refusesForgery(rest: Rest): Promise<boolean> {
  const answer = await rest.request("POST", "/apis/bootswain.dev/v1alpha1/rebootdecisions?dryRun=All", {
    apiVersion: "bootswain.dev/v1alpha1",
    kind: "RebootDecision",
    metadata: { generateName: "forged-" },
    spec: { verb: "retry", targets: [], by: { system: "kubernetes", id: "somebody else" } },
  });
  return answer.code === 403;
}

async function apply(plane: ControlPlane, file: string): Promise<void> {
  await kubectl(plane, ["apply", "-f", "-"], await readFile(join(DEPLOY, file), "utf8"));
}

async function kubectl(plane: ControlPlane, args: readonly string[], stdin = ""): Promise<void> {
  const ended = await plane.kubectl(args, stdin);
  if (ended.code !== 0) throw new Error(`kubectl ${args.join(" ")} was refused: ${ended.stderr}`);
}
