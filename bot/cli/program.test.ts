import { afterEach, beforeEach, expect, type MockInstance, test, vi } from "vitest";
import { EXIT } from "../process/exit.ts";
import { runProgram } from "./program.ts";

let write: MockInstance<typeof process.stderr.write>;
beforeEach(() => {
  write = vi.spyOn(process.stderr, "write").mockReturnValue(true);
});
afterEach(() => write.mockRestore());

const run = async (line: string, name?: string) => {
  const code = await runProgram(
    [...line.matchAll(/"([^"]*)"|(\S+)/g)].map(([, quoted, plain]) => quoted ?? plain ?? ""),
    name,
  );
  return { code, says: write.mock.calls.map(([text]) => String(text)).join("") };
};

/** None of these looks for a cluster. */
test.each<[string, RegExp]>([
  ["approve", /^Name the nodes, or a pool by --pool\.$/m],
  ["retry kuber04 --pool workers", /^Name the nodes, or a pool by --pool\.$/m],
  ["skip kuber04", /^Say until when: --until "fri 18:00", or --for 3d\.$/m],
  ["skip kuber04 --for 3d --until fri", /^Say until when:/m],
  ["force kuber04", /required option '--reason <text>' not specified/],
  ['force kuber04 --reason " "', /^Say why, by --reason\.$/m],
  ["force kuber04 kuber05 --reason x", /too many arguments/],
  ["force kuber04 --reason x", /^force asks before it goes on, and this is no terminal to answer at\. Give --yes/m],
  ["approve kuber04 --now", /^approve --now asks before it goes on/m],
  ["release kuber04", /^release asks before it goes on/m],
  ["reboot kuber04 --reason x", /^reboot asks before it goes on/m],
  ["pause kuber04", /too many arguments/],
  ["pause --format yaml", /Allowed choices are text, json/],
])("wrong usage: %s", async (line, says) => {
  expect(await run(line)).toEqual({ code: EXIT.usage, says: expect.stringMatching(says) });
});

test("problems with the call name the program as it was called", async () => {
  expect((await run("aprove x", "kubectl bootswain")).says).toContain("See kubectl bootswain --help.");
});
