// The saved page's one script, run as a browser runs it, but without a document.

import { runInThisContext } from "node:vm";

/** `--json` of a verdict by the joined modules; the bundle as it stands in the page. */
export async function verdict(script, data, bundle) {
  runInThisContext(script);
  const { "trust.js": trust, "verify.js": verify } = globalThis.testamur;
  const believed = bundle === null ? trust.NO_TRUST : await trust.parseTrust(bundle);
  return (await verify.verifyFile(data, believed, "file.pdf")).asJson();
}
