import { parentPort, workerData } from "node:worker_threads";
import { simulate } from "./simulation.ts";

const { first, step, end } = workerData;
for (let seed = Number(first); seed < Number(end); seed += Number(step)) {
  parentPort?.postMessage(await simulate({ seed }));
}
