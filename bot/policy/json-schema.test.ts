import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { policySchemaText } from "./json-schema.ts";

const ROOT = join(import.meta.dirname, "../..");
const SCHEMA: unknown = JSON.parse(policySchemaText());

test("what is committed is what npm run generate writes", () => {
  expect(readFileSync(join(ROOT, "policies/schema.json"), "utf8")).toBe(policySchemaText());
});

/** The paths of all properties of a schema that say nothing of themselves. */
function undescribed(schema: unknown, path: string): readonly string[] {
  if (typeof schema !== "object" || schema === null) return [];
  return Object.entries(schema).flatMap(([key, value]: [string, unknown]) => {
    if (key !== "properties" || typeof value !== "object" || value === null) return undescribed(value, path);
    return Object.entries(value).flatMap(([name, inner]: [string, unknown]) => {
      const here = `${path}.${name}`;
      const isSaid = inner === true || (typeof inner === "object" && inner !== null && "description" in inner);
      return [...(isSaid ? [] : [here]), ...undescribed(inner, here)];
    });
  });
}

test("each key has a description for editors", () => {
  expect(undescribed(SCHEMA, "")).toEqual([]);
});

test("editors get patterns, words to choose from and defaults", () => {
  expect(SCHEMA).toMatchObject({
    additionalProperties: false,
    required: ["apiVersion", "kind", "cluster", "timeZone", "pools"],
    properties: {
      apiVersion: { const: "policy.bootswain.dev/v1alpha1" },
      maxRebooting: { default: 1, minimum: 1 },
      defaults: {
        properties: {
          mode: { enum: ["automatic", "approval", "observe"], default: "approval" },
          drain: { properties: { giveUpAfter: { default: "15m", pattern: expect.any(String) } } },
          reboot: { properties: { delay: { default: "90s" } } },
        },
      },
    },
  });
});

const FOLDERS = ["test/policies/good", "policies"];
const GOOD = FOLDERS.flatMap((folder) =>
  readdirSync(join(ROOT, folder))
    .filter((name) => name.endsWith(".yaml"))
    .map((name) => `${folder}/${name}`),
);
const editor = z.fromJSONSchema(JSON.parse(policySchemaText()));

test.each(GOOD)("the schema for editors takes %s", (file) => {
  expect(editor.safeParse(parse(readFileSync(join(ROOT, file), "utf8"))).error).toBeUndefined();
});

test.each([
  ["an unknown key", { colour: "green" }],
  ["a window with two ends", { windows: [{ from: "22:00", to: "01:00", for: "3h" }] }],
  ["a window without an end", { windows: [{ from: "22:00" }] }],
  ["an unknown mode", { mode: "auto" }],
  ["a duration without a unit", { drain: { retryAfter: "15" } }],
  ["a day that is none", { windows: [{ days: ["monday"], from: "22:00", for: "3h" }] }],
  ["no amount of nodes", { maxUnavailable: 0 }],
])("the schema for editors refuses %s", (_, keys) => {
  const pool = { name: "workers", windows: "always", ...keys };
  const head = { apiVersion: "policy.bootswain.dev/v1alpha1", kind: "RebootPolicy", cluster: "a", timeZone: "UTC" };
  expect(editor.safeParse({ ...head, pools: [pool] }).success).toBe(false);
});
