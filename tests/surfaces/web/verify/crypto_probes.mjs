// The questions that the tests ask of the verifier's cryptographic half, each answered in plain values.

const verify = new URL("../../../../src/testamur/surfaces/web/static/web/verify/", import.meta.url);
const chain = await import(new URL("chain.js", verify));
const { hex } = await import(new URL("bytes.js", verify));

/** What is read from a certificate. */
export async function certificate(der) {
  const found = chain.load(der);
  const usage = found.extension("2.5.29.15");
  const constraints = found.extension("2.5.29.19");
  return {
    name: chain.nameOf(found),
    subject: found.subject.toString(),
    issuer: found.issuer.toString(),
    number: hex(found.serialNumber),
    from: found.notBefore,
    to: found.notAfter,
    print: await chain.fingerprint(found),
    usage: usage === null ? null : Object.values(usage),
    constraints: constraints === null ? null : [constraints.ca, constraints.pathLength],
    purposes: found.extension("2.5.29.37"),
    policies: found.extension("2.5.29.32"),
    critical: [...found.extensions].filter(([, extension]) => extension.critical).map(([oid]) => oid),
    key: [found.publicKey.kind, found.publicKey.kind === "rsa" ? found.publicKey.bits : found.publicKey.curve],
  };
}

/** Whether the one was issued by the other. */
export async function issued(child, issuer) {
  return chain.issued(chain.load(child), chain.load(issuer));
}

/** The path that was found, as fingerprints, and the later revocation. */
export async function path(leaf, intermediates, roots, at, crls) {
  const found = await chain.validate(chain.load(leaf), intermediates.map(chain.load), roots.map(chain.load), {
    at,
    crls,
  });
  return {
    certificates: await Promise.all(found.certificates.map(chain.fingerprint)),
    revoked: found.revocation && found.revocation.at,
  };
}

const cms = await import(new URL("cms.js", verify));

/** A seal from end to end: its parts, its signature, its certificate. */
export async function seal(contents, digest, roots, crls, at, proven) {
  const found = await cms.parseSeal(contents);
  const parts = {
    certificate: await chain.fingerprint(found.certificate),
    intermediates: await Promise.all(found.intermediates.map(chain.fingerprint)),
    digest: found.messageDigest,
    signed: found.signedAttributes,
    signature: found.signature,
    stamp: found.timeStamp,
    proof: found.proof,
    level: found.level,
  };
  await cms.checkSignature(found, digest);
  await cms.checkCertificate(found, roots, crls, { at, proven });
  return parts;
}

/** The instant that a time-stamp attests. */
export async function timeStamp(token, signature, roots) {
  return cms.checkTimeStamp(token, signature, roots);
}

const bankidXml = await import(new URL("bankidXml.js", verify));

/** The canonical form of a document, and of each child of its root. */
export function xml(data) {
  const root = bankidXml.parse(data);
  return [root, ...root.children].map(bankidXml.canonical);
}

const { verifyBankid } = await import(new URL("bankid.js", verify));
const { verifyEvidence } = await import(new URL("evidence.js", verify));
const { parseSnapshot } = await import(new URL("snapshot.js", verify));
const { parsePolicy } = await import(new URL("policies.js", verify));

/** What a BankID signature attests. */
export async function bankid(xml_, ocsp, options) {
  return verifyBankid(xml_, ocsp, options);
}

/** What the evidence of the first signer of a record says. */
export async function evidence(data, record, h0, size, roots) {
  const snapshot = await parseSnapshot(record);
  const [signer] = snapshot.signers;
  return verifyEvidence(data, { signer, snapshot, h0, size, roots: new Map(Object.entries(roots)) });
}

/** A policy, and for each set of its keys whether they are enough. */
export async function policy(data, sets) {
  const found = await parsePolicy(data);
  const { quorum } = found;
  const groups = [...found.groups].map(([name, { threshold, members }]) => [name, threshold, members]);
  const chosen = sets.map((names) => names.map((name) => found.witnesses.get(name)));
  return {
    logs: found.logs.map(String),
    witnesses: [...found.witnesses].map(([name, vkey]) => [name, String(vkey)]),
    groups,
    quorum,
    enough: chosen.map((vkeys) => found.satisfied(vkeys)),
  };
}
