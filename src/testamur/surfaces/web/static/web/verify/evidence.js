// The signers' evidence inside a record (docs/formats.md §3 and §4): who signed this very document, and with what.

import { samePath, verifyBankid } from "./bankid.js";
import { ValueError, equal, fromHex, fromUtf8, repr } from "./bytes.js";
import { ChainError, SERIAL_NUMBER, attribute, load, nameOf, validate } from "./chain.js";
import { urn as urnOf } from "./ids.js";
import { canonical, parseCanonical } from "./jcs.js";
import { leafHash, verifyInclusion } from "./merkle.js";
import { EvidenceError } from "./report.js";
import { ShapeError, binary, digest, items, members, text, time, urn, whole } from "./shape.js";
import { signerRef } from "./snapshot.js";

const EVIDENCE_MAX_BYTES = 4 << 20;
const EVIDENCE_MAX_PATH = 40;
const EVIDENCE_MAX_DOCUMENTS = 2 ** 32;
export const PURPOSE = "sign-records";
/** Between our server's clock and the e-ID's. */
const EVIDENCE_CLOCK_SKEW = 5 * 60_000;
export const BANKID_SCHEMES = ["se.personnummer", "se.samordningsnummer"];

const EVIDENCE_SMS = ["visible", "nonvisible", "sent_at", "signed_at", "phone", "tries"];
const EVIDENCE_SMS_LIFETIME = 5 * 60_000;
const EVIDENCE_SMS_TRIES = 3;
/** organizationalUnitName */
const EVIDENCE_UNIT = "2.5.4.11";
/** Methods that are not for everybody: only university examiners may sign with a code. */
const EVIDENCE_ROLES = Object.freeze({ sms: ["examiner"] });

const EVIDENCE_MEMBERS = ["v", "order", "role", "method", "header", "leaf", "index", "path", "proof"];
const EVIDENCE_HEADER = ["v", "ceremony", "purpose", "organisation", "role", "signer", "count", "root", "created"];

/** Name of the evidence file of the signer with this order (§4). */
export function fileName(order) {
  return `evidence-${order}.json`;
}

/**
 * Every signer of the decision has exactly one evidence file or has signed in the file; there is no other file.
 *
 * `personal` are the places of those who signed in the file, in the order of its revisions. Throws `EvidenceError`
 * `evidence.missing`, `evidence.extra`, `evidence.both` or `personal.order`.
 */
export function orders(names, snapshot, personal = []) {
  if (personal.some((order, at) => at > 0 && order <= personal[at - 1])) {
    const message = "The signers did not sign in the order that the document names.";
    throw new EvidenceError("personal.order", message, { sub: "FORMAT_FAILURE" });
  }
  const given = [...names];
  const wanted = snapshot.signers.map((signer) => fileName(signer.order));
  for (const [at, signer] of snapshot.signers.entries()) {
    const who = `${signer.name} (${signer.title || signer.role})`;
    const [beside, inside] = [given.includes(wanted[at]), personal.includes(signer.order)];
    if (beside && inside) throw evidenceWrong("both", `${who} signed in two ways; one is too much.`);
    if (!beside && !inside) throw evidenceWrong("missing", `The evidence of ${who} is missing.`);
  }
  const extra = given.find((name) => !wanted.includes(name));
  if (extra !== undefined) {
    throw evidenceWrong("extra", `The record holds ${repr(extra)}, which belongs to none of its signers.`);
  }
}

/**
 * Check one evidence file against the signer it is for and the document it lies in.
 *
 * @param {Uint8Array} data bytes of `evidence-<order>.json`
 * @param {object} options `signer`: whom the decision names at this place; `snapshot`: the record; `h0`: SHA-256 of the
 *   first revision, lower-case hex; `size`: bytes of the first revision; `roots`: Map from method to the DER of its roots
 *
 * Throws `EvidenceError`; `undecided` is set where the trust bundle knows no root of the method.
 */
export async function verifyEvidence(data, { signer, snapshot, h0, size, roots }) {
  let value;
  let attested;
  let created;
  try {
    value = evidenceParse(data);
    const header = evidenceHeader(value.header);
    if (value.order !== signer.order || value.role !== signer.role) {
      throw evidenceWrong("signer", `The evidence is not the one of ${signer.name} in this role.`);
    }
    evidenceCheckHeader(header, signer, snapshot);
    await evidenceCheckDocument(value, header, snapshot, h0, size);
    if (!(EVIDENCE_ROLES[value.method] ?? [header.role]).includes(header.role)) {
      throw evidenceWrong("method_role", `${signer.name} signed as ${signer.role} in a way that is not for this role.`);
    }
    attested = await EVIDENCE_METHODS[value.method](value.proof, canonical(header), roots.get(value.method) ?? []);
    evidenceCheckVisible(attested.visible, header);
    created = time(header.created, "header.created");
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw evidenceWrong("malformed", `The evidence of ${signer.name} is malformed: ${error.message}.`, "FORMAT_FAILURE");
  }
  const refs = await Promise.all(attested.identifiers.map((named) => signerRef(snapshot.record, ...named)));
  if (!refs.includes(signer.ref)) {
    throw evidenceWrong(
      "other_person",
      `${attested.name} signed, who is not the person the decision names (${signer.name}).`,
    );
  }
  if (attested.signedAt < created - EVIDENCE_CLOCK_SKEW) {
    throw evidenceWrong("time", `The signature of ${signer.name} is older than the ceremony it belongs to.`);
  }
  return {
    signer,
    method: value.method,
    eidName: attested.name,
    ceremony: urn(value.header.ceremony, "header.ceremony"),
    count: value.header.count,
    signedAt: attested.signedAt,
    test: attested.test,
    note: attested.note ?? "",
  };
}

function evidenceWrong(code, message, sub = "SIG_CONSTRAINTS_FAILURE") {
  return new EvidenceError(`evidence.${code}`, message, { sub });
}

function evidenceParse(data) {
  if (data.length > EVIDENCE_MAX_BYTES) throw new ShapeError("it is too large");
  let value;
  try {
    value = parseCanonical(data);
  } catch (error) {
    if (!(error instanceof ValueError || error instanceof RangeError)) throw error;
    throw new ShapeError("it is not canonical JSON");
  }
  const found = members(value, EVIDENCE_MEMBERS, "it");
  if (found.v !== 1) throw new ShapeError("it is of another version");
  if (!Object.hasOwn(EVIDENCE_METHODS, text(found.method, "method"))) {
    throw new EvidenceError(
      "evidence.method",
      "A signer used a method of identification that this verifier does not know.",
      { sub: "FORMAT_FAILURE", undecided: true },
    );
  }
  whole(found.order, "order", { least: 1 });
  text(found.role, "role");
  return found;
}

function evidenceHeader(value) {
  const header = members(value, EVIDENCE_HEADER, "the header");
  if (header.v !== 1) throw new ShapeError("the header is of another version");
  urn(header.ceremony, "header.ceremony");
  urn(header.organisation, "header.organisation");
  whole(header.count, "header.count", { least: 1, most: EVIDENCE_MAX_DOCUMENTS });
  digest(header.root, "header.root");
  return header;
}

function evidenceCheckHeader(header, signer, snapshot) {
  if (header.purpose !== PURPOSE) {
    throw evidenceWrong("purpose", `${signer.name} signed for another purpose than to sign records.`);
  }
  if (header.organisation !== urnOf(snapshot.issuer)) {
    throw evidenceWrong(
      "organisation",
      `${signer.name} signed for another organisation than the one that issued this.`,
    );
  }
  if (header.role !== signer.role || header.signer !== signer.name) {
    throw evidenceWrong("signer", `The ceremony was not one of ${signer.name} in this role.`);
  }
}

/** The leaf is this document, and it is in the tree whose root was signed. */
async function evidenceCheckDocument(value, header, snapshot, h0, size) {
  const leaf = members(value.leaf, ["h0", "record", "size"], "the leaf");
  if (leaf.h0 !== h0 || leaf.record !== urnOf(snapshot.record) || leaf.size !== size) {
    throw new EvidenceError(
      "evidence.other_document",
      "The evidence belongs to another document, or the document was changed after it was signed.",
      { sub: "HASH_FAILURE" },
    );
  }
  const index = whole(value.index, "index", { most: header.count - 1 });
  const listed = items(value.path, "path", { limit: EVIDENCE_MAX_PATH });
  const path = listed.map((item) => fromHex(digest(item, "path")));
  const held = await verifyInclusion(
    index,
    header.count,
    await leafHash(canonical(leaf)),
    path,
    fromHex(header.root),
  );
  if (!held) {
    throw new EvidenceError(
      "evidence.path",
      "This document is not among those that were signed in the ceremony.",
      { sub: "HASH_FAILURE" },
    );
  }
}

/** The last line that the signer read names the same number of documents and the same root. */
function evidenceCheckVisible(visible, header) {
  let shown;
  try {
    shown = fromUtf8(visible);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ShapeError("the text shown to the signer is not UTF-8");
  }
  if (shown.slice(shown.lastIndexOf("\n") + 1) !== `Testamur 1: ${header.count} ${header.root}`) {
    throw evidenceWrong("visible", "The text shown to the signer does not name the documents that were signed.");
  }
}

// --- methods -----------------------------------------------------------------------------------

async function evidenceBankid(proof, header, roots) {
  const value = members(proof, ["signature", "ocsp"], "the proof");
  const found = await verifyBankid(binary(value.signature, "proof.signature"), binary(value.ocsp, "proof.ocsp"), {
    roots,
    expectedNonvisible: header,
  });
  return {
    identifiers: BANKID_SCHEMES.map((scheme) => [scheme, found.personalNumber]),
    name: found.name,
    visible: found.visible ?? new Uint8Array(),
    signedAt: found.signedAt,
    test: found.test,
  };
}

/** The demonstration e-ID: one ECDSA signature over what was shown and not shown, and when. */
async function evidenceSimulated(proof, header, roots) {
  const names = ["visible", "nonvisible", "signed_at"];
  const value = members(proof, [...names, "signature", "certificates"], "the proof");
  evidenceRooted(roots, "simulated", "simulated e-ID");
  const [found] = await evidenceSigned(value, names, "testamur-simulated-eid", header, roots, "simulated");
  return found;
}

/** A code by SMS that came back: the issuer's attestation key signs what was shown, when, to which number. */
async function evidenceSms(proof, header, roots) {
  const value = members(proof, [...EVIDENCE_SMS, "signature", "certificates"], "the proof");
  evidenceRooted(roots, "sms", "attestation of codes by SMS");
  const phone = members(value.phone, ["last", "commitment"], "proof.phone");
  digest(phone.commitment, "proof.phone.commitment");
  const last = text(phone.last, "proof.phone.last");
  if (!/^[0-9]{2}$/.test(last)) throw new ShapeError("proof.phone.last is not two digits");
  whole(value.tries, "proof.tries", { least: 1, most: EVIDENCE_SMS_TRIES });
  const sentAt = time(value.sent_at, "proof.sent_at");
  const [found, leaf] = await evidenceSigned(value, EVIDENCE_SMS, "testamur-sms-attestation", header, roots, "sms");
  if (attribute(leaf, EVIDENCE_UNIT) !== "SMS code attestation") {
    throw new ShapeError("the certificate is not one that attests codes");
  }
  const took = found.signedAt - sentAt;
  if (took < 0 || took > EVIDENCE_SMS_LIFETIME) {
    throw new EvidenceError("sms.time", "The code was not returned while it was valid.", {
      sub: "SIG_CONSTRAINTS_FAILURE",
    });
  }
  const note =
    `; this is no e-ID but weaker: the issuer attests that a code sent to the work phone ending in ${last} ` +
    "was returned";
  return { ...found, test: false, note };
}

function evidenceRooted(roots, code, what) {
  if (roots.length) return;
  throw new EvidenceError(`${code}.roots.absent`, `The trust bundle names no root of the ${what}.`, {
    sub: "NO_CERTIFICATE_CHAIN_FOUND",
    undecided: true,
  });
}

/** What both have in common: [what is attested, the certificate whose key signed]. */
async function evidenceSigned(value, names, purpose, header, roots, code) {
  const visible = binary(value.visible, "proof.visible");
  const nonvisible = binary(value.nonvisible, "proof.nonvisible");
  const signedAt = time(value.signed_at, "proof.signed_at");
  const signature = binary(value.signature, "proof.signature");
  const listed = items(value.certificates, "certificates", { limit: 5 });
  const ders = listed.map((der) => binary(der, "proof.certificates"));
  if (!ders.length) throw new ShapeError("the proof carries no certificate");
  const signed = { v: 1, purpose };
  for (const name of names) signed[name] = value[name];
  let certificates;
  let path;
  try {
    certificates = ders.map(load);
    await evidenceCheckSignature(certificates[0], signature, canonical(signed), code);
    path = await validate(certificates[0], certificates.slice(1), roots.map(load), { at: signedAt });
  } catch (error) {
    if (!(error instanceof ChainError)) throw error;
    throw new EvidenceError(error.code, error.message, { sub: error.subIndication });
  }
  if (!samePath(path, certificates)) {
    throw new ShapeError("the certificates are not the signer's chain, in order and without the root");
  }
  if (!equal(nonvisible, header)) {
    throw new EvidenceError(`${code}.nonvisible`, "The person signed other data than expected.", {
      sub: "SIG_CONSTRAINTS_FAILURE",
    });
  }
  const identifier = attribute(certificates[0], SERIAL_NUMBER);
  const colon = identifier.indexOf(":");
  if (colon < 0) throw new ShapeError("the signer's certificate names no identifier");
  const identifiers = [[identifier.slice(0, colon), identifier.slice(colon + 1)]];
  return [{ identifiers, name: nameOf(certificates[0]), visible, signedAt, test: true }, certificates[0]];
}

async function evidenceCheckSignature(leaf, signature, signed, code) {
  const key = leaf.publicKey;
  if (key.kind !== "ec" || key.curve !== "P-256") throw new ShapeError("the signer's key is not P-256");
  if (!(await key.verify(signature, signed, "SHA-256"))) {
    const what = code === "simulated" ? "the e-ID" : "the attestation";
    throw new EvidenceError(`${code}.signature`, `The signature of ${what} is not genuine.`, {
      sub: "SIG_CRYPTO_FAILURE",
    });
  }
}

const EVIDENCE_METHODS = Object.freeze({ bankid: evidenceBankid, simulated: evidenceSimulated, sms: evidenceSms });
