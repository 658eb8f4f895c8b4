import { isDeepStrictEqual } from "node:util";
import { asObject, keyOf, type Stored, withSpec } from "./objects.ts";
import { type PodSettings, templateOf } from "./pod-template.ts";
import { at } from "./rules/world.ts";
import type { Store } from "./store.ts";

export interface DeploymentSettings extends PodSettings {
  readonly namespace: string;
  readonly name: string;
  readonly replicas: number;
  /** As spec.strategy; a rolling update by a quarter, up and down, when it is not given. */
  readonly strategy?: object;
}

const QUARTER = { type: "RollingUpdate", rollingUpdate: { maxSurge: "25%", maxUnavailable: "25%" } };

/** What people put onto a cluster, as with kubectl. */
export class Workloads {
  readonly #store: Store;

  constructor(store: Store) {
    this.#store = store;
  }

  /** As kubectl apply: a Deployment whose pods carry the label app=NAME beside those given. Another template rolls out. */
  deploy({ namespace, name, replicas, strategy, ...pod }: DeploymentSettings): void {
    const known = this.#store.get("deployments", keyOf(namespace, name));
    const labels = { app: name, ...pod.labels };
    const spec = {
      replicas,
      strategy: strategy ?? at(known, "spec", "strategy") ?? QUARTER,
      selector: { matchLabels: { app: name } },
      template: templateOf({ ...pod, labels }),
    };
    if (known !== undefined) {
      this.change(namespace, name, spec);
      return;
    }
    this.#store.put("people", "deployments", {
      apiVersion: "apps/v1",
      kind: "Deployment",
      metadata: { name, namespace, labels: { app: name }, generation: 1 },
      spec,
    });
  }

  /** Replaces keys of a Deployment's spec: replicas, as kubectl scale does, strategy, paused. */
  change(namespace: string, name: string, spec: object): void {
    const known = this.#store.get("deployments", keyOf(namespace, name));
    if (known !== undefined) this.#write(known, { ...asObject(known.spec), ...spec });
  }

  #write(deployment: Stored, spec: object): void {
    if (!isDeepStrictEqual(deployment.spec, spec)) this.#store.put("people", "deployments", withSpec(deployment, spec));
  }
}
