import { hash } from "node:crypto";
import { asObject, type Stored } from "../objects.ts";
import { at } from "../rules/world.ts";

export const HASH_LABEL = "pod-template-hash";

/** Asked of the same few Deployments at every change of a pod. */
const hashes = new WeakMap<Stored, string>();

/** The same for templates that mean the same: the order of keys, and what is empty, make no difference. */
export function templateHash(deployment: Stored): string {
  const known = hashes.get(deployment);
  if (known !== undefined) return known;
  const template = JSON.stringify(canonical(at(deployment.spec, "template")));
  const made = hash("sha256", template, "hex").slice(0, 10);
  hashes.set(deployment, made);
  return made;
}

/** The Deployment's selector and template as its ReplicaSet has them. */
export function withHash({ spec }: Stored, hash: string): { readonly selector: object; readonly template: object } {
  const selector = asObject(at(spec, "selector"));
  const template = asObject(at(spec, "template"));
  const metadata = asObject(at(template, "metadata"));
  const labels = { ...asObject(at(metadata, "labels")), [HASH_LABEL]: hash };
  const matchLabels = { ...asObject(at(selector, "matchLabels")), [HASH_LABEL]: hash };
  return { selector: { ...selector, matchLabels }, template: { ...template, metadata: { ...metadata, labels } } };
}

function canonical(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(canonical);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value)
    .map(([key, inner]) => [key, canonical(inner)] as const)
    .filter(([, inner]) => !isEmpty(inner));
  return Object.fromEntries(entries.sort(([a], [b]) => (a < b ? -1 : 1)));
}

const isEmpty = (value: unknown): boolean =>
  value === undefined || value === null || (typeof value === "object" && Object.keys(value).length === 0);
