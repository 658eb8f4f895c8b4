import { z } from "zod";

export interface Column {
  readonly name: string;
  readonly type: "string" | "date" | "boolean" | "integer";
  /** JSONPath from the object's root. */
  readonly path: string;
  /** For `kubectl get -o wide`. */
  readonly isWideOnly?: true;
}

/** One kind of ours: what its CRD is generated from. */
export interface Definition {
  readonly kind: string;
  readonly plural: string;
  readonly shortNames: readonly string[];
  readonly describes: string;
  readonly spec: z.ZodObject | null;
  readonly isSpecImmutable?: true;
  readonly status: z.ZodObject;
  readonly columns: readonly Column[];
}

/**
 * The CustomResourceDefinition as data. The schemas are plain z.objects without unions, because structural schemas refuse
 * oneOf (kubernetes.io/docs, "Specifying a structural schema").
 */
export function crdOf(definition: Definition): Record<string, unknown> {
  const { kind, plural, shortNames, columns } = definition;
  return {
    apiVersion: "apiextensions.k8s.io/v1",
    kind: "CustomResourceDefinition",
    metadata: { name: `${plural}.bootswain.dev` },
    spec: {
      group: "bootswain.dev",
      scope: "Cluster",
      names: {
        kind,
        listKind: `${kind}List`,
        plural,
        singular: kind.toLowerCase(),
        shortNames,
        categories: ["bootswain"],
      },
      versions: [
        {
          name: "v1alpha1",
          served: true,
          storage: true,
          subresources: { status: {} },
          additionalPrinterColumns: columns.map(({ name, type, path, isWideOnly }) => ({
            ...{ name, type, jsonPath: path },
            ...(isWideOnly === true ? { priority: 1 } : {}),
          })),
          schema: { openAPIV3Schema: schemaOf(definition) },
        },
      ],
    },
  };
}

function schemaOf({ describes, spec, isSpecImmutable, status }: Definition): Record<string, unknown> {
  const immutable = {
    "x-kubernetes-validations": [{ rule: "self == oldSelf", message: "a decision never changes; make another one" }],
  };
  return {
    type: "object",
    description: describes,
    properties: {
      apiVersion: { type: "string" },
      kind: { type: "string" },
      metadata: { type: "object" },
      ...(spec === null ? {} : { spec: { ...openApi(spec), ...(isSpecImmutable === true ? immutable : {}) } }),
      status: openApi(status),
    },
    ...(isSpecImmutable === true ? { required: ["spec"] } : {}),
  };
}

function openApi(schema: z.ZodObject): Record<string, unknown> {
  const { $schema: _, ...rest } = z.toJSONSchema(schema, { target: "openapi-3.0", io: "input" });
  return rest;
}
