/** Where the policy is on GitHub. */
export interface WatchedPolicy {
  /** OWNER/NAME */
  readonly repository: string;
  /** Branch or tag, as it was given to the bot: "main", or in full. */
  readonly ref: string;
}

export type Relevance =
  | { readonly kind: "ping" }
  /** `why` is one of our own words with the repository's name, never the sender's. */
  | { readonly kind: "about"; readonly why: string }
  /** Why not, as the end of a sentence. */
  | { readonly kind: "other"; readonly why: string };

/** What changes a pull request, its review, or whether it is one into our branch. */
const PULL_ACTIONS: readonly unknown[] = [
  "opened",
  "reopened",
  "synchronize",
  "edited",
  "closed",
  "ready_for_review",
  "converted_to_draft",
];

/**
 * Whether it is worth a look. Nothing of what a delivery says is believed beyond that, so one that is late, or comes after a
 * later one, does no harm. Files are not looked at: GitHub names them neither completely nor always.
 */
export function relevanceOf(event: string, payload: unknown, policy: WatchedPolicy): Relevance {
  if (event === "ping") return { kind: "ping" };
  const about: Relevance = { kind: "about", why: `${event} ${policy.repository}` };
  if (!isSameName(read(payload, "repository", "full_name"), policy.repository)) return other("of another repository");
  switch (event) {
    case "push":
      return isOursOrGroup(read(payload, "ref"), read(payload, "deleted") !== true, policy) ? about : OTHER_BRANCH;
    case "create":
      return isOursOrGroup(refOf(payload), true, policy) ? about : OTHER_BRANCH;
    case "delete":
      return isOurs(refOf(payload), policy) ? about : OTHER_BRANCH;
    case "merge_group":
      return groupRelevance(payload, policy) ?? about;
    case "pull_request":
      return pullRelevance(payload, policy) ?? about;
    case "check_run":
    case "check_suite":
      // GitHub tells this only the app whose check it is.
      return read(payload, "action") === "rerequested" ? about : other("not a re-run");
    default:
      return other("an event of another kind");
  }
}

function pullRelevance(payload: unknown, policy: WatchedPolicy): Relevance | null {
  const bases = [read(payload, "pull_request", "base", "ref"), read(payload, "changes", "base", "ref", "from")];
  if (!bases.some((base) => isOurs(inFull("heads", base), policy))) return other("into another branch");
  return PULL_ACTIONS.includes(read(payload, "action")) ? null : other("no change of a pull request");
}

function groupRelevance(payload: unknown, policy: WatchedPolicy): Relevance | null {
  if (!isOurs(read(payload, "merge_group", "base_ref"), policy)) return other("for another branch");
  return read(payload, "action") === "checks_requested" ? null : other("no wish for checks");
}

const other = (why: string): Relevance => ({ kind: "other", why });

const OTHER_BRANCH = other("of another branch");

const inFull = (kind: "heads" | "tags", name: unknown): unknown =>
  typeof name === "string" ? `refs/${kind}/${name}` : null;

const refOf = (payload: unknown): unknown =>
  inFull(read(payload, "ref_type") === "tag" ? "tags" : "heads", read(payload, "ref"));

/** Apps that may not hear of merge groups hear of pushes all the same, and each group begins with one. */
const isOursOrGroup = (full: unknown, isThere: boolean, policy: WatchedPolicy): boolean =>
  isOurs(full, policy) || (isThere && isGroupOf(full, policy));

/** `ref` may be given in full. A tag has no queue, and no branch is named so for one. */
const isGroupOf = (full: unknown, { ref }: WatchedPolicy): boolean =>
  typeof full === "string" && full.startsWith(`refs/heads/gh-readonly-queue/${ref.replace(/^refs\/heads\//, "")}/`);

const isOurs = (full: unknown, { ref }: WatchedPolicy): boolean =>
  full === ref || full === `refs/heads/${ref}` || full === `refs/tags/${ref}`;

/** GitHub's names don't tell capitals from small letters. */
const isSameName = (sent: unknown, ours: string): boolean =>
  typeof sent === "string" && sent.toLowerCase() === ours.toLowerCase();

/** Undefined where the payload has another shape. */
function read(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>(
    (inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined),
    value,
  );
}
