import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { committedManifest } from "./manifest-text.ts";

/** Writes deploy/slack-manifest.yaml; a test compares what is committed with what this would write. */
writeFileSync(join(import.meta.dirname, "../../../deploy/slack-manifest.yaml"), committedManifest());
