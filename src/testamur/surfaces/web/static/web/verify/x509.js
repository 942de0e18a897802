// X.509 certificates and revocation lists (RFC 5280), read as strictly as Python's `cryptography` reads them.

import { ValueError, equal, sha256 } from "./bytes.js";
import {
  CONTEXT_0, DerError, DerReader, INTEGER, OCTETS, SEQUENCE, derBits, derEnumerated, derGeneralizedTime, derInside,
  derInteger, derList, derSingle, derUnsigned, derWithin, readBits, readDefaultFalse, readNull, readOid,
  readOptionalNull, readTime, timeFollows,
} from "./der.js";
import { readExtension } from "./extensions.js";
import { ecKey, rsaKey, strangeKey } from "./keys.js";
import { generalNames, readName } from "./names.js";

const X509_CONTEXT_3 = 0xa3;
const X509_ISSUER_UNIQUE_ID = 0x81;
const X509_SUBJECT_UNIQUE_ID = 0x82;
const X509_EC = "1.2.840.10045.2.1";
const X509_RSA = "1.2.840.113549.1.1.1";
const X509_PSS = "1.2.840.113549.1.1.10";
const X509_MGF1 = "1.2.840.113549.1.1.8";
const X509_REASON = "2.5.29.21";
const X509_REASONS = [0, 1, 2, 3, 4, 5, 6, 8, 9, 10];
const X509_INVALIDITY_DATE = "2.5.29.24";
const X509_CERTIFICATE_ISSUER = "2.5.29.29";

/** What a signature algorithm means: the kind of key, and the hash where it is one that is accepted. */
const X509_SIGNATURES = new Map([
  ["1.2.840.113549.1.1.11", ["rsa", "SHA-256"]],
  ["1.2.840.113549.1.1.12", ["rsa", "SHA-384"]],
  ["1.2.840.113549.1.1.13", ["rsa", "SHA-512"]],
  ["1.2.840.10045.4.3.2", ["ec", "SHA-256"]],
  ["1.2.840.10045.4.3.3", ["ec", "SHA-384"]],
  ["1.2.840.10045.4.3.4", ["ec", "SHA-512"]],
]);

/** The hashes by their object identifiers. */
export const HASH_OIDS = new Map([
  ["1.3.14.3.2.26", "SHA-1"],
  ["2.16.840.1.101.3.4.2.1", "SHA-256"],
  ["2.16.840.1.101.3.4.2.2", "SHA-384"],
  ["2.16.840.1.101.3.4.2.3", "SHA-512"],
]);

const X509_NIST = "2.16.840.1.101.3.4";
const X509_NULL_OR_NOTHING = new Set([
  ...HASH_OIDS.keys(), `${X509_NIST}.2.4`, `${X509_NIST}.2.7`, `${X509_NIST}.2.8`, `${X509_NIST}.2.9`,
  `${X509_NIST}.2.10`, X509_RSA, "1.2.840.113549.1.1.5", "1.3.14.3.2.29", "1.2.840.113549.1.1.14",
  "1.2.840.113549.1.1.11", "1.2.840.113549.1.1.12", "1.2.840.113549.1.1.13", `${X509_NIST}.3.13`, `${X509_NIST}.3.14`,
  `${X509_NIST}.3.15`, `${X509_NIST}.3.16`, ...[7, 8, 9, 10, 11].map((last) => `1.2.840.113549.2.${last}`),
]);
const X509_NOTHING = new Set([
  "1.3.101.112", "1.3.101.113", "1.3.101.110", "1.3.101.111", "1.2.840.10045.4.3.1", "1.2.840.10045.4.3.2",
  "1.2.840.10045.4.3.3", "1.2.840.10045.4.3.4", `${X509_NIST}.4.2`, `${X509_NIST}.4.3`,
  ...[1, 2, 3, 4, 9, 10, 11, 12, 17, 18, 19].map((last) => `${X509_NIST}.3.${last}`),
]);
/** DSA and both kinds of Diffie-Hellman, never accepted: how many numbers their parameters begin with. */
const X509_NUMBERS = new Map([["1.2.840.10040.4.1", 3], ["1.2.840.10046.2.1", 3], ["1.2.840.113549.1.3.1", 2]]);
/** What encrypts, mostly by password, and has no place in a certificate. */
const X509_CIPHERS = new Set([
  "1.2.840.113549.1.5.3", "1.2.840.113549.1.5.12", "1.2.840.113549.1.5.13", "1.2.840.113549.1.12.1.1",
  "1.2.840.113549.1.12.1.3", "1.2.840.113549.1.12.1.6", "1.2.840.113549.3.2", "1.2.840.113549.3.7",
  `${X509_NIST}.1.2`, `${X509_NIST}.1.22`, `${X509_NIST}.1.42`,
]);

/** Kinds of keys that can be read and are accepted nowhere, with the octets of a raw key where it is one. */
const X509_STRANGE_KEYS = new Map([
  ["1.3.101.112", 32], ["1.3.101.113", 57], ["1.3.101.110", 32], ["1.3.101.111", 56], [`${X509_NIST}.3.17`, 1312],
  [`${X509_NIST}.3.18`, 1952], [`${X509_NIST}.3.19`, 2592], [`${X509_NIST}.4.2`, 1184], [`${X509_NIST}.4.3`, 1568],
  ["1.2.840.10040.4.1", 0], ["1.2.840.10046.2.1", 0], ["1.2.840.113549.1.3.1", 0],
]);

// --- algorithms --------------------------------------------------------------------------------

/** AlgorithmIdentifier: its name, its parameters where they matter, and its encoding. */
export function readAlgorithm(reader) {
  const element = reader.element(SEQUENCE);
  return derInside(element.value, (inside) => {
    const oid = readOid(inside);
    const algorithm = { oid, encoded: element.full, curve: null, pss: null };
    if (X509_NULL_OR_NOTHING.has(oid)) readOptionalNull(inside);
    else if (oid === X509_EC) algorithm.curve = x509Curve(inside);
    else if (oid === X509_PSS) algorithm.pss = inside.more ? derInside(inside.take(SEQUENCE), x509Pss) : null;
    else if (X509_NUMBERS.has(oid)) derInside(inside.take(SEQUENCE), (numbers) => x509Numbers(numbers, oid));
    else if (X509_CIPHERS.has(oid)) throw new DerError("not an algorithm of a certificate");
    else if (!X509_NOTHING.has(oid) && inside.more) inside.any();
    return algorithm;
  });
}

function x509Curve(reader) {
  if (reader.peek() === 0x06) return readOid(reader);
  readNull(reader); // a curve written out in numbers is not accepted
  return "";
}

function x509Numbers(reader, oid) {
  for (let count = X509_NUMBERS.get(oid); count > 0; count--) derUnsigned(reader.take(INTEGER));
  while (reader.more) reader.any();
}

/** RSASSA-PSS-params (RFC 4055 section 3.1). */
function x509Pss(reader) {
  const explicit = (tag, read) => {
    const value = reader.optional(tag);
    return value === null ? null : derInside(value, read);
  };
  const hash = explicit(0xa0, readAlgorithm);
  const mask = explicit(0xa1, (inside) =>
    derInside(inside.take(SEQUENCE), (both) => ({ oid: readOid(both), hash: readAlgorithm(both) })),
  );
  const salt = explicit(0xa2, (inside) => Number(derWithin(inside.take(INTEGER), 16)));
  const trailer = explicit(0xa3, (inside) => Number(derWithin(inside.take(INTEGER), 8)));
  if (salt === 20) throw new DerError("a default was written");
  return { hash, mask, salt: salt ?? 20, trailer: trailer ?? 1 };
}

/** How a signature of this algorithm is checked: kind of key, hash, scheme; null when it is not accepted. */
export function signatureScheme(algorithm) {
  if (X509_SIGNATURES.has(algorithm.oid)) {
    const [kind, hash] = X509_SIGNATURES.get(algorithm.oid);
    return { kind, hash, scheme: "RSASSA-PKCS1-v1_5", salt: 0 };
  }
  if (algorithm.pss === null) return null;
  const { hash, mask, salt, trailer } = algorithm.pss;
  const name = hash && HASH_OIDS.get(hash.oid);
  const same = mask && mask.oid === X509_MGF1 && mask.hash.oid === hash?.oid && trailer === 1;
  return same && name && name !== "SHA-1" ? { kind: "rsa", hash: name, scheme: "RSA-PSS", salt } : null;
}

/** True when `key` made `signature` over `data` with this algorithm. */
export async function signatureHolds(key, algorithm, signature, data) {
  const how = signatureScheme(algorithm);
  return how !== null && how.kind === key.kind && key.verify(signature, data, how.hash, how.scheme, how.salt);
}

// --- certificates ------------------------------------------------------------------------------

/** A certificate that was read; nothing in it is verified. */
export class Certificate {
  constructor(der) {
    this.der = der;
    const reader = new DerReader(der);
    derInside(reader.take(SEQUENCE), (outer) => {
      const signed = outer.element(SEQUENCE);
      this.tbs = signed.full;
      derInside(signed.value, (inside) => this.#readSigned(inside));
      this.signatureAlgorithm = readAlgorithm(outer);
      this.signature = readBits(outer).octets;
    });
    reader.finish();
    this.publicKey = null;
    this.fingerprint = null;
  }

  #readSigned(reader) {
    this.version = x509Version(reader);
    this.serialNumber = derInteger(reader.take(INTEGER));
    this.innerAlgorithm = readAlgorithm(reader);
    this.issuer = readName(reader);
    [this.notBefore, this.notAfter] = derInside(reader.take(SEQUENCE), (both) => [readTime(both), readTime(both)]);
    this.subject = readName(reader);
    const spki = reader.element(SEQUENCE);
    const [algorithm, bits] = derInside(spki.value, (both) => [readAlgorithm(both), readBits(both)]);
    this.keyAlgorithm = algorithm;
    this.keyBits = bits.octets;
    this.wholeKey = bits.unused === 0;
    for (const tag of [X509_ISSUER_UNIQUE_ID, X509_SUBJECT_UNIQUE_ID]) {
      const bits = reader.optional(tag);
      if (bits !== null) derBits(bits);
    }
    const explicit = reader.optional(X509_CONTEXT_3);
    this.rawExtensions = explicit === null ? [] : derInside(explicit, readExtensions);
  }

  /** Read what Python reads lazily: names, extensions, the key. Throws ValueError. */
  open() {
    if (this.version !== 0 && this.version !== 2) throw new ValueError("not a version of X.509");
    this.extensions = openExtensions(this.rawExtensions);
    this.key();
    this.subject.open();
    this.issuer.open();
    return this;
  }

  /** The subject's public key. Throws ValueError. */
  key() {
    if (!this.wholeKey) throw new DerError("a key with unused bits");
    this.publicKey ??= x509Key(this.keyAlgorithm, this.keyBits);
    return this.publicKey;
  }

  /** The value of an extension; null when it is not there. */
  extension(oid) {
    return this.extensions.get(oid)?.value ?? null;
  }

  /** True when the number is above zero. */
  get positive() {
    return this.serialNumber[0] < 0x80 && this.serialNumber.some((octet) => octet !== 0);
  }
}

function x509Version(reader) {
  const value = reader.optional(CONTEXT_0);
  if (value === null) return 0;
  const version = derInside(value, (inside) => Number(derWithin(inside.take(INTEGER), 8)));
  if (version === 0) throw new DerError("a default was written");
  return version;
}

function x509Key(algorithm, bits) {
  if (algorithm.oid === X509_RSA || algorithm.oid === X509_PSS) return rsaKey(bits);
  if (algorithm.oid === X509_EC) return ecKey(algorithm.curve, bits);
  const size = X509_STRANGE_KEYS.get(algorithm.oid);
  if (size === undefined || (size && bits.length !== size)) throw new DerError("unknown key");
  return strangeKey();
}

/** SEQUENCE OF Extension: name, critical or not, the octets of the value. */
export function readExtensions(reader) {
  return derList(reader.take(SEQUENCE), (list) =>
    derInside(list.take(SEQUENCE), (inside) => ({
      oid: readOid(inside),
      critical: readDefaultFalse(inside),
      octets: inside.take(OCTETS),
    })),
  );
}

/** Extensions by name, each read; throws for one that is there twice. */
export function openExtensions(raw, read = readExtension) {
  const found = new Map();
  for (const { oid, critical, octets } of raw) {
    if (found.has(oid)) throw new ValueError("an extension is there twice");
    found.set(oid, { critical, octets, value: null });
  }
  for (const [oid, extension] of found) extension.value = read(oid, extension.octets);
  return found;
}

/** True when both are the same certificate. */
export function sameCertificate(one, other) {
  return one === other || equal(one.der, other.der);
}

/** SHA-256 of the DER. */
export async function certificateDigest(certificate) {
  certificate.fingerprint ??= await sha256(certificate.der);
  return certificate.fingerprint;
}

// --- revocation lists --------------------------------------------------------------------------

/** A CRL that was read; nothing in it is verified. Throws ValueError. */
export class RevocationList {
  constructor(der) {
    const reader = new DerReader(der);
    derInside(reader.take(SEQUENCE), (outer) => {
      const signed = outer.element(SEQUENCE);
      this.tbs = signed.full;
      derInside(signed.value, (inside) => this.#readSigned(inside));
      this.signatureAlgorithm = readAlgorithm(outer);
      this.signature = readBits(outer).octets;
    });
    reader.finish();
  }

  #readSigned(reader) {
    const version = reader.optional(INTEGER);
    if (version !== null && derWithin(version, 8) !== 1n) throw new ValueError("not a version of a CRL");
    this.innerAlgorithm = readAlgorithm(reader);
    this.issuer = readName(reader);
    readTime(reader);
    if (timeFollows(reader)) readTime(reader);
    const entries = reader.optional(SEQUENCE);
    this.entries = entries === null ? [] : derList(entries, (list) => derInside(list.take(SEQUENCE), x509Entry));
    const explicit = reader.optional(CONTEXT_0);
    if (explicit !== null) derInside(explicit, readExtensions);
  }

  /** The entry of this certificate; null when there is none. */
  find(certificate) {
    return this.entries.find((entry) => equal(entry.serial, certificate.serialNumber)) ?? null;
  }
}

function x509Entry(reader) {
  const serial = reader.take(INTEGER);
  derUnsigned(serial);
  return { serial, date: readTime(reader), raw: reader.more ? readExtensions(reader) : [] };
}

function x509EntryExtension(oid, octets) {
  if (oid === X509_INVALIDITY_DATE) return derSingle(octets, 0x18, derGeneralizedTime);
  if (oid === X509_REASON && !X509_REASONS.includes(derSingle(octets, 0x0a, derEnumerated))) {
    throw new ValueError("an unknown reason");
  }
  if (oid === X509_CERTIFICATE_ISSUER) derSingle(octets, SEQUENCE, generalNames);
  return null;
}

/** Since when an entry holds: its invalidity date where that is earlier. Throws ValueError. */
export function effectiveDate(entry) {
  const invalid = openExtensions(entry.raw, x509EntryExtension).get(X509_INVALIDITY_DATE)?.value ?? null;
  return invalid === null ? entry.date : Math.min(invalid, entry.date);
}
