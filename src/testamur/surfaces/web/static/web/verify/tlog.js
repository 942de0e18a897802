// Entries and proofs of the transparency log (docs/formats.md sections 7 and 8; C2SP tlog-proof).

import { ValueError, concat, fromHex, hex, indexOf, latin1, repr, sha256, stamp, utf8 } from "./bytes.js";
import { urn } from "./ids.js";
import { canonical, parseCanonical } from "./jcs.js";
import { HASH_SIZE, leafHash, verifyInclusion } from "./merkle.js";
import { Checkpoint, MalformedNote, Note, NoteNotTrusted, decimal, decode64, encode64, verify } from "./notes.js";
import { isObject, parseStamp } from "./shape.js";

export const ENTRY_SIZE = 37;
export const SALT_SIZE = 32;
export const MAX_PROOF = 524_288;

const TLOG_MAGIC = "SRL1";
const TLOG_PROOF_HEAD = "c2sp.org/tlog-proof@v1";
/** The first second of the year 10000, beyond which the calendar ends. */
const TLOG_END_OF_TIME = 253_402_300_800;

// --- entries -----------------------------------------------------------------------------------

/** What an entry is about; all events of a record look alike. */
export const EntryKind = Object.freeze({
  RECORD: 0x01,
  STATUS_LIST: 0x10,
  AUDIT_REPORT: 0x11,
  EVIDENCE_ANCHOR: 0x12,
  KEY_CHANGE: 0x13,
});

/** HMAC-SHA256(salt, "schoolrecord/v1\n" || SHA-256(statement)): 32 bytes that say nothing without the salt. */
export async function commitment(salt, statement) {
  if (salt.length !== SALT_SIZE) throw new ValueError(`a salt has ${SALT_SIZE} bytes`);
  const { subtle } = globalThis.crypto;
  const key = await subtle.importKey("raw", salt, { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);
  const message = concat(utf8("schoolrecord/v1\n"), await sha256(statement));
  return new Uint8Array(await subtle.sign("HMAC", key, message));
}

/** The 37 bytes of a log entry from a 32-byte commitment. */
export function entry(kind, committed) {
  if (committed.length !== ENTRY_SIZE - 5) throw new ValueError("a commitment has 32 bytes");
  return concat(utf8(TLOG_MAGIC), Uint8Array.of(kind), committed);
}

/** What an entry of kind RECORD commits to; digests are raw bytes. */
export class Statement {
  constructor(values) {
    Object.assign(this, values);
    Object.freeze(this);
  }

  /** Canonical JSON (RFC 8785), nothing else; anything else, unknown members included, throws MalformedNote. */
  static parse(data) {
    let value;
    try {
      value = parseCanonical(data);
    } catch (error) {
      if (!(error instanceof ValueError)) throw error;
      throw tlogNoStatement(error.message);
    }
    if (!isObject(value)) throw tlogNoStatement("it is not an object");
    const statement = new Statement({
      event: tlogMember(value, "event"),
      record: tlogUuid(tlogMember(value, "record")),
      version: tlogMember(value, "version"),
      organisation: tlogUuid(tlogMember(value, "organisation")),
      docDigest: tlogHex(tlogMember(value, "doc_digest")),
      sealSigSha256: tlogHex(tlogMember(value, "seal_sig_sha256")),
      recordJsonSha256: tlogHex(tlogMember(value, "record_json_sha256")),
      prev: tlogMember(value, "prev") === null ? null : tlogHex(value.prev),
      time: tlogTime(tlogMember(value, "time")),
    });
    const plain = Number.isInteger(statement.version) && typeof statement.event === "string";
    // the spelling of each value was checked above; the set of members and the version of the form remain
    if (!plain || statement.version < 1 || value.v !== 1 || Object.keys(value).length !== 10) {
      throw tlogNoStatement("not a version 1 statement");
    }
    const { docDigest, sealSigSha256, recordJsonSha256, prev } = statement;
    if ([docDigest, sealSigSha256, recordJsonSha256, prev].some((held) => held !== null && held.length !== HASH_SIZE)) {
      throw new MalformedNote("a digest in the statement is not 32 bytes");
    }
    return statement;
  }

  /** Canonical JSON (RFC 8785), the bytes that are hashed. */
  data() {
    const { event, record, version, organisation, docDigest, sealSigSha256, recordJsonSha256, prev, time } = this;
    return canonical({
      v: 1,
      event,
      record: urn(record),
      version,
      organisation: urn(organisation),
      doc_digest: hex(docDigest),
      seal_sig_sha256: hex(sealSigSha256),
      record_json_sha256: hex(recordJsonSha256),
      prev: prev === null ? null : hex(prev),
      time: stamp(time),
    });
  }
}

function tlogNoStatement(why) {
  return new MalformedNote(`not a statement of a log entry: ${why}`);
}

function tlogMember(value, name) {
  if (!Object.hasOwn(value, name)) throw tlogNoStatement(`'${name}'`);
  return value[name];
}

function tlogUuid(value) {
  const form = /^urn:uuid:([0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12})$/;
  const found = typeof value === "string" ? form.exec(value) : null;
  if (found === null) throw tlogNoStatement("badly formed hexadecimal UUID string");
  return found[1];
}

function tlogHex(value) {
  if (typeof value !== "string" || !/^(?:[0-9a-f]{2})*$/.test(value)) {
    throw tlogNoStatement("a digest is not lower-case hex");
  }
  return fromHex(value);
}

function tlogTime(value) {
  const instant = typeof value === "string" ? parseStamp(value) : null;
  if (instant === null) throw tlogNoStatement(`${repr(String(value))} is not a time of the form YYYY-MM-DDTHH:MM:SSZ`);
  return instant;
}

// --- proofs ------------------------------------------------------------------------------------

/**
 * A proof that does not prove the claim. `flaw`: `malformed` (not a proof), `log` (made by no log of the policy),
 * `signature` (a signature by a known key is wrong), `inclusion` (the path does not lead from this entry to the
 * checkpoint), `witnesses` (all holds, but the policy's quorum has not cosigned), or `unsupported` (the answer hangs on an
 * ML-DSA-44 signature, which browsers cannot check; Python's verifier knows no such flaw).
 */
export class ProofRefused extends ValueError {
  constructor(flaw, message) {
    super(message);
    this.flaw = flaw;
  }
}

/** A parsed `.tlog-proof`, not yet verified: `extra` is salt || statement, null when the line is missing. */
export class Proof {
  constructor(index, path, checkpoint, extra = null) {
    this.index = index;
    this.path = path;
    this.checkpoint = checkpoint;
    this.extra = extra;
  }

  /** The bytes of the file (C2SP tlog-proof). */
  data() {
    const lines = [TLOG_PROOF_HEAD];
    if (this.extra !== null) lines.push(`extra ${encode64(this.extra)}`);
    lines.push(`index ${this.index}`, ...this.path.map((sibling) => encode64(sibling)), "", "");
    return concat(utf8(lines.join("\n")), this.checkpoint);
  }

  /** Strict; throws MalformedNote. */
  static parse(data) {
    if (data.length > MAX_PROOF) throw new MalformedNote(`a proof of more than ${MAX_PROOF} bytes`);
    const cut = indexOf(data, utf8("\n\n"));
    const head = cut < 0 ? data : data.subarray(0, cut);
    if (head.some((octet) => octet > 0x7f)) throw new MalformedNote("the lines of a proof are ASCII");
    const lines = latin1(head).split("\n");
    if (cut < 0 || lines.shift() !== TLOG_PROOF_HEAD) {
      throw new MalformedNote(`a proof begins with ${TLOG_PROOF_HEAD} and ends with a checkpoint`);
    }
    let extra = null;
    if (lines.length && lines[0].startsWith("extra ")) extra = decode64(lines.shift().slice(6), "the extra data");
    if (!lines.length || !lines[0].startsWith("index ")) throw new MalformedNote("a proof has an index line");
    const index = decimal(lines.shift().slice(6), "the index");
    const path = lines.map((line) => decode64(line, "a hash"));
    if (path.length > 63 || path.some((sibling) => sibling.length !== HASH_SIZE)) {
      throw new MalformedNote("a path has at most 63 hashes of 32 bytes");
    }
    const checkpoint = data.slice(cut + 2);
    Checkpoint.parse(Note.parse(checkpoint).text);
    return new Proof(index, path, checkpoint, extra);
  }

  /** Salt and statement bytes from `extra`; throws MalformedNote when they cannot be there. */
  opening() {
    if (this.extra === null || this.extra.length <= SALT_SIZE) {
      throw new MalformedNote("the proof carries no salt and statement");
    }
    return [this.extra.slice(0, SALT_SIZE), this.extra.slice(SALT_SIZE)];
  }
}

/**
 * Verify that the entry `leaf` (its 37 bytes, not its hash) is in a log that `policy` trusts.
 *
 * Returns { origin, index, size, root, cosigned: [[name, instant]], existed: instant|null }; index and size are BigInts.
 * Offline; throws ProofRefused with its `flaw` in the order malformed, log, signature, inclusion, witnesses.
 */
export async function verifyProof(proof, leaf, policy) {
  const { note, checkpoint } = tlogNote(proof);
  const logs = new Map(policy.logs.filter(({ name }) => name === checkpoint.origin).map((key) => [String(key), key]));
  if (logs.size === 0) throw new ProofRefused("log", `the log ${repr(checkpoint.origin)} is not in the policy`);
  const { verified, unchecked } = await tlogSignatures(note, logs, policy);
  const byLog = ({ vkey }) => logs.has(String(vkey));
  if (!verified.some(byLog)) {
    if (unchecked.some(byLog)) throw tlogUnsupported();
    throw new ProofRefused("log", `no known key of the log ${repr(checkpoint.origin)} signed the checkpoint`);
  }
  const hash = await leafHash(leaf);
  if (!(await verifyInclusion(proof.index, checkpoint.size, hash, proof.path, checkpoint.root))) {
    throw new ProofRefused("inclusion", "the entry is not at this place of the log");
  }
  const quorum = tlogQuorumTime(policy, verified, unchecked);
  const cosigned = verified
    .filter((found) => found.time && !byLog(found) && found.time < TLOG_END_OF_TIME)
    .sort((one, other) => one.time - other.time)
    .map(({ vkey, time }) => [vkey.name, time * 1000]);
  if (quorum !== null && quorum >= TLOG_END_OF_TIME) {
    throw new ProofRefused("witnesses", "the witnesses state a time beyond the calendar");
  }
  const { origin, size, root } = checkpoint;
  return { origin, index: proof.index, size, root, cosigned, existed: quorum === null ? null : quorum * 1000 };
}

function tlogNote(proof) {
  try {
    const note = Note.parse(proof.checkpoint);
    return { note, checkpoint: Checkpoint.parse(note.text) };
  } catch (error) {
    if (error instanceof MalformedNote) throw new ProofRefused("malformed", error.message);
    throw error;
  }
}

async function tlogSignatures(note, logs, policy) {
  try {
    return await verify(note, [...logs.values(), ...policy.witnesses.values()]);
  } catch (error) {
    if (!(error instanceof NoteNotTrusted)) throw error;
    const known = new Set([...logs.values()].map((vkey) => vkey.mark));
    const signed = note.signatures.some((signature) => known.has(signature.mark));
    throw new ProofRefused(signed ? "signature" : "log", error.message);
  }
}

/** When the quorum had cosigned; the same whether the signatures that cannot be checked here hold or not. */
function tlogQuorumTime(policy, verified, unchecked) {
  const without = tlogTimeOrRefusal(policy, verified);
  if (unchecked.length) {
    const within = tlogTimeOrRefusal(policy, [...verified, ...unchecked]);
    if (within.time !== without.time || (within.refused === null) !== (without.refused === null)) {
      throw tlogUnsupported();
    }
  }
  if (without.refused !== null) throw without.refused;
  return without.time;
}

function tlogTimeOrRefusal(policy, verified) {
  try {
    return { time: policy.quorumTime(verified), refused: null };
  } catch (error) {
    if (!(error instanceof NoteNotTrusted)) throw error;
    return { time: null, refused: new ProofRefused("witnesses", error.message) };
  }
}

function tlogUnsupported() {
  return new ProofRefused("unsupported", "it rests on an ML-DSA-44 signature, which browsers cannot check");
}
