// What the seal's revision may add to a record, and nothing else (docs/formats.md §5).
//
// The people who signed saw the first revision. So every object of it must stay as it was, but for the few that carry the
// seal's additions; and whatever is new must be part of the seal or of the evidence.

import { fromLatin1, latin1, repr } from "./bytes.js";
import { checkFilled, checkLayout } from "./layout.js";
import { compareRevisions, references } from "./pdfChanges.js";
import { embeddedFiles, nameTree } from "./pdfContents.js";
import { PdfName, PdfReal, PdfRef, isName, same } from "./pdfValues.js";
import { Comparison, MAX_ADDED, RevisionError, checkFile, hundredths, mapOf, noField, revisingOnly } from "./revising.js";

const ADDITIONS_NUMBER = "[0-9]{1,5}(?:\\.[0-9]{1,2})?";
/** The seal's picture: frame, narrow bar, lines of dark text. Nothing in it can cover. */
const ADDITIONS_PICTURE = new RegExp(
  (
    "^q \\.55 G \\.5 w \\.25 \\.25 N N re S \\.2 g 0 0 2 N re f Q\\n" +
    "BT 0 g /F [4-9](?:\\.5)? Tf N TL 7 N Td\\n(?:<(?:[0-9A-F]{4})+> Tj T\\*\\n){1,200}ET$"
  ).replaceAll(" N", ` ${ADDITIONS_NUMBER}`),
);
const ADDITIONS_MAX_PICTURE = 1 << 20;
const ADDITIONS_SEAL = fromLatin1("TestamurSeal");

/**
 * Refuse every change but those of personal signatures and of the seal; returns the names of the evidence files.
 *
 * `personal` are the signatures of persons in the order of their revisions. Throws RevisionError, or PdfError for a file
 * that is broken underneath.
 */
export function checkAdditions(pdf, snapshot, seal, personal = []) {
  if (pdf.revisions.length !== personal.length + 2) {
    const wanted = personal.length ? `${personal.length + 2} for its signatures` : "two";
    throw new RevisionError("count", `The file has ${pdf.revisions.length} revisions instead of ${wanted}.`);
  }
  for (const { section } of pdf.revisions.slice(1)) {
    if (section.runs.reduce((sum, [, count]) => sum + count, 0) > MAX_ADDED) {
      throw new RevisionError("size", "The second revision holds far more than a seal and its evidence.");
    }
  }
  const compared = pdf.revisions.slice(1).map((_revision, at) => compareRevisions(pdf, at + 2));
  checkFile(pdf, compared);
  if (personal.length) {
    checkLayout(pdf, snapshot, compared[0], personal[0]);
    for (const [at, signature] of personal.entries()) if (at) checkFilled(snapshot, compared[at], signature);
  }
  return new AdditionsSealing(pdf, snapshot, compared.at(-1), seal, personal.length > 0).check();
}

/** The seal's revision; each method checks one of the places that the seal may touch. */
class AdditionsSealing extends Comparison {
  constructor(pdf, snapshot, changes, signature, laidOut) {
    super(pdf, snapshot, changes);
    this.signature = signature;
    // a personal signature has entered the seal's field already: form, page and structure stay as they are
    this.laidOut = laidOut;
    this.tagged = false;
  }

  check() {
    const names = this.laidOut ? this.filledIn() : this.enteredNow();
    this.nothingRedefined();
    this.widget();
    this.signatureDictionary();
    this.nothingElse();
    return names;
  }

  /** The seal's field, form entry, tag and evidence, all new. */
  enteredNow() {
    const [catalog, paper] = this.entered();
    const { field, number } = this.signature;
    this.fields = [field];
    const [old, current] = [catalog.before.fields, catalog.after.fields];
    revisingOnly(old, current, ["AcroForm", "Perms", "AF", "Names"], "The document's catalog");
    if (old.has("Perms") || !same(current.get("Perms"), new Map([["DocMDP", new PdfRef(number)]]))) {
      throw new RevisionError("permissions", "The seal is not the one that closes the document.");
    }
    if (!same(this.form(old.get("AcroForm") ?? null, current.get("AcroForm") ?? null), [new PdfRef(field)])) {
      throw new RevisionError("form", "The seal is not the only field that was added.");
    }
    if (!this.added.has(field)) throw noField();
    this.reached.add(field);
    const names = this.evidence(catalog);
    this.paper(paper);
    this.tagged = this.structure();
    return names;
  }

  /** The seal's field, which was there, got its value and its picture; evidence may have come. */
  filledIn() {
    const field = this.pop(this.signature.field);
    if (field === null || !same(field.before.fields.get("T"), ADDITIONS_SEAL)) {
      throw new RevisionError("widget", "The seal does not stand in the field that was kept for it.");
    }
    revisingOnly(field.before.fields, field.after.fields, ["V", "AP"], "The seal's field");
    this.tagged = field.before.fields.has("StructParent");
    for (const key of ["V", "AP"]) {
      for (const ref of references(field.after.fields.get(key) ?? null)) this.reached.add(ref.number);
    }
    const catalog = this.pop(this.catalog.number);
    if (catalog === null) return [];
    revisingOnly(catalog.before.fields, catalog.after.fields, ["AF", "Names"], "The document's catalog");
    return this.evidence(catalog);
  }

  // --- evidence ---

  evidence(catalog) {
    const [old, current] = [catalog.before.fields, catalog.after.fields];
    const specs = this.appended(old.get("AF"), current.get("AF"), "associated files");
    return this.attached(old.get("Names") ?? null, current.get("Names") ?? null, specs);
  }

  attached(old, current, specs) {
    const before = old !== null ? this.pdf.dictionary(old, this.revision - 1) : new Map();
    const after = current !== null ? this.pdf.dictionary(current) : new Map();
    revisingOnly(before, after, ["EmbeddedFiles"], "The document's names");
    const former = additionsTree(nameTree(this.pdf, this.revision - 1));
    const present = additionsTree(nameTree(this.pdf));
    if ([...former].some(([key, spec]) => !same(present.get(key), spec))) {
      throw new RevisionError("attachments", "A file attached to the document was exchanged or removed.");
    }
    const added = [...present].filter(([key]) => !former.has(key)).map(([, spec]) => spec);
    const [one, other] = [added, specs].map((list) => list.map(additionsWritten).sort());
    if (one.length !== other.length || one.some((written, i) => written !== other[i])) {
      throw new RevisionError("attachments", "The evidence is not attached to the document in both ways.");
    }
    const numbers = new Set(added.filter((spec) => spec instanceof PdfRef).map((spec) => spec.number));
    const files = embeddedFiles(this.pdf).filter((file) => numbers.has(file.spec));
    for (const file of files) this.evidenceFile(file);
    if (files.length !== added.length) throw new RevisionError("attachments", "An attachment cannot be read.");
    return files.map((file) => file.name);
  }

  evidenceFile(file) {
    const spec = this.added.get(file.spec || 0);
    const keys = ["Type", "F", "UF", "EF", "AFRelationship", "Desc"];
    const plain = spec !== undefined && [...spec.fields.keys()].every((key) => keys.includes(key));
    if (!plain || file.relationship !== "Supplement" || file.ambiguous) {
      throw new RevisionError("attachments", `The attachment ${repr(file.name)} is not evidence.`);
    }
    this.reached.add(spec.number);
  }

  // --- the seal itself ---

  widget() {
    const { widget } = this.signature;
    const visible = this.snapshot.rect.some((number) => number !== 0);
    const keys = ["Type", "Subtype", "FT", "T", "TU", "F", "Rect", "P", "V"];
    if (this.tagged) keys.push("StructParent");
    if (visible) keys.push("AP");
    this.plainWidget(widget, keys, this.snapshot.rect);
    if (visible) this.appearance(widget.get("AP"));
  }

  /** One picture, as large as the box, with a font and nothing else. */
  appearance(value) {
    const states = this.pdf.dictionary(value);
    const picture = this.pdf.get(states.get("N"));
    const [x0, y0, x1, y1] = this.snapshot.rect;
    const box = this.pdf.array(picture.fields.get("BBox")).map(hundredths);
    const resources = this.pdf.dictionary(picture.fields.get("Resources"));
    const keys = ["Type", "Subtype", "BBox", "Resources", "Length", "Filter"];
    const plain =
      additionsHasOnly(states, "N") &&
      [...picture.fields.keys()].every((key) => keys.includes(key)) &&
      additionsHasOnly(resources, "Font");
    const wanted = [0, 0, x1 - x0, y1 - y0];
    const sized = box.length === 4 && box.every((number, i) => number === wanted[i]);
    if (!plain || !this.added.has(picture.number) || !sized) {
      throw new RevisionError("appearance", "The seal's picture is not a plain box with text.");
    }
    const fonts = this.pdf.dictionary(resources.get("Font"));
    if (!additionsHasOnly(fonts, "F") || !isName(this.pdf.dictionary(fonts.get("F")).get("Subtype"), "Type0")) {
      throw new RevisionError("appearance", "The seal's picture is not written in one plain font.");
    }
    const content = this.pdf.stream(picture);
    if (content.length > ADDITIONS_MAX_PICTURE || !ADDITIONS_PICTURE.test(latin1(content))) {
      throw new RevisionError("appearance", "The seal's picture paints more than a frame and text.");
    }
  }

  signatureDictionary() {
    const values = new Map(this.signature.values);
    for (const key of ["M", "Name", "Contents", "ByteRange"]) values.delete(key);
    const expected = mapOf({
      Type: new PdfName("Sig"),
      Filter: new PdfName("Adobe.PPKLite"),
      SubFilter: new PdfName("ETSI.CAdES.detached"),
      Reference: [this.reference()],
    });
    if (!same(values, expected) || !this.added.has(this.signature.number)) {
      throw new RevisionError("signature", "The seal's signature is not of the kind that closes a document.");
    }
  }

  /** A certification, or, after personal signatures, which it may not follow, a lock on all fields. */
  reference() {
    const [Type, V] = [new PdfName("TransformParams"), new PdfName("1.2")];
    const reference = { Type: new PdfName("SigRef") };
    if (!this.laidOut) {
      return mapOf({ ...reference, TransformMethod: new PdfName("DocMDP"), TransformParams: mapOf({ Type, P: 1, V }) });
    }
    return mapOf({
      ...reference,
      TransformMethod: new PdfName("FieldMDP"),
      Data: new PdfRef(this.catalog.number, this.catalog.generation),
      TransformParams: mapOf({ Type, Action: new PdfName("All"), V }),
    });
  }
}

function additionsHasOnly(map, key) {
  return map.size === 1 && map.has(key);
}

function additionsTree(pairs) {
  return new Map(pairs.map(([key, spec]) => [latin1(key), spec]));
}

/** A value written so that two values are written alike exactly when they are the same. */
function additionsWritten(value) {
  if (value instanceof PdfRef) return `${value.number} ${value.generation} R`;
  if (value instanceof PdfName) return `/${JSON.stringify(value.text)}`;
  if (value instanceof PdfReal) return `${value.value} real`;
  if (value instanceof Uint8Array) return `(${JSON.stringify(latin1(value))})`;
  if (Array.isArray(value)) return `[${value.map(additionsWritten).join(",")}]`;
  if (value instanceof Map) return `<<${[...value].map(([key, item]) => `${key}:${additionsWritten(item)}`).join(",")}>>`;
  return String(value);
}
