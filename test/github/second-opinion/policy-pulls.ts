import { z } from "zod";
import { AT, type Hub } from "./hub.ts";

const MAIN = "main";
const LIST = z.array(z.object({ start_line: z.number() }));
/** The package has the list within an object. */
const NOTES = z.union([LIST, z.object({ check_annotations: LIST }).transform((found) => found.check_annotations)]);

/** Commits a policy over the API, onto a branch that is there; the commit's sha. */
export async function putPolicy({ asAna }: Hub, text: string, branch = MAIN): Promise<string> {
  const at = { ...AT, path: "policy.yaml" };
  const { data } = await asAna.rest.repos.getContent({ ...at, ref: branch }).catch(() => ({ data: null }));
  const old = data !== null && "sha" in data ? { sha: data.sha } : {};
  const content = Buffer.from(text).toString("base64");
  const put = { ...at, ...old, branch, message: "Change the policy", content };
  const { data: done } = await asAna.rest.repos.createOrUpdateFileContents(put);
  if (done.commit.sha === undefined) throw new Error("a commit without a sha");
  return done.commit.sha;
}

/** Makes the branch from main, with a policy on it, and opens a pull request for it. */
export async function openPull(hub: Hub, branch: string, text: string): Promise<{ number: number; head: string }> {
  const { git, pulls } = hub.asAna.rest;
  const { data: main } = await git.getRef({ ...AT, ref: `heads/${MAIN}` });
  await git.createRef({ ...AT, ref: `refs/heads/${branch}`, sha: main.object.sha });
  const head = await putPolicy(hub, text, branch);
  const { data } = await pulls.create({ ...AT, title: `Set ${branch}`, head: branch, base: MAIN });
  return { number: data.number, head };
}

/** The sha that main has then. The package wants a body, which GitHub does not. */
export async function mergePull({ asAna }: Hub, pull_number: number): Promise<string> {
  return (await asAna.rest.pulls.merge({ ...AT, pull_number, merge_method: "merge" })).data.sha;
}

/** Pushes a commit onto main, which merges the pull request that it is the head of; both tell of that push. */
export async function landOnMain({ asAna }: Hub, sha: string): Promise<void> {
  await asAna.rest.git.updateRef({ ...AT, ref: `heads/${MAIN}`, sha });
}

/** The lines of the notes on the newest check run of a head. */
export async function notedLines({ asInstallation }: Hub, ref: string): Promise<readonly number[]> {
  const { data } = await asInstallation.rest.checks.listForRef({ ...AT, ref });
  const check_run_id = data.check_runs[0]?.id ?? 0;
  const { data: found } = await asInstallation.rest.checks.listAnnotations({ ...AT, check_run_id });
  return NOTES.parse(found).map(({ start_line }) => start_line);
}
