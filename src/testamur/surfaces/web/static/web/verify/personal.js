// A signer's own signature in the file (docs/formats.md §5a): PAdES B-B by a personal certificate.

import { equal, stamp } from "./bytes.js";
import { ChainError, SERIAL_NUMBER, load, nameOf, speak, validate } from "./chain.js";
import { MAX_RSA_BITS, parseSeal } from "./cms.js";
import { KEY_USAGE } from "./extensions.js";
import { CmsError, EvidenceError } from "./report.js";
import { signerRef } from "./snapshot.js";
import { sameCertificate } from "./x509.js";

export const PERSONAL_METHOD = "certificate";
const PERSONAL_CLOCK_SKEW = 5 * 60_000;
/** userId */
const PERSONAL_USER_ID = "0.9.2342.19200300.100.1.1";

/** What stands before the number in a certificate, and the schemes it may belong to. */
const PERSONAL_SCHEMES = new Map([
  ["CCCD", ["vn.cccd"]],
  ["PNOVN", ["vn.cccd"]],
  ["IDCVN", ["vn.cccd"]],
  ["PNOSE", ["se.personnummer", "se.samordningsnummer"]],
  ["PNOBG", ["bg.egn", "bg.lnch"]],
]);

/**
 * Check one personal signature against the signer whom the decision names at its place.
 *
 * @param {object} found `digest`: SHA-256 of the bytes under /ByteRange; `contents`; `claimedAt`: its own word (`/M`)
 * @param {object} options `signer`: whom the decision names; `snapshot`; `after`: when the document was frozen or the
 *   signature before this one was made; `sealedAt`: when the seal says that it was made; `roots`, `crls`: DER
 *
 * Throws `EvidenceError` with a `personal.…` or `chain.…` code.
 */
export async function verifyPersonal(found, { signer, snapshot, after, sealedAt, roots, crls }) {
  let taken;
  let path;
  try {
    taken = await parseSeal(found.contents);
    if (taken.timeStamp !== null || taken.proof !== null) {
      throw personalWrong("malformed", `The signature of ${signer.name} carries what does not belong to it.`);
    }
    await personalSignature(taken, found.digest, signer);
    path = await personalCertificate(taken, signer, { roots, crls, signedAt: found.claimedAt, sealedAt });
  } catch (error) {
    if (error instanceof CmsError) throw personalOf(signer, error);
    if (error instanceof ChainError) throw new EvidenceError(error.code, error.message, { sub: error.subIndication });
    throw error;
  }
  const name = nameOf(taken.certificate);
  const named = personalIdentifiers(taken.certificate);
  const refs = await Promise.all(named.map((one) => signerRef(snapshot.record, ...one)));
  if (!refs.includes(signer.ref)) {
    throw personalWrong(
      "other_person",
      `${name} signed, who is not the person the decision names (${signer.name}).`,
    );
  }
  if (found.claimedAt < after - PERSONAL_CLOCK_SKEW) {
    throw personalWrong("time", `The signature of ${signer.name} is older than what it stands under.`);
  }
  const issuer = path.certificates[1];
  const known = await speak(crls, issuer);
  return {
    signer,
    method: PERSONAL_METHOD,
    eidName: name,
    ceremony: null,
    count: 1,
    signedAt: found.claimedAt,
    test: false,
    note:
      `; the certificate is one of ${nameOf(issuer)}` +
      (known ? "" : ", and whether it had been revoked is not known offline"),
  };
}

/** Every [scheme, number] that a certificate's subject names in serialNumber or in UID, whichever a prefix says. */
function personalIdentifiers(certificate) {
  const found = [];
  for (const oid of [SERIAL_NUMBER, PERSONAL_USER_ID]) {
    for (const value of certificate.subject.values(oid)) {
      const told = typeof value === "string" ? /^ *([A-Z]{4,5}) *[:-] *([0-9A-Z]{1,40}) *$/.exec(value) : null;
      for (const scheme of PERSONAL_SCHEMES.get(told?.[1]) ?? []) found.push([scheme, told[2]]);
    }
  }
  return found;
}

function personalWrong(code, message, sub = "SIG_CONSTRAINTS_FAILURE") {
  return new EvidenceError(`personal.${code}`, message, { sub });
}

/** What is wrong with the form of a signature, told of the signer and not of the seal. */
function personalOf(signer, error) {
  if (error.code === "seal.certificate") {
    const found = `The signature of ${signer.name} was made with another certificate than it carries.`;
    return personalWrong("certificate", found, "HASH_FAILURE");
  }
  const what = error.message.slice(error.message.indexOf(": ") + 2);
  return personalWrong("malformed", `The signature of ${signer.name} is malformed: ${what}`, "FORMAT_FAILURE");
}

async function personalSignature(taken, digest, signer) {
  if (!equal(taken.messageDigest, digest)) {
    throw personalWrong("digest", `The file was changed after ${signer.name} had signed it.`, "HASH_FAILURE");
  }
  const key = taken.certificate.publicKey;
  const curve = key.kind === "ec" && (key.curve === "P-256" || key.curve === "P-384");
  if (!curve && !(key.kind === "rsa" && key.bits <= MAX_RSA_BITS)) {
    throw personalWrong("key", `The key of ${signer.name} is of a kind not accepted.`, "CRYPTO_CONSTRAINTS_FAILURE");
  }
  if (!(await key.verify(taken.signature, taken.signedAttributes, "SHA-256"))) {
    throw personalWrong("signature", `The signature of ${signer.name} is not genuine.`, "SIG_CRYPTO_FAILURE");
  }
}

/** The chain holds when it was signed, and still when it was sealed: until then nobody else bounds the time. */
async function personalCertificate(taken, signer, { roots, crls, signedAt, sealedAt }) {
  const usage = taken.certificate.extension(KEY_USAGE);
  if (usage === null || usage.keyCertSign || !(usage.digitalSignature || usage.contentCommitment)) {
    const found = `The certificate of ${signer.name} is not for signing.`;
    throw personalWrong("key_usage", found, "CHAIN_CONSTRAINTS_FAILURE");
  }
  if (!roots.length) {
    throw new EvidenceError("personal.roots.absent", "The trust bundle names no root of personal certificates.", {
      sub: "NO_CERTIFICATE_CHAIN_FOUND",
      undecided: true,
    });
  }
  const pinned = roots.map(load);
  const path = await validate(taken.certificate, taken.intermediates, pinned, { at: signedAt, crls });
  const used = (certificate) => path.certificates.some((other) => sameCertificate(other, certificate));
  // the root may be an issuing authority, which the signature carries
  if (![taken.certificate, ...taken.intermediates].every(used)) {
    const found = `The signature of ${signer.name} carries a certificate that is not part of its chain.`;
    throw personalWrong("malformed", found, "FORMAT_FAILURE");
  }
  try {
    await validate(taken.certificate, taken.intermediates, pinned, { at: sealedAt, crls });
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    throw new EvidenceError(
      "personal.lapsed",
      `The certificate of ${signer.name} did not hold any more when the record was sealed (${stamp(sealedAt)}), ` +
        "and only the signature itself says that it was made before.",
      { sub: "OUT_OF_BOUNDS_NO_POE", undecided: true },
    );
  }
  return path;
}
