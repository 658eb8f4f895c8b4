import { isDeepStrictEqual } from "node:util";
import { asObject, counts, isControlledBy, referenceTo, type Stored } from "../objects.ts";
import type { PodTemplate } from "../pod-template.ts";
import { graceOf, isFinished, isReady, isTerminating, podFrom } from "../pods.ts";
import { removePod } from "../removal.ts";
import { at, list, text } from "../rules/world.ts";
import { type ControllerParts, Loop } from "./loop.ts";
import { mayRunOn } from "./node-fit.ts";
import { podTemplate } from "./pod-template-of.ts";

const ACTOR = "daemon-set-controller";
/** Every pod of a DaemonSet gets them (pkg/controller/daemon/util): no cordon and no outage keeps it away. */
const TOLERATED = ["not-ready", "unreachable", "disk-pressure", "memory-pressure", "pid-pressure", "unschedulable"];
const TOLERATIONS = TOLERATED.map((key) => ({ key: `node.kubernetes.io/${key}`, operator: "Exists" }));

/** One pod on each node that takes it, cordoned or not (pkg/controller/daemon). */
export class DaemonSetController {
  readonly #parts: ControllerParts;

  constructor(parts: ControllerParts) {
    this.#parts = parts;
    new Loop(parts, () => this.#reconcile()).on("daemonsets", "pods", "nodes");
  }

  #reconcile(): void {
    const { store } = this.#parts;
    for (const set of store.all("daemonsets")) {
      const templates = store.all("nodes").map((node) => ({ node, template: templateFor(set, node) }));
      const wanted = templates.filter(({ node, template }) => mayRunOn(template, node));
      const targets = new Set(wanted.map(({ node }) => node.metadata.name));
      const pods = store.all("pods").filter((pod) => isControlledBy(pod, set));
      for (const pod of pods) if (isFinished(pod) || !targets.has(targetOf(pod))) this.#remove(pod);
      const served = new Set(pods.map(targetOf));
      for (const { node, template } of wanted) if (!served.has(node.metadata.name)) this.#addPod(set, template);
      this.#report(set, wanted.length);
    }
  }

  #remove(pod: Stored): void {
    const { store, clock } = this.#parts;
    if (!isTerminating(pod)) removePod(store, pod, { actor: ACTOR, now: clock.now(), graceSeconds: graceOf(pod) });
  }

  #addPod(set: Stored, template: PodTemplate): void {
    const { store, random } = this.#parts;
    const { name, namespace = "" } = set.metadata;
    const place = { namespace, name: `${name}-${random.uuid().slice(0, 5)}`, owner: referenceTo(set) };
    store.put(ACTOR, "pods", podFrom(template, place));
  }

  #report(set: Stored, desired: number): void {
    const pods = this.#parts.store.all("pods").filter((pod) => isControlledBy(pod, set));
    const ready = pods.filter(isReady).length;
    const observedGeneration = set.metadata.generation ?? 1;
    const all = { desiredNumberScheduled: desired, currentNumberScheduled: pods.length, numberReady: ready };
    const status = { ...all, ...counts({ observedGeneration, numberAvailable: ready }) };
    if (!isDeepStrictEqual(status, set.status)) this.#parts.store.put(ACTOR, "daemonsets", { ...set, status });
  }
}

/** The scheduler places it like any pod; the controller only says where. */
function templateFor(set: Stored, { metadata }: Stored): PodTemplate {
  const { metadata: about, spec } = podTemplate(set);
  const matchFields = [{ key: "metadata.name", operator: "In", values: [metadata.name] }];
  const required = at(spec, "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  const terms = required === undefined ? [{}] : list(at(required, "nodeSelectorTerms"));
  const nodeSelectorTerms = terms.map((term) => ({ ...asObject(term), matchFields }));
  return {
    metadata: about,
    spec: {
      ...spec,
      affinity: { nodeAffinity: { requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms } } },
      tolerations: [...list(at(spec, "tolerations")), ...TOLERATIONS],
    },
  };
}

function targetOf(pod: Stored): string {
  const required = at(pod, "spec", "affinity", "nodeAffinity", "requiredDuringSchedulingIgnoredDuringExecution");
  const [field] = list(at(list(at(required, "nodeSelectorTerms"))[0], "matchFields"));
  return text(list(at(field, "values"))[0]);
}
