import { z } from "zod";
import { policySchema } from "./schema/policy.ts";

/** policies/schema.json: what editors check and complete policies by. */
export function policySchemaText(): string {
  const schema = z.toJSONSchema(policySchema, {
    target: "draft-07",
    io: "input",
    reused: "inline",
    // The largest whole number of the language is no limit of the format.
    override: ({ jsonSchema }) => {
      if (jsonSchema.maximum === Number.MAX_SAFE_INTEGER) delete jsonSchema.maximum;
      if (jsonSchema.minimum === Number.MIN_SAFE_INTEGER) delete jsonSchema.minimum;
    },
  });
  const { $schema, ...rest } = schema;
  const whole = { $schema, title: "Bootswain's policy: which nodes are rebooted when, and who decides", ...rest };
  return `${JSON.stringify(whole, null, 2)}\n`;
}
