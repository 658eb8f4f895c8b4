import type { Movable } from "../../core/fleet/diagnosis.ts";
import type { Move } from "../../core/fleet/move.ts";
import { formatInstant } from "../../core/instant.ts";
import { orAbsent, timeOr } from "./fields.ts";
import type { StoredMovable, StoredMove } from "./node-reboot-schema.ts";

export const readMovable = ({ restartedAt, ...rest }: StoredMovable): Movable => ({
  ...rest,
  restartedAt: restartedAt ?? null,
});

export const storedMovable = ({ restartedAt, ...rest }: Movable): StoredMovable => ({
  ...rest,
  restartedAt: orAbsent(restartedAt),
});

export const readMove = ({ deployment, at, podUIDs, ...rest }: StoredMove): Move => ({
  ...rest,
  deployment: readMovable(deployment),
  at: timeOr(at, 0),
  pods: podUIDs,
});

export const storedMove = ({ deployment, at, pods, ...rest }: Move): StoredMove => ({
  ...rest,
  deployment: storedMovable(deployment),
  at: formatInstant(at),
  podUIDs: [...pods],
});
