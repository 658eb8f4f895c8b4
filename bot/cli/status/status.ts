import { type Command, Option } from "commander";
import { systemClock } from "../../process/clock.ts";
import { EXIT } from "../../process/exit.ts";
import { addViewOptions, type ViewOptions, viewCluster } from "../cluster-view.ts";
import type { Io } from "../io.ts";
import { fleetStatusOf } from "./fleet-status.ts";
import { asJson } from "./status-json.ts";
import { asText } from "./status-text.ts";

interface Options extends ViewOptions {
  readonly format: "text" | "json";
}

export function addStatus(parent: Command, io: Io): void {
  const command = parent
    .command("status")
    .description("the fleet: what is under way, why each node waits and until when, and what needs a look");
  addViewOptions(command)
    .addOption(new Option("--format <format>", "text or json").choices(["text", "json"]).default("text"))
    .action(async ({ format, ...options }: Options) => {
      const status = await viewCluster(options, ({ snapshot, inForce }) =>
        fleetStatusOf(snapshot, inForce, systemClock.now()),
      );
      const lines = format === "json" ? [JSON.stringify(asJson(status), null, 2)] : asText(status, parent.name());
      for (const line of lines) io.print(line);
      io.done(EXIT.fine);
    });
}
