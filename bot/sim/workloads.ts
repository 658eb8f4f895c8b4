import { isDeepStrictEqual } from "node:util";
import { addClaim, type ClaimSettings } from "./claims.ts";
import { CLUSTER_LABEL, ROLE_LABEL } from "./controllers/operator.ts";
import { asObject, keyOf, type Stored, withSpec } from "./objects.ts";
import { type PodSettings, templateOf } from "./pod-template.ts";
import { pendingPod } from "./pods.ts";
import { at } from "./rules/world.ts";
import type { Store } from "./store.ts";

interface Named {
  readonly namespace: string;
  readonly name: string;
}

export interface DeploymentSettings extends Named, PodSettings {
  readonly replicas: number;
  /** As spec.strategy; a rolling update by a quarter, up and down, when it is not given. */
  readonly strategy?: object;
}

interface StatefulSetSettings extends Named, PodSettings {
  readonly replicas: number;
  /** Each pod gets a claim of its own. */
  readonly hasData?: boolean;
}

interface BudgetSettings extends Named {
  /** As spec.selector; app=NAME when it is not given. */
  readonly selector?: object;
  /** The rest of the spec: minAvailable or maxUnavailable, unhealthyPodEvictionPolicy. */
  readonly promise: object;
}

interface DatabaseSettings extends Named {
  readonly instances: number;
  /** After the cordon of the primary's node; it never switches over when it is not given. */
  readonly switchOverSeconds?: number;
}

const QUARTER = { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } };

/** What people put onto a cluster, as with kubectl apply: pods carry the label app=NAME beside those given. */
export class Workloads {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** Another template rolls out; other replicas alone do not. */
  deploy({ namespace, name, replicas, strategy, ...pod }: DeploymentSettings): void {
    const known = this.#store.get("deployments", keyOf(namespace, name));
    this.#apply(
      "deployments",
      "apps/v1",
      "Deployment",
      { namespace, name },
      {
        replicas,
        strategy: strategy ?? at(known, "spec", "strategy") ?? QUARTER,
        ...selectedPods(name, pod),
      },
    );
  }

  addStatefulSet({ namespace, name, replicas, hasData, ...pod }: StatefulSetSettings): void {
    const claims = hasData === true ? { volumeClaimTemplates: [{ metadata: { name: "data" } }] } : {};
    const spec = { replicas, serviceName: name, ...selectedPods(name, pod), ...claims };
    this.#apply("statefulsets", "apps/v1", "StatefulSet", { namespace, name }, spec);
  }

  addDaemonSet({ namespace, name, ...pod }: Named & PodSettings): void {
    this.#apply("daemonsets", "apps/v1", "DaemonSet", { namespace, name }, selectedPods(name, pod));
  }

  /** A Job as people start it by hand; its pods exit after a while, or by their habits. */
  addJob({
    namespace,
    name,
    backoffLimit = 6,
    ...pod
  }: Named & PodSettings & { readonly backoffLimit?: number }): void {
    this.#apply("jobs", "batch/v1", "Job", { namespace, name }, { backoffLimit, template: appTemplate(name, pod) });
  }

  /** Suspended, as Bootswain wants those that it makes Jobs of. */
  addCronJob({ namespace, name, ...pod }: Named & PodSettings): void {
    const template = appTemplate(name, pod);
    const spec = { suspend: true, schedule: "0 0 1 1 *", jobTemplate: { spec: { backoffLimit: 0, template } } };
    this.#apply("cronjobs", "batch/v1", "CronJob", { namespace, name }, spec);
  }

  /** A pod that no controller makes again. */
  addPod({ namespace, name, node, ...pod }: Named & PodSettings & { readonly node?: string }): void {
    const labels = { app: name, ...pod.labels };
    const place = { namespace, name, owner: null, ...(node === undefined ? {} : { node }) };
    this.#store.put("people", "pods", pendingPod({ ...pod, labels, ...place }));
  }

  addBudget({ namespace, name, selector, promise }: BudgetSettings): void {
    const spec = { selector: selector ?? { matchLabels: { app: name } }, ...promise };
    this.#apply("poddisruptionbudgets", "policy/v1", "PodDisruptionBudget", { namespace, name }, spec);
  }

  addClaim(claim: ClaimSettings): void {
    addClaim(this.#store, "people", claim);
  }

  /** A Cluster of CloudNativePG with the budget that its operator gives its primary. */
  addDatabase({ namespace, name, instances, switchOverSeconds }: DatabaseSettings): void {
    const spec = {
      instances,
      ...(switchOverSeconds === undefined ? {} : { switchOverSeconds }),
      template: templateOf({ graceSeconds: 5 }),
    };
    this.#apply("clusters", "postgresql.cnpg.io/v1", "Cluster", { namespace, name }, spec);
    const selector = { matchLabels: { [CLUSTER_LABEL]: name, [ROLE_LABEL]: "primary" } };
    this.addBudget({ namespace, name: `${name}-primary`, selector, promise: { minAvailable: 1 } });
  }

  /** Replaces keys of an object's spec: `replicas`, as kubectl scale does, `strategy`, `paused`, `minAvailable`. */
  change(resource: string, { namespace, name }: Named, spec: object): void {
    const known = this.#store.get(resource, keyOf(namespace, name));
    if (known !== undefined) this.#write(resource, known, { ...asObject(known.spec), ...spec });
  }

  remove(resource: string, { namespace, name }: Named): void {
    this.#store.remove("people", resource, keyOf(namespace, name));
  }

  #apply(resource: string, apiVersion: string, kind: string, { namespace, name }: Named, spec: object): void {
    const known = this.#store.get(resource, keyOf(namespace, name));
    if (known !== undefined) this.#write(resource, known, spec);
    else this.#store.put("people", resource, { apiVersion, kind, metadata: { name, namespace, generation: 1 }, spec });
  }

  #write(resource: string, object: Stored, spec: object): void {
    const next = Object.fromEntries(Object.entries(spec).filter(([, value]) => value !== undefined));
    if (!isDeepStrictEqual(object.spec, next)) this.#store.put("people", resource, withSpec(object, next));
  }
}

const appTemplate = (name: string, pod: PodSettings) => templateOf({ ...pod, labels: { app: name, ...pod.labels } });

const selectedPods = (name: string, pod: PodSettings): object => ({
  selector: { matchLabels: { app: name } },
  template: appTemplate(name, pod),
});
