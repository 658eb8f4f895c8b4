/** The package's version; a test holds it equal to package.json, which the bundled agent doesn't carry. */
export const AGENT_VERSION = "0.1.0";
