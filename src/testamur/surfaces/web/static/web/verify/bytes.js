// Bytes as the other modules need them: hex, base64, UTF-8, digests, and the few habits of Python that show in a sentence.
//
// Instants are Numbers everywhere in these modules: milliseconds since 1970-01-01T00:00:00Z, fractions allowed.

/** A value is not what it should be; the counterpart of Python's ValueError. */
export class ValueError extends Error {
  constructor(message) {
    super(message);
    this.name = new.target.name;
  }
}

const BYTES_HEX = "0123456789abcdef";
const BYTES_BASE64 = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
const BYTES_DIGITS = new Map([...BYTES_BASE64].map((letter, value) => [letter.charCodeAt(0), value]));

/** Lower-case hex. */
export function hex(data) {
  let text = "";
  for (const octet of data) text += BYTES_HEX[octet >> 4] + BYTES_HEX[octet & 15];
  return text;
}

/** The bytes of a text of hex digits, either case, nothing else. */
export function fromHex(text) {
  if (text.length % 2 || !/^[0-9a-fA-F]*$/.test(text)) throw new ValueError("not hex");
  const data = new Uint8Array(text.length / 2);
  for (let i = 0; i < data.length; i++) data[i] = Number.parseInt(text.slice(2 * i, 2 * i + 2), 16);
  return data;
}

/** Standard base64 with padding. */
export function base64(data) {
  const parts = [];
  for (let i = 0; i < data.length; i += 3) {
    const left = data.length - i;
    const word = (data[i] << 16) | ((left > 1 ? data[i + 1] : 0) << 8) | (left > 2 ? data[i + 2] : 0);
    parts.push(
      BYTES_BASE64[word >> 18] +
        BYTES_BASE64[(word >> 12) & 63] +
        (left > 1 ? BYTES_BASE64[(word >> 6) & 63] : "=") +
        (left > 2 ? BYTES_BASE64[word & 63] : "="),
    );
  }
  return parts.join("");
}

/**
 * Standard base64 as Python's `b64decode(text, validate=True)` takes it: the alphabet alone, enough padding and that at
 * the end; bits left over in the last digit, and padding after whole groups, are not looked at. Throws ValueError.
 */
export function fromBase64(text) {
  const body = text.replace(/=+$/, "");
  const padding = text.length - body.length;
  const wanted = [0, -1, 2, 1][body.length % 4];
  if (wanted < 0 || (wanted > 0 && padding !== wanted) || (body.length === 0 && padding)) {
    throw new ValueError("not base64");
  }
  const data = new Uint8Array(Math.floor((body.length * 3) / 4));
  let word = 0;
  let bits = 0;
  let at = 0;
  for (let i = 0; i < body.length; i++) {
    const digit = BYTES_DIGITS.get(body.charCodeAt(i));
    if (digit === undefined) throw new ValueError("not base64");
    word = ((word << 6) | digit) & 0xffffff;
    bits += 6;
    if (bits >= 8) {
      bits -= 8;
      data[at++] = (word >> bits) & 255;
    }
  }
  return data;
}

/** All of `parts` in one. */
export function concat(...parts) {
  const whole = new Uint8Array(parts.reduce((sum, part) => sum + part.length, 0));
  let at = 0;
  for (const part of parts) {
    whole.set(part, at);
    at += part.length;
  }
  return whole;
}

/** True when both hold the same bytes. */
export function equal(one, other) {
  if (one.length !== other.length) return false;
  for (let i = 0; i < one.length; i++) if (one[i] !== other[i]) return false;
  return true;
}

/** True when `data` holds `part` at `at`. */
export function startsWith(data, part, at = 0) {
  if (at < 0 || at + part.length > data.length) return false;
  for (let i = 0; i < part.length; i++) if (data[at + i] !== part[i]) return false;
  return true;
}

/** True when `data` ends in `part`. */
export function endsWith(data, part) {
  return startsWith(data, part, data.length - part.length);
}

/** The first place of `part` at or after `from` and wholly before `end`; -1 when there is none. */
export function indexOf(data, part, from = 0, end = data.length) {
  if (part.length === 0) return from <= end ? from : -1;
  for (let at = data.indexOf(part[0], from); at >= 0 && at + part.length <= end; at = data.indexOf(part[0], at + 1)) {
    if (startsWith(data, part, at)) return at;
  }
  return -1;
}

/** The last place of `part` that begins at or after `from` and lies wholly before `end`; -1 when there is none. */
export function lastIndexOf(data, part, from = 0, end = data.length) {
  for (let at = Math.min(end, data.length) - part.length; at >= from; at--) if (startsWith(data, part, at)) return at;
  return -1;
}

/** Negative, zero or positive as `one` sorts before, with or after `other`, octet by octet. */
export function compare(one, other) {
  const shorter = Math.min(one.length, other.length);
  for (let i = 0; i < shorter; i++) if (one[i] !== other[i]) return one[i] - other[i];
  return one.length - other.length;
}

/** The UTF-8 bytes of a text; throws ValueError for half a surrogate pair, as Python does. */
export function utf8(text) {
  if (/[\ud800-\udfff]/u.test(text)) throw new ValueError("surrogates not allowed");
  return new TextEncoder().encode(text);
}

/** The text of well-formed UTF-8, a byte order mark kept as the character it is; throws ValueError otherwise. */
export function fromUtf8(data) {
  try {
    return new TextDecoder("utf-8", { fatal: true, ignoreBOM: true }).decode(data);
  } catch {
    throw new ValueError("not UTF-8");
  }
}

/** One character for each octet (ISO 8859-1). */
export function latin1(data) {
  const parts = [];
  for (let i = 0; i < data.length; i += 8192) parts.push(String.fromCharCode(...data.subarray(i, i + 8192)));
  return parts.join("");
}

/** The octets of a text whose characters are all below U+0100; throws ValueError otherwise. */
export function fromLatin1(text) {
  const data = new Uint8Array(text.length);
  for (let i = 0; i < text.length; i++) {
    const octet = text.charCodeAt(i);
    if (octet > 255) throw new ValueError("not ISO 8859-1");
    data[i] = octet;
  }
  return data;
}

/** The unsigned number that the octets write, most significant first. */
export function toBigInt(data) {
  return data.length ? BigInt("0x" + hex(data)) : 0n;
}

/** How many characters Python counts in a text: code points. */
export function textLength(text) {
  let count = text.length;
  for (let i = 1; i < text.length; i++) {
    const low = text.charCodeAt(i);
    const high = text.charCodeAt(i - 1);
    if (low >= 0xdc00 && low <= 0xdfff && high >= 0xd800 && high <= 0xdbff) count--;
  }
  return count;
}

/** The first `count` characters (code points) of a text. */
export function textHead(text, count) {
  return text.length <= count ? text : [...text].slice(0, count).join("");
}

/** Negative, zero or positive as Python sorts two texts: by code points, not by UTF-16. */
export function compareText(one, other) {
  const left = [...one];
  const right = [...other];
  const shorter = Math.min(left.length, right.length);
  for (let i = 0; i < shorter; i++) {
    if (left[i] !== right[i]) return left[i].codePointAt(0) - right[i].codePointAt(0);
  }
  return left.length - right.length;
}

/** A text as Python's `repr` writes it, which some sentences quote. */
export function repr(text) {
  const quote = text.includes("'") && !text.includes('"') ? '"' : "'";
  const short = { "\\": "\\\\", "\n": "\\n", "\r": "\\r", "\t": "\\t", [quote]: "\\" + quote };
  let written = "";
  for (const letter of text) {
    const code = letter.codePointAt(0);
    if (letter in short) written += short[letter];
    else if (letter === " " || !/[\p{C}\p{Z}]/u.test(letter)) written += letter;
    else if (code < 0x100) written += "\\x" + code.toString(16).padStart(2, "0");
    else if (code < 0x10000) written += "\\u" + code.toString(16).padStart(4, "0");
    else written += "\\U" + code.toString(16).padStart(8, "0");
  }
  return quote + written + quote;
}

/** `YYYY-MM-DD` of an instant, in UTC. */
export function isoDate(instant) {
  const moment = new Date(Math.floor(instant));
  const pad = (value, size) => String(value).padStart(size, "0");
  return `${pad(moment.getUTCFullYear(), 4)}-${pad(moment.getUTCMonth() + 1, 2)}-${pad(moment.getUTCDate(), 2)}`;
}

/** An instant as `YYYY-MM-DDTHH:MM:SSZ`, in UTC, fractions cut off (kernel/base/clock.py `stamp`). */
export function stamp(instant) {
  return new Date(Math.floor(instant)).toISOString().slice(0, 19) + "Z";
}

/** The instant of these UTC fields; null when the calendar or the clock has no such moment. */
export function instantOf(year, month, day, hour = 0, minute = 0, second = 0) {
  const moment = new Date(0);
  moment.setUTCFullYear(year, month - 1, day);
  moment.setUTCHours(hour, minute, second, 0);
  const same =
    moment.getUTCFullYear() === year &&
    moment.getUTCMonth() === month - 1 &&
    moment.getUTCDate() === day &&
    moment.getUTCHours() === hour &&
    moment.getUTCMinutes() === minute &&
    moment.getUTCSeconds() === second;
  return same && year >= 1 && year <= 9999 ? moment.getTime() : null;
}

async function bytesDigest(name, data) {
  return new Uint8Array(await globalThis.crypto.subtle.digest(name, data));
}

/** SHA-1, only where a format of others prescribes it as a name and nothing rests on it. */
export async function sha1(data) {
  return bytesDigest("SHA-1", data);
}

/** SHA-256. */
export async function sha256(data) {
  return bytesDigest("SHA-256", data);
}

/** SHA-384. */
export async function sha384(data) {
  return bytesDigest("SHA-384", data);
}

/** SHA-512. */
export async function sha512(data) {
  return bytesDigest("SHA-512", data);
}

/** SHA-256 in lower-case hex. */
export async function sha256Hex(data) {
  return hex(await sha256(data));
}
