import type { Api, Resource } from "../coordinator/ports.ts";
import { type Duration, SECOND } from "../core/instant.ts";

const OURS: readonly Resource[] = ["hostreports", "nodereboots", "rebootfleets", "rebootdecisions"];
const DEADLINE: Duration = 10 * SECOND;

/** What keeps the bot from working on this cluster now, as a sentence that says what to do; null when nothing does. */
export async function whatIsMissing(api: Api): Promise<string | null> {
  for (const resource of OURS) {
    const answer = await api.call({ verb: "list", resource, limit: 1 }, DEADLINE);
    if (answer.kind === "unanswered")
      return `The API server does not answer: ${answer.why}. Check that it runs and that the kubeconfig names it.`;
    const problem = problemOf(answer.code, resource);
    if (problem !== null) return problem;
  }
  return null;
}

function problemOf(code: number, resource: Resource): string | null {
  if (code === 200) return null;
  if (code === 404)
    return `The cluster has no ${resource}.bootswain.dev. Install the CRDs: kubectl apply -f deploy/crds`;
  if (code === 401)
    return "The API server does not know these credentials (401). Check the kubeconfig's user and token.";
  if (code === 403) return `These credentials may not list ${resource} (403). Apply deploy/rbac.yaml, or use others.`;
  return `The API server answered ${code} to a list of ${resource}.`;
}
