// Which status list counts, and what it says of a record (docs/formats.md §12).

import { ValueError, equal, stamp, utf8 } from "./bytes.js";
import { Kind, MalformedNote, NoteNotTrusted, verify } from "./notes.js";
import { Failed } from "./report.js";
import { entry, key, malformed, read, unpack } from "./status.js";
import { ProofRefused, verifyProof } from "./tlog.js";

const STANDING_DAY = 86_400_000;
const STANDING_CLOCK_SKEW = 300_000;

/** A list that is older (milliseconds) is called stale. */
export const MAX_AGE = 7 * STANDING_DAY;

/** What a list says of one record. */
export const Status = Object.freeze({ GOOD: "good", REPLACED: "replaced", ANNULLED: "annulled" });

// --- what it says --------------------------------------------------------------------------------

/** A list that holds: signed by the log, its keys are those signed, and it stands in the log. */
export class StatusList {
  constructor(header, text, index, replaced, annulled) {
    this.header = header;
    this.text = text;
    this.index = index;
    this.replaced = replaced;
    this.annulled = annulled;
  }

  /** What the list says of a record. Whether it speaks of the record at all is `covers`. */
  async of(record) {
    const place = await key(record);
    if (standingHolds(this.annulled, place)) return Status.ANNULLED;
    return standingHolds(this.replaced, place) ? Status.REPLACED : Status.GOOD;
  }

  /** True when the record at that place of the log is among those that the list speaks of. */
  covers(index) {
    return index < this.header.entries;
  }
}

function standingHolds(places, place) {
  let low = 0;
  let high = places.length;
  while (low < high) {
    const middle = (low + high) >> 1;
    if (places[middle] < place) low = middle + 1;
    else high = middle;
  }
  return low < places.length && places[low] === place;
}

function standingRefused(code, found) {
  return new Failed(code, found, { undecided: true });
}

/**
 * Check a parsed list completely against the log that the verifier believes.
 *
 * Throws Failed, always undecided, since a list that proves nothing says nothing against a record; codes as in Python.
 */
export async function openList(value, { organisation, origin, policy }) {
  const { note, header, packed, proof } = read(value);
  if (header.organisation !== organisation || header.origin !== origin) {
    const found = `The status list is one of ${header.origin}, not of the issuer's log ${origin}.`;
    throw standingRefused("status.log", found);
  }
  const signers = policy.logs.filter((vkey) => vkey.name === origin && vkey.kind === Kind.ED25519);
  const known = new Set(signers.map((vkey) => vkey.mark));
  if (!note.signatures.some((line) => known.has(line.mark))) {
    throw standingRefused("status.log", "The status list is not signed by a key of the issuer's log.");
  }
  try {
    await verify(note, signers);
  } catch (error) {
    if (!(error instanceof NoteNotTrusted)) throw error;
    throw standingRefused("status.signature", "The signature of the status list is wrong.");
  }
  const index = await standingLogged(note.text, header, proof, policy);
  try {
    return new StatusList(header, note.text, index, ...(await unpack(packed, header)));
  } catch (error) {
    if (!(error instanceof ValueError)) throw error;
    throw standingRefused("status.keys", `The status list is not whole: ${error.message}.`);
  }
}

/** Index of the list's entry in the log, proven. */
async function standingLogged(text, header, proof, policy) {
  let stated;
  let found;
  try {
    [, stated] = proof.opening();
    found = await verifyProof(proof, await entry(text), policy);
  } catch (error) {
    if (error instanceof MalformedNote) throw malformed(error.message);
    if (!(error instanceof ProofRefused)) throw error;
    const code = error.flaw === "witnesses" ? "status.witnesses" : "status.proof";
    throw standingRefused(code, `That the status list stands in the log is not shown: ${error.message}.`);
  }
  if (!equal(stated, utf8(text)) || found.origin !== header.origin || found.index < header.entries) {
    throw standingRefused("status.proof", "The proof of the status list belongs to something else.");
  }
  if (found.existed !== null && header.made - found.existed > STANDING_CLOCK_SKEW) {
    throw standingRefused("status.time", "The status list claims to be younger than the proof that it existed.");
  }
  return found.index;
}

// --- several lists -------------------------------------------------------------------------------

/** Lists of one organisation as they came (first the bundle's, then those given beside it); opened when asked for. */
export class Carried {
  constructor(values) {
    this.values = Object.freeze([...values]);
    this.kept = null;
  }

  /** { newest, refused }: the list that counts, and why another one was refused, where one was; kept once answered. */
  async standing(log) {
    this.kept ??= standingCompare(this.values, log);
    return this.kept;
  }
}

async function standingCompare(values, log) {
  let newest = null;
  let refused = null;
  for (const value of values) {
    try {
      const opened = await openList(value, log);
      if (newest !== null) standingCheckFollows(newest, opened);
      newest = opened;
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      refused ??= error;
    }
  }
  return { newest, refused };
}

/** A later list says all that an earlier one said: nothing that was annulled becomes good again. */
function standingCheckFollows(known, given) {
  if (given.header.entries < known.header.entries) {
    throw standingRefused(
      "status.rolled_back",
      `A status list of ${stamp(given.header.made)} was given, but a newer one is known, ` +
        `of ${stamp(known.header.made)}.`,
    );
  }
  if (given.text === known.text) return;
  const said = given.header.entries > known.header.entries && given.header.made >= known.header.made;
  const holds = (place) => standingHolds(given.annulled, place);
  if (
    !said ||
    !known.annulled.every(holds) ||
    !known.replaced.every((place) => holds(place) || standingHolds(given.replaced, place))
  ) {
    throw standingRefused("status.fork", "Two status lists, both signed by the issuer's log, contradict each other.");
  }
}
