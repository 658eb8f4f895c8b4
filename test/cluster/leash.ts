// The program between a test run and one process of the product: it ends that process when the test run ends, however that
// comes, which it notices by its IPC channel. It lives in a session of its own, so that no Ctrl-C reaches it.
import { spawn } from "node:child_process";

const [command = "", ...args] = process.argv.slice(2);
const child = spawn(command, args, { stdio: ["ignore", "inherit", "inherit"] });
child.once("spawn", () => process.send?.({ pid: child.pid }));
child.once("exit", (code, signal) => {
  if (process.connected) process.send?.({ code, signal });
  process.exit();
});
process.on("disconnect", () => child.kill("SIGKILL"));
