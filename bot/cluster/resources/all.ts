import type { Definition } from "./crd.ts";
import { HOST_REPORT } from "./host-report.ts";
import { NODE_REBOOT } from "./node-reboot.ts";
import { REBOOT_DECISION } from "./reboot-decision.ts";
import { REBOOT_FLEET } from "./reboot-fleet.ts";

export const DEFINITIONS: readonly Definition[] = [HOST_REPORT, NODE_REBOOT, REBOOT_FLEET, REBOOT_DECISION];
