// Small readers for parsed JSON: each takes a value and a name for it, and returns it or throws `ShapeError`.

import { ValueError, base64, fromBase64, instantOf, repr, stamp, textHead, textLength } from "./bytes.js";

export const MAX_TEXT = 4096;

/** A JSON value has not the form that docs/formats.md gives it. */
export class ShapeError extends ValueError {}

/** True for what a JSON object became. */
export function isObject(value) {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

/** An object with exactly these members. */
export function members(value, names, what) {
  if (!isObject(value)) throw new ShapeError(`${what} is not an object`);
  const missing = names.find((name) => !Object.hasOwn(value, name));
  if (missing !== undefined) throw new ShapeError(`${what} lacks ${missing}`);
  const unknown = Object.keys(value).find((name) => !names.includes(name));
  if (unknown !== undefined) throw new ShapeError(`${what} has the unknown member ${repr(textHead(unknown, 40))}`);
  return value;
}

/** A string of at most `limit` characters. */
export function text(value, what, { limit = MAX_TEXT } = {}) {
  if (typeof value !== "string" || (value.length > limit && textLength(value) > limit)) {
    throw new ShapeError(`${what} is not a text`);
  }
  return value;
}

/** A whole number between `least` and `most`. */
export function whole(value, what, { least = 0, most = 2 ** 53 } = {}) {
  if (typeof value !== "number" || !Number.isInteger(value) || value < least || value > most) {
    throw new ShapeError(`${what} is not a number from ${least}`);
  }
  return value;
}

/** True or false. */
export function yesNo(value, what) {
  if (typeof value !== "boolean") throw new ShapeError(`${what} is not true or false`);
  return value;
}

/** An array of at most `limit` items. */
export function items(value, what, { limit = 10_000 } = {}) {
  if (!Array.isArray(value) || value.length > limit) throw new ShapeError(`${what} is not a list of at most ${limit}`);
  return value;
}

/** SHA-256 in lower-case hex. */
export function digest(value, what) {
  if (typeof value !== "string" || !/^[0-9a-f]{64}$/.test(value)) {
    throw new ShapeError(`${what} is not a SHA-256 in lower-case hex`);
  }
  return value;
}

/** The UUID of `urn:uuid:…` in its one spelling, as text. */
export function urn(value, what) {
  const form = /^urn:uuid:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
  const found = typeof value === "string" ? form.exec(value) : null;
  if (found === null) throw new ShapeError(`${what} is not a urn:uuid`);
  return found[1];
}

/** The instant of `YYYY-MM-DDTHH:MM:SSZ`. */
export function time(value, what) {
  const written = typeof value === "string" && textLength(value) <= MAX_TEXT;
  const instant = written ? parseStamp(value) : null;
  if (instant === null) throw new ShapeError(`${what} is not a time of the form YYYY-MM-DDTHH:MM:SSZ`);
  return instant;
}

/** The inverse of `stamp` (kernel/base/clock.py); null for any other form. */
export function parseStamp(written) {
  const found = /^(\d{4})-(\d\d)-(\d\d)T(\d\d):(\d\d):(\d\d)Z$/.exec(written);
  const instant = found === null ? null : instantOf(...found.slice(1).map(Number));
  return instant === null || stamp(instant) !== written ? null : instant;
}

/** Standard base64 in its one spelling, decoded. */
export function binary(value, what, { limit = 4 << 20 } = {}) {
  const encoded = text(value, what, { limit });
  let data;
  try {
    data = fromBase64(encoded);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new ShapeError(`${what} is not base64`);
  }
  if (base64(data) !== encoded) throw new ShapeError(`${what} is not base64 in its one spelling`);
  return data;
}
