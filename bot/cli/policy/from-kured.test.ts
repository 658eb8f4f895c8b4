import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Command } from "commander";
import { afterAll, expect, test } from "vitest";
import { EXIT, UserError } from "../../process/exit.ts";
import { addFromKured } from "./from-kured.ts";

const folder = mkdtempSync(join(tmpdir(), "from-kured-"));
afterAll(() => rmSync(folder, { recursive: true }));

function run(...args: readonly string[]): { lines: readonly string[]; code: number | null } {
  const lines: string[] = [];
  let code: number | null = null;
  const program = new Command().exitOverride();
  addFromKured(program, {
    print: (line) => void lines.push(line),
    done: (result) => {
      code = result;
    },
  });
  program.parse(["from-kured", ...args], { from: "user" });
  return { lines, code };
}

function written(name: string, content: string | Buffer): string {
  const file = join(folder, name);
  writeFileSync(file, content);
  return file;
}

function failure(...args: readonly string[]): unknown {
  try {
    return run(...args);
  } catch (error) {
    return error;
  }
}

test("it prints the policy of a file and ends well", () => {
  const file = written("flags", "--start-time=22:00 --end-time=01:00 --time-zone=America/Chicago");
  const { lines, code } = run(file, "--cluster", "abal-kuber", "--slack-channel", "C0ABC", "--separate-control-plane");
  expect(code).toBe(EXIT.fine);
  expect(lines.join("\n")).toMatch(/^cluster: abal-kuber /m);
  expect(lines.join("\n")).toMatch(/^slack: \{ channel: C0ABC \}/m);
  expect(lines.join("\n")).toContain("- name: control-plane");
});

test.each([
  ["a file that isn't there", () => join(folder, "none"), "there is no such file"],
  ["a folder", () => folder, "is a folder; name the file in it"],
  [
    "10 MB",
    () => written("big", Buffer.alloc(10_000_000, "a")),
    "is larger than 1024 KiB; keep kured's manifest alone",
  ],
  ["bytes that are no UTF-8", () => written("bytes", Buffer.from([0xff, 0xfe, 0x41])), "is no text (UTF-8)"],
  ["an empty file", () => written("empty", ""), "is empty; looked for"],
])("%s is one sentence and exit code 1", (_, make, sentence) => {
  const file = make();
  const error = failure(file);
  expect(error).toBeInstanceOf(UserError);
  expect(error).toMatchObject({ exitCode: EXIT.problems });
  expect(String(error)).toContain(`${file}: ${sentence}`);
});
