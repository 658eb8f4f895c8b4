import { accessSync, constants } from "node:fs";
import { delimiter, join } from "node:path";

const PROGRAMS = ["prometheus", "prometheus-alertmanager"];

export const HOW_TO_INSTALL = `apt-get install ${PROGRAMS.join(" ")}`;

/** Those of Debian's Prometheus and Alertmanager that are not on PATH. */
export function missingPrograms(): readonly string[] {
  const folders = (process.env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  return PROGRAMS.filter((program) => !folders.some((folder) => isExecutable(join(folder, program))));
}

function isExecutable(file: string): boolean {
  try {
    accessSync(file, constants.X_OK);
    return true;
  } catch {
    return false;
  }
}
