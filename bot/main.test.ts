import { spawn } from "node:child_process";
import { join } from "node:path";
import { expect, test } from "vitest";

test("a reader that has read enough is no error, and the exit code stays", async () => {
  const main = join(import.meta.dirname, "main.ts");
  const wrong = join(import.meta.dirname, "../test/policies/wrong/alias-bomb.yaml");
  const files = Array.from({ length: 400 }, () => wrong);
  const child = spawn(process.execPath, [main, "policy", "check", ...files], { stdio: ["ignore", "pipe", "pipe"] });
  let errors = "";
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    errors += text;
  });
  child.stdout.once("data", () => child.stdout.destroy());
  const code = await new Promise((resolve) => child.once("close", resolve));
  expect({ code, errors }).toEqual({ code: 1, errors: "" });
});
