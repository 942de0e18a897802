// The organisation's seal: CMS SignedData of one exact form (docs/formats.md §6; RFC 5652, RFC 5035, RFC 3161).
//
// The structure is read by a strict DER reader that knows only this one form, because most of a CMS is not covered by
// any signature: whatever is not expected is refused, so that a changed byte has nowhere to hide.

import { compare, concat, equal, fromHex, hex, indexOf, isoDate, startsWith } from "./bytes.js";
import { MAX_PATH, load, validate } from "./chain.js";
import { CONTEXT_0, CONTEXT_1, INTEGER, OCTETS, SEQUENCE, SET, derLength } from "./der.js";
import { KEY_USAGE } from "./extensions.js";
import { CmsError } from "./report.js";
import { verifyToken } from "./timestamp.js";
import { certificateDigest, sameCertificate } from "./x509.js";

const CMS_MAX_BYTES = 1 << 20;
export const MAX_RSA_BITS = 4096;

const CMS_SIGNED_DATA = fromHex("06092a864886f70d010702");
const CMS_DATA = fromHex("06092a864886f70d010701");
const CMS_CONTENT_TYPE = "06092a864886f70d010903";
const CMS_MESSAGE_DIGEST = "06092a864886f70d010904";
const CMS_SIGNING_CERTIFICATE_V2 = "060b2a864886f70d010910022f";
const CMS_TIME_STAMP = fromHex("060b2a864886f70d010910020e");
// 2.25.338213462839251973224735391863482097601
const CMS_PROOF = fromHex("06146983fcf1c5c9e88be8f0b7c099d3a1d3d1c0bf41");
const CMS_SHA256 = [fromHex("300d06096086480165030402010500"), fromHex("300b0609608648016503040201")];
const CMS_ECDSA_SHA256 = fromHex("300a06082a8648ce3d040302");
const CMS_RSA_SHA256 = fromHex("300d06092a864886f70d01010b0500");
const CMS_ONE = fromHex("020101");
const CMS_DIRECTORY_NAME = 0xa4;

// --- a strict DER reader -----------------------------------------------------------------------

function cmsMalformed(what) {
  return new CmsError("seal.malformed", `The seal's signature is malformed: ${what}.`, { sub: "FORMAT_FAILURE" });
}

/** A cursor over DER (ITU-T X.690 section 10): definite lengths in their shortest form, nothing left over. */
export class Der {
  constructor(data, at = 0, end = data.length) {
    this.data = data;
    this.at = at;
    this.end = end;
  }

  /** True while something is left. */
  get more() {
    return this.at < this.end;
  }

  /** The next tag; -1 at the end. */
  peek() {
    return this.more ? this.data[this.at] : -1;
  }

  /** A cursor over the content of the next element, which must have `tag`. */
  take(tag, what) {
    const [, content, after] = this.#header(tag, what);
    this.at = after;
    return new Der(this.data, content, after);
  }

  /** The next element with its header. */
  raw(tag, what) {
    const [start, , after] = this.#header(tag, what);
    this.at = after;
    return this.data.subarray(start, after);
  }

  /** All that is left. */
  rest() {
    return this.data.subarray(this.at, this.end);
  }

  /** Refuse anything left over. */
  close(what) {
    if (this.more) throw cmsMalformed(`something follows ${what}`);
  }

  /** The next element must be exactly `encoded`. */
  expect(encoded, what) {
    if (!startsWith(this.rest(), encoded)) throw cmsMalformed(`${what} is not what it should be`);
    this.at += encoded.length;
  }

  /** The next element, which must be one of these encodings. */
  oneOf(choices, what) {
    const found = choices.find((encoded) => startsWith(this.rest(), encoded));
    if (found === undefined) throw cmsMalformed(`${what} is not what it should be`);
    this.at += found.length;
    return found;
  }

  #header(tag, what) {
    const start = this.at;
    if (this.peek() !== tag || start + 2 > this.end) throw cmsMalformed(`${what} is missing`);
    let length = this.data[start + 1];
    let content = start + 2;
    if (length >= 0x80) {
      const size = length & 0x7f;
      content += size;
      length = 0;
      for (const octet of this.data.subarray(start + 2, Math.min(content, start + 6))) length = length * 256 + octet;
      if (size < 1 || size > 4 || length < 0x80 || Math.floor(length / 2 ** (8 * (size - 1))) === 0) {
        throw cmsMalformed(`the length of ${what} is not in its shortest form`);
      }
    }
    if (content + length > this.end) throw cmsMalformed(`${what} is cut short`);
    return [start, content, content + length];
  }
}

/** A seal that was taken apart; nothing in it is verified yet but its form. */
export class Seal {
  constructor({ certificate, intermediates, messageDigest, signedAttributes, signature, timeStamp, proof }) {
    this.certificate = certificate;
    this.intermediates = intermediates;
    this.messageDigest = messageDigest;
    this.signedAttributes = signedAttributes;
    this.signature = signature;
    this.timeStamp = timeStamp;
    this.proof = proof;
  }

  /** The PAdES baseline level: B-T with a time-stamp, otherwise B-B. */
  get level() {
    return this.timeStamp === null ? "B-B" : "B-T";
  }
}

/** Take the value of `/Contents` apart, zero padding included. Throws `CmsError` `seal.malformed`. */
export async function parseSeal(contents) {
  if (contents.length > CMS_MAX_BYTES) throw cmsMalformed("it is too large");
  const outer = new Der(contents);
  const info = outer.take(SEQUENCE, "the CMS");
  if (contents.subarray(outer.at).some((octet) => octet !== 0)) throw cmsMalformed("its padding is not zero");
  info.expect(CMS_SIGNED_DATA, "the content type");
  const holder = info.take(CONTEXT_0, "the signed data");
  info.close("the signed data");
  const data = holder.take(SEQUENCE, "the signed data");
  holder.close("the signed data");
  data.expect(CMS_ONE, "the version");
  const algorithms = data.take(SET, "the digest algorithms");
  const digestAlgorithm = algorithms.oneOf(CMS_SHA256, "the digest algorithm");
  algorithms.close("the digest algorithm");
  const content = data.take(SEQUENCE, "the content info");
  content.expect(CMS_DATA, "the type of the content");
  content.close("the type of the content: it must be detached");
  const certificates = cmsCertificates(data.take(CONTEXT_0, "the certificates"));
  const signers = data.take(SET, "the signer");
  data.close("the signer");
  const signer = signers.take(SEQUENCE, "the signer");
  signers.close("the one signer");
  return cmsSigner(signer, digestAlgorithm, certificates);
}

function cmsCertificates(cursor) {
  const found = [];
  while (cursor.more && found.length < MAX_PATH) found.push(load(cursor.raw(SEQUENCE, "a certificate")));
  cursor.close("the certificates");
  return found;
}

async function cmsSigner(signer, digestAlgorithm, certificates) {
  signer.expect(CMS_ONE, "the signer's version");
  const identifier = signer.raw(SEQUENCE, "the signer's identifier");
  const own = certificates.filter((certificate) => equal(cmsIssuerAndSerial(certificate), identifier));
  if (own.length !== 1) throw cmsMalformed("its own certificate is not in it exactly once");
  const [certificate] = own;
  signer.expect(digestAlgorithm, "the signer's digest algorithm");
  const attributes = signer.raw(CONTEXT_0, "the signed attributes");
  const inside = new Der(attributes).take(CONTEXT_0, "the signed attributes");
  const messageDigest = await cmsSignedAttributes(inside, certificate, identifier);
  const algorithm = certificate.publicKey.kind === "rsa" ? CMS_RSA_SHA256 : CMS_ECDSA_SHA256;
  signer.oneOf([algorithm], "the signature algorithm");
  const signature = signer.take(OCTETS, "the signature value").rest();
  const [timeStamp, proof] = cmsUnsignedAttributes(signer);
  signer.close("the signer's attributes");
  return new Seal({
    certificate,
    intermediates: certificates.filter((other) => other !== certificate),
    messageDigest,
    signedAttributes: concat(new Uint8Array([SET]), attributes.subarray(1)),
    signature,
    timeStamp,
    proof,
  });
}

function cmsSequence(body, tag = SEQUENCE) {
  return concat(new Uint8Array([tag]), derLength(body.length), body);
}

/** DER of IssuerAndSerialNumber, with the issuer's bytes as they stand in the certificate. */
function cmsIssuerAndSerial(certificate) {
  const serial = certificate.serialNumber;
  return cmsSequence(concat(certificate.issuer.encoded, new Uint8Array([INTEGER, serial.length]), serial));
}

/** The stated digest. The three attributes come in DER order of a SET OF: by their encodings. */
async function cmsSignedAttributes(attributes, certificate, identifier) {
  const found = new Map();
  let former = new Uint8Array();
  while (attributes.more) {
    const raw = attributes.raw(SEQUENCE, "a signed attribute");
    if (compare(raw, former) <= 0) throw cmsMalformed("the signed attributes are not in DER order");
    former = raw;
    const attribute = new Der(raw).take(SEQUENCE, "a signed attribute");
    const oid = attribute.raw(6, "the type of a signed attribute");
    const values = attribute.take(SET, "the value of a signed attribute");
    attribute.close("the value of a signed attribute");
    found.set(hex(oid), values);
  }
  const wanted = [CMS_CONTENT_TYPE, CMS_MESSAGE_DIGEST, CMS_SIGNING_CERTIFICATE_V2];
  if (found.size !== wanted.length || !wanted.every((oid) => found.has(oid))) {
    throw cmsMalformed("the signed attributes are not contentType, messageDigest and signingCertificateV2");
  }
  found.get(CMS_CONTENT_TYPE).expect(CMS_DATA, "the signed content type");
  const digest = found.get(CMS_MESSAGE_DIGEST).take(OCTETS, "the digest").rest();
  await cmsSigningCertificate(found.get(CMS_SIGNING_CERTIFICATE_V2), certificate, identifier);
  for (const cursor of found.values()) cursor.close("the one value of a signed attribute");
  return digest;
}

/** ESS signing-certificate-v2 (RFC 5035 section 3): SHA-256 by default, and the issuer where it is given. */
async function cmsSigningCertificate(cursor, certificate, identifier) {
  const outer = cursor.take(SEQUENCE, "signingCertificateV2");
  const listed = outer.take(SEQUENCE, "the certificates of signingCertificateV2");
  outer.close("the certificates of signingCertificateV2");
  const first = listed.take(SEQUENCE, "the certificate of signingCertificateV2");
  listed.close("the one certificate of signingCertificateV2");
  const stated = first.take(OCTETS, "the certificate's digest").rest();
  if (!equal(stated, await certificateDigest(certificate))) {
    throw new CmsError("seal.certificate", "The seal was made with another certificate than it carries.", {
      sub: "HASH_FAILURE",
    });
  }
  if (first.more) {
    const names = certificate.issuer.encoded;
    const generalNames = cmsSequence(cmsSequence(names, CMS_DIRECTORY_NAME));
    const serial = identifier.subarray(indexOf(identifier, names) + names.length);
    first.expect(cmsSequence(concat(generalNames, serial)), "the issuer in signingCertificateV2");
  }
  first.close("the certificate of signingCertificateV2");
}

/** [time-stamp token, transparency proof], null where absent; each at most once, nothing else. */
function cmsUnsignedAttributes(signer) {
  const found = new Map();
  if (signer.more) {
    const attributes = signer.take(CONTEXT_1, "the unsigned attributes");
    if (!attributes.more) throw cmsMalformed("the unsigned attributes are empty");
    while (attributes.more) {
      const attribute = attributes.take(SEQUENCE, "an unsigned attribute");
      const oid = attribute.oneOf([CMS_TIME_STAMP, CMS_PROOF], "an unsigned attribute");
      const values = attribute.take(SET, "the value of an unsigned attribute");
      attribute.close("the value of an unsigned attribute");
      if (found.has(oid)) throw cmsMalformed("an unsigned attribute is there twice");
      if (oid === CMS_PROOF) found.set(oid, values.take(OCTETS, "the proof").rest());
      else found.set(oid, values.raw(SEQUENCE, "the time-stamp"));
      values.close("the one value of an unsigned attribute");
    }
  }
  return [found.get(CMS_TIME_STAMP) ?? null, found.get(CMS_PROOF) ?? null];
}

// --- what must hold ----------------------------------------------------------------------------

/**
 * The seal covers bytes with this SHA-256, and its key made the signature.
 *
 * Throws `CmsError` `seal.digest`, `seal.signature` or `seal.key`.
 */
export async function checkSignature(seal, digest) {
  if (!equal(seal.messageDigest, digest)) {
    throw new CmsError("seal.digest", "The file was changed after it was sealed.", { sub: "HASH_FAILURE" });
  }
  const key = seal.certificate.publicKey;
  const accepted = (key.kind === "ec" && key.curve === "P-256") || (key.kind === "rsa" && key.bits <= MAX_RSA_BITS);
  if (!accepted) {
    throw new CmsError("seal.key", "The seal's key is of a kind not accepted.", { sub: "CRYPTO_CONSTRAINTS_FAILURE" });
  }
  if (!(await key.verify(seal.signature, seal.signedAttributes, "SHA-256"))) {
    throw new CmsError("seal.signature", "The seal's signature is not genuine.", { sub: "SIG_CRYPTO_FAILURE" });
  }
}

/**
 * The seal certificate is for sealing and led to one of `roots` (DER) at `at`.
 *
 * `proven` says that `at` comes from a time-stamp or from witnesses and not from the seal's own word. A certificate
 * revoked after `at` is then harmless; otherwise nothing can be decided (ETSI EN 319 102-1, REVOKED_NO_POE).
 *
 * Throws `CmsError` or `ChainError`.
 */
export async function checkCertificate(seal, roots, crls, { at, proven }) {
  const usage = seal.certificate.extension(KEY_USAGE);
  if (usage === null || usage.keyCertSign || !(usage.digitalSignature || usage.contentCommitment)) {
    throw new CmsError("seal.key_usage", "The seal's certificate is not for sealing.", {
      sub: "CHAIN_CONSTRAINTS_FAILURE",
    });
  }
  const path = await validate(seal.certificate, seal.intermediates, roots.map(load), { at, crls });
  const carried = [seal.certificate, ...seal.intermediates];
  const used = path.certificates.slice(0, -1);
  const among = (list, certificate) => list.some((other) => sameCertificate(other, certificate));
  if (!used.every((c) => among(carried, c)) || !carried.every((c) => among(used, c))) {
    throw cmsMalformed("it carries a certificate that is not part of its chain");
  }
  if (path.revocation !== null && !proven) {
    throw new CmsError(
      "seal.revoked_later",
      `The seal's certificate was revoked on ${isoDate(path.revocation.at)}, and only the seal itself says ` +
        "that it was made before.",
      { sub: "REVOKED_NO_POE", undecided: true },
    );
  }
  return path;
}

// --- time-stamp --------------------------------------------------------------------------------

/**
 * The instant that an RFC 3161 token attests for the seal's signature value.
 *
 * Throws `CmsError` `timestamp.malformed`, `timestamp.imprint`, `timestamp.signature`, `timestamp.untrusted`
 * (undecided: the authority is not in the bundle) or a `chain.…` code.
 */
export async function checkTimeStamp(token, signature, roots) {
  return verifyToken(token, signature, roots);
}
