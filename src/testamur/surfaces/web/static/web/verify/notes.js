// Signed notes and checkpoints of transparency logs (C2SP signed-note, tlog-checkpoint, tlog-cosignature).
//
// Everything malformed throws `MalformedNote`, everything that does not verify `NoteNotTrusted`; both are ValueErrors.
// Browsers cannot check ML-DSA-44 (FIPS 204) signatures: `verify` sets such lines by known keys aside, and whoever asks
// must leave a proof undecided when anything hangs on them (tlog.js does).

import { ValueError, base64, concat, fromBase64, fromUtf8, hex, sha256, toBigInt, utf8 } from "./bytes.js";

export const MAX_NOTE = 262_144;
export const MAX_SIGNATURES = 64;
export const MAX_SIZE = 2n ** 63n - 1n;

const NOTES_DASH = "— ";
/** What Python's `str.isspace` says of a letter, and the control characters and spaces of Unicode. */
const NOTES_NOT_IN_NAMES = /[+\p{Cc}\p{Zs}\u2028\u2029]/u;

/** Bytes that are not a note, checkpoint, key, cosignature, policy or proof. */
export class MalformedNote extends ValueError {}

/** No signature by a known key, or a known key's signature that is wrong. */
export class NoteNotTrusted extends ValueError {}

/** Signature types (C2SP signed-note, section "Signature types"). */
export const Kind = Object.freeze({ ED25519: 0x01, COSIGNATURE_ED25519: 0x04, COSIGNATURE_ML_DSA_44: 0x06 });

const NOTES_KEY_SIZE = {
  [Kind.ED25519]: 32,
  [Kind.COSIGNATURE_ED25519]: 32,
  [Kind.COSIGNATURE_ML_DSA_44]: 1312,
};
const NOTES_SIGNATURE_SIZE = {
  [Kind.ED25519]: 64,
  [Kind.COSIGNATURE_ED25519]: 64,
  [Kind.COSIGNATURE_ML_DSA_44]: 2420,
};
export const LOG_KINDS = new Set([Kind.ED25519, Kind.COSIGNATURE_ML_DSA_44]);
export const WITNESS_KINDS = new Set([Kind.COSIGNATURE_ED25519, Kind.COSIGNATURE_ML_DSA_44]);

// --- text forms --------------------------------------------------------------------------------

/** Standard base64 with padding (RFC 4648 section 4). */
export function encode64(data) {
  return base64(data);
}

/** The inverse of `encode64`; anything but the one canonical spelling throws MalformedNote. */
export function decode64(text, what = "base64") {
  let data;
  try {
    data = fromBase64(text);
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw new MalformedNote(`${what} is not base64`);
  }
  if (encode64(data) !== text) throw new MalformedNote(`${what} is not canonical base64`);
  return data;
}

/** A non-negative decimal without leading zeroes, below 2^63, as a BigInt; otherwise MalformedNote. */
export function decimal(text, what = "number") {
  if (!/^(0|[1-9][0-9]{0,18})$/.test(text) || BigInt(text) > MAX_SIZE) {
    throw new MalformedNote(`${what} is not a decimal number below 2**63 without leading zeroes`);
  }
  return BigInt(text);
}

function notesName(name) {
  if (!name || NOTES_NOT_IN_NAMES.test(name)) {
    throw new MalformedNote("a key name must not be empty or contain spaces or plus signs");
  }
  return name;
}

// --- keys --------------------------------------------------------------------------------------

/** A public key with its name and signature type (C2SP signed-note, "verifier keys"); `String(vkey)` identifies it. */
export class Vkey {
  /** Use `Vkey.of` or `Vkey.parse`. `keyId`: first 4 bytes of SHA-256(name, newline, type, key). */
  constructor(name, kind, key, keyId) {
    this.name = name;
    this.kind = kind;
    this.key = key;
    this.keyId = keyId;
    this.written = `${name}+${hex(keyId)}+${encode64(concat(Uint8Array.of(kind), key))}`;
    Object.freeze(this);
  }

  static async of(name, kind, key) {
    notesName(name);
    if (key.length !== NOTES_KEY_SIZE[kind]) {
      const type = `0x${kind.toString(16).padStart(2, "0")}`;
      throw new MalformedNote(`a key of type ${type} has ${NOTES_KEY_SIZE[kind]} bytes`);
    }
    const material = concat(utf8(`${name}\n`), Uint8Array.of(kind), key);
    return new Vkey(name, kind, key, (await sha256(material)).slice(0, 4));
  }

  /** The inverse of `toString`; throws MalformedNote, also when the key id is not the key's own. */
  static async parse(text) {
    const parts = text.split("+");
    if (parts.length < 3) throw new MalformedNote("a verifier key has the form name+id+key");
    const [name, keyId] = parts;
    const material = decode64(parts.slice(2).join("+"), "the verifier key"); // base64 may itself contain plus signs
    if (!Object.values(Kind).includes(material[0])) throw new MalformedNote("a verifier key of an unknown type");
    const vkey = await Vkey.of(name, material[0], material.slice(1));
    if (keyId !== hex(vkey.keyId)) throw new MalformedNote("the id in the verifier key is not that of the key");
    return vkey;
  }

  /** `name+hex(key id)+base64(type || key)`. */
  toString() {
    return this.written;
  }

  /** Name and key id, by which a signature line names its key. */
  get mark() {
    return notesMark(this);
  }

  /** True when `signature` (raw) over `message` (raw, see `signedMessage`) was made by this Ed25519 key. */
  async verify(signature, message) {
    const { subtle } = globalThis.crypto;
    let key;
    try {
      key = await subtle.importKey("raw", this.key, "Ed25519", false, ["verify"]);
    } catch (error) {
      if (error.name === "DataError") return false; // no point of the curve
      throw error; // an old browser: nothing can be decided
    }
    return subtle.verify("Ed25519", key, signature, message);
  }
}

function notesMark({ name, keyId }) {
  return `${name}+${hex(keyId)}`;
}

// --- checkpoints -------------------------------------------------------------------------------

/** A tree head: the first `size` (BigInt) entries of the log `origin` have the Merkle root `root` (32 bytes). */
export class Checkpoint {
  constructor(origin, size, root) {
    this.origin = origin;
    this.size = size;
    this.root = root;
  }

  /** The text of three lines; extension lines and every other deviation throw MalformedNote. */
  static parse(text) {
    const lines = text.split("\n");
    if (lines.length !== 4 || lines[3] || !lines[0]) {
      throw new MalformedNote("a checkpoint has exactly three lines: origin, size, root");
    }
    const checkpoint = new Checkpoint(lines[0], decimal(lines[1], "the size"), decode64(lines[2], "the root"));
    if (checkpoint.root.length !== 32) throw new MalformedNote("the root is not 32 bytes");
    return checkpoint;
  }
}

// --- notes -------------------------------------------------------------------------------------

/** One signature line, not yet verified. */
export class Signature {
  constructor(name, keyId, blob) {
    this.name = name;
    this.keyId = keyId;
    this.blob = blob;
  }

  /** A line without its newline; throws MalformedNote. */
  static parse(line) {
    const rest = line.startsWith(NOTES_DASH) ? line.slice(NOTES_DASH.length) : line;
    const space = rest.indexOf(" ");
    if (rest === line || space < 0) {
      throw new MalformedNote("a signature line has the form: em dash, name, base64");
    }
    const blob = decode64(rest.slice(space + 1), "a signature");
    if (blob.length < 5) throw new MalformedNote("a signature is too short");
    return new Signature(notesName(rest.slice(0, space)), blob.slice(0, 4), blob.slice(4));
  }

  get mark() {
    return notesMark(this);
  }

  /** The line with its newline. */
  line() {
    return `${NOTES_DASH}${this.name} ${encode64(concat(this.keyId, this.blob))}\n`;
  }
}

/** A parsed note: text (ends in newline) and its signature lines, none of them verified. */
export class Note {
  constructor(text, signatures) {
    this.text = text;
    this.signatures = signatures;
  }

  /** Strict (C2SP signed-note, "Format"); throws MalformedNote. */
  static parse(data) {
    if (data.length > MAX_NOTE) throw new MalformedNote(`a note of more than ${MAX_NOTE} bytes`);
    if (data.some((octet) => (octet < 0x20 && octet !== 0x0a) || octet === 0x7f)) {
      throw new MalformedNote("a note must not contain control characters");
    }
    let content;
    try {
      content = fromUtf8(data);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw new MalformedNote("a note must be UTF-8");
    }
    const cut = content.lastIndexOf("\n\n");
    if (cut < 0 || !content.slice(cut + 2).endsWith("\n")) {
      throw new MalformedNote("a note is text, an empty line and signature lines");
    }
    return new Note(content.slice(0, cut + 1), parseSignatures(content.slice(cut + 2)));
  }

  /** The note's bytes. */
  data() {
    return utf8(`${this.text}\n${this.signatures.map((signature) => signature.line()).join("")}`);
  }
}

/** Signature lines, each ended by a newline, at least one; throws MalformedNote. */
export function parseSignatures(text) {
  const lines = text.split("\n");
  if (lines.pop() || lines.length < 1 || lines.length > MAX_SIGNATURES) {
    throw new MalformedNote(`a note has 1 to ${MAX_SIGNATURES} signature lines`);
  }
  return lines.map((line) => Signature.parse(line));
}

/** The bytes that a key of this kind signs for a note text; `time` in seconds (BigInt), for cosignatures only. */
export function signedMessage(vkey, text, time) {
  if (vkey.kind === Kind.ED25519) return utf8(text);
  if (vkey.kind === Kind.COSIGNATURE_ED25519) return utf8(`cosignature/v1\ntime ${time}\n${text}`);
  const checkpoint = Checkpoint.parse(text);
  const name = utf8(vkey.name);
  const origin = utf8(checkpoint.origin);
  if (Math.max(name.length, origin.length) > 255) {
    throw new MalformedNote("a name is too long for an ML-DSA-44 cosignature");
  }
  return concat(
    utf8("subtree/v1\n\0"),
    Uint8Array.of(name.length),
    name,
    notesU64(time),
    Uint8Array.of(origin.length),
    origin,
    notesU64(0n),
    notesU64(checkpoint.size),
    checkpoint.root,
  );
}

function notesU64(value) {
  const data = new Uint8Array(8);
  new DataView(data.buffer).setBigUint64(0, value);
  return data;
}

/** A signature that holds: whose, and the second it states (a Number; null for a plain Ed25519 signature). */
export class Verified {
  constructor(vkey, time) {
    this.vkey = vkey;
    this.time = time;
  }
}

/**
 * Check one line against its own key; throws NoteNotTrusted.
 *
 * Of an ML-DSA-44 signature everything is checked but the signature itself (`verify` sets it aside).
 */
export async function verifySignature(text, signature, vkey) {
  let raw = signature.blob;
  let time = null;
  if (vkey.kind !== Kind.ED25519) {
    if (raw.length < 8) throw new NoteNotTrusted(`the cosignature of ${vkey.name} is too short`);
    time = toBigInt(raw.subarray(0, 8));
    raw = raw.slice(8);
    if (time > MAX_SIZE) throw new NoteNotTrusted(`the cosignature of ${vkey.name} states an impossible time`);
  }
  let message;
  try {
    message = signedMessage(vkey, text, time ?? 0n);
  } catch (error) {
    if (error instanceof MalformedNote) throw new NoteNotTrusted(error.message);
    throw error;
  }
  const whole = signature.mark === vkey.mark && raw.length === NOTES_SIGNATURE_SIZE[vkey.kind];
  if (!whole || (vkey.kind !== Kind.COSIGNATURE_ML_DSA_44 && !(await vkey.verify(raw, message)))) {
    throw new NoteNotTrusted(`the signature of ${vkey.name} is wrong`);
  }
  return new Verified(vkey, time === null ? null : Number(time));
}

/**
 * Every signature by a known key: `verified`, and `unchecked` for those that no browser can check; lines by unknown keys
 * are ignored.
 *
 * Throws NoteNotTrusted when a known key's signature is wrong or no known key signed (C2SP signed-note). Of several lines
 * by one key the one with the earliest time counts.
 */
export async function verify(note, vkeys) {
  const known = new Map([...vkeys].map((vkey) => [vkey.mark, vkey]));
  const found = new Map();
  for (const signature of note.signatures) {
    const vkey = known.get(signature.mark);
    if (vkey === undefined) continue;
    const verified = await verifySignature(note.text, signature, vkey);
    const former = found.get(String(vkey));
    if (former === undefined || (verified.time ?? 0) < (former.time ?? 0)) found.set(String(vkey), verified);
  }
  if (found.size === 0) throw new NoteNotTrusted("no signature by a known key");
  const all = [...found.values()];
  return {
    verified: all.filter(({ vkey }) => vkey.kind !== Kind.COSIGNATURE_ML_DSA_44),
    unchecked: all.filter(({ vkey }) => vkey.kind === Kind.COSIGNATURE_ML_DSA_44),
  };
}
