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
