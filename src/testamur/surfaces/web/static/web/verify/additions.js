// What the second revision of a record may add to the first, and nothing else (docs/formats.md §5).
//
// The people who signed saw the first revision. So every object of it must stay as it was, but for the few that carry the
// seal's additions; and whatever is new must be part of the seal or of the evidence.

import { latin1, repr } from "./bytes.js";
import { compareRevisions, references } from "./pdfChanges.js";
import { embeddedFiles, nameTree, page } from "./pdfContents.js";
import { PdfName, PdfReal, PdfRef, isName, isWhole, numberOf, same } from "./pdfValues.js";
import { Failed } from "./report.js";

export const MAX_ADDED = 512;

const ADDITIONS_NUMBER = "[0-9]{1,5}(?:\\.[0-9]{1,2})?";
/** The seal's picture: frame, narrow bar, lines of dark text. Nothing in it can cover. */
const ADDITIONS_PICTURE = new RegExp(
  (
    "^q \\.55 G \\.5 w \\.25 \\.25 N N re S \\.2 g 0 0 2 N re f Q\\n" +
    "BT 0 g /F [4-9](?:\\.5)? Tf N TL 7 N Td\\n(?:<(?:[0-9A-F]{4})+> Tj T\\*\\n){1,200}ET$"
  ).replaceAll(" N", ` ${ADDITIONS_NUMBER}`),
);
const ADDITIONS_MAX_PICTURE = 1 << 20;

/** The second revision does something that a seal does not need; `code` without its `revision.` prefix. */
export class RevisionError extends Failed {
  constructor(code, message) {
    super(`revision.${code}`, message, { sub: "FORMAT_FAILURE" });
  }
}

/**
 * Refuse every change but the seal's own; returns the names of the evidence files that were added.
 *
 * Throws RevisionError, or PdfError for a file that is broken underneath.
 */
export function checkAdditions(pdf, snapshot, signature) {
  if (pdf.revisions.length !== 2) {
    throw new RevisionError("count", `The file has ${pdf.revisions.length} revisions instead of two.`);
  }
  if (pdf.revisions[1].section.runs.reduce((sum, [, count]) => sum + count, 0) > MAX_ADDED) {
    throw new RevisionError("size", "The second revision holds far more than a seal and its evidence.");
  }
  return new AdditionsComparison(pdf, snapshot, signature).check();
}

/** The two revisions side by side; each method checks one of the places that the seal may touch. */
class AdditionsComparison {
  constructor(pdf, snapshot, signature) {
    this.pdf = pdf;
    this.snapshot = snapshot;
    this.signature = signature;
    this.changes = compareRevisions(pdf, 2);
    this.added = new Map(this.changes.added.map((obj) => [obj.number, obj]));
    this.catalog = pdf.catalog(1);
    this.page = page(pdf, snapshot.page, 1);
    this.here = new PdfRef(this.page.number, this.page.generation);
    this.reached = new Set();
  }

  check() {
    this.trailer();
    this.firstRevisionPointsNowhereNew();
    const touched = new Map(this.changes.redefined.map((redefined) => [redefined.before.number, redefined]));
    const catalog = additionsPop(touched, this.catalog.number);
    const paper = additionsPop(touched, this.page.number);
    if (catalog === null || paper === null) {
      throw new RevisionError("shape", "The seal is not entered in the document.");
    }
    const names = this.checkCatalog(catalog);
    this.checkPage(paper);
    const tagged = this.structure(touched);
    if (touched.size) {
      const first = Math.min(...touched.keys());
      throw new RevisionError("redefined", `Object ${first} of the document was replaced after it was signed.`);
    }
    this.widget(tagged);
    this.signatureDictionary();
    this.nothingElse();
    return names;
  }

  // --- the file as a whole ---

  trailer() {
    for (const { section } of this.pdf.revisions) {
      const size = section.trailer.values.get("Size");
      if (!isWhole(size) || section.runs.some(([first, count]) => first + count > size)) {
        throw new RevisionError("trailer", "The document holds objects that its own trailer does not count.");
      }
    }
    if (this.changes.freed.length) {
      throw new RevisionError("removed", "Something was removed from the document after it was signed.");
    }
    if (this.changes.trailer.some((key) => key !== "Size" && key !== "Prev")) {
      throw new RevisionError("trailer", "The document was exchanged as a whole after it was signed.");
    }
  }

  /** A dangling reference of the first revision must not be given a target by the second. */
  firstRevisionPointsNowhereNew() {
    const later = (value) => [...references(value)].some((ref) => this.added.has(ref.number));
    if (later(this.pdf.revisions[0].section.trailer.values)) {
      throw new RevisionError("dangling", "The document's trailer was prepared to show something added later.");
    }
    for (const obj of this.pdf.walk(1)) {
      if (later(obj.value)) {
        throw new RevisionError("dangling", `Object ${obj.number} was prepared to show something added later.`);
      }
    }
  }

  nothingElse() {
    const todo = [...this.reached].filter((number) => this.added.has(number));
    const seen = new Set(todo);
    while (todo.length) {
      for (const ref of references(this.added.get(todo.pop()).value)) {
        if (this.added.has(ref.number) && !seen.has(ref.number)) {
          seen.add(ref.number);
          todo.push(ref.number);
        }
      }
    }
    const extra = [...this.added.keys()].filter((number) => !seen.has(number));
    if (extra.length) {
      const first = Math.min(...extra);
      throw new RevisionError("extra", `Object ${first} was added and belongs to neither seal nor evidence.`);
    }
  }

  // --- places that may be redefined ---

  checkCatalog(redefined) {
    const [old, current] = [redefined.before.fields, redefined.after.fields];
    additionsOnly(old, current, ["AcroForm", "Perms", "AF", "Names"], "The document's catalog");
    const closing = new Map([["DocMDP", new PdfRef(this.signature.number)]]);
    if (old.has("Perms") || !same(current.get("Perms"), closing)) {
      throw new RevisionError("permissions", "The seal is not the one that closes the document.");
    }
    this.form(old.get("AcroForm") ?? null, current.get("AcroForm") ?? null);
    const specs = this.appended(old.get("AF"), current.get("AF"), "associated files");
    return this.embedded(old.get("Names") ?? null, current.get("Names") ?? null, specs);
  }

  form(old, current) {
    const before = old !== null ? this.pdf.dictionary(old, 1) : new Map();
    const after = this.pdf.dictionary(current);
    additionsOnly(before, after, ["Fields", "SigFlags"], "The document's form");
    const fields = this.appended(before.get("Fields"), after.get("Fields"), "form fields");
    if (!this.onlyTheField(fields) || numberOf(after.get("SigFlags")) !== 3) {
      throw new RevisionError("form", "The seal is not the only field that was added.");
    }
    if (current instanceof PdfRef) {
      throw new RevisionError("form", "The document's form does not stand in its catalog.");
    }
    this.reached.add(this.signature.field);
  }

  onlyTheField(values) {
    return values.length === 1 && same(values[0], new PdfRef(this.signature.field));
  }

  embedded(old, current, specs) {
    const before = old !== null ? this.pdf.dictionary(old, 1) : new Map();
    const after = current !== null ? this.pdf.dictionary(current) : new Map();
    additionsOnly(before, after, ["EmbeddedFiles"], "The document's names");
    const former = additionsTree(nameTree(this.pdf, 1));
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
    for (const file of files) this.evidence(file);
    if (files.length !== added.length) throw new RevisionError("attachments", "An attachment cannot be read.");
    return files.map((file) => file.name);
  }

  evidence(file) {
    const spec = this.added.get(file.spec || 0);
    const keys = ["Type", "F", "UF", "EF", "AFRelationship", "Desc"];
    const plain = spec !== undefined && [...spec.fields.keys()].every((key) => keys.includes(key));
    if (!plain || file.relationship !== "Supplement" || file.ambiguous) {
      throw new RevisionError("attachments", `The attachment ${repr(file.name)} is not evidence.`);
    }
    this.reached.add(spec.number);
  }

  checkPage(redefined) {
    const [old, current] = [redefined.before.fields, redefined.after.fields];
    additionsOnly(old, current, ["Annots", "Tabs"], `Page ${this.snapshot.page}`);
    if (!this.onlyTheField(this.appended(old.get("Annots"), current.get("Annots"), "notes on the page"))) {
      throw new RevisionError("overlay", "Something but the seal was laid over the page.");
    }
    if (!same(current.get("Tabs"), old.get("Tabs")) && !isName(current.get("Tabs"), "S")) {
      throw new RevisionError("page", "The reading order of the page was changed.");
    }
  }

  /** The structure tree gained one `Form` element for the seal; true when the document is tagged. */
  structure(touched) {
    const root = this.catalog.fields.get("StructTreeRoot");
    if (!(root instanceof PdfRef)) return false;
    const redefined = additionsPop(touched, root.number);
    if (redefined === null) throw additionsUntagged();
    const [old, current] = [redefined.before.fields, redefined.after.fields];
    additionsOnly(old, current, ["K", "ParentTree", "ParentTreeNextKey"], "The document's structure");
    let forms = this.appended(old.get("K"), current.get("K"), "structure", true);
    let parent = root;
    if (forms.length === 0) {
      const only = additionsOnlyKid(old.get("K"));
      const element = additionsPop(touched, only.number);
      if (element === null) throw additionsUntagged();
      const [before, after] = [element.before.fields, element.after.fields];
      additionsOnly(before, after, ["K"], "The document's structure");
      forms = this.appended(before.get("K"), after.get("K"), "structure", true);
      parent = only;
    }
    const form = forms.length === 1 ? forms[0] : null;
    if (!(form instanceof PdfRef) || !this.added.has(form.number)) {
      throw new RevisionError("structure", "More than the seal was added to the document's structure.");
    }
    const kid = { Type: new PdfName("OBJR"), Obj: new PdfRef(this.signature.field), Pg: this.here };
    const expected = additionsMap({
      Type: new PdfName("StructElem"),
      S: new PdfName("Form"),
      P: parent,
      Pg: this.here,
      K: additionsMap(kid),
    });
    if (!same(this.added.get(form.number).value, expected)) {
      throw new RevisionError("structure", "What was added to the document's structure is not the seal.");
    }
    this.reached.add(form.number);
    this.parentTree(old, current, form, touched);
    return true;
  }

  /** The number tree gained one entry: the seal's key and its `Form` element. */
  parentTree(old, current, form, touched) {
    const [before, after] = [old.get("ParentTree") ?? null, current.get("ParentTree") ?? null];
    if (before instanceof PdfRef) {
      if (!same(before, after)) throw new RevisionError("structure", "The document's parent tree was exchanged.");
      touched.delete(before.number);
    }
    const earlier = before !== null ? this.pdf.dictionary(before, 1) : new Map();
    const later = this.pdf.dictionary(after);
    additionsOnly(earlier, later, ["Nums", "Kids"], "The document's parent tree");
    const next = current.get("ParentTreeNextKey");
    const key = isWhole(next) ? next - (typeof next === "bigint" ? 1n : 1) : null;
    let nums = this.appended(earlier.get("Nums"), later.get("Nums"), "parent tree");
    let kids = this.appended(earlier.get("Kids"), later.get("Kids"), "parent tree");
    if (nums.length === 0 && kids.length === 1 && kids[0] instanceof PdfRef && this.added.has(kids[0].number)) {
      const leaf = this.added.get(kids[0].number);
      this.reached.add(leaf.number);
      nums = this.pdf.array(leaf.fields.get("Nums"));
      if ([...leaf.fields.keys()].every((name) => name === "Limits" || name === "Nums")) kids = [];
    }
    if (kids.length || key === null || !same(nums, [key, form])) {
      throw new RevisionError("structure", "More than the seal was added to the document's parent tree.");
    }
    const own = this.signature.widget.get("StructParent");
    const number = typeof own === "boolean" ? Number(own) : numberOf(own);
    if (number === null || !same(number, key)) {
      throw new RevisionError("structure", "The seal is not the one in the document's structure.");
    }
  }

  // --- the seal itself ---

  widget(tagged) {
    const { widget } = this.signature;
    const visible = this.snapshot.rect.some((number) => number !== 0);
    const keys = ["Type", "Subtype", "FT", "T", "TU", "F", "Rect", "P", "V"];
    if (tagged) keys.push("StructParent");
    if (visible) keys.push("AP");
    const rect = this.pdf.array(widget.get("Rect"));
    const plain = widget.size === keys.length && keys.every((key) => widget.has(key));
    if (!plain || !this.added.has(this.signature.field) || rect.length !== 4) throw additionsNoField();
    if (rect.some((number, i) => additionsHundredths(number) !== this.snapshot.rect[i])) {
      throw new RevisionError("box", "The seal does not stand in the box that the document keeps for it.");
    }
    const flags = numberOf(widget.get("F"));
    if (!same(widget.get("P"), this.here) || flags !== 132 || !isName(widget.get("Subtype"), "Widget")) {
      throw additionsNoField();
    }
    if (visible) this.appearance(widget.get("AP"));
  }

  /** One picture, as large as the box, with a font and nothing else. */
  appearance(value) {
    const states = this.pdf.dictionary(value);
    const picture = this.pdf.get(states.get("N"));
    const [x0, y0, x1, y1] = this.snapshot.rect;
    const box = this.pdf.array(picture.fields.get("BBox")).map(additionsHundredths);
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
    const parameters = { Type: new PdfName("TransformParams"), P: 1, V: new PdfName("1.2") };
    const reference = {
      Type: new PdfName("SigRef"),
      TransformMethod: new PdfName("DocMDP"),
      TransformParams: additionsMap(parameters),
    };
    const expected = additionsMap({
      Type: new PdfName("Sig"),
      Filter: new PdfName("Adobe.PPKLite"),
      SubFilter: new PdfName("ETSI.CAdES.detached"),
      Reference: [additionsMap(reference)],
    });
    if (!same(values, expected) || !this.added.has(this.signature.number)) {
      throw new RevisionError("signature", "The seal's signature is not of the kind that closes a document.");
    }
  }

  // --- comparing ---

  /** What the array `current` has beyond the array `old`, which must be its beginning. */
  appended(old = null, current = null, what, single = false) {
    const listed = (value, revision) => {
      if (value === null) return [];
      const inner = this.pdf.resolve(value, revision);
      return single && !Array.isArray(inner) ? [value] : this.pdf.array(inner, revision);
    };
    const before = listed(old, 1);
    const after = listed(current, 2);
    if (!same(before, after.slice(0, before.length))) {
      throw new RevisionError("changed", `The document's ${what} were changed after it was signed.`);
    }
    return after.slice(before.length);
  }
}

function additionsOnly(old, current, mayChange, what) {
  for (const key of new Set([...old.keys(), ...current.keys()])) {
    const kept = old.has(key) && current.has(key) && same(old.get(key), current.get(key));
    if (!mayChange.includes(key) && !kept) {
      throw new RevisionError("changed", `${what} was changed (/${key}) after it was signed.`);
    }
  }
}

function additionsPop(map, key) {
  const value = map.get(key) ?? null;
  map.delete(key);
  return value;
}

function additionsMap(values) {
  return new Map(Object.entries(values));
}

function additionsHasOnly(map, key) {
  return map.size === 1 && map.has(key);
}

function additionsTree(pairs) {
  return new Map(pairs.map(([key, spec]) => [latin1(key), spec]));
}

function additionsOnlyKid(kids) {
  const only = Array.isArray(kids) && kids.length === 1 ? kids[0] : kids;
  if (!(only instanceof PdfRef)) throw additionsUntagged();
  return only;
}

function additionsUntagged() {
  return new RevisionError("structure", "The seal is missing from the document's structure.");
}

function additionsNoField() {
  return new RevisionError("widget", "The seal's field is not a plain signature field.");
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

/** A coordinate in hundredths of a point, halves to the even neighbour as in Python; -1 for what is none. */
function additionsHundredths(number) {
  const value = numberOf(number);
  if (value === null) return -1;
  const times = Number(value) * 100;
  const floor = Math.floor(times);
  if (times - floor !== 0.5) return Math.round(times) + 0;
  return floor % 2 === 0 ? floor : floor + 1;
}
