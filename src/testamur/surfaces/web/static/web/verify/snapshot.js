// `record.json`, the snapshot inside every record, read strictly (docs/formats.md §1).

import { ValueError, instantOf, sha256, sha256Hex, toBigInt, utf8 } from "./bytes.js";
import { urn } from "./ids.js";
import { parseCanonical } from "./jcs.js";
import { ShapeError, digest, isObject, items, members, text, time, urn as readUrn, whole, yesNo } from "./shape.js";

export const MAX_SIGNERS = 64;
export const MAX_SEAL_AREA = 100_000 * 100 * 100;

/** Stands in the issuer's name of every document that a practice installation makes (§1). */
export const PRACTICE = "BẢN THỰC HÀNH";

const SNAPSHOT_MAX_BYTES = 16 << 20;
const SNAPSHOT_CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";
const SNAPSHOT_TOP = [
  "v", "record", "version", "replaces", "document", "pack", "template", "issuer", "subject", "content", "signers",
  "seal", "verify", "issued_on", "frozen_at", "test",
]; // prettier-ignore

/** What a verifier needs of `record.json`; ids are texts, `rect` in hundredths of a PDF point, `page` from 1. */
export class Snapshot {
  constructor(values) {
    Object.assign(this, values);
    Object.freeze(this);
  }

  /** Whether the document was made in training: a test document whose issuer's name says so. */
  get practice() {
    return this.test && this.issuerName.includes(PRACTICE);
  }

  /** The member `record` of a verdict (§11): what a person needs to recognise the document. */
  summary() {
    return {
      id: urn(this.record),
      version: this.version,
      type: this.documentType,
      title: this.title,
      subject: this.subjectName,
      issuer: this.issuerName,
      issued_on: this.issuedOn,
      signers: this.signers.map(({ role, title, name }) => ({ role, title, name })),
      code: this.code,
    };
  }
}

/** SHA-256 of `testamur/signer/1\n<record>\n<scheme>:<value>`, lower-case hex (§1). */
export async function signerRef(record, scheme, value) {
  return sha256Hex(utf8(`testamur/signer/1\n${urn(record)}\n${scheme}:${value}`));
}

/** The code printed on the document: 60 bits in Crockford base32, `XXXX-XXXX-XXXX` (§1). */
export async function verifyCode(record) {
  const head = (await sha256(utf8(`testamur/code/1\n${urn(record)}`))).subarray(0, 8);
  const number = toBigInt(head) >> 4n;
  let letters = "";
  for (let shift = 55n; shift >= 0n; shift -= 5n) letters += SNAPSHOT_CROCKFORD[Number((number >> shift) & 31n)];
  return [letters.slice(0, 4), letters.slice(4, 8), letters.slice(8)].join("-");
}

/** Read `record.json`; throws ShapeError in one plain sentence for every deviation from version 1. */
export async function parseSnapshot(data) {
  if (data.length > SNAPSHOT_MAX_BYTES) throw new ShapeError("record.json is too large");
  const top = members(snapshotJson(data), SNAPSHOT_TOP, "record.json");
  if (top.v !== 1) throw new ShapeError("record.json is of another version");
  const document = members(top.document, ["type", "title", "locale", "period"], "document");
  const issuer = members(top.issuer, ["id", "name", "unit"], "issuer");
  const pack = members(top.pack, ["id", "version"], "pack");
  const template = members(top.template, ["id", "version", "sha256"], "template");
  const unit = members(issuer.unit, ["code", "name"], "issuer.unit");
  for (const part of [pack, unit, document, template]) {
    for (const [name, item] of Object.entries(part)) text(item, name);
  }
  digest(template.sha256, "template.sha256");
  if (!isObject(top.content)) throw new ShapeError("content is not an object");
  const seal = members(top.seal, ["page", "rect"], "seal");
  const check = members(top.verify, ["code", "url"], "verify");
  const record = readUrn(top.record, "record");
  if (check.code !== (await verifyCode(record))) {
    throw new ShapeError("verify.code does not belong to this record");
  }
  return new Snapshot({
    record,
    version: whole(top.version, "version", { least: 1 }),
    replaces: top.replaces === null ? null : readUrn(top.replaces, "replaces"),
    documentType: document.type,
    title: document.title,
    locale: document.locale,
    issuer: readUrn(issuer.id, "issuer.id"),
    issuerName: text(issuer.name, "issuer.name"),
    subjectName: snapshotSubject(top.subject),
    signers: snapshotSigners(top.signers),
    page: whole(seal.page, "seal.page", { least: 1 }),
    rect: snapshotRect(seal.rect),
    code: check.code,
    url: text(check.url, "verify.url"),
    issuedOn: snapshotDate(top.issued_on, "issued_on"),
    frozenAt: time(top.frozen_at, "frozen_at"),
    test: yesNo(top.test, "test"),
    value: top,
  });
}

function snapshotJson(data) {
  try {
    return parseCanonical(data);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ShapeError("record.json is not canonical JSON");
  }
}

/** Signers as the decision names them: { order, role, title, name, ref }; `ref` binds the identifier unseen. */
function snapshotSigners(value) {
  return items(value, "signers", { limit: MAX_SIGNERS }).map((item, i) => {
    const signer = members(item, ["order", "role", "title", "name", "ref"], "a signer");
    if (whole(signer.order, "signers.order", { least: 1 }) !== i + 1) {
      throw new ShapeError("the signers are not numbered from 1 in order");
    }
    return Object.freeze({
      order: i + 1,
      role: text(signer.role, "signers.role"),
      title: text(signer.title, "signers.title"),
      name: text(signer.name, "signers.name"),
      ref: digest(signer.ref, "signers.ref"),
    });
  });
}

function snapshotRect(value) {
  const bounds = { least: -(2 ** 31), most: 2 ** 31 };
  const rect = items(value, "seal.rect", { limit: 4 }).map((number) => whole(number, "seal.rect", bounds));
  if (rect.length !== 4 || (rect.some((n) => n !== 0) && (rect[0] >= rect[2] || rect[1] >= rect[3]))) {
    throw new ShapeError("seal.rect is not a rectangle");
  }
  if ((rect[2] - rect[0]) * (rect[3] - rect[1]) > MAX_SEAL_AREA) {
    throw new ShapeError("seal.rect takes too much of the page");
  }
  return rect;
}

function snapshotSubject(value) {
  const kind = isObject(value) ? value.kind : null;
  if (kind === "group") return text(members(value, ["kind", "name"], "subject").name, "subject.name");
  if (kind !== "pupil") throw new ShapeError("the subject is neither a pupil nor a group");
  const names = ["kind", "name", "given", "family", "identifier", "birth_date"];
  const pupil = members(value, names, "subject");
  const identifier = members(pupil.identifier, ["scheme", "value"], "subject.identifier");
  const texts = [...Object.entries(identifier), ["given", pupil.given], ["family", pupil.family]];
  for (const [name, item] of texts) text(item, `subject.${name}`);
  if (pupil.birth_date !== null) snapshotDate(pupil.birth_date, "subject.birth_date");
  return text(pupil.name, "subject.name");
}

function snapshotDate(value, what) {
  if (typeof value !== "string" || !/^\p{Nd}{4}-\p{Nd}{2}-\p{Nd}{2}$/u.test(value)) {
    throw new ShapeError(`${what} is not a date of the form YYYY-MM-DD`);
  }
  const parts = /^(\d{4})-(\d\d)-(\d\d)$/.exec(value);
  if (parts === null || instantOf(...parts.slice(1).map(Number)) === null) {
    throw new ShapeError(`${what} is not a date of the calendar`);
  }
  return value;
}
