import { type Fields, isFields, listOf, textField } from "../slack/fields.ts";
import { type Reply, refuse } from "./call.ts";

const MOST_ANNOTATIONS = 50;
const MOST_CHARACTERS = 65_535;
const LEVELS = ["notice", "warning", "failure"];
const STATUSES = ["queued", "in_progress", "completed"];
const CONCLUSIONS = ["action_required", "cancelled", "failure", "neutral", "success", "skipped", "stale", "timed_out"];

/** What GitHub has against the body of a check run that is made or changed; null if nothing. A change may leave the title. */
export function wrongCheck(body: Fields, isNew: boolean): Reply | null {
  const [status, conclusion] = [textField(body, "status"), textField(body, "conclusion")];
  if (status !== undefined && !STATUSES.includes(status)) return notOneOf("status", status, STATUSES);
  if (conclusion !== undefined && !CONCLUSIONS.includes(conclusion)) {
    return notOneOf("conclusion", conclusion, CONCLUSIONS);
  }
  if (status === "completed" && conclusion === undefined) return missing("conclusion");
  const output = body["output"];
  return isFields(output) ? wrongOutput(output, isNew) : null;
}

function wrongOutput(output: Fields, isNew: boolean): Reply | null {
  if (textField(output, "summary") === undefined) return missing("summary");
  if (isNew && textField(output, "title") === undefined) return missing("title");
  for (const name of ["summary", "text"]) {
    const length = textField(output, name)?.length ?? 0;
    if (length > MOST_CHARACTERS) {
      return bad(`Only ${MOST_CHARACTERS} characters are allowed; ${length} were supplied.`);
    }
  }
  const annotations = listOf(output["annotations"]);
  if (annotations.length > MOST_ANNOTATIONS) {
    return bad(`No more than ${MOST_ANNOTATIONS} items are allowed; ${annotations.length} were supplied.`);
  }
  return annotations.map((one) => wrongAnnotation(isFields(one) ? one : {})).find((wrong) => wrong !== null) ?? null;
}

function wrongAnnotation(annotation: Fields): Reply | null {
  for (const name of ["path", "start_line", "end_line", "annotation_level", "message"]) {
    if (textField(annotation, name) === undefined) return missing(name);
  }
  const level = textField(annotation, "annotation_level") ?? "";
  if (!LEVELS.includes(level)) return notOneOf("annotation_level", level, LEVELS);
  const [from, to] = [annotation["start_line"], annotation["end_line"]];
  if (typeof from !== "number" || typeof to !== "number") return bad("The lines of an annotation are integers.");
  const hasColumn = "start_column" in annotation || "end_column" in annotation;
  if (hasColumn && from !== to) return bad("start_column and end_column are allowed on one line only.");
  return null;
}

function bad(problem: string): Reply {
  return refuse(422, `Invalid request.\n\n${problem}`);
}

function missing(name: string): Reply {
  return bad(`"${name}" wasn't supplied.`);
}

function notOneOf(name: string, value: string, allowed: readonly string[]): Reply {
  return bad(`For 'properties/${name}', "${value}" is not a member of ${JSON.stringify(allowed)}.`);
}
