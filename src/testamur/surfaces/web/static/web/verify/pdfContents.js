// What a document holds: a page by its number, its embedded files, its signatures.

import { latin1, repr } from "./bytes.js";
import {
  MAX_DEPTH,
  PdfError,
  PdfName,
  PdfRef,
  isName,
  isWhole,
  numberOf,
  parseFields,
  same,
  text,
} from "./pdfValues.js";

export const MAX_EMBEDDED = 1_000;
export const MAX_UNPACKED = 64 * 1024 * 1024;
export const MAX_FORM_FIELDS = 10_000;

/** A number as Python counts it, where true is 1; null for anything else. */
function contentsCount(value) {
  return typeof value === "boolean" ? Number(value) : numberOf(value);
}

/** Page `number`, counted from 1, without walking the pages before it one by one. */
export function page(pdf, number, revision = pdf.revisions.length) {
  let wanted = number;
  let node = pdf.get(pdf.catalog(revision).fields.get("Pages"), revision);
  for (let depth = 0; depth < MAX_DEPTH; depth++) {
    const kids = pdf.array(node.fields.get("Kids"), revision);
    const flat = contentsCount(node.fields.get("Count")) === kids.length;
    if (flat && (wanted < 1 || wanted > kids.length)) break;
    let next = null;
    for (const kid of flat ? kids.slice(wanted - 1, wanted) : kids) {
      const child = pdf.get(kid, revision);
      const leaf = isName(child.fields.get("Type"), "Page");
      if (leaf && (flat || wanted === 1)) return child;
      const held = child.fields.get("Count");
      const count = leaf ? 1 : isWhole(held) || typeof held === "boolean" ? contentsCount(held) : null;
      if (flat || (count !== null && !leaf && wanted >= 1 && wanted <= count)) {
        next = child;
        wanted = flat ? 1 : wanted;
        break;
      }
      if (count === null || count < 0) throw new PdfError("pages", "The page tree has a node without a count.");
      wanted -= Number(count);
    }
    if (next === null) break;
    node = next;
  }
  throw new PdfError("pages", `There is no page ${number}.`);
}

/**
 * Every file of the catalog's /EmbeddedFiles name tree, in tree order: { name, key, relationship, mime, spec, stream,
 * associated, data, ambiguous } (see the Python of the same name).
 *
 * Throws PdfError `pdf.embedded` for a tree that loops, names a file twice or holds too many, and `pdf.size` for files
 * that unpack to more than `MAX_UNPACKED` together.
 */
export function embeddedFiles(pdf, revision = pdf.revisions.length) {
  const catalog = pdf.catalog(revision).fields;
  const named = catalog.has("AF") ? pdf.array(catalog.get("AF"), revision) : [];
  const associated = new Set(named.filter((item) => item instanceof PdfRef).map((item) => item.number));
  const files = [];
  const names = new Set();
  let total = 0;
  for (const [key, spec] of nameTree(pdf, revision)) {
    const values = pdf.dictionary(spec, revision);
    const held = pdf.dictionary(values.get("EF"), revision);
    const stream = pdf.get(held.get("F"), revision);
    if (held.has("UF") && !same(held.get("UF"), held.get("F"))) {
      throw new PdfError("embedded", "A file specification leads to two different files.");
    }
    const name = text(values.has("UF") ? values.get("UF") : values.get("F"));
    if (names.has(name)) throw new PdfError("embedded", `Two embedded files have the name ${repr(name)}.`);
    names.add(name);
    const data = pdf.stream(stream);
    total += data.length;
    if (total > MAX_UNPACKED) {
      throw new PdfError("size", `The embedded files are larger than ${MAX_UNPACKED} bytes together.`);
    }
    const spec_ = spec instanceof PdfRef ? spec.number : null;
    const other = text(values.has("F") ? values.get("F") : new Uint8Array());
    files.push({
      name,
      key,
      relationship: contentsWord(values.get("AFRelationship")),
      mime: contentsWord(stream.fields.get("Subtype")),
      spec: spec_,
      stream: stream.number,
      associated: associated.has(spec_),
      data,
      ambiguous: other !== name || [...held.keys()].some((part) => part !== "F" && part !== "UF"),
    });
  }
  return files;
}

/** [key, file specification or reference to it] of the /EmbeddedFiles name tree, in tree order. */
export function nameTree(pdf, revision = pdf.revisions.length) {
  const catalog = pdf.catalog(revision).fields;
  if (!catalog.has("Names")) return [];
  const root = pdf.dictionary(catalog.get("Names"), revision).get("EmbeddedFiles") ?? null;
  if (root === null) return [];
  const found = [];
  for (const pair of contentsNamed(pdf, root, revision, new Set(), 0)) {
    found.push(pair);
    if (found.length > MAX_EMBEDDED) {
      throw new PdfError("embedded", `The file holds more than ${MAX_EMBEDDED} embedded files.`);
    }
  }
  if (new Set(found.map(([key]) => latin1(key))).size !== found.length) {
    throw new PdfError("embedded", "The name tree of embedded files has a key twice.");
  }
  return found;
}

/**
 * Every signed signature field of the form, in the form's order: { field, number, revision, byteRange, contentsStart,
 * contentsEnd, contents, values, widget }.
 *
 * Throws PdfError `pdf.form` for a malformed form, `pdf.signature` for a malformed signature dictionary.
 */
export function signatures(pdf, revision = pdf.revisions.length) {
  const catalog = pdf.catalog(revision).fields;
  if (!catalog.has("AcroForm")) return [];
  const form = pdf.dictionary(catalog.get("AcroForm"), revision);
  const found = [];
  const seen = new Set();
  const stacked = (refs, kind) => refs.map((ref) => [ref, kind]).reverse();
  const stack = stacked(form.has("Fields") ? pdf.array(form.get("Fields"), revision) : [], "");
  while (stack.length) {
    const [ref, inherited] = stack.pop();
    const field = pdf.get(ref, revision);
    if (seen.has(field.number) || seen.size >= MAX_FORM_FIELDS) {
      throw new PdfError("form", "The form's fields loop or are too many.");
    }
    seen.add(field.number);
    const kind = contentsWord(field.fields.get("FT")) || inherited;
    if (field.fields.has("Kids")) stack.push(...stacked(pdf.array(field.fields.get("Kids"), revision), kind));
    const value = field.fields.get("V") ?? null;
    if (kind === "Sig" && value !== null) found.push(contentsSignature(pdf, field, pdf.get(value, revision)));
  }
  return found;
}

/** True when the byte range of a signature is the whole file of `size` bytes but for /Contents itself. */
export function covers(signature, size) {
  const { byteRange, contentsStart, contentsEnd } = signature;
  const whole = [0, contentsStart, contentsEnd, size - contentsEnd];
  return whole.every((number, i) => byteRange[i] === number);
}

function contentsSignature(pdf, field, obj) {
  const values = obj.fields;
  const numbers = values.get("ByteRange");
  if (!Array.isArray(numbers) || numbers.length !== 4) {
    throw new PdfError("signature", "The signature's ByteRange is not four numbers.");
  }
  const contents = values.get("Contents");
  if (numbers.some((number) => !isWhole(number) || number < 0) || !(contents instanceof Uint8Array)) {
    throw new PdfError("signature", "The signature's ByteRange or Contents is malformed.");
  }
  const [start, end] = parseFields(pdf.data, obj.valueStart).spans.get("Contents");
  if (pdf.data[start] !== 0x3c) throw new PdfError("signature", "The signature's Contents is not a hexadecimal string.");
  return {
    field: field.number,
    number: obj.number,
    revision: obj.revision,
    byteRange: numbers,
    contentsStart: start,
    contentsEnd: end,
    contents,
    values,
    widget: field.fields,
  };
}

function* contentsNamed(pdf, node, revision, seen, depth) {
  if (depth > MAX_DEPTH || seen.size > MAX_EMBEDDED) {
    throw new PdfError("embedded", "The name tree of embedded files is too deep or too large.");
  }
  if (node instanceof PdfRef) {
    if (seen.has(node.number)) throw new PdfError("embedded", "The name tree of embedded files loops.");
    seen.add(node.number);
  }
  const values = pdf.dictionary(node, revision);
  const names = values.has("Names") ? pdf.array(values.get("Names"), revision) : [];
  if (names.length % 2 || names.length > 2 * MAX_EMBEDDED) {
    throw new PdfError("embedded", "The name tree of embedded files is malformed or too large.");
  }
  for (let i = 0; i < names.length; i += 2) {
    if (!(names[i] instanceof Uint8Array)) {
      throw new PdfError("embedded", "The name tree of embedded files has a key that is not a string.");
    }
    yield [names[i], names[i + 1]];
  }
  for (const kid of values.has("Kids") ? pdf.array(values.get("Kids"), revision) : []) {
    yield* contentsNamed(pdf, kid, revision, seen, depth + 1);
  }
}

function contentsWord(value) {
  return value instanceof PdfName ? value.text : "";
}
