// Opening a record: its bytes, its revisions and what stands in them, before any signature is looked at.

import { concat, endsWith, fromLatin1, indexOf, instantOf, latin1, sha256, sha256Hex } from "./bytes.js";
import { checkAdditions } from "./additions.js";
import { parseSeal } from "./cms.js";
import { orders } from "./evidence.js";
import { orderOf } from "./layout.js";
import { covers, embeddedFiles, signatures } from "./pdfContents.js";
import { MAX_SIZE, read } from "./pdfReader.js";
import { PdfError } from "./pdfValues.js";
import { Failed } from "./report.js";
import { ShapeError } from "./shape.js";
import { parseSnapshot } from "./snapshot.js";

export const RECORD_JSON = "record.json";

/** What a record leaves in its bytes even when it is damaged. */
const OPENING_MARKS = ["TestamurSeal", "(record.json)", "(evidence-1.json)"].map(fromLatin1);
const OPENING_END = fromLatin1("%%EOF\n");

/** The file is not a Testamur record; an answer, not a programming error. */
export class Foreign extends Error {
  constructor(code, message) {
    super(message);
    this.code = code;
  }
}

/** One attempt to open one file; `snapshot` is set as soon as it could be read, even if the rest fails. */
export class Opening {
  constructor(data) {
    this.data = data;
    this.snapshot = null;
  }

  /**
   * The opened file: { snapshot, recordJson, evidence: Map, personal: Map, h0, h0Size, docDigest, seal, claimedAt };
   * `personal` are the signatures in the file itself by the place of the signer: { digest, contents, claimedAt }.
   *
   * Throws Foreign for a file that is no record, Failed for a record that is damaged or tampered with.
   */
  async open() {
    if (this.data.length > MAX_SIZE) {
      throw new Failed("pdf.size", "The file is too large to be checked.", { undecided: true });
    }
    try {
      return await this.read();
    } catch (error) {
      if (!(error instanceof PdfError)) throw error;
      if (!this.claims()) throw new Foreign(error.code, `This is not a Testamur record: ${error.message}`);
      throw openingFlaw(error.code, `The file is damaged or was tampered with: ${error.message}`);
    }
  }

  /** True when a file that cannot be read, or holds no record, still bears the marks of one. */
  claims() {
    return OPENING_MARKS.some((mark) => indexOf(this.data, mark) >= 0);
  }

  async read() {
    const { data } = this;
    const pdf = read(data);
    const held = embeddedFiles(pdf, 1).find((file) => file.name === RECORD_JSON);
    if (held === undefined) {
      if (!this.claims()) {
        throw new Foreign("record.absent", "This is not a Testamur record: it holds no record.json.");
      }
      throw openingFlaw("record.absent", "The record inside the file was removed.");
    }
    const snapshot = await openingSnapshot(held);
    this.snapshot = snapshot;
    const [signature, personal] = this.signatures(pdf);
    const names = checkAdditions(pdf, snapshot, signature, personal);
    const places = personal.map(orderOf);
    orders(names, snapshot, places);
    const first = data.subarray(0, pdf.revisions[0].end);
    if (!endsWith(first, OPENING_END)) {
      throw openingFlaw("revision.boundary", "The first revision does not end as it should.");
    }
    const final = new Map(embeddedFiles(pdf).map((file) => [file.name, file.data]));
    const inside = new Map();
    for (const [at, one] of personal.entries()) {
      const digest = await this.digest(one, pdf.revisions[at + 1].end);
      inside.set(places[at], { digest, contents: one.contents, claimedAt: openingDate(one.values.get("M")) });
    }
    return {
      snapshot,
      recordJson: held.data,
      evidence: new Map(names.map((name) => [name, final.get(name)])),
      personal: inside,
      h0: await sha256Hex(first),
      h0Size: first.length,
      docDigest: await this.digest(signature, data.length),
      seal: await parseSeal(signature.contents),
      claimedAt: openingDate(signature.values.get("M")),
    };
  }

  /** SHA-256 of the file up to `end` but for the signature's value. */
  digest(signature, end) {
    const { contentsStart, contentsEnd } = signature;
    return sha256(concat(this.data.subarray(0, contentsStart), this.data.subarray(contentsEnd, end)));
  }

  /**
   * [the one seal, which covers every byte but its own value; the personal signatures before it, in order].
   *
   * Each covers its own revision and all before it, and each is written in one way only.
   */
  signatures(pdf) {
    const found = signatures(pdf).sort((one, other) => one.revision - other.revision);
    const personal = found.filter((one) => orderOf(one) !== null);
    const seals = found.filter((one) => orderOf(one) === null);
    if (seals.length === 0) {
      throw openingFlaw("seal.absent", "The document says that it is a record, but it is not sealed.");
    }
    if (seals.length > 1 || signatures(pdf, 1).length) {
      throw openingFlaw("seal.second", `The file carries ${seals.length} signatures instead of one seal.`);
    }
    const [seal] = seals;
    if (seal.revision !== personal.length + 2 || !covers(seal, this.data.length)) {
      throw openingFlaw("seal.byte_range", "The seal does not cover the whole file.");
    }
    for (const [at, one] of personal.entries()) {
      if (one.revision !== at + 2 || !covers(one, pdf.revisions[at + 1].end)) {
        throw openingFlaw("personal.byte_range", "A personal signature does not cover the file as it was then.");
      }
    }
    for (const one of [seal, ...personal]) {
      const written = latin1(this.data.subarray(one.contentsStart, one.contentsEnd));
      const oneCase = /^<[0-9a-f]*>$/.test(written) || /^<[0-9A-F]*>$/.test(written);
      if (!oneCase || written.length !== 2 * one.contents.length + 2) {
        throw openingFlaw("seal.contents", "The seal's value is not written as it should be.");
      }
    }
    return [seal, personal];
  }
}

function openingFlaw(code, message) {
  return new Failed(code, message, { sub: "FORMAT_FAILURE" });
}

async function openingSnapshot(held) {
  if (held.relationship !== "Data" || !held.associated || held.ambiguous) {
    throw openingFlaw("record.relationship", "record.json is not attached as the document's data.");
  }
  try {
    return await parseSnapshot(held.data);
  } catch (error) {
    if (!(error instanceof ShapeError)) throw error;
    throw openingFlaw("record.malformed", `The record is malformed: ${error.message}.`);
  }
}

function openingDate(value) {
  const found = value instanceof Uint8Array ? /^D:(\d{4})(\d\d)(\d\d)(\d\d)(\d\d)(\d\d)Z$/.exec(latin1(value)) : null;
  if (found === null) throw openingFlaw("seal.date", "The seal's date is not written as it should be.");
  const instant = instantOf(...found.slice(1).map(Number));
  if (instant === null) throw openingFlaw("seal.date", "The seal's date is not in the calendar.");
  return instant;
}
