import type { Problem, Severity } from "../core/policy/problem.ts";
import type { Path, Places } from "./yaml/places.ts";

export type { Path };

export type Say = (path: Path, message: string, severity?: Severity) => void;

export function formatProblem({ file, line, column, path, message, severity }: Problem): string {
  const kind = severity === "warning" ? "warning: " : "";
  return `${file}:${line}:${column}: ${kind}${path === "" ? "" : `${path}: `}${message}`;
}

const PLAIN_KEY = /^[\w-]+$/;
const LONGEST_KEY = 80;

function formatPath(path: Path): string {
  return path.reduce<string>((text, key) => {
    if (typeof key === "number") return `${text}[${key}]`;
    const short = key.length > LONGEST_KEY ? `${key.slice(0, LONGEST_KEY)}…` : key;
    if (!PLAIN_KEY.test(short)) return `${text}[${JSON.stringify(short)}]`;
    return text === "" ? short : `${text}.${short}`;
  }, "");
}

/** Nobody reads more, and a status in the cluster holds no more. */
const MOST_SHOWN = 500;

/** Collects the problems of one file and finds their places. */
export class Problems {
  readonly #file: string;
  readonly #places: Places;
  readonly #found = new Map<string, Problem>();

  constructor(file: string, places: Places) {
    this.#file = file;
    this.#places = places;
  }

  addAt(offset: number, message: string, { path = [], severity = "error" }: { path?: Path; severity?: Severity } = {}) {
    const { line, column } = this.#places.lineAndColumn(offset);
    const problem = { file: this.#file, line, column, path: formatPath(path), message, severity };
    // One thing can be seen from several pools; it is said once.
    this.#found.set(JSON.stringify(problem), problem);
  }

  /** At the key or list item of `path`, or at the nearest parent that is there. */
  readonly say: Say = (path, message, severity = "error") => {
    if (this.#places.isSilent(path)) return;
    this.addAt(this.#places.offsetOf(path), message, { path, severity });
  };

  /** In the order of their places. */
  sorted(): readonly Problem[] {
    const sorted = [...this.#found.values()].sort((a, b) => a.line - b.line || a.column - b.column);
    const [next] = sorted.slice(MOST_SHOWN);
    if (next === undefined) return sorted;
    const message = `${sorted.length - MOST_SHOWN} more problems from here on`;
    return [...sorted.slice(0, MOST_SHOWN), { ...next, path: "", message, severity: "error" }];
  }
}
