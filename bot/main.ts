#!/usr/bin/env node
import { basename } from "node:path";
import { runProgram } from "./cli/program.ts";

/** kubectl runs its plugins by this prefix; help then shows what was typed. */
const isPlugin = basename(process.argv[1] ?? "").startsWith("kubectl-");

/** Whoever reads may have read enough, as `head` does: what is said after that is lost, and the exit code stays. */
process.stdout.on("error", (error: NodeJS.ErrnoException) => {
  if (error.code !== "EPIPE") throw error;
});

process.exitCode = await runProgram(process.argv.slice(2), isPlugin ? "kubectl bootswain" : "bootswain");
