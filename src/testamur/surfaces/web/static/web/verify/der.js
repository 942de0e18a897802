// A strict reader of DER (ITU-T X.690 section 10), as strict as the parser under Python's `cryptography`.
//
// Definite lengths in their shortest form, numbers and identifiers without padding, nothing left over, sets in order.

import { ValueError, compare, equal, fromUtf8, instantOf, latin1, toBigInt } from "./bytes.js";

export const SEQUENCE = 0x30;
export const SET = 0x31;
export const INTEGER = 0x02;
export const OCTETS = 0x04;
export const CONTEXT_0 = 0xa0;
export const CONTEXT_1 = 0xa1;

const DER_BOOLEAN = 0x01;
const DER_BITS = 0x03;
const DER_NULL = 0x05;
const DER_OID = 0x06;
const DER_ENUMERATED = 0x0a;
const DER_UTC_TIME = 0x17;
const DER_GENERALIZED_TIME = 0x18;
const DER_MAX_OID = 63;

/** The bytes are not the DER that they should be. */
export class DerError extends ValueError {}

/** One element: its tag octet (a number above 255 for the long form), its content, and all of it with the header. */
class DerElement {
  constructor(tag, value, full) {
    this.tag = tag;
    this.value = value;
    this.full = full;
  }
}

/** A cursor over the elements of some DER. */
export class DerReader {
  constructor(data) {
    this.data = data;
    this.at = 0;
  }

  /** True while something is left. */
  get more() {
    return this.at < this.data.length;
  }

  /** The next tag; -1 at the end or where no tag can be read. */
  peek() {
    try {
      return this.more ? this.#tag(this.at)[0] : -1;
    } catch {
      return -1;
    }
  }

  /** The next element, whatever it is. */
  any() {
    const start = this.at;
    const [tag, afterTag] = this.#tag(start);
    const [length, content] = this.#length(afterTag);
    if (content + length > this.data.length) throw new DerError("short data");
    this.at = content + length;
    return new DerElement(tag, this.data.subarray(content, this.at), this.data.subarray(start, this.at));
  }

  /** The next element, which must have `tag`. */
  element(tag) {
    const found = this.any();
    if (found.tag !== tag) throw new DerError("unexpected tag");
    return found;
  }

  /** The content of the next element, which must have `tag`. */
  take(tag) {
    return this.element(tag).value;
  }

  /** The content of the next element when it has `tag`, otherwise null. */
  optional(tag) {
    return this.peek() === tag ? this.take(tag) : null;
  }

  /** A cursor over the content of the next element, which must have `tag`. */
  into(tag) {
    return new DerReader(this.take(tag));
  }

  /** Refuse anything left over. */
  finish() {
    if (this.more) throw new DerError("extra data");
  }

  #octet(at) {
    if (at >= this.data.length) throw new DerError("short data");
    return this.data[at];
  }

  #tag(at) {
    const first = this.#octet(at);
    if ((first & 0x1f) !== 0x1f) return [first, at + 1];
    const [number, after] = derBase128(this.data, at + 1);
    if (number < 0x1fn || number > 0xffffffffn) throw new DerError("invalid tag");
    return [(first + 1) * 2 ** 32 + Number(number), after];
  }

  #length(at) {
    const first = this.#octet(at);
    if (first < 0x80) return [first, at + 1];
    const size = first & 0x7f;
    if (size < 1 || size > 4) throw new DerError("invalid length");
    let length = 0;
    for (let i = 1; i <= size; i++) length = length * 256 + this.#octet(at + i);
    if (length < 0x80 || (size > 1 && length < 2 ** (8 * (size - 1)))) throw new DerError("invalid length");
    return [length, at + 1 + size];
  }
}

/** What `read` makes of the one element with `tag` that `data` is. */
export function derSingle(data, tag, read) {
  const reader = new DerReader(data);
  const found = read(reader.take(tag));
  reader.finish();
  return found;
}

/** What `read` makes of a cursor over `value`, which it must read to the end. */
export function derInside(value, read) {
  const reader = new DerReader(value);
  const found = read(reader);
  reader.finish();
  return found;
}

/** What `read` makes of each element inside `value`, one after the other. */
export function derList(value, read) {
  const reader = new DerReader(value);
  const found = [];
  while (reader.more) found.push(read(reader));
  return found;
}

/** The elements of a SET OF, which must stand in the order of their encodings. */
export function derSetOf(value, read) {
  const reader = new DerReader(value);
  const found = [];
  let previous = null;
  while (reader.more) {
    const { full } = reader.any();
    if (previous !== null && compare(previous, full) > 0) throw new DerError("set in wrong order");
    previous = full;
    found.push(derInside(full, read));
  }
  return found;
}

function derBase128(data, at) {
  let number = 0n;
  for (let i = at; ; i++) {
    if (i >= data.length || (i === at && data[i] === 0x80)) throw new DerError("invalid value");
    number = (number << 7n) | BigInt(data[i] & 0x7f);
    if (number >> 128n) throw new DerError("integer overflow");
    if (data[i] < 0x80) return [number, i + 1];
  }
}

/** BOOLEAN, from its content. */
export function derBoolean(value) {
  if (value.length !== 1 || (value[0] !== 0 && value[0] !== 0xff)) throw new DerError("invalid value");
  return value[0] === 0xff;
}

/** The content of an INTEGER of any sign, in its shortest form. */
export function derInteger(value) {
  if (value.length === 0) throw new DerError("invalid value");
  const padded = value.length > 1 && ((value[0] === 0 && value[1] < 0x80) || (value[0] === 0xff && value[1] >= 0x80));
  if (padded) throw new DerError("invalid value");
  return value;
}

/** A non-negative INTEGER, as a BigInt. */
export function derUnsigned(value) {
  if (derInteger(value)[0] >= 0x80) throw new DerError("invalid value");
  return toBigInt(value);
}

/** A non-negative INTEGER of at most `bits` bits. */
export function derWithin(value, bits) {
  const number = derUnsigned(value);
  if (number >> BigInt(bits)) throw new DerError("integer overflow");
  return number;
}

/** BIT STRING: the octets and the count of unused bits, which must be zero. */
export function derBits(value) {
  if (value.length === 0 || value[0] > 7 || (value.length === 1 && value[0])) throw new DerError("invalid value");
  const unused = value[0];
  if (unused && value[value.length - 1] & ((1 << unused) - 1)) throw new DerError("invalid value");
  return { octets: value.subarray(1), unused };
}

/** True when bit `number` of such a BIT STRING is set. */
export function derBit(bits, number) {
  const octet = number >> 3;
  return octet < bits.octets.length && (bits.octets[octet] & (0x80 >> (number & 7))) !== 0;
}

/** NULL, from its content. */
export function derNull(value) {
  if (value.length) throw new DerError("invalid value");
}

/** OBJECT IDENTIFIER in dotted form, from its content. */
export function derOid(value) {
  if (value.length === 0) throw new DerError("invalid value");
  if (value.length > DER_MAX_OID) throw new DerError("too long");
  const arcs = [];
  for (let at = 0; at < value.length; ) {
    const [number, after] = derBase128(value, at);
    if (at === 0) {
      const root = number < 80n ? number / 40n : 2n;
      arcs.push(root, number - root * 40n);
    } else {
      arcs.push(number);
    }
    at = after;
  }
  return arcs.join(".");
}

/** ENUMERATED of at most 32 bits, as a Number. */
export function derEnumerated(value) {
  return Number(derWithin(value, 32));
}

function derDigits(text, from, size) {
  const digits = text.slice(from, from + size);
  if (digits.length !== size || !/^[0-9]+$/.test(digits)) throw new DerError("invalid value");
  return Number(digits);
}

function derMoment(text, year, from) {
  if (text.length !== from + 11 || text[from + 10] !== "Z") throw new DerError("invalid value");
  const fields = [0, 2, 4, 6, 8].map((at) => derDigits(text, from + at, 2));
  const moment = instantOf(year, ...fields);
  if (moment === null) throw new DerError("invalid value");
  return moment;
}

/** UTCTime `YYMMDDHHMMSSZ`, as an instant. */
export function derUtcTime(value) {
  const text = latin1(value);
  const year = derDigits(text, 0, 2);
  return derMoment(text, year < 50 ? 2000 + year : 1900 + year, 2);
}

/** GeneralizedTime `YYYYMMDDHHMMSSZ` (RFC 5280 section 4.1.2.5.2), as an instant. */
export function derGeneralizedTime(value) {
  const text = latin1(value);
  return derMoment(text, derDigits(text, 0, 4), 4);
}

/** UTF-8, from its content. */
export function derUtf8(value) {
  try {
    return fromUtf8(value);
  } catch {
    throw new DerError("invalid value");
  }
}

// --- the same, from a cursor -------------------------------------------------------------------

export function readBoolean(reader) {
  return derBoolean(reader.take(DER_BOOLEAN));
}

/** A BOOLEAN DEFAULT FALSE, which must not be written when it is false. */
export function readDefaultFalse(reader, tag = DER_BOOLEAN) {
  const value = reader.optional(tag);
  if (value === null) return false;
  if (!derBoolean(value)) throw new DerError("a default was written");
  return true;
}

export function readUnsigned(reader) {
  return derUnsigned(reader.take(INTEGER));
}

export function readBits(reader) {
  return derBits(reader.take(DER_BITS));
}

export function readOid(reader) {
  return derOid(reader.take(DER_OID));
}

export function readNull(reader) {
  derNull(reader.take(DER_NULL));
}

export function readOptionalNull(reader) {
  const value = reader.optional(DER_NULL);
  if (value !== null) derNull(value);
}

export function readEnumerated(reader) {
  return derEnumerated(reader.take(DER_ENUMERATED));
}

export function readGeneralizedTime(reader) {
  return derGeneralizedTime(reader.take(DER_GENERALIZED_TIME));
}

/** Time ::= CHOICE { UTCTime, GeneralizedTime }. */
export function readTime(reader) {
  return reader.peek() === DER_UTC_TIME ? derUtcTime(reader.take(DER_UTC_TIME)) : readGeneralizedTime(reader);
}

/** True when the next element is a Time. */
export function timeFollows(reader) {
  return [DER_UTC_TIME, DER_GENERALIZED_TIME].includes(reader.peek());
}

// --- writing -----------------------------------------------------------------------------------

/** The octets of a length, in their shortest form. */
export function derLength(length) {
  if (length < 0x80) return new Uint8Array([length]);
  const octets = [];
  for (let left = length; left > 0; left = Math.floor(left / 256)) octets.unshift(left % 256);
  return new Uint8Array([0x80 | octets.length, ...octets]);
}

/** True when one element's encoding is among `encodings`. */
export function derAmong(full, encodings) {
  return encodings.some((encoded) => equal(full, encoded));
}
