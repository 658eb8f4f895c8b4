import { expect, test } from "vitest";
import { APP_PERMISSIONS, AT, aGitHub, anApp, anOctokit, aToken, refusal } from "./testing/real-octokit.ts";

async function withApp() {
  const there = await aGitHub();
  const app = anApp(there.github, there.server);
  return {
    ...there,
    ...app,
    checks: app.asInstallation.rest.checks,
    run: { ...AT, name: "policy", head_sha: there.first.sha },
  };
}

const notes = (count: number) =>
  Array.from({ length: count }, (_, index) => ({
    path: "policy.yaml",
    start_line: index + 1,
    end_line: index + 1,
    annotation_level: "failure" as const,
    message: `mistake ${index}`,
  }));

const output = (count: number) => ({ title: "Mistakes", summary: "Some.", annotations: notes(count) });

test("a check run begins, goes on and ends with a conclusion", async () => {
  const { checks, run, advance, first } = await withApp();
  const { status, data } = await checks.create({ ...run, status: "in_progress", external_id: "x" });
  expect(status).toBe(201);
  expect(data).toMatchObject({
    head_sha: first.sha,
    external_id: "x",
    status: "in_progress",
    conclusion: null,
    started_at: "2026-03-01T10:00:00Z",
    completed_at: null,
    app: { slug: "bootswain" },
  });
  await advance(5_000);
  const done = await checks.update({ ...AT, check_run_id: data.id, conclusion: "failure", output: output(1) });
  const finished = { status: "completed", conclusion: "failure", completed_at: "2026-03-01T10:00:05Z" };
  expect(done.data).toMatchObject({
    ...finished,
    output: { title: "Mistakes", summary: "Some.", annotations_count: 1 },
  });
  expect((await checks.get({ ...AT, check_run_id: data.id })).data).toMatchObject(finished);
});

test("50 annotations go in a request, and those of the next come on top", async () => {
  const { checks, run } = await withApp();
  const { data } = await checks.create({ ...run, output: output(50) });
  await checks.update({ ...AT, check_run_id: data.id, output: output(2) });
  expect((await checks.get({ ...AT, check_run_id: data.id })).data.output.annotations_count).toBe(52);
  const { data: all } = await checks.listAnnotations({ ...AT, check_run_id: data.id, per_page: 100 });
  expect(all).toHaveLength(52);
  expect(all[51]).toMatchObject({
    path: "policy.yaml",
    start_line: 2,
    annotation_level: "failure",
    message: "mistake 1",
  });
});

test.each([
  {
    what: "51 annotations",
    body: { output: output(51) },
    says: "No more than 50 items are allowed; 51 were supplied.",
  },
  {
    what: "a summary that is too long",
    body: { output: { title: "x", summary: "x".repeat(65_536) } },
    says: "Only 65535",
  },
  { what: "no summary", body: { output: { title: "x" } }, says: '"summary" wasn\'t supplied.' },
  { what: "an end without a conclusion", body: { status: "completed" }, says: '"conclusion" wasn\'t supplied.' },
  { what: "a conclusion that is none", body: { conclusion: "fine" }, says: '"fine" is not a member of' },
  {
    what: "a column over two lines",
    body: {
      output: { ...output(0), annotations: notes(1).map((note) => ({ ...note, end_line: 2, start_column: 1 })) },
    },
    says: "allowed on one line only",
  },
])("a check run with $what is refused, new or changed", async ({ body, says }) => {
  const { asInstallation, checks, run } = await withApp();
  const refused = { status: 422, message: expect.stringContaining(says) };
  const send = (route: string, parameters: object) => asInstallation.request(route, { ...run, ...parameters });
  await expect(send("POST /repos/{owner}/{repo}/check-runs", body)).rejects.toMatchObject(refused);
  const { data } = await checks.create(run);
  const update = send(`PATCH /repos/{owner}/{repo}/check-runs/${data.id}`, body);
  await expect(update).rejects.toMatchObject(refused);
});

test("a new check run's output has a title, which a change may leave as it is", async () => {
  const { asInstallation, checks, run } = await withApp();
  const route: string = "POST /repos/{owner}/{repo}/check-runs";
  await expect(asInstallation.request(route, { ...run, output: { summary: "x" } })).rejects.toMatchObject(
    refusal(422, 'Invalid request.\n\n"title" wasn\'t supplied.'),
  );
  const { data } = await checks.create({ ...run, output: output(1) });
  const changed = await checks.update({ ...AT, check_run_id: data.id, output: { summary: "Mended." } });
  expect(changed.data.output).toMatchObject({ title: "Mistakes", summary: "Mended.", annotations_count: 1 });
});

test("a commit that is not there has no check runs", async () => {
  const { checks, run } = await withApp();
  const head_sha = "0".repeat(40);
  const refused = refusal(422, `No commit found for SHA: ${head_sha}`);
  await expect(checks.create({ ...run, head_sha })).rejects.toMatchObject(refused);
});

test("of each name the latest run is listed, all on request", async () => {
  const { checks, run, octokit } = await withApp();
  await checks.create({ ...run, conclusion: "failure" });
  const second = await checks.create({ ...run, conclusion: "success" });
  await checks.create({ ...run, name: "other" });
  const list = async (query: object = {}) =>
    (await octokit.rest.checks.listForRef({ ...AT, ref: "main", ...query })).data;
  expect(await list({ check_name: "policy" })).toMatchObject({ total_count: 1, check_runs: [{ id: second.data.id }] });
  expect(await list()).toMatchObject({ total_count: 2 });
  expect(await list({ filter: "all" })).toMatchObject({ total_count: 3 });
  expect(await list({ status: "queued" })).toMatchObject({ check_runs: [{ name: "other" }] });
});

test("a plain token makes no check runs, whatever it may do else", async () => {
  const { octokit, run, checks } = await withApp();
  const refused = refusal(403, "You must authenticate via a GitHub App.");
  await expect(octokit.rest.checks.create(run)).rejects.toMatchObject(refused);
  const { data } = await checks.create(run);
  const update = octokit.rest.checks.update({ ...AT, check_run_id: data.id, conclusion: "success" });
  await expect(update).rejects.toMatchObject(refused);
});

test("an app without the permission, or another app, changes no check run", async () => {
  const { github, server, checks, run, asApp, installation } = await withApp();
  const { data } = await checks.create(run);
  const narrow = anOctokit(server, await aToken(asApp, installation.id, { permissions: { contents: "read" } }));
  await expect(narrow.rest.checks.create(run)).rejects.toMatchObject(
    refusal(403, "Resource not accessible by integration"),
  );
  const other = anApp(github, server, APP_PERMISSIONS);
  const update = other.asInstallation.rest.checks.update({ ...AT, check_run_id: data.id, conclusion: "success" });
  await expect(update).rejects.toMatchObject({ status: 403, message: expect.stringContaining("that created it") });
});
