// Verdicts for the tests of agreement: files and bundles are held here under a name, so that a changed byte is a short
// question.

const product = new URL(process.argv[2].replace(/\/*$/, "/"), "file:///");
const { parseTrust } = await import(new URL("trust.js", product));
const { verifyFile } = await import(new URL("verify.js", product));

const files = new Map();
const bundles = new Map();

/** Keep a file. */
export function hold(name, data) {
  files.set(name, data);
}

/** Keep a bundle, with further status lists. */
export async function believe(name, bundle, lists) {
  let trust = await parseTrust(bundle);
  for (const list of lists) trust = trust.withStatus(list);
  bundles.set(name, trust);
}

/** `--json` of the verdict on bytes, with the bundle of that name. */
export async function verdict(data, bundle, sidecar, at) {
  return (await verifyFile(data, bundles.get(bundle), "file.pdf", { sidecar, at })).asJson();
}

/** The same on a file that is held, after edits: [offset, bytes taken away, bytes put in] each, from the end. */
export async function verdictAfter(name, edits, bundle) {
  let data = files.get(name);
  for (const [at, taken, put] of edits) {
    data = new Uint8Array(Buffer.concat([data.subarray(0, at), put, data.subarray(at + taken)]));
  }
  return verdict(data, bundle, null, null);
}
