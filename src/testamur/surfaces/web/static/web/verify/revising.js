// Comparing a revision of a record with the one before it: what may change, place by place (docs/formats.md §5).
//
// A revision enters signature fields into the form, onto one page and into the structure tree, and nothing else there.
// `additions` says what the seal's revision may do besides, `layout` what those of personal signatures may.

import { references } from "./pdfChanges.js";
import { page } from "./pdfContents.js";
import { PdfName, PdfRef, isName, isWhole, numberOf, same } from "./pdfValues.js";
import { Failed } from "./report.js";

export const MAX_ADDED = 512;

/** A revision does something that a seal or a signature does not need; `code` without its `revision.` prefix. */
export class RevisionError extends Failed {
  constructor(code, message) {
    super(`revision.${code}`, message, { sub: "FORMAT_FAILURE" });
  }
}

/** What holds for the file as a whole; `compared` are the changes of the second and each later revision. */
export function checkFile(pdf, compared) {
  for (const { section } of pdf.revisions) {
    const size = section.trailer.values.get("Size");
    if (!isWhole(size) || section.runs.some(([first, count]) => first + count > size)) {
      throw new RevisionError("trailer", "The document holds objects that its own trailer does not count.");
    }
  }
  for (const changes of compared) {
    if (changes.freed.length) {
      throw new RevisionError("removed", "Something was removed from the document after it was signed.");
    }
    if (changes.trailer.some((key) => key !== "Size" && key !== "Prev")) {
      throw new RevisionError("trailer", "The document was exchanged as a whole after it was signed.");
    }
  }
  revisingPointsNowhereNew(pdf, compared);
}

/** A dangling reference of one revision must not be given a target by a later one. */
function revisingPointsNowhereNew(pdf, compared) {
  const added = new Map(compared.flatMap((changes) => changes.added.map((obj) => [obj.number, changes.revision])));
  const later = (value, number) => [...references(value)].some((ref) => (added.get(ref.number) ?? 0) > number);
  for (const [at, revision] of pdf.revisions.slice(0, -1).entries()) {
    if (later(revision.section.trailer.values, at + 1)) {
      throw new RevisionError("dangling", "The document's trailer was prepared to show something added later.");
    }
    for (const obj of pdf.walk(at + 1)) {
      if (later(obj.value, at + 1)) {
        throw new RevisionError("dangling", `Object ${obj.number} was prepared to show something added later.`);
      }
    }
  }
}

/** A revision and the one before it, side by side. `fields` are the widgets that it enters, in order. */
export class Comparison {
  constructor(pdf, snapshot, changes) {
    this.pdf = pdf;
    this.snapshot = snapshot;
    this.changes = changes;
    this.revision = changes.revision;
    this.added = new Map(changes.added.map((obj) => [obj.number, obj]));
    this.touched = new Map(changes.redefined.map((redefined) => [redefined.before.number, redefined]));
    this.catalog = pdf.catalog(this.revision - 1);
    this.page = page(pdf, snapshot.page, this.revision - 1);
    this.here = new PdfRef(this.page.number, this.page.generation);
    this.fields = [];
    this.reached = new Set();
  }

  /** Takes what was redefined under this number out of `touched`; null when it was not. */
  pop(number) {
    const value = this.touched.get(number) ?? null;
    this.touched.delete(number);
    return value;
  }

  /** [catalog, page], which both must be defined anew where a field is entered. */
  entered() {
    const catalog = this.pop(this.catalog.number);
    const paper = this.pop(this.page.number);
    if (catalog === null || paper === null) {
      throw new RevisionError("shape", "The seal is not entered in the document.");
    }
    return [catalog, paper];
  }

  nothingRedefined() {
    if (this.touched.size) {
      const first = Math.min(...this.touched.keys());
      throw new RevisionError("redefined", `Object ${first} of the document was replaced after it was signed.`);
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

  /** What was entered into the form; it has stood, or now stands, in the catalog itself. */
  form(old, current) {
    const before = old !== null ? this.pdf.dictionary(old, this.revision - 1) : new Map();
    const after = this.pdf.dictionary(current, this.revision);
    revisingOnly(before, after, ["Fields", "SigFlags"], "The document's form");
    const fields = this.appended(before.get("Fields"), after.get("Fields"), "form fields");
    if (numberOf(after.get("SigFlags")) !== 3) {
      throw new RevisionError("form", "The seal is not the only field that was added.");
    }
    if (current instanceof PdfRef) {
      throw new RevisionError("form", "The document's form does not stand in its catalog.");
    }
    return fields;
  }

  /** The page gained the fields and nothing else. */
  paper(redefined) {
    const [old, current] = [redefined.before.fields, redefined.after.fields];
    revisingOnly(old, current, ["Annots", "Tabs"], `Page ${this.snapshot.page}`);
    const wanted = this.fields.map((number) => new PdfRef(number));
    if (!same(this.appended(old.get("Annots"), current.get("Annots"), "notes on the page"), wanted)) {
      throw new RevisionError("overlay", "Something but the seal was laid over the page.");
    }
    if (!same(current.get("Tabs"), old.get("Tabs")) && !isName(current.get("Tabs"), "S")) {
      throw new RevisionError("page", "The reading order of the page was changed.");
    }
  }

  /** The structure tree gained one `Form` element for each field; true when the document is tagged. */
  structure() {
    const root = this.catalog.fields.get("StructTreeRoot");
    if (!(root instanceof PdfRef)) return false;
    const redefined = this.pop(root.number);
    if (redefined === null) throw revisingUntagged();
    const [old, current] = [redefined.before.fields, redefined.after.fields];
    revisingOnly(old, current, ["K", "ParentTree", "ParentTreeNextKey"], "The document's structure");
    let forms = this.appended(old.get("K"), current.get("K"), "structure", true);
    let parent = root;
    if (forms.length === 0) {
      parent = revisingOnlyKid(old.get("K"));
      const element = this.pop(parent.number);
      if (element === null) throw revisingUntagged();
      const [before, after] = [element.before.fields, element.after.fields];
      revisingOnly(before, after, ["K"], "The document's structure");
      forms = this.appended(before.get("K"), after.get("K"), "structure", true);
    }
    const elements = forms.filter((form) => form instanceof PdfRef && this.added.has(form.number));
    if (elements.length !== forms.length || forms.length !== this.fields.length) {
      throw new RevisionError("structure", "More than the seal was added to the document's structure.");
    }
    for (const [at, form] of elements.entries()) this.element(form, parent, this.fields[at]);
    this.parentTree(old, current, elements);
    return true;
  }

  element(form, parent, field) {
    const kid = { Type: new PdfName("OBJR"), Obj: new PdfRef(field), Pg: this.here };
    const expected = mapOf({
      Type: new PdfName("StructElem"),
      S: new PdfName("Form"),
      P: parent,
      Pg: this.here,
      K: mapOf(kid),
    });
    if (!same(this.added.get(form.number).value, expected)) {
      throw new RevisionError("structure", "What was added to the document's structure is not the seal.");
    }
    this.reached.add(form.number);
  }

  /** The number tree gained an entry for each field: its key and its `Form` element. */
  parentTree(old, current, forms) {
    const [before, after] = [old.get("ParentTree") ?? null, current.get("ParentTree") ?? null];
    if (before instanceof PdfRef) {
      if (!same(before, after)) throw new RevisionError("structure", "The document's parent tree was exchanged.");
      this.touched.delete(before.number);
    }
    const earlier = before !== null ? this.pdf.dictionary(before, this.revision - 1) : new Map();
    const later = this.pdf.dictionary(after, this.revision);
    revisingOnly(earlier, later, ["Nums", "Kids"], "The document's parent tree");
    const next = current.get("ParentTreeNextKey");
    const start = isWhole(next) ? Number(next) - forms.length : -1;
    const entries = forms.flatMap((form, at) => [start + at, form]);
    let nums = this.appended(earlier.get("Nums"), later.get("Nums"), "parent tree");
    let kids = this.appended(earlier.get("Kids"), later.get("Kids"), "parent tree");
    if (nums.length === 0 && kids.length === 1 && kids[0] instanceof PdfRef && this.added.has(kids[0].number)) {
      const leaf = this.added.get(kids[0].number);
      this.reached.add(leaf.number);
      nums = this.pdf.array(leaf.fields.get("Nums"), this.revision);
      if ([...leaf.fields.keys()].every((name) => name === "Limits" || name === "Nums")) kids = [];
    }
    if (kids.length || start < 0 || !same(nums, entries)) {
      throw new RevisionError("structure", "More than the seal was added to the document's parent tree.");
    }
    for (const [at, field] of this.fields.entries()) {
      if (!same(this.added.get(field).fields.get("StructParent"), start + at)) {
        throw new RevisionError("structure", "The seal is not the one in the document's structure.");
      }
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
    const before = listed(old, this.revision - 1);
    const after = listed(current, this.revision);
    if (!same(before, after.slice(0, before.length))) {
      throw new RevisionError("changed", `The document's ${what} were changed after it was signed.`);
    }
    return after.slice(before.length);
  }

  /** A signature field with exactly these entries, that stands on the page in this box. */
  plainWidget(widget, keys, box) {
    const rect = this.pdf.array(widget.get("Rect") ?? null, this.revision);
    const plain = widget.size === keys.length && keys.every((key) => widget.has(key));
    if (!plain || rect.length !== 4) throw noField();
    if (rect.some((number, i) => hundredths(number) !== box[i])) {
      throw new RevisionError("box", "The seal does not stand in the box that the document keeps for it.");
    }
    const flags = numberOf(widget.get("F"));
    if (!same(widget.get("P"), this.here) || flags !== 132 || !isName(widget.get("Subtype"), "Widget")) throw noField();
  }
}

/** Nothing but these entries of a dictionary is another than before. */
export function revisingOnly(old, current, mayChange, what) {
  for (const key of new Set([...old.keys(), ...current.keys()])) {
    const kept = old.has(key) && current.has(key) && same(old.get(key), current.get(key));
    if (!mayChange.includes(key) && !kept) {
      throw new RevisionError("changed", `${what} was changed (/${key}) after it was signed.`);
    }
  }
}

export function mapOf(values) {
  return new Map(Object.entries(values));
}

export function noField() {
  return new RevisionError("widget", "The seal's field is not a plain signature field.");
}

function revisingOnlyKid(kids) {
  const only = Array.isArray(kids) && kids.length === 1 ? kids[0] : kids;
  if (!(only instanceof PdfRef)) throw revisingUntagged();
  return only;
}

function revisingUntagged() {
  return new RevisionError("structure", "The seal is missing from the document's structure.");
}

/** A coordinate in hundredths of a point, halves to the even neighbour as in Python; -1 for what is none. */
export function hundredths(number) {
  const value = numberOf(number);
  if (value === null) return -1;
  const times = Number(value) * 100;
  const floor = Math.floor(times);
  if (times - floor !== 0.5) return Math.round(times) + 0;
  return floor % 2 === 0 ? floor : floor + 1;
}
