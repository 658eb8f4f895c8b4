import type { Command } from "commander";
import { policySchemaText } from "../../policy/json-schema.ts";
import { EXIT } from "../../process/exit.ts";
import type { Io } from "../io.ts";

export function addSchema(parent: Command, { print, done }: Io): void {
  parent
    .command("schema")
    .description("print the JSON schema of policies, for editors")
    .action(() => {
      print(policySchemaText().trimEnd());
      done(EXIT.fine);
    });
}
