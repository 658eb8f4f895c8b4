// Prints "tests: N passed, N failed, N skipped" from the runner's report; exits 1 unless all passed.
import { readFileSync } from "node:fs";

const report = JSON.parse(readFileSync(process.argv[2] ?? "", "utf8"));
const skipped = report.numPendingTests + report.numTodoTests;
const failed = report.numFailedTests + (report.success ? 0 : report.numFailedTests === 0 ? 1 : 0);
process.stdout.write(`tests: ${report.numPassedTests} passed, ${failed} failed, ${skipped} skipped\n`);
process.exit(failed > 0 || skipped > 0 || report.numPassedTests === 0 ? 1 : 0);
