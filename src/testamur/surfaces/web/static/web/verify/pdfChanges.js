// What a revision changed: the objects it redefines, adds and frees. This module says what is there, it does not judge.

import { compareText } from "./bytes.js";
import { PdfError, PdfRef, same } from "./pdfValues.js";

/**
 * What revision number `revision` (2 or later) changed: { revision, redefined: [{ before, after }], added, freed, trailer }.
 *
 * Every object that the revision names is read, so a broken one is refused with its own PdfError.
 */
export function compareRevisions(pdf, revision) {
  if (revision < 2 || revision > pdf.revisions.length) {
    throw new PdfError("revisions", `There is no revision ${revision} to compare.`);
  }
  const changes = { revision, redefined: [], added: [], freed: [], trailer: [] };
  const { section } = pdf.revisions[revision - 1];
  for (const number of section.numbers()) {
    const before = pdf.find(number, revision - 1);
    const after = pdf.find(number, revision);
    if (before !== null && after !== null) changes.redefined.push({ before, after });
    else if (after !== null) changes.added.push(after);
    else if (before !== null) changes.freed.push(number);
  }
  const old = pdf.revisions[revision - 2].section.trailer.values;
  const current = section.trailer.values;
  const keys = [...new Set([...old.keys(), ...current.keys()])].sort(compareText);
  changes.trailer = keys.filter((key) => !same(old.get(key), current.get(key)));
  return changes;
}

/** Every reference inside `value`. */
export function* references(value) {
  if (value instanceof PdfRef) yield value;
  else if (value instanceof Map) for (const item of value.values()) yield* references(item);
  else if (Array.isArray(value)) for (const item of value) yield* references(item);
}
