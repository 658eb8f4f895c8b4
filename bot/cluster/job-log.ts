import { z } from "zod";
import type { Answer, Json, Lease } from "../coordinator/ports.ts";
import type { Step } from "../core/step.ts";
import { type CallParts, fencedCall } from "./calls.ts";
import { messageOf } from "./json.ts";
import type { Mirrors } from "./mirrors.ts";
import type { Performed } from "./perform.ts";

interface LogParts extends CallParts {
  readonly mirrors: Mirrors;
}

/** What goes into a record must stay small: a record may name ten hooks. */
const LINES_MOST = 10;
const LINE_MOST = 200;
const BYTES_MOST = 65_536;

const podSchema = z.object({
  metadata: z.object({ name: z.string(), creationTimestamp: z.string().nullish() }),
  spec: z.object({ containers: z.array(z.object({ name: z.string() })) }),
});
const podListSchema = z.object({ items: z.array(podSchema) });

/** The last lines that the newest pod of a Job wrote. What can't be read says why in their place, so that it is asked once. */
export async function readJobLog(
  parts: LogParts,
  lease: Lease,
  step: Step & { kind: "ReadJobLog" },
): Promise<Performed> {
  const { namespace, name } = step;
  const key = `${namespace}/${name}`;
  const unread = (why: string): Performed => {
    parts.mirrors.recordJobLog(key, [`(its log can't be read: ${why})`]);
    return "done";
  };
  const labelSelector = `job-name=${name}`;
  const listed = await fencedCall(parts, lease, { verb: "list", resource: "pods", namespace, labelSelector });
  if (listed.kind === "unanswered") return "retry";
  const pod = listed.code === 200 ? newestIn(listed.body) : null;
  if (listed.code !== 200) return unread(`${listed.code} ${messageOf(listed.body)}`);
  if (pod === null) return unread("it has no pod");
  const [{ name: container } = { name: "" }] = pod.spec.containers;
  const asked = { tailLines: LINES_MOST, limitBytes: BYTES_MOST, container } as const;
  const answer = await fencedCall(parts, lease, {
    verb: "log",
    resource: "pods",
    namespace,
    name: pod.metadata.name,
    ...asked,
  });
  if (answer.kind === "answered" && answer.code === 204) return unread("its pod never came to run");
  if (answer.kind !== "answered" || answer.code !== 200) return unread(whyNot(answer));
  parts.mirrors.recordJobLog(key, linesOf(answer.body));
  return "done";
}

function newestIn(body: Json): z.infer<typeof podSchema> | null {
  const parsed = podListSchema.safeParse(body);
  if (!parsed.success) return null;
  const createdAt = ({ metadata }: z.infer<typeof podSchema>): string => metadata.creationTimestamp ?? "";
  return parsed.data.items.sort((a, b) => (createdAt(a) < createdAt(b) ? -1 : 1)).at(-1) ?? null;
}

const whyNot = (answer: Answer): string =>
  answer.kind === "unanswered" ? answer.why : `${answer.code} ${messageOf(answer.body).slice(0, LINE_MOST)}`;

/** What a container writes is anything: control characters are left out. */
function linesOf(body: Json): readonly string[] {
  const lines = String(body)
    .split("\n")
    .map((line) => line.replace(/\p{Cc}/gu, "").trimEnd());
  return lines
    .filter((line) => line !== "")
    .slice(-LINES_MOST)
    .map((line) => line.slice(0, LINE_MOST));
}
