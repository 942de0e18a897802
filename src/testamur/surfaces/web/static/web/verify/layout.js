// What the revisions of personal signatures may do (docs/formats.md §5a): lay out the fields once, then fill them in.
//
// The first of them enters the fields of its signer, of every later signer and of the seal, into form, page and structure;
// each later one gives one of these fields its signature. Nothing in them can be seen, so nothing can be hidden or shown.

import { PdfError, PdfName, PdfRef, isName, same, text } from "./pdfValues.js";
import { Comparison, RevisionError, mapOf, revisingOnly } from "./revising.js";

const LAYOUT_SEAL = "TestamurSeal";
const LAYOUT_KEYS = ["Type", "Subtype", "FT", "T", "TU", "F", "Rect", "P"];

/** The place of the signer whose field this is; null for any other field. Throws PdfError. */
export function orderOf(signature) {
  const found = /^signer-([1-9][0-9]?)$/.exec(text(signature.widget.get("T") ?? new Uint8Array()));
  return found === null ? null : Number(found[1]);
}

/** The first personal signature's revision. Throws RevisionError. */
export function checkLayout(pdf, snapshot, changes, signature) {
  new LayoutComparison(pdf, snapshot, changes, signature).check();
}

/** The revision of a later personal signature: one field got its value. Throws RevisionError. */
export function checkFilled(snapshot, changes, signature) {
  const field = changes.redefined.length === 1 ? changes.redefined[0] : null;
  const message = "A personal signature changed something else than its own field.";
  if (field === null || field.before.number !== signature.field) throw new RevisionError("personal", message);
  const [old, current] = [field.before.fields, field.after.fields];
  revisingOnly(old, current, ["V"], "The field of a signer");
  if (old.has("V") || !same(current.get("V"), new PdfRef(signature.number))) throw new RevisionError("personal", message);
  if (changes.added.length !== 1 || changes.added[0].number !== signature.number) {
    throw new RevisionError("extra", "Something was added together with a personal signature.");
  }
  layoutDictionary(snapshot, signature);
}

/** A personal signature's dictionary says who signs, and nothing that changes or explains anything else. */
function layoutDictionary(snapshot, signature) {
  const order = orderOf(signature);
  const signer = snapshot.signers.find((one) => one.order === order);
  const values = new Map(signature.values);
  const told = values.get("Name") ?? null;
  for (const key of ["M", "Name", "Contents", "ByteRange"]) values.delete(key);
  const expected = mapOf({
    Type: new PdfName("Sig"),
    Filter: new PdfName("Adobe.PPKLite"),
    SubFilter: new PdfName("ETSI.CAdES.detached"),
  });
  if (!same(values, expected) || signer === undefined || !layoutSays(told, signer.name)) {
    throw new RevisionError("personal", "A personal signature is not of the kind that a record carries.");
  }
}

/** The revision that enters all fields, with the first signature. */
class LayoutComparison extends Comparison {
  constructor(pdf, snapshot, changes, signature) {
    super(pdf, snapshot, changes);
    this.signature = signature;
  }

  check() {
    const [catalog, paper] = this.entered();
    const [old, current] = [catalog.before.fields, catalog.after.fields];
    if (old.has("Perms")) {
      throw new RevisionError("permissions", "The seal is not the one that closes the document.");
    }
    revisingOnly(old, current, ["AcroForm"], "The document's catalog");
    const fields = this.form(old.get("AcroForm") ?? null, current.get("AcroForm") ?? null);
    const numbers = fields.filter((ref) => ref instanceof PdfRef && this.added.has(ref.number)).map((ref) => ref.number);
    const order = orderOf(this.signature);
    const signers = this.snapshot.signers.filter((one) => order !== null && one.order >= order);
    const complete = numbers.length === fields.length && fields.length === signers.length + 1;
    if (!complete || numbers[0] !== this.signature.field) {
      throw new RevisionError("form", "The fields that were added are not those of the signers and the seal.");
    }
    this.fields = numbers;
    for (const number of numbers) this.reached.add(number);
    this.paper(paper);
    const tagged = this.structure();
    this.nothingRedefined();
    for (const [at, { order: place, name, title }] of signers.entries()) {
      this.field(numbers[at], `signer-${place}`, title ? `${name}, ${title}` : name, tagged);
    }
    this.field(numbers.at(-1), LAYOUT_SEAL, this.snapshot.issuerName, tagged);
    layoutDictionary(this.snapshot, this.signature);
    this.nothingElse();
  }

  field(number, name, said, tagged) {
    const widget = this.added.get(number).fields;
    const keys = [...LAYOUT_KEYS];
    if (tagged) keys.push("StructParent");
    if (number === this.signature.field) {
      keys.push("V");
      if (!same(widget.get("V"), new PdfRef(this.signature.number))) {
        throw new RevisionError("personal", "The first signature does not stand in its field.");
      }
    }
    this.plainWidget(widget, keys, name === LAYOUT_SEAL ? this.snapshot.rect : [0, 0, 0, 0]);
    const kind = isName(widget.get("Type"), "Annot") && isName(widget.get("FT"), "Sig");
    if (!kind || !layoutSays(widget.get("T"), name) || !layoutSays(widget.get("TU"), said)) {
      throw new RevisionError("widget", "A field that was added is not one of a signer or of the seal.");
    }
  }
}

function layoutSays(value, wanted) {
  try {
    return text(value) === wanted;
  } catch (error) {
    if (!(error instanceof PdfError)) throw error;
    return false;
  }
}
