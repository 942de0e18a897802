// Distinguished names (RFC 5280 section 4.1.2.4) and general names (section 4.2.1.6).

import { ValueError, equal, hex } from "./bytes.js";
import {
  DerError, DerReader, SEQUENCE, SET, derInside, derList, derOid, derSetOf, derUtf8, readOid,
} from "./der.js";

const NAMES_BITS = 0x03;
const NAMES_PRINTABLE = 0x13;
const NAMES_UNIVERSAL = 0x1c;
const NAMES_BMP = 0x1e;
/** BIT STRING, OCTET STRING, UTF8, numeric, printable, T61, IA5, the two times, visible, universal and BMP strings. */
const NAMES_TAGS = new Set([3, 4, 12, 18, 19, 20, 22, 23, 24, 26, 28, 30]);
const NAMES_UNIQUE_IDENTIFIER = "2.5.4.45";
const NAMES_SHORT = new Map([
  ["2.5.4.3", "CN"], ["2.5.4.7", "L"], ["2.5.4.8", "ST"], ["2.5.4.10", "O"], ["2.5.4.11", "OU"], ["2.5.4.6", "C"],
  ["2.5.4.9", "STREET"], ["0.9.2342.19200300.100.1.25", "DC"], ["0.9.2342.19200300.100.1.1", "UID"],
]);

/** A distinguished name. Its values are read by `open`, as Python reads them only when it is asked. */
class DistinguishedName {
  constructor(encoded, parts) {
    this.encoded = encoded;
    this.parts = parts;
    this.opened = false;
  }

  /** Read the values as text. Throws ValueError. */
  open() {
    if (this.opened) return this;
    for (const part of this.parts) {
      if (!part.length) throw new ValueError("an empty part of a name");
      for (const attribute of part) attribute.text = namesText(attribute);
      const different = new Set(part.map(namesKey));
      if (different.size !== part.length) throw new ValueError("an attribute of a name is there twice");
    }
    this.opened = true;
    return this;
  }

  /** The values of an attribute: texts, or bytes where it is no text. */
  values(oid) {
    return this.open().parts.flat().filter((attribute) => attribute.oid === oid).map((attribute) => attribute.text);
  }

  /** True when both name the same, whatever kinds of strings they are written with. */
  means(other) {
    const keys = (name) => name.open().parts.map((part) => part.map(namesKey).sort().join("\n"));
    const [mine, theirs] = [keys(this), keys(other)];
    return mine.length === theirs.length && mine.every((key, at) => key === theirs[at]);
  }

  /** The name in one line (RFC 4514). */
  toString() {
    const written = ({ oid, text }) => `${NAMES_SHORT.get(oid) ?? oid}=${namesEscape(text)}`;
    return [...this.open().parts].reverse().map((part) => part.map(written).join("+")).join(",");
  }
}

function namesKey({ oid, text }) {
  return typeof text === "string" ? JSON.stringify([oid, text]) : JSON.stringify([oid, { bytes: hex(text) }]);
}

function namesEscape(text) {
  if (!text.length) return "";
  if (typeof text !== "string") return "#" + hex(text);
  let written = text.replace(/[\\"+,;<>]/g, "\\$&").replaceAll("\0", "\\00");
  if (written[0] === "#" || (written[0] === " " && written.length > 1)) written = "\\" + written;
  return written.endsWith(" ") ? written.slice(0, -1) + "\\ " : written;
}

function namesText({ oid, tag, value }) {
  if (!NAMES_TAGS.has(tag)) throw new DerError("not a text");
  if (tag === NAMES_BITS) {
    if (oid !== NAMES_UNIQUE_IDENTIFIER) throw new ValueError("bits are no text");
    return value;
  }
  if (tag === NAMES_UNIVERSAL) return namesUniversal(value);
  if (tag === NAMES_BMP) return namesBmp(value);
  return derUtf8(value);
}

function namesBmp(value) {
  if (value.length % 2) throw new DerError("invalid value");
  let text = "";
  for (let at = 0; at < value.length; at += 2) text += String.fromCharCode((value[at] << 8) | value[at + 1]);
  if (/[\ud800-\udfff]/u.test(text)) throw new DerError("invalid value");
  return text;
}

function namesUniversal(value) {
  if (value.length % 4) throw new DerError("invalid value");
  let text = "";
  for (let at = 0; at < value.length; at += 4) {
    const code = value[at] * 2 ** 24 + (value[at + 1] << 16) + (value[at + 2] << 8) + value[at + 3];
    if (code > 0x10ffff || (code >= 0xd800 && code <= 0xdfff)) throw new DerError("invalid value");
    text += String.fromCodePoint(code);
  }
  return text;
}

/** AttributeTypeAndValue, the value not yet read as text. */
function namesAttribute(reader) {
  return derInside(reader.take(SEQUENCE), (inside) => {
    const oid = readOid(inside);
    const { tag, value } = inside.any();
    if (tag === NAMES_PRINTABLE && !/^[A-Za-z0-9 '()+,\-./:=?]*$/.test(String.fromCharCode(...value))) {
      throw new DerError("invalid value");
    }
    if (tag === NAMES_BMP) namesBmp(value);
    if (tag === NAMES_UNIVERSAL) namesUniversal(value);
    return { oid, tag, value, text: null };
  });
}

/** A relative distinguished name from the content of its SET. */
export function relativeName(value) {
  return derSetOf(value, namesAttribute);
}

/** Name ::= SEQUENCE OF SET OF AttributeTypeAndValue. */
export function readName(reader) {
  const element = reader.element(SEQUENCE);
  return new DistinguishedName(element.full, derList(element.value, (list) => relativeName(list.take(SET))));
}

/** True when both are the same, octet by octet. */
export function sameName(one, other) {
  return equal(one.encoded, other.encoded);
}

// --- general names -----------------------------------------------------------------------------

/** GeneralName, checked and not kept. The second step is what Python does only when it shows the name. */
export function readGeneralName(reader) {
  const { tag, value } = reader.any();
  switch (tag) {
    case 0xa0:
      return derInside(value, (inside) => {
        readOid(inside);
        derInside(inside.take(0xa0), (content) => content.any());
        return namesNothing;
      });
    case 0x81:
    case 0x82:
    case 0x86:
      derUtf8(value);
      return namesNothing;
    case 0xa4: {
      const name = derInside(value, readName);
      return () => name.open();
    }
    case 0x87:
      return () => namesAddress(value);
    case 0x88:
      derOid(value);
      return namesNothing;
    case 0xa3:
    case 0xa5:
      return () => {
        throw new ValueError("a kind of name that is not supported");
      };
    default:
      throw new DerError("unexpected tag");
  }
}

/** GeneralNames from the content of its SEQUENCE. */
export function generalNames(value) {
  const names = derList(value, readGeneralName);
  for (const open of names) open();
  return names;
}

function namesNothing() {}

function namesAddress(value) {
  if (value.length === 4 || value.length === 16) return;
  if (value.length !== 8 && value.length !== 32) throw new ValueError("not an address");
  const bits = [...value].map((octet) => octet.toString(2).padStart(8, "0")).join("");
  const [address, mask] = [bits.slice(0, bits.length / 2), bits.slice(bits.length / 2)];
  const prefix = mask.indexOf("0") < 0 ? mask.length : mask.indexOf("0");
  if (mask.includes("1", prefix) || address.includes("1", prefix)) throw new ValueError("not a network");
}
