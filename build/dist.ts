import { execFileSync } from "node:child_process";
import { chmodSync, cpSync, existsSync, globSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, relative } from "node:path";

/** Node strips no types under node_modules, so the package holds JavaScript: dist/ has the folders of the sources. */

const ROOT = join(import.meta.dirname, "..");
const DIST = join(ROOT, "dist");

/** The compiler rewrites imports alone; a worker's URL is a plain string to it. */
function withWorkersRewritten(text: string, file: string): string {
  return text.replaceAll(/new URL\("(\.[^"]+)\.ts", import\.meta\.url\)/g, (_, path: string) => {
    if (!existsSync(join(dirname(file), `${path}.js`)))
      throw new Error(`${relative(ROOT, file)} starts ${path}.ts, which isn't built: name it in build/tsconfig.json.`);
    return `new URL("${path}.js", import.meta.url)`;
  });
}

/** What a module reads from beside itself comes along, at the same place seen from there. */
function copyAssets(text: string, file: string): void {
  for (const [, path = ""] of text.matchAll(/import\.meta\.dirname, "(\.[^"]+)"/g)) {
    const target = join(dirname(file), path);
    cpSync(join(ROOT, relative(DIST, target)), target, { recursive: true });
  }
}

rmSync(DIST, { recursive: true, force: true });
execFileSync(join(ROOT, "node_modules/.bin/tsc"), ["--project", import.meta.dirname], { cwd: ROOT, stdio: "inherit" });
for (const name of globSync("**/*.js", { cwd: DIST })) {
  const file = join(DIST, name);
  const text = readFileSync(file, "utf8");
  const rewritten = withWorkersRewritten(text, file);
  if (rewritten !== text) writeFileSync(file, rewritten);
  copyAssets(text, file);
}
chmodSync(join(DIST, "bot/main.js"), 0o755);
