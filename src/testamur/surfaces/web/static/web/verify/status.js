// The status list: which issued records no longer hold, signed, logged and dated (docs/formats.md §12).

import { ValueError, equal, hex, sha256, toBigInt, utf8 } from "./bytes.js";
import { urn } from "./ids.js";
import { InflateError, inflate } from "./inflate.js";
import { parseCanonical } from "./jcs.js";
import { parseJson } from "./json.js";
import { MAX_NOTE, Note } from "./notes.js";
import { Failed } from "./report.js";
import { ShapeError, binary, digest, members, text, time, urn as readUrn, whole } from "./shape.js";
import { EntryKind, MAX_PROOF, Proof, SALT_SIZE, commitment, entry as logEntry } from "./tlog.js";

export const FIRST_LINE = "testamur/status/1";
export const KEY_SIZE = 8;
export const MAX_KEYS = 6_000_000;
export const MAX_FILE = 64 << 20;
export const NO_SALT = new Uint8Array(SALT_SIZE);

const STATUS_MEMBERS = [
  "v", "organisation", "origin", "made", "entries", "replaced", "annulled", "keys_sha256", "previous",
]; // prettier-ignore

/** Place of a record in every list: the first 64 bits of SHA-256(`testamur/status/1\n<record urn>`), a BigInt. */
export async function key(record) {
  return toBigInt((await sha256(utf8(`${FIRST_LINE}\n${urn(record)}`))).subarray(0, KEY_SIZE));
}

/** Sorted keys (BigUint64Array) from their columns; throws ValueError unless the keys ascend. */
export function fromColumns(data) {
  const count = Math.floor(data.length / KEY_SIZE);
  if (data.length % KEY_SIZE) throw new ValueError("not a whole number of keys");
  const rows = new Uint8Array(data.length);
  for (let column = 0; column < KEY_SIZE; column++) {
    for (let row = 0; row < count; row++) rows[row * KEY_SIZE + column] = data[column * count + row];
  }
  const view = new DataView(rows.buffer);
  const places = new BigUint64Array(count);
  for (let row = 0; row < count; row++) {
    places[row] = view.getBigUint64(row * KEY_SIZE);
    if (row && places[row] <= places[row - 1]) throw new ValueError("the keys do not ascend");
  }
  return places;
}

// --- the signed text -----------------------------------------------------------------------------

/** What the log signs and the log entry commits to, from its text; throws ValueError for every other spelling. */
export function parseHeader(written) {
  const cut = written.indexOf("\n");
  const rest = written.slice(cut + 1);
  if (cut < 0 || written.slice(0, cut) !== FIRST_LINE || !rest.endsWith("\n")) {
    throw new ShapeError(`the signed text does not begin with ${FIRST_LINE}`);
  }
  const value = members(parseCanonical(utf8(rest.slice(0, -1))), STATUS_MEMBERS, "the list");
  if (value.v !== 1) throw new ShapeError("the list is of another version");
  return {
    organisation: readUrn(value.organisation, "organisation"),
    origin: text(value.origin, "origin"),
    made: time(value.made, "made"),
    entries: whole(value.entries, "entries"),
    replaced: whole(value.replaced, "replaced", { most: MAX_KEYS }),
    annulled: whole(value.annulled, "annulled", { most: MAX_KEYS }),
    keysSha256: digest(value.keys_sha256, "keys_sha256"),
    previous: value.previous === null ? null : digest(value.previous, "previous"),
  };
}

/** The log entry (37 bytes) of a list with this signed text. */
export async function entry(written) {
  return logEntry(EntryKind.STATUS_LIST, await commitment(NO_SALT, utf8(written)));
}

// --- the file ------------------------------------------------------------------------------------

/** Replaced and annulled keys; never inflates more than the header announces. Throws ValueError. */
export async function unpack(data, header) {
  const size = KEY_SIZE * (header.replaced + header.annulled);
  let found;
  try {
    found = inflate(data, size + 1);
  } catch (error) {
    if (!(error instanceof InflateError)) throw error;
    throw new ValueError(`the keys cannot be inflated (${error.message})`);
  }
  if (found.plain.length !== size || !found.whole || found.unused) {
    throw new ValueError("there are more or fewer keys than the list announces");
  }
  if (hex(await sha256(found.plain)) !== header.keysSha256) throw new ValueError("the keys are not those that were signed");
  const cut = KEY_SIZE * header.replaced;
  return [fromColumns(found.plain.slice(0, cut)), fromColumns(found.plain.slice(cut))];
}

/** The JSON value of a file; says nothing of whether it holds. Throws Failed (`status.malformed`). */
export function parse(data) {
  if (data.length > MAX_FILE) throw malformed("it is too large");
  try {
    return parseJson(data, () => new ShapeError("an object names a member twice"));
  } catch (error) {
    throw error instanceof ValueError ? malformed(error.message) : error;
  }
}

/** The organisation that a list names, unproven. Throws Failed (`status.malformed`). */
export function claimed(value) {
  return read(value).header.organisation;
}

/** The refusal `status.malformed`. */
export function malformed(why) {
  const options = { sub: "FORMAT_FAILURE", undecided: true };
  return new Failed("status.malformed", `The status list cannot be read: ${why}.`, options);
}

/** The parts of a list's JSON value, none of them verified. Throws Failed (`status.malformed`). */
export function read(value) {
  try {
    const item = members(value, ["v", "note", "keys", "proof"], "it");
    if (item.v !== 1) throw new ShapeError("it is of another version");
    const signed = utf8(text(item.note, "the note", { limit: MAX_NOTE }));
    const proved = utf8(text(item.proof, "the proof", { limit: MAX_PROOF }));
    const [note, proof] = [Note.parse(signed), Proof.parse(proved)];
    if (!equal(note.data(), signed) || !equal(proof.data(), proved)) {
      throw new ShapeError("note and proof are not written as they should be");
    }
    const header = parseHeader(note.text);
    return { note, header, packed: binary(item.keys, "the keys", { limit: MAX_FILE }), proof };
  } catch (error) {
    throw error instanceof ValueError ? malformed(error.message) : error;
  }
}
