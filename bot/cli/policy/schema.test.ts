import { Command } from "commander";
import { expect, test } from "vitest";
import { policySchemaText } from "../../policy/json-schema.ts";
import { EXIT, type ExitCode } from "../../process/exit.ts";
import { addSchema } from "./schema.ts";

test("the schema is printed as it is committed", async () => {
  const lines: string[] = [];
  const codes: ExitCode[] = [];
  const parent = new Command("policy");
  addSchema(parent, { print: (line) => lines.push(line), done: (code) => codes.push(code) });
  await parent.parseAsync(["schema"], { from: "user" });
  expect(`${lines.join("\n")}\n`).toBe(policySchemaText());
  expect(codes).toEqual([EXIT.fine]);
});
