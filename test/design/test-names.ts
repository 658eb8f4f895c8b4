import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

const ROOT = join(import.meta.dirname, "../..");
/** Names of tests, and the first words of their tables' rows: strings that open a call or a row. */
const OPENS = /[([]\s*(?:"((?:[^"\\]|\\.)*)"|'((?:[^'\\]|\\.)*)')/g;

/** Of the tests in these folders, but for those that look at names themselves. */
export function testNames(folders: readonly string[]): readonly string[] {
  return folders.flatMap((folder) =>
    readdirSync(join(ROOT, folder), { recursive: true, encoding: "utf8" })
      .filter((file) => file.endsWith(".test.ts") && !file.endsWith("coverage.test.ts"))
      .flatMap((file) => [...readFileSync(join(ROOT, folder, file), "utf8").matchAll(OPENS)])
      .map(([, double, single]) => (double ?? single ?? "").replace(/\\(.)/g, "$1")),
  );
}
