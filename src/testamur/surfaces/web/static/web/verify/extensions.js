// The extensions of a certificate (RFC 5280 section 4.2): each that is known is read to its end, or refused.

import { ValueError } from "./bytes.js";
import {
  DerError, INTEGER, OCTETS, SEQUENCE, derBit, derBits, derInside, derInteger, derList, derNull, derSingle, derUnsigned, derUtf8,
  derWithin, readDefaultFalse, readOid, derGeneralizedTime, derOid,
} from "./der.js";
import { generalNames, readGeneralName, relativeName } from "./names.js";

export const BASIC_CONSTRAINTS = "2.5.29.19";
export const KEY_USAGE = "2.5.29.15";
export const EXTENDED_KEY_USAGE = "2.5.29.37";
export const CERTIFICATE_POLICIES = "2.5.29.32";
export const SUBJECT_KEY_IDENTIFIER = "2.5.29.14";
export const AUTHORITY_KEY_IDENTIFIER = "2.5.29.35";
export const SUBJECT_ALTERNATIVE_NAME = "2.5.29.17";

const EXTENSIONS_USAGES = [
  "digitalSignature", "contentCommitment", "keyEncipherment", "dataEncipherment", "keyAgreement", "keyCertSign",
  "crlSign", "encipherOnly", "decipherOnly",
];
const EXTENSIONS_CPS = "1.3.6.1.5.5.7.2.1";
const EXTENSIONS_NOTICE = "1.3.6.1.5.5.7.2.2";
/** IA5String, UTF8String, VisibleString, BMPString. */
const EXTENSIONS_DISPLAY = [0x16, 0x0c, 0x1a, 0x1e];

/** KeyUsage as an object of yes and no. */
function extensionsKeyUsage(value) {
  const bits = derBits(value);
  const usage = Object.fromEntries(EXTENSIONS_USAGES.map((name, number) => [name, derBit(bits, number)]));
  if (!usage.keyAgreement && (usage.encipherOnly || usage.decipherOnly)) throw new ValueError("not a key usage");
  return usage;
}

/** BasicConstraints; `pathLength` is null or a BigInt. */
function extensionsBasicConstraints(value) {
  return derInside(value, (inside) => {
    const ca = readDefaultFalse(inside);
    const length = inside.optional(INTEGER);
    const pathLength = length === null ? null : derWithin(length, 64);
    if (pathLength !== null && !ca) throw new ValueError("a path length without an authority");
    return { ca, pathLength };
  });
}

function extensionsPurposes(value) {
  const found = derList(value, readOid);
  if (!found.length) throw new DerError("invalid size");
  return found;
}

function extensionsPolicies(value) {
  return derList(value, (list) =>
    derInside(list.take(SEQUENCE), (inside) => {
      const policy = readOid(inside);
      const qualifiers = inside.optional(SEQUENCE);
      if (qualifiers !== null) derList(qualifiers, extensionsQualifier);
      return policy;
    }),
  );
}

function extensionsQualifier(reader) {
  derInside(reader.take(SEQUENCE), (inside) => {
    const kind = readOid(inside);
    const { tag, value } = inside.any();
    if (tag === 0x16 && kind === EXTENSIONS_CPS) extensionsAscii(value);
    else if (tag === SEQUENCE && kind === EXTENSIONS_NOTICE) derInside(value, extensionsUserNotice);
    else throw new DerError("not a qualifier");
  });
}

function extensionsUserNotice(reader) {
  const reference = reader.optional(SEQUENCE);
  if (reference !== null) {
    derInside(reference, (inside) => {
      extensionsDisplay(inside);
      derList(inside.take(SEQUENCE), (numbers) => derUnsigned(numbers.take(INTEGER)));
    });
  }
  if (EXTENSIONS_DISPLAY.includes(reader.peek())) extensionsDisplay(reader);
}

function extensionsDisplay(reader) {
  const { tag, value } = reader.any();
  if (tag === 0x16) extensionsAscii(value);
  else if (tag === 0x0c || tag === 0x1a) derUtf8(value);
  else if (tag !== 0x1e || value.length % 2) throw new DerError("not a text");
}

function extensionsAscii(value) {
  if (value.some((octet) => octet > 0x7f)) throw new DerError("invalid value");
}

function extensionsAuthorityKey(value) {
  derInside(value, (inside) => {
    inside.optional(0x80);
    const issuer = inside.optional(0xa1);
    const serial = inside.optional(0x82);
    if ((issuer === null) !== (serial === null)) throw new ValueError("half a name of the issuer");
    if (issuer !== null) generalNames(issuer);
    if (serial !== null) derInteger(serial);
  });
  return null;
}

function extensionsAccess(value) {
  for (const open of derList(value, (list) =>
    derInside(list.take(SEQUENCE), (inside) => {
      readOid(inside);
      return readGeneralName(inside);
    }),
  )) {
    open();
  }
  return null;
}

function extensionsDistributionPoints(value) {
  derList(value, (list) => derInside(list.take(SEQUENCE), extensionsDistributionPoint));
  return null;
}

function extensionsDistributionPoint(reader) {
  let named = false;
  const point = reader.optional(0xa0);
  if (point !== null) {
    derInside(point, (inside) => {
      const { tag, value } = inside.any();
      if (tag === 0xa0) named = generalNames(value).length > 0;
      else if (tag === 0xa1) named = relativeName(value).length > 0;
      else throw new DerError("unexpected tag");
    });
  }
  const reasons = reader.optional(0x81);
  if (reasons !== null) derBits(reasons);
  const issuer = reader.optional(0xa2);
  if (issuer !== null) named = generalNames(issuer).length > 0 || named;
  if (!named) throw new ValueError("a distribution point without a name");
}

function extensionsSubtrees(value) {
  return derList(value, (list) =>
    derInside(list.take(SEQUENCE), (inside) => {
      const open = readGeneralName(inside);
      const least = inside.optional(0x80);
      if (least !== null && derWithin(least, 64) === 0n) throw new DerError("a default was written");
      const most = inside.optional(0x81);
      if (most !== null) derWithin(most, 64);
      return open;
    }),
  );
}

function extensionsNameConstraints(value) {
  const lists = derInside(value, (inside) => [inside.optional(0xa0), inside.optional(0xa1)]);
  const found = lists.filter((list) => list !== null).map(extensionsSubtrees);
  if (!found.length || found.some((list) => !list.length)) throw new ValueError("no constraints");
  for (const open of found.flat()) open();
  return null;
}

function extensionsPolicyConstraints(value) {
  const numbers = derInside(value, (inside) => [inside.optional(0x80), inside.optional(0x81)]);
  const found = numbers.filter((number) => number !== null);
  for (const number of found) derWithin(number, 64);
  if (!found.length) throw new ValueError("no constraints");
  return null;
}

function extensionsKeyPeriod(value) {
  const times = derInside(value, (inside) => [inside.optional(0x80), inside.optional(0x81)]);
  const [from, to] = times.map((time) => (time === null ? null : derGeneralizedTime(time)));
  if ((from === null && to === null) || (from !== null && to !== null && from > to)) throw new ValueError("no period");
  return null;
}

function extensionsTemplate(value) {
  derInside(value, (inside) => {
    readOid(inside);
    for (let count = 0; count < 2; count++) {
      const number = inside.optional(INTEGER);
      if (number !== null) derWithin(number, 32);
    }
  });
  return null;
}

function extensionsFeatures(value) {
  const features = derList(value, (list) => derWithin(list.take(INTEGER), 64));
  if (!features.length || features.some((number) => number !== 5n && number !== 17n)) {
    throw new ValueError("an unknown feature");
  }
  return null;
}

/** By name: the tag of the value, and what is made of its content. */
const EXTENSIONS_KNOWN = new Map([
  [BASIC_CONSTRAINTS, [SEQUENCE, extensionsBasicConstraints]],
  [KEY_USAGE, [0x03, extensionsKeyUsage]],
  [EXTENDED_KEY_USAGE, [SEQUENCE, extensionsPurposes]],
  [CERTIFICATE_POLICIES, [SEQUENCE, extensionsPolicies]],
  [SUBJECT_KEY_IDENTIFIER, [OCTETS, (value) => value]],
  [AUTHORITY_KEY_IDENTIFIER, [SEQUENCE, extensionsAuthorityKey]],
  [SUBJECT_ALTERNATIVE_NAME, [SEQUENCE, (value) => generalNames(value) && null]],
  ["2.5.29.18", [SEQUENCE, (value) => generalNames(value) && null]],
  ["1.3.6.1.5.5.7.1.1", [SEQUENCE, extensionsAccess]],
  ["1.3.6.1.5.5.7.1.11", [SEQUENCE, extensionsAccess]],
  ["2.5.29.31", [SEQUENCE, extensionsDistributionPoints]],
  ["2.5.29.46", [SEQUENCE, extensionsDistributionPoints]],
  ["2.5.29.30", [SEQUENCE, extensionsNameConstraints]],
  ["2.5.29.36", [SEQUENCE, extensionsPolicyConstraints]],
  ["2.5.29.54", [INTEGER, (value) => derUnsigned(value)]],
  ["2.5.29.16", [SEQUENCE, extensionsKeyPeriod]],
  ["1.3.6.1.5.5.7.48.1.5", [0x05, (value) => derNull(value) ?? null]],
  ["1.3.6.1.4.1.11129.2.4.3", [0x05, (value) => derNull(value) ?? null]],
  ["1.3.6.1.5.5.7.1.24", [SEQUENCE, extensionsFeatures]],
  ["1.3.6.1.4.1.311.21.7", [SEQUENCE, extensionsTemplate]],
]);

/** The value of an extension: what the verifier asks for, null for the rest. Throws ValueError when it is malformed. */
export function readExtension(oid, octets) {
  const known = EXTENSIONS_KNOWN.get(oid);
  return known ? derSingle(octets, ...known) : null;
}
