import type { Grounds } from "../drain/grounds.ts";
import { read } from "../stage.ts";
import type { WriteGate } from "./write-gate.ts";

type Word = "accepted" | "rebooting" | "dropped";

const hasSaid =
  (word: Word) =>
  (report: unknown): boolean =>
    typeof read(report, "status", "order", word) === "string";

/**
 * The node needs a reboot, and its agent is stopped while it waits for the answer to the write that says so: the write is
 * made, and it finds the answer when it goes on.
 */
export async function stopsWhile(grounds: Grounds, gate: WriteGate, node: string, says: Word): Promise<void> {
  const held = gate.holdNext((report) => read(report, "metadata", "name") === node && hasSaid(says)(report));
  await grounds.needsReboot(node);
  const write = await held;
  await grounds.stage.machine(node).agent.signal("SIGSTOP");
  write.pass();
  await grounds.stage.reportIs(node, hasSaid(says));
}

/** It goes on, and says that it will not carry the order out. */
export async function dropsOrder(grounds: Grounds, node: string): Promise<void> {
  await grounds.goesOn(node);
  await grounds.stage.reportIs(node, hasSaid("dropped"));
}
