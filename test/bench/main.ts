import { benchDrain } from "./drain.ts";
import { benchPlan } from "./plan.ts";

const print = (line: string): boolean => process.stdout.write(`${line}\n`);

benchPlan(print);
const ratio = await benchDrain(print);
if (!(ratio <= 1)) {
  print("drain: slower than kubectl drain, which is a failure");
  process.exitCode = 1;
}
