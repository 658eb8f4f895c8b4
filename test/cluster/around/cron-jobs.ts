import type { JsonObject } from "../../control-plane/json.ts";
import { mustSend, type Rest } from "../../control-plane/rest.ts";
import { waitFor } from "../../control-plane/wait.ts";
import { createNamespace } from "../../control-plane/workloads.ts";

interface NewCronJob {
  readonly name: string;
  /** What becomes of its pods: they succeed at once, fail at once, or run until the test ends them. */
  readonly pods?: "succeed" | "fail" | "run";
  /** More of the pods' spec. */
  readonly spec?: JsonObject;
}

/** The namespace, with suspended CronJobs in it. */
export async function createCronJobs(rest: Rest, namespace: string, jobs: readonly NewCronJob[]): Promise<void> {
  await createNamespace(rest, namespace);
  // Pods are refused before it is there.
  await waitFor(rest, `/api/v1/namespaces/${namespace}/serviceaccounts/default`, (found) => found !== undefined);
  for (const { name, pods = "succeed", spec = {} } of jobs) {
    const annotations = { succeed: {}, fail: { [BY_THE_TEST]: "fails" }, run: { [BY_THE_TEST]: "runs" } }[pods];
    const containers = [{ name: "main", image: "registry.example/none:1" }];
    const template = { metadata: { annotations }, spec: { containers, restartPolicy: "Never", ...spec } };
    await mustSend(rest, "POST", `/apis/batch/v1/namespaces/${namespace}/cronjobs`, {
      apiVersion: "batch/v1",
      kind: "CronJob",
      metadata: { name, namespace },
      spec: { schedule: "0 0 1 1 *", suspend: true, jobTemplate: { spec: { backoffLimit: 0, template } } },
    });
  }
}

/** kwok completes every pod of a Job but those with this annotation. */
const BY_THE_TEST = "test.bootswain.dev/job";
