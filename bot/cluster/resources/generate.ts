import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { DEFINITIONS } from "./all.ts";
import { crdOf } from "./crd.ts";
import { crdText } from "./crd-text.ts";

/** Writes deploy/crds; a test compares what is committed with what this would write. */
const folder = join(import.meta.dirname, "../../../deploy/crds");
mkdirSync(folder, { recursive: true });
for (const definition of DEFINITIONS) {
  writeFileSync(join(folder, `${definition.plural}.yaml`), crdText(crdOf(definition)));
}
