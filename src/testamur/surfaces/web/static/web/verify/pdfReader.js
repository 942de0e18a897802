// Revisions and objects of a PDF file with classic cross-reference tables (ISO 32000-1 sections 7.5.4 to 7.5.6).
//
// Every byte belongs to exactly one revision, each revision ends in its own `startxref … %%EOF`, and an object that a
// table names lies inside the revision of that table. Whatever breaks this is refused, never repaired.

import { fromLatin1, latin1, startsWith } from "./bytes.js";
import { InflateError, inflate } from "./inflate.js";
import { PdfError, PdfRef, digitsEnd, isDigit, isName, isSpace, isWhole, parse, parseFields, skip } from "./pdfValues.js";

export const MAX_SIZE = 256 * 1024 * 1024;
export const MAX_REVISIONS = 64;
export const MAX_OBJECTS = 1_000_000;
export const MAX_STREAM = 64 * 1024 * 1024;

const READER_ENTRY = 20;
const READER_TAIL = /startxref[\r\n ]+(\d{1,12})[\r\n ]+%%EOF(?:\r\n|\n|\r)?$/;
const READER_AFTER_OBJ = new Set([..."\0\t\n\f\r ()<>[]{}/%+-.0123456789tfn"].map((letter) => letter.charCodeAt(0)));
const [READER_HEADER, READER_XREF, READER_TRAILER, READER_STARTXREF, READER_EOF, READER_OBJ, READER_ENDOBJ] = [
  "%PDF-1.", "xref", "trailer", "startxref", "%%EOF", "obj", "endobj",
].map(fromLatin1); // prettier-ignore
const [READER_STREAM, READER_ENDSTREAM] = ["stream", "endstream"].map(fromLatin1);

/** One cross-reference table with its trailer; `runs`: [first number, count, offset of the first entry] each. */
export class Section {
  constructor(start, runs, trailer, end) {
    this.start = start;
    this.runs = runs;
    this.trailer = trailer;
    this.end = end;
  }

  /** [offset, generation, in use] of object `number`, or null when this table does not name it. */
  entry(data, number) {
    let low = 0;
    let high = this.runs.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.runs[middle][0] <= number) low = middle + 1;
      else high = middle;
    }
    if (low === 0) return null;
    const [first, count, at] = this.runs[low - 1];
    if (number >= first + count) return null;
    const start = at + READER_ENTRY * (number - first);
    if (!readerIsEntry(data, start)) {
      throw new PdfError("xref", `The cross-reference entry of object ${number} is malformed.`);
    }
    const row = latin1(data.subarray(start, start + 18));
    return [Number(row.slice(0, 10)), Number(row.slice(11, 16)), row[17] === "n"];
  }

  /** The object numbers that this table names, in its order. */
  numbers() {
    return this.runs.flatMap(([first, count]) => Array.from({ length: count }, (_, i) => first + i));
  }
}

/** An indirect object as one revision defines it; `stream`: [first byte, end] of the raw data, or null. */
export class PdfObject {
  constructor(values) {
    Object.assign(this, values);
  }

  /** The dictionary of the object; throws PdfError `pdf.type` for anything else. */
  get fields() {
    if (!(this.value instanceof Map)) throw new PdfError("type", `Object ${this.number} is not a dictionary.`);
    return this.value;
  }
}

/** A file whose revisions were found; made by `read`. A revision is { number, start, end, section }. */
export class PdfFile {
  constructor(data, revisions) {
    this.data = data;
    this.revisions = revisions;
    this.objects = new Map();
  }

  /** Object `number` as seen at the end of `revision` (default: the last); null when free or never named. */
  find(number, revision = this.revisions.length) {
    for (let i = revision - 1; i >= 0; i--) {
      const held = this.revisions[i];
      const entry = held.section.entry(this.data, number);
      if (entry === null) continue;
      const [offset, generation, inUse] = entry;
      if (!inUse) return null;
      const key = `${held.number}/${number}`;
      if (!this.objects.has(key)) this.objects.set(key, this.load(held, number, generation, offset));
      return this.objects.get(key);
    }
    return null;
  }

  /** The object that `ref` points to; throws PdfError `pdf.reference` when there is none. */
  get(ref, revision = this.revisions.length) {
    if (!(ref instanceof PdfRef)) throw new PdfError("type", "A reference to an object was expected.");
    const found = this.find(ref.number, revision);
    if (found === null || found.generation !== ref.generation) {
      throw new PdfError("reference", `Object ${ref.number} is referred to and does not exist.`);
    }
    return found;
  }

  /** `value`, or what it points to (one step: an indirect object is never a bare reference here). */
  resolve(value, revision = this.revisions.length) {
    if (!(value instanceof PdfRef)) return value ?? null;
    const inner = this.get(value, revision).value;
    if (inner instanceof PdfRef) throw new PdfError("reference", `Object ${value.number} is only another reference.`);
    return inner;
  }

  /** `value` resolved; throws PdfError `pdf.type` unless it is a dictionary. */
  dictionary(value, revision = this.revisions.length) {
    const inner = this.resolve(value, revision);
    if (!(inner instanceof Map)) throw new PdfError("type", "A dictionary was expected.");
    return inner;
  }

  /** `value` resolved; throws PdfError `pdf.type` unless it is an array. */
  array(value, revision = this.revisions.length) {
    const inner = this.resolve(value, revision);
    if (!Array.isArray(inner)) throw new PdfError("type", "An array was expected.");
    return inner;
  }

  /** The document catalog at the end of `revision`. */
  catalog(revision = this.revisions.length) {
    const found = this.get(this.revisions[revision - 1].section.trailer.values.get("Root"), revision);
    if (!isName(found.fields.get("Type"), "Catalog")) {
      throw new PdfError("catalog", "The trailer does not lead to a document catalog.");
    }
    return found;
  }

  /** The decoded stream data (no filter, or FlateDecode without predictor); PdfError `pdf.stream`. */
  stream(obj) {
    if (obj.stream === null) throw new PdfError("stream", `Object ${obj.number} is not a stream.`);
    const data = this.data.slice(...obj.stream);
    const filters = this.resolve(obj.fields.get("Filter"));
    const names = Array.isArray(filters) ? filters : filters === null ? [] : [filters];
    if (names.length === 0) return data;
    if (names.length > 1 || !isName(names[0], "FlateDecode") || (obj.fields.get("DecodeParms") ?? null) !== null) {
      throw new PdfError("stream", `Object ${obj.number} is compressed in a way that is not read here.`);
    }
    return readerInflate(data, obj.number);
  }

  /**
   * Every object that the table of `revision` itself puts in use, by its place in the file.
   *
   * Throws PdfError for one that is broken, and for one that begins inside another: what stands in the comment, string or
   * stream of an object is no object.
   */
  *walk(revision) {
    const { section } = this.revisions[revision - 1];
    const places = [];
    for (const number of section.numbers()) {
      const entry = section.entry(this.data, number);
      if (entry !== null && entry[2]) places.push([entry[0], number]);
    }
    places.sort((one, other) => one[0] - other[0] || one[1] - other[1]);
    let end = 0;
    for (const [place, number] of places) {
      const obj = this.find(number, revision);
      if (obj === null || place < end) throw new PdfError("object", `Object ${number} begins inside another one.`);
      end = obj.end;
      yield obj;
    }
  }

  load(revision, number, generation, offset) {
    if (offset < revision.start || offset >= revision.section.start) {
      throw new PdfError("xref", `Object ${number} is said to lie outside its own revision.`);
    }
    return readerObject(this, number, generation, offset, revision);
  }

  /** An indirect /Length: must be a bare whole number, so this cannot loop. */
  length(ref, revision) {
    for (let i = revision - 1; i >= 0; i--) {
      const entry = this.revisions[i].section.entry(this.data, ref.number);
      if (entry === null) continue;
      const header = entry[2] ? readerObjectHeader(this.data, entry[0]) : null;
      if (header === null || header.number !== ref.number) break;
      return parse(this.data, header.end)[0];
    }
    throw new PdfError("stream", `The length of a stream (object ${ref.number}) is not to be found.`);
  }
}

/** Find the revisions of a file. Throws PdfError. */
export function read(data, maxSize = MAX_SIZE) {
  if (data.length > maxSize) throw new PdfError("size", `The file is larger than ${maxSize} bytes.`);
  if (!startsWith(data, READER_HEADER)) throw new PdfError("header", "The file does not begin as a PDF 1.x file.");
  const sections = [lastSection(data)];
  for (;;) {
    const former = sections.at(-1);
    const previous = former.trailer.values.get("Prev") ?? null;
    if (previous === null) break;
    const whole = typeof previous === "boolean" ? Number(previous) : previous;
    if (!isWhole(whole) || whole <= 0 || whole >= former.start) {
      throw new PdfError("revisions", "A trailer does not point back to an earlier revision.");
    }
    if (sections.length >= MAX_REVISIONS) {
      throw new PdfError("revisions", `The file has more than ${MAX_REVISIONS} revisions.`);
    }
    sections.push(readSection(data, whole));
  }
  sections.reverse();
  const revisions = [];
  let start = 0;
  sections.forEach((section, i) => {
    if (section.start < start) throw new PdfError("revisions", "Two revisions overlap.");
    for (const [first, count, at] of section.runs) {
      for (let n = 0; n < count; n++) {
        if (!readerIsEntry(data, at + READER_ENTRY * n)) {
          throw new PdfError("xref", `The cross-reference entries from object ${first} on are malformed.`);
        }
      }
    }
    revisions.push({ number: i + 1, start, end: section.end, section });
    start = section.end;
  });
  return new PdfFile(data, revisions);
}

/** The newest cross-reference table; it must end with the file. */
export function lastSection(data) {
  const found = READER_TAIL.exec(latin1(data.subarray(Math.max(0, data.length - 64))));
  if (found === null) throw new PdfError("end", "The file does not end with startxref, an offset and %%EOF.");
  const section = readSection(data, Number(found[1]));
  if (section.end !== data.length) {
    throw new PdfError("end", "Something stands between the last trailer and the end of the file.");
  }
  return section;
}

/** The cross-reference table at `start`, its trailer and the end of its revision. */
export function readSection(data, start) {
  const opened = startsWith(data, READER_XREF, start) ? readerLineEnd(data, start + READER_XREF.length) : null;
  if (opened === null) {
    if (/^\d{1,10} \d{1,5} obj(?![0-9A-Za-z_])/.test(latin1(data.subarray(start, start + 24)))) {
      throw new PdfError("xref_stream", "The file uses cross-reference streams; only classic tables are read.");
    }
    throw new PdfError("xref", `There is no cross-reference table at byte ${start}.`);
  }
  const [runs, at] = readerRuns(data, opened);
  if (!startsWith(data, READER_TRAILER, at)) throw new PdfError("xref", `A trailer was expected at byte ${at}.`);
  const trailer = parseFields(data, at + READER_TRAILER.length);
  for (const [key, code] of [["Encrypt", "encrypted"], ["XRefStm", "xref_stream"]]) {
    if (trailer.values.has(key)) throw new PdfError(code, `The trailer has /${key}: such files are not read.`);
  }
  const end = readerAfterTrailer(data, trailer.end, start);
  if (end === null) {
    const where = `The revision with its table at byte ${start}`;
    throw new PdfError("end", `${where} does not end in its own startxref and %%EOF.`);
  }
  return new Section(start, runs, trailer, end);
}

/** The offset after `startxref`, this offset, `%%EOF` and an end of line; null for anything else. */
function readerAfterTrailer(data, from, start) {
  let at = from;
  while (isSpace(data[at])) at++;
  if (!startsWith(data, READER_STARTXREF, at)) return null;
  const number = readerGap(data, at + READER_STARTXREF.length);
  const digits = number === null ? null : digitsEnd(data, number);
  if (digits === null || digits === number || digits - number > 12) return null;
  const mark = readerGap(data, digits);
  if (mark === null || !startsWith(data, READER_EOF, mark)) return null;
  if (Number(latin1(data.subarray(number, digits))) !== start) return null;
  const end = mark + READER_EOF.length;
  if (data[end] === 0x0d) return data[end + 1] === 0x0a ? end + 2 : end + 1;
  return data[end] === 0x0a ? end + 1 : end;
}

/** The offset after at least one space or end of line; null without. */
function readerGap(data, from) {
  let at = from;
  while (data[at] === 0x0d || data[at] === 0x0a || data[at] === 0x20) at++;
  return at === from ? null : at;
}

/** The offset after spaces and one end of line; null when there is none. */
function readerLineEnd(data, from) {
  let at = from;
  while (data[at] === 0x20) at++;
  if (data[at] === 0x0d) return data[at + 1] === 0x0a ? at + 2 : at + 1;
  return data[at] === 0x0a ? at + 1 : null;
}

/** The subsections that begin at `from`, in ascending order and without overlap, and the offset after them. */
function readerRuns(data, from) {
  const runs = [];
  let at = from;
  let total = 0;
  let freeFrom = 0;
  for (;;) {
    const found = readerSubsection(data, at);
    if (found === null) return [runs, at];
    const { first, count, end } = found;
    total += count;
    if (total > MAX_OBJECTS) throw new PdfError("size", `The file names more than ${MAX_OBJECTS} objects.`);
    if (first < freeFrom) {
      throw new PdfError("xref", "The subsections of a cross-reference table overlap or are not in order.");
    }
    runs.push([first, count, end]);
    freeFrom = first + count;
    at = end + READER_ENTRY * count;
  }
}

function readerSubsection(data, at) {
  const firstEnd = digitsEnd(data, at);
  if (firstEnd === at || firstEnd - at > 10 || data[firstEnd] !== 0x20) return null;
  const countEnd = digitsEnd(data, firstEnd + 1);
  if (countEnd === firstEnd + 1 || countEnd - firstEnd - 1 > 10) return null;
  const end = readerLineEnd(data, countEnd);
  if (end === null) return null;
  const [first, count] = [data.subarray(at, firstEnd), data.subarray(firstEnd + 1, countEnd)].map((d) => Number(latin1(d)));
  return { first, count, end };
}

function readerIsEntry(data, at) {
  for (let i = 0; i < 16; i++) if (i !== 10 && !isDigit(data[at + i])) return false;
  const kind = data[at + 17];
  const [one, other] = [data[at + 18], data[at + 19]];
  const ended = (one === 0x20 && (other === 0x0d || other === 0x0a)) || (one === 0x0d && other === 0x0a);
  return data[at + 10] === 0x20 && data[at + 16] === 0x20 && (kind === 0x6e || kind === 0x66) && ended;
}

/** `n g obj` at `at`: { number, generation, end }; null for anything else. */
function readerObjectHeader(data, at) {
  const numberEnd = digitsEnd(data, at);
  const generationStart = readerBlank(data, numberEnd);
  if (numberEnd === at || numberEnd - at > 10 || generationStart === numberEnd) return null;
  const generationEnd = digitsEnd(data, generationStart);
  const word = readerBlank(data, generationEnd);
  const size = generationEnd - generationStart;
  if (size < 1 || size > 5 || word === generationEnd || !startsWith(data, READER_OBJ, word)) return null;
  const end = word + READER_OBJ.length;
  if (!READER_AFTER_OBJ.has(data[end])) return null;
  const [number, generation] = [data.subarray(at, numberEnd), data.subarray(generationStart, generationEnd)].map((d) =>
    Number(latin1(d)),
  );
  return { number, generation, end };
}

function readerBlank(data, from) {
  let at = from;
  while (data[at] === 0x20 || data[at] === 0x09 || data[at] === 0x0d || data[at] === 0x0a) at++;
  return at;
}

/** The object at `offset`; it must be that object and end before its revision's table. */
function readerObject(pdf, number, generation, offset, revision) {
  const { data } = pdf;
  const limit = revision.section.start;
  const header = readerObjectHeader(data, offset);
  if (header === null || header.number !== number || header.generation !== generation) {
    throw new PdfError("object", `Object ${number} is not where the cross-reference table says.`);
  }
  const valueStart = skip(data, header.end);
  const [value, valueEnd] = parse(data, valueStart);
  let at = skip(data, valueEnd);
  const streamStart = readerStreamStart(data, at);
  let stream = null;
  if (streamStart !== null) {
    if (!(value instanceof Map)) throw new PdfError("stream", `The stream of object ${number} has no dictionary.`);
    let size = value.get("Length");
    if (size instanceof PdfRef) size = pdf.length(size, revision.number);
    if (!isWhole(size) || size < 0 || size > limit - streamStart) {
      throw new PdfError("stream", `The stream of object ${number} has no usable length.`);
    }
    stream = [streamStart, streamStart + size];
    const closed = readerStreamEnd(data, stream[1]);
    if (closed === null) {
      throw new PdfError("stream", `The stream of object ${number} does not end where its length says.`);
    }
    at = skip(data, closed);
  }
  if (!startsWith(data, READER_ENDOBJ, at) || at + READER_ENDOBJ.length > limit) {
    throw new PdfError("object", `Object ${number} does not end with endobj inside its revision.`);
  }
  const end = at + READER_ENDOBJ.length;
  return new PdfObject({ number, generation, start: offset, end, revision: revision.number, value, valueStart, stream });
}

function readerStreamStart(data, at) {
  if (!startsWith(data, READER_STREAM, at)) return null;
  const end = at + READER_STREAM.length;
  if (data[end] === 0x0d && data[end + 1] === 0x0a) return end + 2;
  return data[end] === 0x0a ? end + 1 : null;
}

function readerStreamEnd(data, from) {
  let at = from;
  if (data[at] === 0x0d) at += data[at + 1] === 0x0a ? 2 : 1;
  else if (data[at] === 0x0a) at += 1;
  return startsWith(data, READER_ENDSTREAM, at) ? at + READER_ENDSTREAM.length : null;
}

function readerInflate(data, number) {
  let found;
  try {
    found = inflate(data, MAX_STREAM);
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    throw new PdfError("stream", `The stream of object ${number} cannot be decompressed.`);
  }
  if (found.full) throw new PdfError("size", `The stream of object ${number} is larger than ${MAX_STREAM} bytes.`);
  if (!found.whole) throw new PdfError("stream", `The stream of object ${number} is cut short.`);
  return found.plain;
}
