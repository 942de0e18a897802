// Canonical JSON (RFC 8785): the one form in which anything is hashed or signed.

import { ValueError, equal, sha256, utf8 } from "./bytes.js";
import { parseJson } from "./json.js";

/** The canonical UTF-8 bytes of a value (object, array, text, number, boolean, null). Throws ValueError. */
export function canonical(value) {
  return utf8(jcsText(value));
}

function jcsText(value) {
  if (value === null || typeof value === "boolean") return String(value);
  if (typeof value === "string") return jcsString(value);
  if (typeof value === "bigint") throw new ValueError(`${value} exceeds safe integer domain for JSON floats`);
  if (typeof value === "number") return jcsNumber(value);
  if (Array.isArray(value)) return `[${value.map(jcsText).join(",")}]`;
  const names = Object.keys(value).sort(); // by UTF-16 code units, as RFC 8785 section 3.2.3 asks
  return `{${names.map((name) => `${jcsString(name)}:${jcsText(value[name])}`).join(",")}}`;
}

function jcsString(value) {
  if (/[\ud800-\udfff]/u.test(value)) throw new ValueError("surrogates not allowed");
  return JSON.stringify(value);
}

function jcsNumber(value) {
  if (!Number.isFinite(value)) {
    const written = Number.isNaN(value) ? "nan" : value > 0 ? "inf" : "-inf";
    throw new ValueError(`${written} is not representable in JCS`);
  }
  return String(value + 0); // ECMA-262 writes numbers as RFC 8785 does, and -0 as 0
}

/** Parse bytes and require that they are in canonical form; throws ValueError otherwise. */
export function parseCanonical(data) {
  const value = parseJson(data);
  if (!equal(canonical(value), data)) throw new ValueError("not canonical JSON (RFC 8785)");
  return value;
}

/** SHA-256 of the canonical bytes. */
export async function digest(value) {
  return sha256(canonical(value));
}
