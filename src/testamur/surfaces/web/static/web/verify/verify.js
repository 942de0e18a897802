// The offline verifier: one file and one trust bundle in, one verdict out (docs/formats.md §11).
//
// No network, no clock: the same bytes and the same bundle give the same verdict for ever, and the same as `testamur
// verify` gives. The checks follow the record from its bytes to its issuer; each says in one sentence what was found.

import { equal, isoDate, sha256, stamp } from "./bytes.js";
import { nameOf } from "./chain.js";
import { checkCertificate, checkSignature, checkTimeStamp } from "./cms.js";
import { fileName, verifyEvidence } from "./evidence.js";
import { MalformedNote, Note } from "./notes.js";
import { Foreign, Opening } from "./opening.js";
import { PERSONAL_METHOD, verifyPersonal } from "./personal.js";
import { Failed, Notebook, Outcome, Verdict, Word, conclude } from "./report.js";
import { MAX_AGE, Status } from "./standing.js";
import { EntryKind, Proof, ProofRefused, Statement, commitment, entry, verifyProof } from "./tlog.js";
import { NO_TRUST } from "./trust.js";

/** Between the clocks of issuer, e-ID, time-stamp authority and witnesses, in milliseconds. */
export const CLOCK_SKEW = 300_000;

/**
 * Verify one file completely. Never throws: what goes wrong inside leaves the file undecided (`internal`).
 *
 * @param {Uint8Array} data the bytes of the file
 * @param {Trust} trust whom to believe; `NO_TRUST` where there is no bundle
 * @param {string} name for the report
 * @param {object} options `sidecar`: bytes of the `.tlog-proof` beside the file; `at`: the present (milliseconds since
 *   1970), by which the age of a status list is told, without it the making of the bundle; `maxStatusAge`: milliseconds
 * @returns {Promise<Verdict>} `asJson()` is the object that `testamur verify --json` prints
 */
export async function verifyFile(data, trust, name, { sidecar = null, at = null, maxStatusAge = MAX_AGE } = {}) {
  const believed = trust ?? NO_TRUST;
  const present = Math.max(at ?? believed.made, believed.made);
  const verification = new Verification(data, believed, name, { sidecar, at: present, maxStatusAge });
  try {
    return await verification.run();
  } catch (error) {
    const found = `The verifier met something it cannot handle (${error.name}); nothing can be decided.`;
    verification.book.failed("internal", new Failed("internal", found, { undecided: true }));
    return verification.verdict(Word.UNDECIDED);
  }
}

/** One run over one file. */
class Verification {
  constructor(data, trust, name, { sidecar, at, maxStatusAge }) {
    this.trust = trust;
    this.name = name;
    this.sidecar = sidecar;
    this.book = new Notebook();
    this.opening = new Opening(data);
    this.signed = [];
    this.at = at;
    this.maxStatusAge = maxStatusAge;
    this.place = null; // of the record in the log, where it is proven
  }

  async run() {
    let record;
    try {
      record = await this.opening.open();
    } catch (error) {
      if (error instanceof Foreign) {
        this.book.absent("revisions", error.code, error.message);
        return this.verdict(Word.FOREIGN);
      }
      if (!(error instanceof Failed)) throw error;
      this.book.failed("revisions", error);
      return this.verdict(conclude(this.book.checks));
    }
    const { checks } = this.book;
    this.book.ok("revisions", verifyRevisions(record.personal.size));
    const before = checks.length;
    await this.signers(record);
    this.digest(record);
    checks.splice(before, 0, checks.pop()); // told first, known only now
    const organisation = this.trust.organisations.get(record.snapshot.issuer) ?? null;
    const proven = await this.proof(record, organisation);
    const proofCheck = checks.pop();
    await this.seal(record, organisation, proven);
    checks.push(proofCheck);
    await this.status(record, organisation);
    this.issuer(record, organisation);
    return this.verdict(conclude(checks));
  }

  verdict(word) {
    const { snapshot } = this.opening;
    const test = this.trust.test || this.signed.some((found) => found.test) || (snapshot !== null && snapshot.test);
    const summary = snapshot ? snapshot.summary() : {};
    return new Verdict(this.name, word, test, summary, this.book.checks, snapshot !== null && snapshot.practice);
  }

  /** Runs a check and writes a failure down under its name; true when it held. */
  async held(name, check) {
    try {
      await check();
      return true;
    } catch (error) {
      if (!(error instanceof Failed)) throw error;
      this.book.failed(name, error);
      return false;
    }
  }

  // --- signers ---

  /** One check for each signer. */
  async signers(record) {
    if (record.snapshot.signers.length === 0) {
      this.book.absent("signers", "signers.none", "The document names no person as its signer.");
    }
    for (const signer of record.snapshot.signers) {
      await this.held(`signer ${signer.order}`, () => this.signer(signer, record));
    }
  }

  async signer(signer, record) {
    const found = await this.attested(signer, record);
    this.checkSigner(found, record);
    this.signed.push(found);
    const others = found.count > 1 ? `, together with ${found.count - 1} other documents` : "";
    const test = found.test ? " with a TEST identity" : "";
    this.book.ok(
      `signer ${signer.order}`,
      `${signer.name} (${signer.title || signer.role}) signed this document on ` +
        `${stamp(found.signedAt)} by ${found.method}${test}${verifyCalled(found)}${others}${found.note}.`,
    );
  }

  /** By evidence beside the document, or by a signature in the file itself. */
  async attested(signer, record) {
    const { snapshot } = record;
    const personal = record.personal.get(signer.order);
    if (personal === undefined) {
      return verifyEvidence(record.evidence.get(fileName(signer.order)), {
        signer,
        snapshot,
        h0: record.h0,
        size: record.h0Size,
        roots: this.trust.eidRoots,
      });
    }
    const earlier = [...record.personal].filter(([order]) => order < signer.order).map(([, one]) => one.claimedAt);
    return verifyPersonal(personal, {
      signer,
      snapshot,
      after: earlier.length ? Math.max(...earlier) : snapshot.frozenAt,
      sealedAt: record.claimedAt,
      roots: this.trust.eidRoots.get(PERSONAL_METHOD) ?? [],
      crls: this.trust.organisations.get(snapshot.issuer)?.crls ?? [],
    });
  }

  /** Whether the first revision is what was signed: the signers' evidence alone can say it. */
  digest(record) {
    const h0 = `${record.h0.slice(0, 16)}…`;
    const wanted = record.snapshot.signers.length;
    if (wanted && this.signed.length === wanted) {
      this.book.ok("digest", `The document that was signed is unchanged in the file (${h0}).`);
    } else if (wanted) {
      const found = `That the document in the file (${h0}) is the one that was signed is not shown.`;
      this.book.absent("digest", "digest.unshown", found);
    } else {
      const found = `Nobody signed the document itself (${h0}); the seal alone covers it.`;
      this.book.absent("digest", "digest.unsigned", found);
    }
  }

  checkSigner(found, record) {
    if (found.test && !(record.snapshot.test || this.trust.test)) {
      throw new Failed("evidence.test", `${found.signer.name} signed with a test identity.`, {
        sub: "SIG_CONSTRAINTS_FAILURE",
      });
    }
    if (found.signedAt > record.claimedAt + CLOCK_SKEW) {
      const message = `The signature of ${found.signer.name} is younger than the seal over it.`;
      throw new Failed("evidence.after_seal", message, { sub: "TIMESTAMP_ORDER_FAILURE" });
    }
  }

  // --- seal ---

  async seal(record, organisation, witnessed) {
    await this.held("seal", async () => {
      await checkSignature(record.seal, record.docDigest);
      const [at, source] = await this.existed(record, witnessed);
      await verifySealer(record.seal, organisation, at, source);
      this.book.ok(
        "seal",
        `Sealed by ${nameOf(record.seal.certificate)} (PAdES ${record.seal.level}), existing on ${stamp(at)} ` +
          `by ${source || "its own word"}; every byte is covered.`,
      );
    });
  }

  /** When the seal existed, and who says so besides the seal: time-stamp before witnesses before nobody. */
  async existed(record, witnessed) {
    const { seal, claimedAt } = record;
    let proven;
    let source;
    if (seal.timeStamp !== null) {
      proven = await checkTimeStamp(seal.timeStamp, seal.signature, this.trust.tsaRoots);
      source = "its time-stamp";
    } else if (witnessed !== null) {
      [proven, source] = [witnessed, "the witnesses of the log"];
    } else return [claimedAt, null];
    if (claimedAt > proven + CLOCK_SKEW) {
      const message = "The seal claims to be younger than the moment when it is proven to have existed.";
      throw new Failed("seal.time", message, { sub: "TIMESTAMP_ORDER_FAILURE" });
    }
    return [proven, source];
  }

  // --- proof ---

  /** Adds one check; returns the time by which the log's witnesses had seen the record, or null. */
  async proof(record, organisation) {
    let existed = null;
    await this.held("proof", async () => {
      const found = await this.included(record, organisation).catch((error) => {
        if (error instanceof MalformedNote) {
          throw verifyFlaw("proof.malformed", `The transparency proof is malformed: ${error.message}.`);
        }
        throw error instanceof ProofRefused ? verifyRefused(error) : error;
      });
      const { cosigned } = found;
      const seen = cosigned.length ? `cosigned by ${cosigned.length} witnesses` : "not cosigned by any witness";
      this.book.ok(
        "proof",
        `Entry ${found.index} of the transparency log ${found.origin} (${found.size} entries), ${seen}.`,
      );
      this.place = found.index;
      existed = found.existed;
    });
    return existed;
  }

  async included(record, organisation) {
    const data = this.proofBytes(record);
    const proof = Proof.parse(data);
    if (!equal(proof.data(), data)) {
      throw verifyFlaw("proof.malformed", "The transparency proof is not written as it should be.");
    }
    const [salt, opened] = proof.opening();
    const statement = Statement.parse(opened);
    await verifyStatement(statement, record);
    if (organisation === null) {
      const message = "The proof speaks of this record; the log it comes from is not in the trust bundle.";
      throw new Failed("issuer.unknown", message, { undecided: true });
    }
    verifyKnownNames(proof, organisation);
    const leaf = entry(EntryKind.RECORD, await commitment(salt, opened));
    const found = await verifyProof(proof, leaf, organisation.policy);
    if (found.existed !== null && statement.time > found.existed + CLOCK_SKEW) {
      throw new Failed("proof.time", "The proof is older than what it proves.", { sub: "TIMESTAMP_ORDER_FAILURE" });
    }
    return found;
  }

  proofBytes(record) {
    const inside = record.seal.proof;
    if (this.sidecar !== null && inside !== null && !equal(this.sidecar, inside)) {
      throw verifyFlaw("proof.differs", "The proof beside the file is another than the one inside.");
    }
    const data = this.sidecar ?? inside;
    if (data === null) {
      const message = "There is no proof that the record stands in the transparency log.";
      throw new Failed("proof.absent", message, { undecided: true });
    }
    return data;
  }

  // --- status, issuer ---

  /** What the issuer's status list says of the record; without one the file itself cannot know. */
  async status(record, organisation) {
    const carried = this.trust.status.get(record.snapshot.issuer);
    if (carried === undefined || organisation === null) {
      const found = "Whether the record was later corrected or annulled is not known offline.";
      this.book.absent("status", "status.absent", found);
      return;
    }
    const { id, origin, policy } = organisation;
    const { newest, refused } = await carried.standing({ organisation: id, origin, policy });
    const says = newest === null ? Status.GOOD : await newest.of(record.snapshot.record);
    if (newest !== null && says !== Status.GOOD) this.book.failed("status", verifyNoLonger(says, newest));
    else if (refused !== null) this.book.failed("status", refused);
    else if (newest !== null) this.notListed(newest);
  }

  /** The list names no such record: good, if the list speaks of it and is not old. */
  notListed(newest) {
    const made = stamp(newest.header.made);
    if (this.place === null) {
      const found = `The status list of ${made} does not name the record; whether it covers it is not shown.`;
      this.book.absent("status", "status.uncovered", found);
    } else if (!newest.covers(this.place)) {
      const found = `The record is younger than the status list of ${made}: what happened to it since is not known.`;
      this.book.absent("status", "status.younger", found);
    } else if (this.at - newest.header.made > this.maxStatusAge) {
      const found = `Not replaced or annulled as of ${made}. That list is old: what happened since is not known.`;
      this.book.absent("status", "status.stale", found);
    } else this.book.ok("status", `Not replaced or annulled as of ${made}.`);
  }

  issuer(record, organisation) {
    if (organisation === null) {
      const found = `The issuer (${record.snapshot.issuerName}) is not in the trust bundle.`;
      const options = { sub: "NO_CERTIFICATE_CHAIN_FOUND", undecided: true };
      this.book.failed("issuer", new Failed("issuer.unknown", found, options));
      return;
    }
    if (this.book.checks.some((check) => check.name === "seal" && check.outcome !== Outcome.OK)) {
      this.book.absent("issuer", "issuer.unproven", `That ${organisation.name} issued this is not shown.`);
      return;
    }
    const test = this.trust.test ? " (TEST)" : "";
    const made = isoDate(this.trust.made);
    this.book.ok("issuer", `Issued by ${organisation.name}${test}, as the trust bundle of ${made} knows it.`);
  }
}

function verifyRevisions(personal) {
  if (!personal) return "Two revisions: the document as it was signed, and the seal over it; nothing else.";
  return (
    `${personal + 2} revisions: the document, one for each of ${personal} personal signatures, and the seal over ` +
    "them; nothing else."
  );
}

/** The name in the e-ID where it is another than the document's: the number binds, but readers trust the name. */
function verifyCalled(found) {
  const [one, other] = [found.signer.name, found.eidName].map((name) => new Set(verifyWords(name)));
  const within = (some, all) => [...some].every((word) => all.has(word));
  return within(one, other) || within(other, one) ? "" : `, whose e-ID bears the name "${found.eidName}"`;
}

/** The words of a name without regard to case (Unicode full case folding, one letter after the other). */
function verifyWords(name) {
  const folded = [...name.normalize("NFC")].map((letter) =>
    letter === "ı" ? letter : letter.toLowerCase().toUpperCase().toLowerCase(),
  );
  return folded.join("").split(/[\p{Zs}\t-\r\x1c-\x1f\x85\u2028\u2029]+/u).filter((word) => word); // prettier-ignore
}

/** The chain of the seal's certificate ends in the issuer's own roots, which only the trust bundle can say. */
async function verifySealer(seal, organisation, at, source) {
  if (organisation === null) {
    throw new Failed(
      "seal.unknown",
      `The seal is whole and covers every byte; whether ${nameOf(seal.certificate)} may seal for the issuer ` +
        "cannot be said without a trust bundle that knows the issuer.",
      { sub: "NO_CERTIFICATE_CHAIN_FOUND", undecided: true },
    );
  }
  await checkCertificate(seal, organisation.sealRoots, organisation.crls, { at, proven: source !== null });
}

async function verifyStatement(statement, record) {
  const { snapshot } = record;
  const alike =
    statement.record === snapshot.record &&
    statement.version === snapshot.version &&
    statement.organisation === snapshot.issuer &&
    statement.event === "issue" &&
    equal(statement.docDigest, record.docDigest) &&
    equal(statement.sealSigSha256, await sha256(record.seal.signature)) &&
    equal(statement.recordJsonSha256, await sha256(record.recordJson));
  if (!alike) {
    const message = "The transparency proof belongs to another record.";
    throw new Failed("proof.other_record", message, { sub: "HASH_FAILURE" });
  }
}

/** A genuine record that must not be relied upon. */
function verifyNoLonger(says, newest) {
  const made = stamp(newest.header.made);
  if (says === Status.ANNULLED) {
    return new Failed("status.annulled", `The record is void: the issuer has annulled it (status list of ${made}).`);
  }
  return new Failed(
    "status.replaced",
    "The document is genuine, but it is no longer the valid record: a later version has replaced it " +
      `(status list of ${made}).`,
  );
}

function verifyFlaw(code, message) {
  return new Failed(code, message, { sub: "FORMAT_FAILURE" });
}

/** A line that bears a known name with an unknown key, or a known key under another name, was meddled with. */
function verifyKnownNames(proof, organisation) {
  const keys = organisation.policy.vkeys;
  const exact = new Set(keys.map((key) => key.mark));
  const half = (line) => keys.some((key) => key.name === line.name || equal(key.keyId, line.keyId));
  for (const line of Note.parse(proof.checkpoint).signatures) {
    if (!exact.has(line.mark) && half(line)) {
      const message = `The proof carries a signature of ${line.name} by a key that the trust bundle does not know.`;
      throw new Failed("proof.key", message, { undecided: true });
    }
  }
}

/** The log's own words, with the verdict's terms. A missing quorum proves nothing either way. */
function verifyRefused(error) {
  const subs = { malformed: "FORMAT_FAILURE", signature: "SIG_CRYPTO_FAILURE", inclusion: "HASH_FAILURE" };
  return new Failed(`proof.${error.flaw}`, `The transparency proof does not hold: ${error.message}.`, {
    sub: subs[error.flaw] ?? null,
    undecided: error.flaw === "witnesses" || error.flaw === "unsupported",
  });
}
