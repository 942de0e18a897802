// RFC 3161 time-stamp tokens: who says since when something existed.

import {
  berExplicit, berFields, berInteger, berIs, berItems, berOctets, berOid, berParse, berSequence, berSet, berUntaggedSet,
} from "./ber.js";
import { ValueError, equal, fromHex, instantOf, latin1, sha1, sha256, sha384, sha512, toBigInt } from "./bytes.js";
import { ChainError, issued, load, validate } from "./chain.js";
import { derAmong } from "./der.js";
import { EXTENDED_KEY_USAGE } from "./extensions.js";
import { CmsError } from "./report.js";

const TIMESTAMP_MAX_BYTES = 1 << 18;
const TIMESTAMP_TIME_STAMPING = "1.3.6.1.5.5.7.3.8";
const TIMESTAMP_SIGNED_DATA = "1.2.840.113549.1.7.2";
const TIMESTAMP_TST_INFO = "1.2.840.113549.1.9.16.1.4";
const TIMESTAMP_CONTENT_TYPE = "1.2.840.113549.1.9.3";
const TIMESTAMP_MESSAGE_DIGEST = "1.2.840.113549.1.9.4";
const TIMESTAMP_SIGNING_CERTIFICATE = "1.2.840.113549.1.9.16.2.12";
const TIMESTAMP_SIGNING_CERTIFICATE_V2 = "1.2.840.113549.1.9.16.2.47";

/** By object identifier: WebCrypto's name, the digest, and the last octets of what names it alone and with a key. */
const TIMESTAMP_HASHES = new Map([
  ["2.16.840.1.101.3.4.2.1", { name: "SHA-256", digest: sha256, own: "01", rsa: "0b", ecdsa: "02" }],
  ["2.16.840.1.101.3.4.2.2", { name: "SHA-384", digest: sha384, own: "02", rsa: "0c", ecdsa: "03" }],
  ["2.16.840.1.101.3.4.2.3", { name: "SHA-512", digest: sha512, own: "03", rsa: "0d", ecdsa: "04" }],
]);
/** What names a hash that Python computes and no browser does: such a token names another certificate than its own. */
const TIMESTAMP_OTHER_HASHES = new Set([
  "1.2.840.113549.2.5", ...[4, 5, 6, 7, 8, 9, 10].map((last) => `2.16.840.1.101.3.4.2.${last}`),
]);
const TIMESTAMP_SHA1 = "1.3.14.3.2.26";

/** AlgorithmIdentifier with and without NULL parameters (RFC 5754 section 2). */
function timestampDigestEncodings({ own }) {
  return [`300d06096086480165030402${own}0500`, `300b06096086480165030402${own}`].map(fromHex);
}

/**
 * What a token may write as its signature algorithm, which no signature protects: exactly these bytes.
 *
 * RSA has two spellings in use, rsaEncryption and the one that names the hash (RFC 5754 section 3.2).
 */
function timestampSignatureEncodings({ rsa, ecdsa }, key) {
  if (key.kind === "rsa") return ["01", rsa].map((last) => fromHex(`300d06092a864886f70d0101${last}0500`));
  return [fromHex(`300a06082a8648ce3d0403${ecdsa}`)];
}

function timestampMalformed(what) {
  return new CmsError("timestamp.malformed", `The time-stamp is malformed: ${what}.`, { sub: "FORMAT_FAILURE" });
}

/**
 * The instant at which `stamped` existed according to `token` (DER ContentInfo).
 *
 * Throws `CmsError` (`timestamp.malformed`, `timestamp.imprint`, `timestamp.signature`) or, when the authority does not
 * lead to one of `roots`, `timestamp.untrusted`, undecided.
 */
export async function verifyToken(token, stamped, roots) {
  if (token.length > TIMESTAMP_MAX_BYTES) throw timestampMalformed("it is too large");
  try {
    return await timestampVerify(token, stamped, roots);
  } catch (error) {
    if (error instanceof ChainError && error.code === "chain.untrusted") {
      throw new CmsError("timestamp.untrusted", "The authority that made the time-stamp is not in the trust bundle.", {
        sub: "NO_CERTIFICATE_CHAIN_FOUND",
        undecided: true,
      });
    }
    if (error instanceof ChainError) {
      throw new CmsError(`timestamp.${error.code}`, error.message, { sub: error.subIndication });
    }
    if (error instanceof ValueError) throw timestampMalformed("it cannot be read");
    throw error;
  }
}

async function timestampVerify(token, stamped, roots) {
  const outer = berParse(token);
  if (outer.next !== token.length) throw new ValueError("trailing data");
  const info = berFields(berSequence(outer).content, [["type"], ["content", "any"]]);
  if (berOid(info.type) !== TIMESTAMP_SIGNED_DATA) throw timestampMalformed("it is not signed data");
  const signed = berFields(berSequence(berExplicit(info.content, 0)).content, [
    ["version"], ["digestAlgorithms"], ["encapsulated"], ["certificates", "2 0"], ["crls", "2 1"], ["signers"],
  ]);
  const version = berInteger(signed.version);
  const encapsulated = berFields(berSequence(signed.encapsulated).content, [["type"], ["content", "2 0"]]);
  if (berOid(encapsulated.type) !== TIMESTAMP_TST_INFO || version !== 3n) {
    throw timestampMalformed("it holds no time-stamp");
  }
  const content = berOctets(berExplicit(encapsulated.content, 0));
  const statement = berParse(content);
  berSequence(statement);
  if (statement.next !== content.length) throw new ValueError("trailing data");
  const signers = berItems(berSet(signed.signers).content);
  if (signers.length !== 1) throw new ValueError("not one signer");
  const signer = timestampSigner(signers[0]);
  const certificates = timestampCertificates(signed.certificates);
  const authority = timestampAuthority(signer(), certificates);
  const { digestAlgorithm } = signer();
  const oid = timestampAlgorithm(digestAlgorithm);
  const written = [...berItems(berSet(signed.digestAlgorithms).content).map(berSequence), digestAlgorithm];
  const hash = TIMESTAMP_HASHES.get(oid);
  const proper = hash && timestampDigestEncodings(hash);
  if (!hash || written.length !== 2 || !written.every(({ full }) => derAmong(full, proper))) {
    throw timestampMalformed("its digest algorithm is not accepted");
  }
  await timestampAttributes(signer(), content, hash, authority);
  await timestampSignature(signer(), hash, authority);
  const fields = berFields(statement.content, [
    ["version"], ["policy"], ["imprint"], ["serial"], ["time"], ["accuracy", "0 16"], ["ordering", "0 1"],
    ["nonce", "0 2"], ["tsa", "2 0"], ["extensions", "2 1"],
  ]);
  const when = timestampTime(berIs(fields.time, 0, 0, 24).content);
  await timestampImprint(fields.imprint, stamped);
  const pinned = roots.map(load);
  await timestampChain(authority, certificates, pinned, when);
  for (const certificate of certificates) {
    // a certificate that nobody in the token or bundle issued has no business here
    let known = false;
    for (const issuer of [...certificates, ...pinned]) known ||= await issued(certificate, issuer);
    if (!known) throw timestampMalformed("it carries a certificate that is not part of its chain");
  }
  return when.instant;
}

/** The fields of the signer, read when they are first asked for. */
function timestampSigner(element) {
  let fields = null;
  berSequence(element);
  return () => {
    fields ??= berFields(element.content, [
      ["version"], ["sid"], ["digestAlgorithm"], ["signedAttributes", "2 0"], ["signatureAlgorithm"], ["signature"],
      ["unsignedAttributes", "2 1"],
    ]);
    return fields;
  };
}

function timestampCertificates(element) {
  if (element === null) return [];
  return berItems(berIs(element, 2, 1, 0).content).map((item) => {
    const known = (item.kind === 0 && item.tag === 16) || (item.kind === 2 && item.tag <= 3);
    if (!known || !item.constructed || item.indefinite) throw new ValueError("not a certificate");
    if (item.kind === 2 && item.tag === 1) timestampOldAttributes(item.content);
    return load(item.full);
  });
}

/** What stands for an attribute certificate of version 1 must be one, before it is refused as no certificate at all. */
function timestampOldAttributes(content) {
  const [version] = berItems(berSequence(berParse(content)).content);
  if (berInteger(version) === 1n) throw new ValueError("not of version 1");
}

/** AlgorithmIdentifier of a digest: its object identifier. */
function timestampAlgorithm(element) {
  return berOid(berFields(berSequence(element).content, [["algorithm"], ["parameters", "any"]]).algorithm);
}

/** The signer's certificate: named by the token, and for time-stamping alone (RFC 3161 section 2.3). */
function timestampAuthority(signer, certificates) {
  const { sid } = signer;
  const byKey = sid.kind === 2 && sid.tag === 0;
  if (byKey) berIs(sid, 2, 0, 0);
  if (byKey || berInteger((berSequence(sid), signer.version)) !== 1n) {
    throw timestampMalformed("it names its signer in an unknown way");
  }
  const named = berFields(sid.content, [["issuer"], ["serial"]]);
  const issuer = berSequence(named.issuer);
  if (issuer.indefinite) throw new ValueError("not DER");
  const serial = berInteger(named.serial);
  const own = (c) => toBigInt(c.serialNumber) === serial && equal(c.issuer.encoded, issuer.full);
  const found = certificates.filter(own);
  if (found.length !== 1) throw new ValueError("not one certificate of the signer");
  const usage = found[0].extensions.get(EXTENDED_KEY_USAGE);
  if (!usage) throw timestampMalformed("its certificate is not for time-stamping");
  if (!usage.critical || usage.value.length !== 1 || usage.value[0] !== TIMESTAMP_TIME_STAMPING) {
    throw timestampMalformed("its certificate is not for time-stamping alone");
  }
  return found[0];
}

async function timestampAttributes(signer, content, hash, authority) {
  const found = new Map();
  const attributes = signer.signedAttributes;
  for (const item of attributes === null ? [] : berItems(berIs(attributes, 2, 1, 0).content)) {
    const { type, values } = berFields(berSequence(item).content, [["type"], ["values"]]);
    const kind = berOid(type);
    if (found.has(kind)) throw timestampMalformed("a signed attribute is there twice");
    found.set(kind, berSet(values));
  }
  const first = (kind) => {
    const [value] = found.has(kind) ? berItems(found.get(kind).content) : [];
    if (value === undefined) throw new ValueError("an attribute is missing");
    return value;
  };
  if (berOid(first(TIMESTAMP_CONTENT_TYPE)) !== TIMESTAMP_TST_INFO) {
    throw timestampMalformed("its signature covers something else");
  }
  if (!equal(berOctets(first(TIMESTAMP_MESSAGE_DIGEST)), await hash.digest(content))) {
    throw new CmsError("timestamp.signature", "The time-stamp was changed.", { sub: "HASH_FAILURE" });
  }
  const kinds = [TIMESTAMP_SIGNING_CERTIFICATE_V2, TIMESTAMP_SIGNING_CERTIFICATE];
  const named = kinds.find((kind) => found.has(kind));
  if (named === undefined) throw timestampMalformed("it does not name its certificate");
  const { certs } = berFields(berSequence(first(named)).content, [["certs"], ["policies", "0 16"]]);
  const [entry] = berItems(berSequence(certs).content);
  const v2 = named === TIMESTAMP_SIGNING_CERTIFICATE_V2;
  const fields = berFields(berSequence(entry).content, [
    ...(v2 ? [["hash", "0 16"]] : []), ["digest"], ["issuerSerial", "0 16"],
  ]);
  let digest = v2 ? sha256 : sha1;
  if (v2 && fields.hash !== null) {
    const chosen = timestampAlgorithm(fields.hash);
    if (chosen === TIMESTAMP_SHA1) digest = sha1;
    else if (TIMESTAMP_HASHES.has(chosen)) ({ digest } = TIMESTAMP_HASHES.get(chosen));
    else if (TIMESTAMP_OTHER_HASHES.has(chosen)) digest = async () => new Uint8Array();
    else throw new ValueError("an unknown hash");
  }
  const written = berOctets(fields.digest);
  if (!written.length || !equal(written, await digest(authority.der))) {
    throw timestampMalformed("it names another certificate");
  }
}

async function timestampSignature(signer, hash, authority) {
  const signed = berUntaggedSet(berIs(signer.signedAttributes, 2, 1, 0).content);
  const signature = berOctets(signer.signature);
  const key = authority.publicKey;
  if (!derAmong(berSequence(signer.signatureAlgorithm).full, timestampSignatureEncodings(hash, key))) {
    throw timestampMalformed("its signature algorithm is not accepted");
  }
  if (!(await key.verify(signature, signed, hash.name))) {
    throw new CmsError("timestamp.signature", "The time-stamp's signature is not genuine.", {
      sub: "SIG_CRYPTO_FAILURE",
    });
  }
}

/** `stamped` is the signature value of the seal. */
async function timestampImprint(element, stamped) {
  const { algorithm, digest } = berFields(berSequence(element).content, [["algorithm"], ["digest"]]);
  const hash = TIMESTAMP_HASHES.get(timestampAlgorithm(algorithm));
  if (!hash) throw timestampMalformed("its imprint is made with a weak hash");
  if (!equal(berOctets(digest), await hash.digest(stamped))) {
    throw new CmsError("timestamp.imprint", "The time-stamp belongs to another signature.", { sub: "HASH_FAILURE" });
  }
}

const TIMESTAMP_TIME =
  /^(\d{4})(\d{2})(\d{2})(\d{2})(?:(\d{2})(\d{2})?)?(?:[,.](\d+))?(?:(Z)|([-+])(\d{2})(\d{2})?)?\n?$/;

/** GeneralizedTime as X.680 allows it: the instant, and whether a zone was named at all. */
function timestampTime(content) {
  const found = TIMESTAMP_TIME.exec(latin1(content));
  if (found === null) throw new ValueError("not a time");
  const [, year, month, day, hour, minute, second, fraction, zulu, sign, zoneHours, zoneMinutes] = found;
  const numbers = [month, day, hour, minute ?? 0, second ?? 0].map(Number);
  const moment = instantOf(Number(year) || 2000, ...numbers);
  if (moment === null) throw new ValueError("not a time");
  let offset = 0;
  if (sign) {
    const minutes = Number(zoneHours) * 60 + Number(zoneMinutes ?? 0);
    if (minutes >= 24 * 60) throw new ValueError("not a zone");
    offset = (sign === "+" ? minutes : -minutes) * 60_000;
  }
  const unit = minute === undefined ? 3600n : second === undefined ? 60n : 1n;
  const scale = 10n ** BigInt(fraction?.length ?? 0);
  const micros = (2n * BigInt(fraction ?? 0) * 1_000_000n * unit + scale) / (2n * scale);
  const instant = Number(year) ? moment - offset + Number(micros) / 1000 : -Infinity;
  return { instant, zoned: Boolean(zulu || sign) };
}

/** A time without a zone cannot be compared with anything, which shows once there is a path to compare it with. */
async function timestampChain(authority, certificates, pinned, { instant, zoned }) {
  try {
    await validate(authority, certificates, pinned, { at: zoned ? instant : -Infinity });
  } catch (error) {
    if (zoned || !(error instanceof ChainError) || error.code === "chain.untrusted") throw error;
  }
  if (!zoned) throw new ValueError("a time without a zone");
}
