import type { HookRun } from "../../core/fleet/hook-run.ts";
import { formatInstant } from "../../core/instant.ts";
import { timeOr, timeText } from "./fields.ts";
import type { StoredHookRun } from "./node-reboot-schema.ts";

export const readHookRun = ({ startedAt, endedAt, message, log, ...rest }: StoredHookRun): HookRun => ({
  ...rest,
  startedAt: timeOr(startedAt, 0),
  endedAt: timeOr(endedAt, null),
  message: message ?? "",
  log: log ?? [],
});

export const storedHookRun = ({ startedAt, endedAt, log, ...rest }: HookRun): StoredHookRun => ({
  ...rest,
  startedAt: formatInstant(startedAt),
  endedAt: timeText(endedAt),
  log: [...log],
});
