// X.509 certification paths (RFC 5280 section 6) from a leaf to a pinned root, at a given time, with CRLs.
//
// No network: whatever is needed lies in the record or in the trust bundle. Name constraints and policy mapping are not
// interpreted; a certificate that marks any such extension critical is refused, as RFC 5280 section 4.2 demands.

import { ValueError, endsWith, equal, hex, isoDate } from "./bytes.js";
import {
  AUTHORITY_KEY_IDENTIFIER, BASIC_CONSTRAINTS, CERTIFICATE_POLICIES, EXTENDED_KEY_USAGE, KEY_USAGE,
  SUBJECT_ALTERNATIVE_NAME, SUBJECT_KEY_IDENTIFIER,
} from "./extensions.js";
import { sameName } from "./names.js";
import { Failed } from "./report.js";
import {
  Certificate, RevocationList, certificateDigest, effectiveDate, sameCertificate, signatureHolds, signatureScheme,
} from "./x509.js";

/** Certificates in one path; longer ones are no honest chain and would let a file cost us time. */
export const MAX_PATH = 8;
export const MIN_RSA_BITS = 2048;
export const MAX_CERTIFICATE_BYTES = 16_384;

export const COMMON_NAME = "2.5.4.3";
export const SERIAL_NUMBER = "2.5.4.5";
export const SURNAME = "2.5.4.4";
export const GIVEN_NAME = "2.5.4.42";

const CHAIN_ZERO = new Uint8Array([0]);
const CHAIN_UNDERSTOOD = new Set([
  BASIC_CONSTRAINTS, KEY_USAGE, EXTENDED_KEY_USAGE, CERTIFICATE_POLICIES, SUBJECT_KEY_IDENTIFIER,
  AUTHORITY_KEY_IDENTIFIER, SUBJECT_ALTERNATIVE_NAME,
]);

/** The certificate does not lead to a pinned root, or did not at that time. */
export class ChainError extends Failed {}

const chainLoaded = new WeakMap();
const chainIssued = new WeakMap();
const chainLists = new WeakMap();

/** Parse one certificate, all extensions included. Throws `ChainError` `chain.malformed`. */
export function load(der) {
  let certificate = chainLoaded.get(der);
  if (certificate === undefined) {
    certificate = chainLoad(der);
    chainLoaded.set(der, certificate);
  }
  return certificate;
}

function chainMalformed(message) {
  return new ChainError("chain.malformed", message, { sub: "CERTIFICATE_CHAIN_GENERAL_FAILURE" });
}

function chainLoad(der) {
  if (der.length > MAX_CERTIFICATE_BYTES) throw chainMalformed("A certificate is too large.");
  let certificate;
  try {
    certificate = new Certificate(der).open();
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw chainMalformed("A certificate cannot be read.");
  }
  // the octet that counts unused bits stands before the signature and is covered by nothing
  const wholeOctets = endsWith(der.subarray(0, der.length - certificate.signature.length), CHAIN_ZERO);
  if (certificate.version !== 2 || !certificate.positive || !wholeOctets || !certificate.signature.length) {
    throw chainMalformed("A certificate has no usable number, version or signature.");
  }
  for (const [oid, extension] of certificate.extensions) {
    if (extension.critical && !CHAIN_UNDERSTOOD.has(oid)) {
      throw new ChainError(
        "chain.unknown_extension",
        `The certificate of ${nameOf(certificate)} marks an extension critical that is not understood here.`,
        { sub: "CHAIN_CONSTRAINTS_FAILURE" },
      );
    }
  }
  const key = certificate.publicKey;
  const strong = key.kind === "rsa" ? key.bits >= MIN_RSA_BITS : key.kind === "ec" && key.curve !== "other";
  if (!strong) {
    throw new ChainError(
      "chain.weak_key",
      `The key of ${nameOf(certificate)} is too weak or of a kind not accepted.`,
      { sub: "CRYPTO_CONSTRAINTS_FAILURE" },
    );
  }
  return certificate;
}

/** The common name, or the whole subject where there is none. */
export function nameOf(certificate) {
  return attribute(certificate, COMMON_NAME) || certificate.subject.toString();
}

/** The single value of a subject attribute; empty when it is missing, not text, or there more than once. */
export function attribute(certificate, oid) {
  const values = certificate.subject.values(oid);
  return values.length === 1 && typeof values[0] === "string" ? values[0] : "";
}

/** SHA-256 of the DER, lower-case hex. */
export async function fingerprint(certificate) {
  return hex(await certificateDigest(certificate));
}

/** True when the names match and the issuer's key signed the child with an accepted algorithm. */
export async function issued(child, issuer) {
  let known = chainIssued.get(child);
  if (known === undefined) chainIssued.set(child, (known = new WeakMap()));
  if (!known.has(issuer)) known.set(issuer, chainCheckIssued(child, issuer));
  return known.get(issuer);
}

async function chainCheckIssued(child, issuer) {
  if (signatureScheme(child.signatureAlgorithm) === null) return false;
  if (!equal(child.innerAlgorithm.encoded, child.signatureAlgorithm.encoded)) return false;
  if (!sameName(child.issuer, issuer.subject)) return false;
  return signatureHolds(issuer.publicKey, child.signatureAlgorithm, child.signature, child.tbs);
}

/**
 * The path from `leaf` to one of `roots` that holds at `at` (an instant): certificates, leaf first, root last, and the
 * later revocation of the leaf, if any. Every certificate must come from `load`.
 *
 * A certificate that a CRL names as revoked at or before `at` breaks the path (`chain.revoked`). A leaf revoked later is
 * reported in `revocation`, and the caller decides whether `at` is proven well enough to rely on it.
 *
 * Throws `ChainError`: `chain.untrusted`, `chain.expired`, `chain.not_yet_valid`, `chain.not_ca`, `chain.path_length`,
 * `chain.revoked`.
 */
export async function validate(leaf, intermediates, roots, { at, crls = [] }) {
  const candidates = await chainPaths(leaf, intermediates, roots);
  if (!candidates.length) {
    throw new ChainError(
      "chain.untrusted",
      `The certificate of ${nameOf(leaf)} does not lead to a root of the trust bundle.`,
      { sub: "NO_CERTIFICATE_CHAIN_FOUND" },
    );
  }
  let failure = null;
  for (const certificates of candidates) {
    try {
      const revocation = await chainCheck(certificates, at, crls);
      return { certificates, revocation, root: certificates[certificates.length - 1] };
    } catch (error) {
      if (!(error instanceof ChainError)) throw error;
      failure ??= error;
    }
  }
  throw failure;
}

function chainHolds(certificates, certificate) {
  return certificates.some((other) => sameCertificate(other, certificate));
}

/** All signature paths from leaf to a root, depth first; each certificate is used once in a path. */
async function chainPaths(leaf, intermediates, roots) {
  const found = [];
  const pool = [];
  for (const middle of intermediates) if (!chainHolds(pool, middle)) pool.push(middle);
  pool.splice(MAX_PATH);
  const stack = [[leaf]];
  while (stack.length && found.length < MAX_PATH) {
    const path = stack.pop();
    const last = path[path.length - 1];
    for (const root of roots) if (!chainHolds(path, root) && (await issued(last, root))) found.push([...path, root]);
    if (path.length >= MAX_PATH) continue;
    for (const middle of pool) {
      if (!chainHolds(path, middle) && (await issued(last, middle))) stack.push([...path, middle]);
    }
  }
  return found;
}

async function chainCheck(path, at, crls) {
  path.forEach((certificate, below) => {
    if (at < certificate.notBefore) {
      throw new ChainError(
        "chain.not_yet_valid",
        `The certificate of ${nameOf(certificate)} was not valid before ${isoDate(certificate.notBefore)}.`,
        { sub: "NOT_YET_VALID" },
      );
    }
    if (at > certificate.notAfter) {
      throw new ChainError(
        "chain.expired",
        `The certificate of ${nameOf(certificate)} had expired on ${isoDate(certificate.notAfter)}.`,
        { sub: "EXPIRED" },
      );
    }
    if (below) chainCheckAuthority(certificate, below - 1);
  });
  let later = null;
  for (let at_ = 0; at_ + 1 < path.length; at_++) {
    const revocation = await revoked(path[at_], path[at_ + 1], crls);
    if (revocation === null) continue;
    if (revocation.at <= at) {
      throw new ChainError(
        "chain.revoked",
        `The certificate of ${nameOf(path[at_])} was revoked on ${isoDate(revocation.at)}.`,
        { sub: "REVOKED" },
      );
    }
    later ??= revocation;
  }
  return later;
}

/** `authoritiesBelow` CA certificates stand between this one and the leaf (RFC 5280 section 4.2.1.9). */
function chainCheckAuthority(certificate, authoritiesBelow) {
  const constraints = certificate.extension(BASIC_CONSTRAINTS);
  if (!constraints?.ca || !certificate.extension(KEY_USAGE)?.keyCertSign) {
    throw new ChainError(
      "chain.not_ca",
      `${nameOf(certificate)} issued a certificate without being an authority.`,
      { sub: "CHAIN_CONSTRAINTS_FAILURE" },
    );
  }
  if (constraints.pathLength !== null && BigInt(authoritiesBelow) > constraints.pathLength) {
    throw new ChainError(
      "chain.path_length",
      `The chain below ${nameOf(certificate)} is longer than it allows.`,
      { sub: "CHAIN_CONSTRAINTS_FAILURE" },
    );
  }
}

/** A CRL once it was read, null where it cannot be, with what is known of those it speaks for. */
function chainList(der) {
  let known = chainLists.get(der);
  if (known === undefined) {
    known = { list: null, speaksFor: new WeakMap() };
    try {
      known.list = new RevocationList(der);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
    }
    chainLists.set(der, known);
  }
  return known;
}

/** True when the CRL is the issuer's own: same name, its signature, and the right to sign CRLs. */
async function chainSpeaksFor(list, issuer) {
  try {
    if (!list.issuer.means(issuer.subject)) return false;
  } catch (error) {
    if (error instanceof ValueError) return false;
    throw error;
  }
  if (!issuer.extension(KEY_USAGE)?.crlSign) return false;
  if (!equal(list.innerAlgorithm.encoded, list.signatureAlgorithm.encoded)) return false;
  return signatureHolds(issuer.publicKey, list.signatureAlgorithm, list.signature, list.tbs);
}

/** True when one of the CRLs is the issuer's own. */
export async function speak(crls, issuer) {
  for (const der of crls) if (await chainSpeaks(chainList(der), issuer)) return true;
  return false;
}

async function chainSpeaks({ list, speaksFor }, issuer) {
  if (list === null) return false;
  if (!speaksFor.has(issuer)) speaksFor.set(issuer, chainSpeaksFor(list, issuer));
  return speaksFor.get(issuer);
}

/** What the CRLs of `issuer` (others are ignored) say about `certificate`: the earliest revocation, or null. */
export async function revoked(certificate, issuer, crls) {
  let found = null;
  for (const der of crls) {
    const known = chainList(der);
    if (!(await chainSpeaks(known, issuer))) continue;
    const entry = known.list.find(certificate);
    if (entry === null) continue;
    const at = effectiveDate(entry);
    if (found === null || at < found.at) found = { serial: certificate.serialNumber, at };
  }
  return found;
}
