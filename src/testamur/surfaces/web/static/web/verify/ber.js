// A lenient reader of BER, for the one place where Python reads BER: the tokens of time-stamp authorities.
//
// It reads as asn1crypto does: structures by their fields in order, each looked at only when it is asked for. What it
// accepts beyond DER is either covered by the token's signature or changes nothing that is read.

import { ValueError, concat, toBigInt } from "./bytes.js";
import { derLength } from "./der.js";

const BER_MAX_DEPTH = 10;

/** The bytes cannot be read. */
export class BerError extends ValueError {}

/** The element at `at`: class, 1 when it is constructed, number of the tag, content, all of it, and what comes next. */
export function berParse(data, at = 0, depth = 0) {
  if (depth > BER_MAX_DEPTH) throw new BerError("too deep");
  let pointer = at;
  const octet = () => {
    if (pointer >= data.length) throw new BerError("insufficient data");
    return data[pointer++];
  };
  const first = octet();
  const constructed = (first >> 5) & 1;
  let tag = first & 31;
  if (tag === 31) {
    tag = 0;
    for (let more = true; more; ) {
      const number = octet();
      if (number === 0x80 && tag === 0) throw new BerError("tag not minimal");
      tag = tag * 128 + (number & 127);
      more = number >> 7 === 1;
    }
    if (tag < 31) throw new BerError("tag not minimal");
  }
  let length = octet();
  let trailer = 0;
  if (length === 0x80) {
    if (!constructed) throw new BerError("no length");
    let end = pointer;
    while (data.length < end + 2 || data[end] !== 0 || data[end + 1] !== 0) end = berParse(data, end, depth + 1).next;
    length = end + 2 - pointer;
    trailer = 2;
  } else if (length > 0x80) {
    const size = length & 127;
    if (data.length < pointer + size) throw new BerError("insufficient data");
    length = Number(toBigInt(data.subarray(pointer, pointer + size)));
    pointer += size;
  }
  const next = pointer + length;
  if (next > data.length) throw new BerError("insufficient data");
  const content = data.subarray(pointer, next - trailer);
  return { kind: first >> 6, constructed, tag, content, full: data.subarray(at, next), indefinite: trailer > 0, next };
}

/** `element`, once it has this class, form and tag. */
export function berIs(element, kind, constructed, tag) {
  if (!element || element.kind !== kind || element.constructed !== constructed || element.tag !== tag) {
    throw new BerError("another element than expected");
  }
  return element;
}

export const berSequence = (element) => berIs(element, 0, 1, 16);
export const berSet = (element) => berIs(element, 0, 1, 17);
export const berOctets = (element) => berIs(element, 0, 0, 4).content;

/** The element inside an explicit tag; whatever follows it there is not looked at. */
export function berExplicit(element, tag) {
  return berParse(berIs(element, 2, 1, tag).content);
}

/** OBJECT IDENTIFIER in dotted form; leading zero digits and an unfinished last number are overlooked. */
export function berOid(element) {
  const arcs = [];
  let part = 0n;
  for (const octet of berIs(element, 0, 0, 6).content) {
    part = part * 128n + BigInt(octet & 127);
    if (octet & 0x80) continue;
    if (arcs.length) {
      arcs.push(part);
    } else {
      const root = part >= 80n ? 2n : part >= 40n ? 1n : 0n;
      arcs.push(root, part - root * 40n);
    }
    part = 0n;
  }
  return arcs.join(".");
}

/** INTEGER of any sign as a BigInt. */
export function berInteger(element) {
  const { content } = berIs(element, 0, 0, 2);
  const number = toBigInt(content);
  return content.length && content[0] & 0x80 ? number - (1n << BigInt(8 * content.length)) : number;
}

/** The elements of a SEQUENCE OF or SET OF. */
export function berItems(content) {
  const found = [];
  for (let at = 0; at < content.length; ) {
    const element = berParse(content, at);
    found.push(element);
    at = element.next;
  }
  return found;
}

/**
 * The fields of a SEQUENCE by name, null where an optional one is absent; more elements than fields are not looked at.
 *
 * @param {Array<[string, (string|null)?]>} fields name, and for an optional one its "class tag"; "any" fits everything
 */
export function berFields(content, fields) {
  const found = Object.fromEntries(fields.map(([name]) => [name, null]));
  let field = 0;
  for (const element of berItems(content)) {
    while (field < fields.length) {
      const [, optional] = fields[field];
      if (!optional || optional === "any" || optional === `${element.kind} ${element.tag}`) break;
      field++;
    }
    if (field < fields.length) found[fields[field][0]] = element;
    field++;
  }
  for (const [, optional] of fields.slice(field)) if (!optional) throw new BerError("a field is missing");
  return found;
}

/** The content of an implicitly tagged SET with the tag and length that a SET has. */
export function berUntaggedSet(content) {
  return concat(new Uint8Array([0x31]), derLength(content.length), content);
}
