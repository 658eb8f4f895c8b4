#!/usr/bin/env node
import { basename } from "node:path";
import { runProgram } from "./cli/program.ts";

/** kubectl runs its plugins by this prefix; help then shows what was typed. */
const isPlugin = basename(process.argv[1] ?? "").startsWith("kubectl-");

process.exitCode = await runProgram(process.argv.slice(2), isPlugin ? "kubectl bootswain" : "bootswain");
