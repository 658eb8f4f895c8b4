import { type Answer, answerOf, type Response } from "./answer.ts";
import { AT, type Hub } from "./hub.ts";

const base64 = (text: string) => Buffer.from(text).toString("base64");
const NONE = "0".repeat(40);
const POLICY = "pools: []\n";
const PUT = { ...AT, path: "policy.yaml", message: "Begin", content: base64(POLICY) };
const NOTE = { path: "policy.yaml", annotation_level: "failure" } as const;

/** By name, what a GitHub answered to each call that the product makes, in their order. */
export async function answersOf(hub: Hub): Promise<ReadonlyMap<string, Answer>> {
  const answers = new Map<string, Answer>();
  const keep: Keep = async (name, call) => {
    if (answers.has(name)) throw new Error(`two calls are named "${name}"`);
    answers.set(name, await answerOf(call));
  };
  await readPolicy(hub, keep);
  await readObjects(hub, keep);
  await openPull(hub, keep);
  await mergePull(hub, keep);
  await talk(hub, keep);
  await check(hub, keep);
  await enter(hub, keep);
  return answers;
}

type Keep = (name: string, call: Promise<Response>) => Promise<void>;

async function readPolicy({ asAna, asNobody }: Hub, keep: Keep): Promise<void> {
  const { repos } = asAna.rest;
  await keep("repository", repos.get(AT));
  await keep("no repository", repos.get({ ...AT, repo: "nope" }));
  await keep("put a file", repos.createOrUpdateFileContents(PUT));
  await keep("put it without its sha", repos.createOrUpdateFileContents(PUT));
  await keep("put it with an old sha", repos.createOrUpdateFileContents({ ...PUT, sha: NONE }));
  await keep("put as nobody", asNobody.rest.repos.createOrUpdateFileContents({ ...PUT, path: "x" }));
  await repos.createOrUpdateFileContents({ ...PUT, path: "clusters/eu/policy.yaml" });
  const { data: branch } = await repos.getBranch({ ...AT, branch: "main" });
  await keep("branch", repos.getBranch({ ...AT, branch: "main" }));
  await keep("no branch", repos.getBranch({ ...AT, branch: "nope" }));
  await keep("rules of a branch", repos.getBranchRules({ ...AT, branch: "main" }));
  await keep("commit of a branch", repos.getCommit({ ...AT, ref: "main" }));
  await keep("commit of a sha", repos.getCommit({ ...AT, ref: branch.commit.sha }));
  await keep("commit of a short sha", repos.getCommit({ ...AT, ref: branch.commit.sha.slice(0, 10) }));
  await keep("commit of nothing", repos.getCommit({ ...AT, ref: "nope" }));
  const headers = { accept: "application/vnd.github.sha" };
  await keep("sha of a branch", repos.getCommit({ ...AT, ref: "main", headers }));
  await keep("commits of a path", repos.listCommits({ ...AT, path: "policy.yaml" }));
  await keep("file", repos.getContent({ ...AT, path: "policy.yaml" }));
  const { headers: had } = await repos.getContent({ ...AT, path: "policy.yaml" });
  const since = { "if-none-match": had.etag ?? "none" };
  await keep("file that is the same", repos.getContent({ ...AT, path: "policy.yaml", headers: since }));
  await keep("file at a sha", repos.getContent({ ...AT, path: "policy.yaml", ref: branch.commit.sha }));
  const raw = { accept: "application/vnd.github.raw+json" };
  await keep("file as it is", repos.getContent({ ...AT, path: "policy.yaml", headers: raw }));
  await keep("no file", repos.getContent({ ...AT, path: "nope.yaml" }));
  await keep("file at no ref", repos.getContent({ ...AT, path: "policy.yaml", ref: "nope" }));
  await keep("folder", repos.getContent({ ...AT, path: "clusters" }));
}

async function readObjects({ asAna }: Hub, keep: Keep): Promise<void> {
  const { repos, git } = asAna.rest;
  const { data: branch } = await repos.getBranch({ ...AT, branch: "main" });
  await keep("ref", git.getRef({ ...AT, ref: "heads/main" }));
  await keep("no ref", git.getRef({ ...AT, ref: "heads/nope" }));
  const { data: file } = await repos.getContent({ ...AT, path: "policy.yaml" });
  const file_sha = "sha" in file ? file.sha : NONE;
  const { data: root } = await git.getTree({ ...AT, tree_sha: "main" });
  const folder = root.tree.find(({ path }) => path === "clusters");
  await keep("tree of a folder", git.getTree({ ...AT, tree_sha: folder?.sha ?? NONE }));
  await keep("blob", git.getBlob({ ...AT, file_sha }));
  await keep("no blob", git.getBlob({ ...AT, file_sha: NONE }));
  await keep("tree", git.getTree({ ...AT, tree_sha: "main", recursive: "1" }));
  await keep("commit object", git.getCommit({ ...AT, commit_sha: branch.commit.sha }));
}

async function openPull({ asAna }: Hub, keep: Keep): Promise<void> {
  const { repos, git, pulls } = asAna.rest;
  const { data: ref } = await git.getRef({ ...AT, ref: "heads/main" });
  await keep("make a branch", git.createRef({ ...AT, ref: "refs/heads/wider", sha: ref.object.sha }));
  await keep("make it again", git.createRef({ ...AT, ref: "refs/heads/wider", sha: ref.object.sha }));
  const { data: file } = await repos.getContent({ ...AT, path: "policy.yaml" });
  const sha = "sha" in file ? file.sha : NONE;
  const change = { ...PUT, message: "Wider", content: base64("pools: [a]\n"), sha, branch: "wider" };
  await repos.createOrUpdateFileContents(change);
  await keep("compare", repos.compareCommitsWithBasehead({ ...AT, basehead: "main...wider" }));
  await keep("compare back", repos.compareCommitsWithBasehead({ ...AT, basehead: "wider...main" }));
  await keep("compare with nothing", repos.compareCommitsWithBasehead({ ...AT, basehead: "main...nope" }));
  await keep("open a pull request", pulls.create({ ...AT, title: "Wider", head: "wider", base: "main", body: "Why" }));
  const one = { ...AT, pull_number: 1 };
  await pulls.get(one);
  await keep("pull request", pulls.get(one));
  await keep("no pull request", pulls.get({ ...AT, pull_number: 99 }));
  await keep("pull requests", pulls.list(AT));
  await keep("pull requests of a head", pulls.list({ ...AT, head: "acme:wider", state: "all" }));
  await keep("pull requests of another head", pulls.list({ ...AT, head: "acme:nope" }));
  await keep("files of a pull request", pulls.listFiles(one));
  const { data: pull } = await pulls.get(one);
  const { sha: commit_sha } = pull.head;
  await keep("pull requests of an open head", repos.listPullRequestsAssociatedWithCommit({ ...AT, commit_sha }));
  const pushed = { ...change, message: "Wider still", content: base64("pools: [a, b]\n"), path: "more.yaml" };
  const { sha: _, ...added } = pushed;
  await repos.createOrUpdateFileContents(added);
  const { data: moved } = await pulls.get(one);
  const basehead = `${moved.head.sha}...wider`;
  await keep("what a pull request has not of its branch", repos.compareCommitsWithBasehead({ ...AT, basehead }));
  await keep("file of a pull request", repos.getContent({ ...AT, path: "policy.yaml", ref: "refs/pull/1/head" }));
}

async function mergePull({ asAna }: Hub, keep: Keep): Promise<void> {
  const { repos, git, pulls } = asAna.rest;
  const { data: before } = await git.getRef({ ...AT, ref: "heads/main" });
  const one = { ...AT, pull_number: 1 };
  await keep("open it again", pulls.create({ ...AT, title: "Wider", head: "wider", base: "main" }));
  await keep("merge another head", pulls.merge({ ...one, sha: NONE }));
  const { data: merged } = await pulls.merge({ ...one, merge_method: "squash" });
  await keep("merged pull request", pulls.get(one));
  await keep("merge it again", pulls.merge(one));
  await git.createRef({ ...AT, ref: "refs/heads/same", sha: merged.sha });
  const move = (sha: string) => git.updateRef({ ...AT, ref: "heads/same", sha });
  await keep("move a branch on", move(merged.sha));
  await keep("move a branch back", move(before.object.sha));
  await keep("move no branch", git.updateRef({ ...AT, ref: "heads/nope", sha: merged.sha }));
  await keep("pull request of nothing", pulls.create({ ...AT, title: "Same", head: "same", base: "main" }));
  await keep("pull requests of a merge", repos.listPullRequestsAssociatedWithCommit({ ...AT, commit_sha: merged.sha }));
}

async function talk({ asAna, asInstallation }: Hub, keep: Keep): Promise<void> {
  const { issues } = asInstallation.rest;
  const on = { ...AT, issue_number: 1 };
  const { data } = await issues.createComment({ ...on, body: "Two nodes." });
  await keep("comment", issues.getComment({ ...AT, comment_id: data.id }));
  await keep("write a comment", asAna.rest.issues.createComment({ ...on, body: "Thanks." }));
  await keep("write nothing", issues.createComment({ ...on, body: " " }));
  await keep("write too much", issues.createComment({ ...on, body: "x".repeat(65_537) }));
  await keep("comment on nothing", issues.createComment({ ...AT, issue_number: 99, body: "x" }));
  await keep("change a comment", issues.updateComment({ ...AT, comment_id: data.id, body: "Three nodes." }));
  await keep("comments", issues.listComments({ ...on, per_page: 1 }));
  await keep("take a comment away", issues.deleteComment({ ...AT, comment_id: data.id }));
  await keep("take it away again", issues.deleteComment({ ...AT, comment_id: data.id }));
  await keep("change what is gone", issues.updateComment({ ...AT, comment_id: data.id, body: "x" }));
}

async function check({ asAna, asInstallation }: Hub, keep: Keep): Promise<void> {
  const { checks } = asInstallation.rest;
  const { data: ref } = await asAna.rest.git.getRef({ ...AT, ref: "heads/main" });
  const head_sha = ref.object.sha;
  const run = { ...AT, name: "policy", head_sha };
  await keep("check run as a person", asAna.rest.checks.create(run));
  const three = [1, 2, 3].map((line) => ({ ...NOTE, start_line: line, end_line: line, message: `Wrong ${line}` }));
  const output = { title: "3 mistakes", summary: "See below." };
  const failed = { ...run, conclusion: "failure", output: { ...output, annotations: three } } as const;
  await keep("check run", checks.create(failed));
  const { data } = await checks.create({ ...failed, name: "other" });
  const at = { ...AT, check_run_id: data.id };
  await keep("annotations", checks.listAnnotations(at));
  await keep("annotations added", checks.update({ ...at, output: { ...output, annotations: three } }));
  const many = Array.from({ length: 51 }, () => ({ ...NOTE, start_line: 1, end_line: 1, message: "x" }));
  await keep("51 annotations", checks.update({ ...at, output: { ...output, annotations: many } }));
  await keep("an ended run without a conclusion", checks.update({ ...at, status: "completed" }));
  await keep("completed", checks.update({ ...at, status: "completed", conclusion: "failure", output }));
  await keep("mended", checks.update({ ...at, conclusion: "success", output }));
  await keep("check runs of a name", checks.listForRef({ ...AT, ref: head_sha, check_name: "other" }));
  await keep("check runs of nothing", checks.listForRef({ ...AT, ref: "nope" }));
  await keep("no check run", checks.update({ ...AT, check_run_id: 99_999, conclusion: "success" }));
  const status = { ...AT, sha: head_sha, context: "policy", state: "success", description: "Fine" } as const;
  await keep("status", asAna.rest.repos.createCommitStatus(status));
  await keep("statuses", asAna.rest.repos.listCommitStatusesForRef({ ...AT, ref: head_sha }));
  await keep("combined status", asAna.rest.repos.getCombinedStatusForRef({ ...AT, ref: head_sha }));
}

async function enter(hub: Hub, keep: Keep): Promise<void> {
  const { asApp, asAna, asStranger, asInstallation, app } = hub;
  const installation_id = app.installationId;
  await keep("app", asApp.rest.apps.getAuthenticated());
  await keep("installation", asApp.rest.apps.getRepoInstallation(AT));
  await keep("installation as a person", asAna.rest.apps.getRepoInstallation(AT));
  await keep("whose token", asAna.rest.users.getAuthenticated());
  await keep("no installation", asApp.rest.apps.createInstallationAccessToken({ installation_id: 99_999 }));
  const narrow = { installation_id, permissions: { checks: "write" } } as const;
  await keep("narrow token", asApp.rest.apps.createInstallationAccessToken(narrow));
  const more = { installation_id, permissions: { administration: "write" } } as const;
  await keep("token for too much", asApp.rest.apps.createInstallationAccessToken(more));
  await keep("stranger", asStranger.rest.repos.get(AT));
  await keep("more than the app may", asInstallation.rest.repos.createOrUpdateFileContents({ ...PUT, path: "y" }));
}
