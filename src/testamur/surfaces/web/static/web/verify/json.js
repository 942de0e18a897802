// JSON as Python's `json.loads` reads it: whole numbers kept whole, errors named alike, members in their order.

import { ValueError, fromUtf8 } from "./bytes.js";

const JSON_MAX_DEPTH = 900;
const JSON_MAX_DIGITS = 4300;
const JSON_NUMBER = /(-?(?:0|[1-9]\d*))(\.\d+)?([eE][-+]?\d+)?/y;
const JSON_CHUNK = /[^"\\\u0000-\u001f]*/y;
const JSON_ESCAPES = { '"': '"', "\\": "\\", "/": "/", b: "\b", f: "\f", n: "\n", r: "\r", t: "\t" };
const JSON_WORDS = [
  ["null", null],
  ["true", true],
  ["false", false],
  ["NaN", Number.NaN],
  ["Infinity", Number.POSITIVE_INFINITY],
  ["-Infinity", Number.NEGATIVE_INFINITY],
];

/**
 * The value that the bytes or the text write. Objects come without a prototype; a whole number beyond 2^53 is a BigInt.
 *
 * @param {Uint8Array|string} source
 * @param {(() => Error)|null} twice makes the error to throw when an object names a member twice; without it the last
 *   one counts, as in Python
 */
export function parseJson(source, twice = null) {
  const text = typeof source === "string" ? source : fromUtf8(source).replace(/^\ufeff/, "");
  const reader = new JsonReader(text, twice);
  reader.space();
  const value = reader.value(0);
  reader.space();
  if (reader.at !== text.length) reader.fail("Extra data", reader.at);
  return value;
}

class JsonReader {
  constructor(text, twice) {
    this.text = text;
    this.twice = twice;
    this.at = 0;
  }

  fail(what, at) {
    const before = [...this.text.slice(0, at)];
    const line = before.lastIndexOf("\n");
    const lines = before.filter((letter) => letter === "\n").length + 1;
    throw new ValueError(`${what}: line ${lines} column ${before.length - line} (char ${before.length})`);
  }

  space() {
    while (" \t\n\r".includes(this.text[this.at] ?? "x")) this.at++;
  }

  value(depth) {
    if (depth > JSON_MAX_DEPTH) throw new ValueError("maximum recursion depth exceeded");
    const letter = this.text[this.at];
    if (letter === '"') return this.string();
    if (letter === "{") return this.object(depth + 1);
    if (letter === "[") return this.array(depth + 1);
    for (const [word, meant] of JSON_WORDS) {
      if (this.text.startsWith(word, this.at)) {
        this.at += word.length;
        return meant;
      }
    }
    return this.number();
  }

  number() {
    JSON_NUMBER.lastIndex = this.at;
    const found = JSON_NUMBER.exec(this.text);
    if (found === null) this.fail("Expecting value", this.at);
    this.at += found[0].length;
    if (found[2] !== undefined || found[3] !== undefined) return Number(found[0]);
    if (found[1].replace("-", "").length > JSON_MAX_DIGITS) {
      throw new ValueError(
        `Exceeds the limit (${JSON_MAX_DIGITS} digits) for integer string conversion: value has ` +
          `${found[1].replace("-", "").length} digits; use sys.set_int_max_str_digits() to increase the limit`,
      );
    }
    const whole = Number(found[1]);
    return Number.isSafeInteger(whole) ? whole + 0 : BigInt(found[1]);
  }

  string() {
    const start = this.at++;
    const parts = [];
    for (;;) {
      JSON_CHUNK.lastIndex = this.at;
      const chunk = JSON_CHUNK.exec(this.text)[0];
      parts.push(chunk);
      this.at += chunk.length;
      const letter = this.text[this.at];
      if (letter === undefined) this.fail("Unterminated string starting at", start);
      if (letter === '"') {
        this.at++;
        return parts.join("");
      }
      if (letter !== "\\") this.fail("Invalid control character at", this.at);
      parts.push(this.escape(start));
    }
  }

  escape(start) {
    const kind = this.text[this.at + 1];
    if (kind === undefined) this.fail("Unterminated string starting at", start);
    if (kind === "u") {
      const digits = this.text.slice(this.at + 2, this.at + 6);
      if (!/^[0-9a-fA-F]{4}$/.test(digits)) this.fail("Invalid \\uXXXX escape", this.at + 1);
      this.at += 6;
      return String.fromCharCode(Number.parseInt(digits, 16));
    }
    if (!Object.hasOwn(JSON_ESCAPES, kind)) this.fail("Invalid \\escape", this.at);
    this.at += 2;
    return JSON_ESCAPES[kind];
  }

  object(depth) {
    const members = Object.create(null);
    const names = new Set();
    let count = 0;
    this.at++;
    this.space();
    if (this.text[this.at] === "}") {
      this.at++;
      return members;
    }
    for (;;) {
      if (this.text[this.at] !== '"') {
        this.fail("Expecting property name enclosed in double quotes", this.at);
      }
      const name = this.string();
      this.space();
      if (this.text[this.at] !== ":") this.fail("Expecting ':' delimiter", this.at);
      this.at++;
      this.space();
      members[name] = this.value(depth);
      names.add(name);
      count++;
      this.space();
      const letter = this.text[this.at];
      if (letter === "}") break;
      if (letter !== ",") this.fail("Expecting ',' delimiter", this.at);
      this.at++;
      this.space();
    }
    this.at++;
    if (this.twice !== null && names.size !== count) throw this.twice();
    return members;
  }

  array(depth) {
    const found = [];
    this.at++;
    this.space();
    if (this.text[this.at] === "]") {
      this.at++;
      return found;
    }
    for (;;) {
      found.push(this.value(depth));
      this.space();
      const letter = this.text[this.at];
      if (letter === "]") break;
      if (letter !== ",") this.fail("Expecting ',' delimiter", this.at);
      this.at++;
      this.space();
    }
    this.at++;
    return found;
  }
}
