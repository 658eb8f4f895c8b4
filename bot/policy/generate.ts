import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { policySchemaText } from "./json-schema.ts";

/** Writes policies/schema.json; a test compares what is committed with what this would write. */
writeFileSync(join(import.meta.dirname, "../../policies/schema.json"), policySchemaText());
