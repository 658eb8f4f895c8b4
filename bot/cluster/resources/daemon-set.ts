import { z } from "zod";
import type { Json } from "../../coordinator/ports.ts";
import type { DaemonSet } from "../../core/fleet/daemon-set.ts";
import { parseMetadata } from "./metadata.ts";
import { placementShape, readPlacement } from "./pod-spec.ts";

const podSchema = z.object({
  metadata: z.object({ labels: z.record(z.string(), z.string()).nullish() }).nullish(),
  spec: z
    .object({ ...placementShape, containers: z.array(z.object({ image: z.string().nullish() })).nullish() })
    .prefault({}),
});

const daemonSetSchema = z.object({ spec: z.object({ template: podSchema.prefault({}) }).prefault({}) });

export function parseDaemonSet(object: Json): DaemonSet | null {
  const metadata = parseMetadata(object);
  const parsed = daemonSetSchema.safeParse(object);
  if (metadata === null || !parsed.success) return null;
  const { namespace, name, uid } = metadata;
  const { template } = parsed.data.spec;
  const images = (template.spec.containers ?? []).map(({ image }) => image ?? "");
  const isKured = isLabelledKured(template.metadata?.labels ?? {}) || images.some(isKuredImage);
  return { namespace, name, uid, isKured, placement: readPlacement(template.spec) };
}

/** As kured's chart and its manifest label their pods; the image may be anybody's build. */
const isLabelledKured = (labels: Readonly<Record<string, string>>): boolean =>
  labels["app.kubernetes.io/name"] === "kured" || labels["name"] === "kured";

/** The registry and its port, the tag and the digest don't matter. */
const isKuredImage = (image: string): boolean => /(?:^|\/)kured(?:[:@][^/]*)?$/.test(image);
