import { clearTimeout, setTimeout } from "node:timers";
import { GitHub } from "../../../bot/sim/github/github.ts";
import { startGitHubServer } from "../../../bot/sim/github/server.ts";
import { APP_PERMISSIONS, type EmulatedHub, type HookTarget, KEYS } from "./emulated.ts";
import { AT, hubAt, TOKEN } from "./hub.ts";

/** The project's own emulated GitHub with the same people, app and repository. */
export async function startOurs(hook?: HookTarget): Promise<EmulatedHub> {
  const github = new GitHub(() => Date.now());
  github.addOrganization(AT.owner);
  const repository = github.addRepository({ owner: AT.owner, name: AT.repo });
  repository.commit({ files: { "README.md": "# policy\n" }, message: "Initial commit" });
  github.addToken({ token: TOKEN, login: "ana" });
  const draft = { slug: "bootswain", owner: AT.owner, publicKey: KEYS.publicKey, permissions: APP_PERMISSIONS };
  const app = github.addApp(draft);
  const installation = github.install(app, AT.owner);
  const server = await startGitHubServer({
    github,
    after: (delay, run) => {
      const timer = setTimeout(run, delay);
      return { stop: () => clearTimeout(timer) };
    },
  });
  if (hook !== undefined) server.webhooks.add({ ...hook, of: app });
  const key = { appId: app.id, privateKey: KEYS.privateKey, installationId: installation.id };
  return { ...hubAt(server.apiUrl, key), close: () => server.close() };
}
