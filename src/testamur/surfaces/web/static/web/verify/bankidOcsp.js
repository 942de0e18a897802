// The OCSP response beside a BankID signature (RFC 6960): the certificate was good when exactly this was signed.

import { ValueError, base64, concat, equal, fromLatin1, sha1, sha256, sha384, sha512, startsWith } from "./bytes.js";
import { issued } from "./chain.js";
import {
  CONTEXT_0, CONTEXT_1, DerError, DerReader, INTEGER, OCTETS, SEQUENCE, derInside, derInteger, derList, derNull,
  derSingle, derWithin, readBits, readEnumerated, readGeneralizedTime, readOid,
} from "./der.js";
import { EXTENDED_KEY_USAGE } from "./extensions.js";
import { readName } from "./names.js";
import { EvidenceError } from "./report.js";
import { Certificate, openExtensions, readAlgorithm, readExtensions } from "./x509.js";

const OCSP_MAX_BYTES = 1 << 16;
const OCSP_MAX_CERTIFICATES = 5;
const OCSP_CLOCK_SKEW = 5 * 60_000;
const OCSP_BASIC = "1.3.6.1.5.5.7.48.1.1";
const OCSP_NONCE = "1.3.6.1.5.5.7.48.1.2";
const OCSP_SIGNING = "1.3.6.1.5.5.7.3.9";
const OCSP_STATUSES = [0, 1, 2, 3, 5, 6];
const OCSP_GOOD = 0x80;
const OCSP_REVOKED = 0xa1;
const OCSP_UNKNOWN = 0x82;

/** The hashes that a CertID may name; `null` where a browser cannot compute it, so that nothing is named. */
const OCSP_HASHES = new Map([
  ["1.3.14.3.2.26", sha1], ["2.16.840.1.101.3.4.2.4", null], ["2.16.840.1.101.3.4.2.1", sha256],
  ["2.16.840.1.101.3.4.2.2", sha384], ["2.16.840.1.101.3.4.2.3", sha512],
]);
const OCSP_SIGNATURE_HASHES = new Map([
  ["1.2.840.113549.1.1.11", "SHA-256"], ["1.2.840.113549.1.1.12", "SHA-384"], ["1.2.840.113549.1.1.13", "SHA-512"],
  ["1.2.840.10045.4.3.2", "SHA-256"], ["1.2.840.10045.4.3.3", "SHA-384"], ["1.2.840.10045.4.3.4", "SHA-512"],
  ["2.16.840.1.101.3.4.3.2", "SHA-256"],
]);
/** Algorithms that are known and accepted nowhere. */
const OCSP_WEAK = new Set([
  "1.2.840.113549.1.1.4", "1.2.840.113549.1.1.5", "1.3.14.3.2.29", "1.2.840.113549.1.1.14", "1.2.840.10045.4.1",
  "1.2.840.10045.4.3.1", "1.2.840.10040.4.3", "1.3.101.112", "1.3.101.113", "1.2.643.2.2.3", "1.2.643.7.1.1.3.2",
  "1.2.643.7.1.1.3.3", "1.3.6.1.5.5.7.6.36",
  ...[1, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18, 19].map((last) => `2.16.840.1.101.3.4.3.${last}`),
]);

function ocspError(code, message, sub = "REVOCATION_OUT_OF_BOUNDS_NO_POE") {
  return new EvidenceError(`bankid.ocsp.${code}`, message, { sub });
}

// --- reading -----------------------------------------------------------------------------------

/** An OCSP response; `basic` is null where the responder gave no answer. */
function ocspResponse(data) {
  return derSingle(data, SEQUENCE, (value) =>
    derInside(value, (reader) => {
      const status = readEnumerated(reader);
      const bytes = reader.optional(CONTEXT_0);
      const basic = bytes === null ? null : derInside(bytes, (inside) => derInside(inside.take(SEQUENCE), ocspBytes));
      if (!OCSP_STATUSES.includes(status) || (status === 0 && basic === null)) throw new DerError("no response");
      return { status, basic };
    }),
  );
}

function ocspBytes(reader) {
  if (readOid(reader) !== OCSP_BASIC) throw new DerError("an unknown kind of response");
  return derSingle(reader.take(OCTETS), SEQUENCE, (value) => derInside(value, ocspBasic));
}

function ocspBasic(reader) {
  const signed = reader.element(SEQUENCE);
  const data = derInside(signed.value, ocspData);
  const algorithm = readAlgorithm(reader);
  const signature = readBits(reader).octets;
  const certs = reader.optional(CONTEXT_0);
  const read = (list) => new Certificate(list.element(SEQUENCE).full);
  const certificates = certs === null ? [] : derInside(certs, (inside) => derList(inside.take(SEQUENCE), read));
  return { ...data, signed: signed.full, algorithm, signature, certificates };
}

function ocspData(reader) {
  if (reader.peek() === CONTEXT_0) throw new DerError("another version");
  const { tag, value } = reader.any();
  if (tag === CONTEXT_1) derInside(value, readName);
  else if (tag === 0xa2) derInside(value, (inside) => inside.take(OCTETS));
  else throw new DerError("unexpected tag");
  const produced = readGeneralizedTime(reader);
  const responses = derList(reader.take(SEQUENCE), (list) => derInside(list.take(SEQUENCE), ocspSingle));
  const extensions = reader.optional(CONTEXT_1);
  return { produced, responses, extensions: extensions === null ? [] : derInside(extensions, readExtensions) };
}

function ocspSingle(reader) {
  const certificate = derInside(reader.take(SEQUENCE), (inside) => ({
    algorithm: readAlgorithm(inside).oid,
    nameHash: inside.take(OCTETS),
    keyHash: inside.take(OCTETS),
    serial: derInteger(inside.take(INTEGER)),
  }));
  const { tag, value } = reader.any();
  if (tag === OCSP_REVOKED) derInside(value, ocspRevoked);
  else if (tag === OCSP_GOOD || tag === OCSP_UNKNOWN) derNull(value);
  else throw new DerError("unexpected tag");
  const thisUpdate = readGeneralizedTime(reader);
  const next = reader.optional(CONTEXT_0);
  const nextUpdate = next === null ? null : derInside(next, readGeneralizedTime);
  const extensions = reader.optional(CONTEXT_1);
  if (extensions !== null) derInside(extensions, readExtensions);
  return { ...certificate, status: tag, thisUpdate, nextUpdate };
}

function ocspRevoked(reader) {
  readGeneralizedTime(reader);
  const reason = reader.optional(CONTEXT_0);
  if (reason !== null) derInside(reason, readEnumerated);
}

/** The nonce: an OCTET STRING in the extension, or its plain octets (RFC 2560). */
function ocspNonce(octets) {
  const reader = new DerReader(octets);
  try {
    const value = reader.take(OCTETS);
    reader.finish();
    return value;
  } catch (error) {
    if (error instanceof DerError) return octets;
    throw error;
  }
}

// --- checking ----------------------------------------------------------------------------------

/** `producedAt` of a response that says *good* for this certificate and was made for this very signature. */
export async function checkOcsp(der, signatureXml, certificates) {
  if (certificates.length < 2) {
    throw ocspError("issuer", "The issuer of the signer's certificate is missing.", "NO_CERTIFICATE_CHAIN_FOUND");
  }
  const [user, issuer] = certificates;
  let found;
  try {
    found = await ocspRead(der, user, issuer);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw ocspError("malformed", "The OCSP response cannot be read.", "FORMAT_FAILURE");
  }
  const { single, nonce, produced, matches } = found;
  if (!matches) throw ocspError("other_certificate", "The OCSP response speaks of another certificate.");
  // BankID puts SHA-1 of the base64 text of the signature first in the nonce: it ties the answer to this signature.
  if (!startsWith(nonce, await sha1(fromLatin1(base64(signatureXml))))) {
    throw ocspError("other_signature", "The OCSP response belongs to another signature.");
  }
  ocspCheckAnswer(single, produced);
  return produced;
}

async function ocspRead(der, user, issuer) {
  const { status, basic } = ocspResponse(der.subarray(0, OCSP_MAX_BYTES + 1));
  if (status !== 0) throw ocspError("unsuccessful", "The OCSP responder gave no answer.");
  if (basic.responses.length !== 1) throw new ValueError("not one response");
  const [single] = basic.responses;
  const extensions = openExtensions(basic.extensions, (oid, octets) => (oid === OCSP_NONCE ? ocspNonce(octets) : null));
  const nonce = extensions.get(OCSP_NONCE)?.value ?? null;
  if (nonce === null) throw ocspError("nonce", "The OCSP response has no nonce.");
  await ocspCheckSignature(basic, issuer);
  const matches = equal(single.serial, user.serialNumber) && (await ocspNames(single, issuer));
  return { single, nonce, produced: basic.produced, matches };
}

function ocspCheckAnswer(single, produced) {
  if (single.status === OCSP_REVOKED) throw ocspError("revoked", "The signer's certificate was revoked.", "REVOKED");
  if (single.status !== OCSP_GOOD) {
    throw ocspError("unknown", "The OCSP responder does not know the signer's certificate.");
  }
  const until = single.nextUpdate;
  if (single.thisUpdate > produced + OCSP_CLOCK_SKEW || (until !== null && until < produced)) {
    throw ocspError("time", "The times of the OCSP response contradict each other.");
  }
}

/** True when the response's CertID names `issuer` (RFC 6960 section 4.1.1). */
async function ocspNames(single, issuer) {
  const hash = OCSP_HASHES.get(single.algorithm);
  if (hash === undefined) throw new ValueError("an unknown hash");
  if (hash === null) return false;
  const name = await hash(issuer.subject.encoded);
  return equal(single.nameHash, name) && equal(single.keyHash, await hash(ocspKeyBits(issuer)));
}

/** The BIT STRING of the issuer's key, a point on a curve written in full. */
function ocspKeyBits({ publicKey, keyBits }) {
  if (publicKey.kind !== "ec" || keyBits[0] === 4) return keyBits;
  return concat(new Uint8Array([4]), publicKey.coordinates());
}

/** Signed by the CA itself, or by a responder that the same CA issued for OCSP (RFC 6960 section 4.2.2.2). */
async function ocspCheckSignature(basic, issuer) {
  const candidates = [issuer];
  const at = basic.produced;
  for (const certificate of basic.certificates.slice(0, OCSP_MAX_CERTIFICATES)) {
    const usage = openExtensions(certificate.rawExtensions).get(EXTENDED_KEY_USAGE);
    if (usage === undefined) continue;
    const current = certificate.notBefore <= at && at <= certificate.notAfter;
    if (current && usage.value.includes(OCSP_SIGNING) && (await issued(certificate, issuer))) {
      candidates.push(certificate);
    }
  }
  const { oid } = basic.algorithm;
  const hash = OCSP_SIGNATURE_HASHES.get(oid);
  if (hash === undefined && !OCSP_WEAK.has(oid)) throw new ValueError("an unknown algorithm");
  if (hash === undefined) {
    throw ocspError(
      "algorithm",
      "The OCSP response is signed with a weak algorithm.",
      "CRYPTO_CONSTRAINTS_FAILURE",
    );
  }
  for (const certificate of candidates) {
    if (await certificate.key().verify(basic.signature, basic.signed, hash)) return;
  }
  throw ocspError(
    "signature",
    "The OCSP response is not signed by the issuer of the signer's certificate.",
    "SIG_CRYPTO_FAILURE",
  );
}
