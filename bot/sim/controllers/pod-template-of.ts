import { asObject, type Stored } from "../objects.ts";
import type { PodTemplate } from "../pod-template.ts";
import { at } from "../rules/world.ts";

/** spec.template of a ReplicaSet, StatefulSet, DaemonSet or Job. */
export function podTemplate({ spec }: Stored): PodTemplate {
  const template = at(spec, "template");
  return { metadata: asObject(at(template, "metadata")), spec: asObject(at(template, "spec")) };
}
