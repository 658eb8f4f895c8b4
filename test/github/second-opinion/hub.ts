import { createAppAuth } from "@octokit/auth-app";
import { Octokit } from "octokit";

export const AT = { owner: "acme", repo: "policy" };
/** Of Ana, who owns acme. */
export const TOKEN = "ghp_ana";

export interface AppKey {
  readonly appId: number;
  readonly privateKey: string;
  readonly installationId: number;
}

/** A GitHub that listens, whoever wrote it: with acme/policy, Ana's token, and an app that is installed on acme. */
export interface Hub {
  readonly apiUrl: string;
  readonly app: AppKey;
  readonly asAna: Octokit;
  readonly asApp: Octokit;
  readonly asInstallation: Octokit;
  readonly asNobody: Octokit;
  /** With a token that nobody gave out. */
  readonly asStranger: Octokit;
}

const SILENT = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const PLAIN = { log: SILENT, throttle: { enabled: false }, retry: { enabled: false } };

/** The real client in all its roles, without the plugins that wait and ask again. */
export function hubAt(apiUrl: string, app: AppKey): Hub {
  const by = (auth?: string) => new Octokit({ ...PLAIN, baseUrl: apiUrl, ...(auth === undefined ? {} : { auth }) });
  const { appId, privateKey, installationId } = app;
  const as = (more: object) =>
    new Octokit({
      ...PLAIN,
      baseUrl: apiUrl,
      authStrategy: createAppAuth,
      auth: { appId, privateKey, ...more },
    });
  return {
    apiUrl,
    app,
    asAna: by(TOKEN),
    asApp: as({}),
    asInstallation: as({ installationId }),
    asNobody: by(),
    asStranger: by("ghp_nobody"),
  };
}
