import { benchPlan } from "./plan.ts";

benchPlan((line) => process.stdout.write(`${line}\n`));
