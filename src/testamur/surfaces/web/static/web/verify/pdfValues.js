// PDF values: what stands inside an object (ISO 32000-1 section 7.3), parsed strictly and within bounds.
//
// Forms here: null; booleans; whole numbers as Number (BigInt beyond 2^53); reals `PdfReal`; names `PdfName`; strings
// Uint8Array; arrays Array; dictionaries Map with text keys; references `PdfRef`.

import { ValueError, equal, fromHex, fromUtf8, latin1, startsWith } from "./bytes.js";

export const MAX_DEPTH = 64;

/** The bytes are not a PDF that this reader accepts. `code` is dotted and stable: `pdf.encrypted`. */
export class PdfError extends Error {
  /** `code` without its `pdf.` prefix, and one plain sentence. */
  constructor(code, message) {
    super(message);
    this.name = "PdfError";
    this.code = `pdf.${code}`;
  }
}

/** A name without its slash, `#xx` decoded, one character per byte. */
export class PdfName {
  constructor(text) {
    this.text = text;
  }
}

/** A number with a point. */
export class PdfReal {
  constructor(value) {
    this.value = value;
  }
}

/** A reference to an indirect object. */
export class PdfRef {
  constructor(number, generation = 0) {
    this.number = number;
    this.generation = generation;
  }
}

/** True for white space of PDF (section 7.2.2). */
export function isSpace(octet) {
  return octet === 0x20 || octet === 0x0a || octet === 0x0d || octet === 0x09 || octet === 0x00 || octet === 0x0c;
}

/** True for the digits 0 to 9. */
export function isDigit(octet) {
  return octet >= 0x30 && octet <= 0x39;
}

function valuesEnds(data, at) {
  return at >= data.length || isSpace(data[at]) || VALUES_DELIMITERS.has(data[at]);
}

const VALUES_DELIMITERS = new Set([..."()<>[]{}/%"].map((letter) => letter.charCodeAt(0)));
const VALUES_WORDS = ["true", "false", "null"].map((word) => Uint8Array.from(word, (letter) => letter.charCodeAt(0)));
const VALUES_MEANT = [true, false, null];
const VALUES_ESCAPED = new Map([..."nrtbf"].map((letter, i) => [letter.charCodeAt(0), [10, 13, 9, 8, 12][i]]));

/** The first offset from `at` that is neither white space nor part of a comment. */
export function skip(data, at) {
  for (;;) {
    while (at < data.length && isSpace(data[at])) at++;
    if (data[at] !== 0x25) return at;
    while (at < data.length && data[at] !== 0x0d && data[at] !== 0x0a) at++;
  }
}

/** The offset after the digits that begin at `at`. */
export function digitsEnd(data, at) {
  while (isDigit(data[at])) at++;
  return at;
}

/** The value that starts at `at` and the offset after it. Throws PdfError `pdf.syntax` or `pdf.depth`. */
export function parse(data, at = 0) {
  return valuesParse(data, at, 0);
}

/** The dictionary that starts at `at`: { values, spans, start, end }. Throws PdfError `pdf.syntax`. */
export function parseFields(data, at = 0) {
  const found = valuesToken(data, at);
  if (found === null || found.kind !== "open") throw valuesSyntax(at, "a dictionary was expected");
  return valuesFields(data, found.end - 2, 1);
}

/** A text string (section 7.9.2.2): UTF-16 or UTF-8 with its mark, else one character per byte. */
export function text(value) {
  if (!(value instanceof Uint8Array)) throw new PdfError("type", "A text string was expected.");
  if (value[0] === 0xfe && value[1] === 0xff) return valuesUtf16(value.subarray(2));
  if (value[0] === 0xef && value[1] === 0xbb && value[2] === 0xbf) {
    try {
      return fromUtf8(value.subarray(3));
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw new PdfError("text", "A text string is not valid UTF-8.");
    }
  }
  return latin1(value);
}

function valuesUtf16(data) {
  let written = "";
  for (let i = 0; i + 1 < data.length; i += 2) written += String.fromCharCode(data[i] * 256 + data[i + 1]);
  if (data.length % 2 || /[\ud800-\udfff]/u.test(written)) {
    throw new PdfError("text", "A text string is not valid UTF-16.");
  }
  return written;
}

/** True when both are the same PDF value: true is not 1 and a name is not a string; undefined counts as null. */
export function same(one = null, other = null) {
  if (one === null || other === null || typeof one === "boolean" || typeof other === "boolean") return one === other;
  if (one instanceof Map && other instanceof Map) {
    return one.size === other.size && [...one].every(([key, value]) => other.has(key) && same(value, other.get(key)));
  }
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((value, i) => same(value, other[i]));
  }
  if (numberOf(one) !== null && numberOf(other) !== null) {
    return numberOf(one) == numberOf(other); // a BigInt may equal a Number
  }
  if (one instanceof PdfRef && other instanceof PdfRef) {
    return one.number === other.number && one.generation === other.generation;
  }
  if (one instanceof PdfName && other instanceof PdfName) return one.text === other.text;
  return one instanceof Uint8Array && other instanceof Uint8Array && equal(one, other);
}

/** The number that a value is; null for anything else. */
export function numberOf(value) {
  if (typeof value === "number" || typeof value === "bigint") return value;
  return value instanceof PdfReal ? value.value : null;
}

/** True for a whole number. */
export function isWhole(value) {
  return typeof value === "number" || typeof value === "bigint";
}

/** True for the name with this text. */
export function isName(value, written) {
  return value instanceof PdfName && value.text === written;
}

function valuesToken(data, from) {
  const at = skip(data, from);
  if (at >= data.length) return null;
  switch (data[at]) {
    case 0x2f:
      return valuesNameToken(data, at);
    case 0x3c:
      return data[at + 1] === 0x3c ? { kind: "open", end: at + 2 } : valuesHexToken(data, at);
    case 0x3e:
      return data[at + 1] === 0x3e ? { kind: "close", end: at + 2 } : null;
    case 0x5b:
      return { kind: "array", end: at + 1 };
    case 0x5d:
      return { kind: "end", end: at + 1 };
    case 0x28:
      return { kind: "string", end: at + 1 };
    default:
      return valuesNumberToken(data, at) ?? valuesWordToken(data, at);
  }
}

function valuesNameToken(data, at) {
  let end = at + 1;
  while (!valuesEnds(data, end)) end++;
  return { kind: "name", start: at + 1, end };
}

function valuesHexToken(data, at) {
  let end = at + 1;
  const digits = [];
  for (; end < data.length; end++) {
    const octet = data[end];
    if (isSpace(octet)) continue;
    if (!(isDigit(octet) || (octet >= 0x41 && octet <= 0x46) || (octet >= 0x61 && octet <= 0x66))) break;
    digits.push(octet);
  }
  if (data[end] !== 0x3e) return null;
  if (digits.length % 2) digits.push(0x30);
  return { kind: "hex", value: fromHex(latin1(Uint8Array.from(digits))), end: end + 1 };
}

function valuesNumberToken(data, at) {
  const reference = valuesReference(data, at);
  if (reference !== null) return reference;
  const start = data[at] === 0x2b || data[at] === 0x2d ? at + 1 : at;
  const end = digitsEnd(data, start);
  const count = end - start;
  if (count >= 1 && count <= 19 && valuesEnds(data, end)) {
    return { kind: "int", value: valuesWhole(latin1(data.subarray(at, end))), end };
  }
  if (data[end] !== 0x2e || count > 39) return null;
  const after = digitsEnd(data, end + 1);
  const decimals = after - end - 1;
  if (decimals > 39 || (count === 0 && decimals === 0) || !valuesEnds(data, after)) return null;
  return { kind: "real", value: new PdfReal(Number(latin1(data.subarray(at, after)))), end: after };
}

function valuesWhole(written) {
  const value = Number(written) + 0;
  return Number.isSafeInteger(value) ? value : BigInt(written.replace("+", ""));
}

function valuesReference(data, at) {
  const number = valuesDigits(data, at, 10);
  const generation = number === null ? null : valuesDigits(data, number.next, 5);
  if (generation === null || data[generation.next] !== 0x52 || !valuesEnds(data, generation.next + 1)) return null;
  return { kind: "ref", value: new PdfRef(number.value, generation.value), end: generation.next + 1 };
}

/** At most `most` digits and the white space after them. */
function valuesDigits(data, at, most) {
  const end = digitsEnd(data, at);
  if (end === at || end - at > most || !isSpace(data[end])) return null;
  let next = end;
  while (isSpace(data[next])) next++;
  return { value: Number(latin1(data.subarray(at, end))), next };
}

function valuesWordToken(data, at) {
  const which = VALUES_WORDS.findIndex((word) => startsWith(data, word, at) && valuesEnds(data, at + word.length));
  return which < 0 ? null : { kind: "word", value: VALUES_MEANT[which], end: at + VALUES_WORDS[which].length };
}

function valuesParse(data, at, depth) {
  const found = valuesToken(data, at);
  if (found === null) throw valuesSyntax(at, "a value was expected");
  if (found.kind === "array") return valuesArray(data, found.end, depth + 1);
  if (found.kind === "open") {
    const fields = valuesFields(data, found.end - 2, depth + 1);
    return [fields.values, fields.end];
  }
  if (found.kind === "string") return valuesString(data, found.end);
  if (found.kind === "close" || found.kind === "end") {
    throw valuesSyntax(at, "an array or dictionary ends where a value was expected");
  }
  return [found.kind === "name" ? new PdfName(valuesName(data, found)) : found.value, found.end];
}

function valuesDeep(depth) {
  if (depth > MAX_DEPTH) {
    throw new PdfError("depth", `Arrays and dictionaries are nested more than ${MAX_DEPTH} deep.`);
  }
}

function valuesArray(data, start, depth) {
  valuesDeep(depth);
  const items = [];
  for (let at = start; ; ) {
    at = skip(data, at);
    if (data[at] === 0x5d) return [items, at + 1];
    const [item, end] = valuesParse(data, at, depth);
    items.push(item);
    at = end;
  }
}

function valuesFields(data, start, depth) {
  valuesDeep(depth);
  const values = new Map();
  const spans = new Map();
  for (let at = start + 2; ; ) {
    const found = valuesToken(data, at);
    if (found === null) throw valuesSyntax(at, "a key was expected");
    if (found.kind === "close") return { values, spans, start, end: found.end };
    if (found.kind !== "name") throw valuesSyntax(at, "a key was expected");
    const key = valuesName(data, found);
    if (values.has(key)) throw new PdfError("duplicate_key", `A dictionary has the key /${key} twice (near byte ${at}).`);
    const begin = skip(data, found.end);
    const [value, end] = valuesParse(data, begin, depth);
    values.set(key, value);
    spans.set(key, [begin, end]);
    at = end;
  }
}

function valuesName(data, { start, end }) {
  return latin1(data.subarray(start, end)).replace(/#([0-9A-Fa-f]{2})?/g, (_whole, code) => {
    if (code === undefined || code === "00") throw new PdfError("syntax", "A name holds a malformed #xx code.");
    return String.fromCharCode(Number.parseInt(code, 16));
  });
}

function valuesString(data, start) {
  let depth = 1;
  let at = start;
  let plain = true;
  for (; depth; at++) {
    const octet = data[at];
    if (octet === undefined || (octet === 0x5c && at + 1 >= data.length)) throw valuesSyntax(start, "a string does not end");
    if (octet === 0x28) depth++;
    else if (octet === 0x29) depth--;
    else if (octet === 0x5c) {
      plain = false;
      at++;
    } else if (octet === 0x0d) plain = false;
  }
  const raw = data.slice(start, at - 1);
  return [plain ? raw : valuesUnescaped(raw), at];
}

function valuesUnescaped(raw) {
  const out = [];
  for (let at = 0; at < raw.length; ) {
    const octet = raw[at++];
    if (octet === 0x0d) {
      if (raw[at] === 0x0a) at++;
      out.push(0x0a);
    } else if (octet !== 0x5c) out.push(octet);
    else if (raw[at] >= 0x30 && raw[at] <= 0x37) {
      let value = 0;
      for (let i = 0; i < 3 && raw[at] >= 0x30 && raw[at] <= 0x37; i++) value = value * 8 + raw[at++] - 0x30;
      out.push(value & 0xff);
    } else {
      const next = raw[at++];
      if (next === 0x0d && raw[at] === 0x0a) at++;
      if (next !== 0x0d && next !== 0x0a) out.push(VALUES_ESCAPED.get(next) ?? next);
    }
  }
  return Uint8Array.from(out);
}

function valuesSyntax(at, what) {
  return new PdfError("syntax", `Near byte ${at}: ${what}.`);
}
