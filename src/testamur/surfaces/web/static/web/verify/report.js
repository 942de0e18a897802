// What a verification found: one check after the other, and the verdict they add up to (docs/formats.md §11).

/** Something that a check looked at does not hold. */
export class Failed extends Error {
  /**
   * @param {string} code dotted and stable, e.g. `chain.revoked`
   * @param {string} message one plain sentence about what was found
   * @param {{sub?: string|null, undecided?: boolean}} options the term of ETSI EN 319 102-1, and whether the material
   *   is only missing or unknown, so that nothing is proven either way
   */
  constructor(code, message, { sub = null, undecided = false } = {}) {
    super(message);
    this.name = new.target.name;
    this.code = code;
    this.subIndication = sub;
    this.undecided = undecided;
  }
}

/** The seal or its time-stamp does not hold. Codes: `seal.*`, `timestamp.*`. */
export class CmsError extends Failed {}

/** The signer's evidence does not hold. Codes: `bankid.*`, `simulated.*`, `sms.*`, `evidence.*`, `chain.*`. */
export class EvidenceError extends Failed {}

/** How one check ended. */
export const Outcome = Object.freeze({ OK: "ok", FAILED: "failed", UNDECIDED: "undecided", ABSENT: "absent" });

/** The verdict on a file. */
export const Word = Object.freeze({
  VALID: "valid",
  UNDECIDED: "undecided",
  INVALID: "invalid",
  FOREIGN: "foreign",
});

/** ETSI EN 319 102-1 clause 5.1.3. */
export const INDICATION = Object.freeze({
  [Word.VALID]: "TOTAL-PASSED",
  [Word.UNDECIDED]: "INDETERMINATE",
  [Word.INVALID]: "TOTAL-FAILED",
  [Word.FOREIGN]: null,
});

export const EXIT_CODE = Object.freeze({
  [Word.VALID]: 0,
  [Word.INVALID]: 1,
  [Word.UNDECIDED]: 2,
  [Word.FOREIGN]: 3,
});

const REPORT_WORST_FIRST = [Word.INVALID, Word.UNDECIDED, Word.FOREIGN, Word.VALID];

const REPORT_DECIDING = Object.freeze({
  [Word.VALID]: [],
  [Word.INVALID]: [Outcome.FAILED],
  [Word.UNDECIDED]: [Outcome.UNDECIDED],
  [Word.FOREIGN]: [Outcome.FAILED, Outcome.UNDECIDED, Outcome.ABSENT],
});

/** One named check: how it ended, a stable code, and what was found in one plain sentence. */
export class Check {
  constructor(name, outcome, code, found, subIndication = null) {
    this.name = name;
    this.outcome = outcome;
    this.code = code;
    this.found = found;
    this.subIndication = subIndication;
    Object.freeze(this);
  }

  /** The member of `checks` in docs/formats.md §11. */
  asJson() {
    return { name: this.name, outcome: this.outcome, code: this.code, found: this.found };
  }
}

/** The verdict on one file. */
export class Verdict {
  /**
   * @param {string} file the name under which the file was given
   * @param {string} word one of `Word`
   * @param {boolean} test true when anything in the chain of trust is marked as test
   * @param {object} record a summary of the record, empty when it could not be read
   * @param {Check[]} checks in the order in which they were made
   * @param {boolean} practice true when the record itself says that it was made in training; then `test` too
   */
  constructor(file, word, test, record, checks, practice = false) {
    this.file = file;
    this.word = word;
    this.test = test;
    this.record = record;
    this.checks = Object.freeze([...checks]);
    this.practice = practice;
    Object.freeze(this);
  }

  /** ETSI EN 319 102-1 main indication. */
  get indication() {
    return INDICATION[this.word];
  }

  /** ETSI EN 319 102-1 sub-indication of the check that decided the verdict. */
  get subIndication() {
    const deciding = decidingCheck(this.checks, this.word);
    return deciding ? deciding.subIndication : null;
  }

  /** Code of the check that decided the verdict, `ok` when all is well. */
  get code() {
    const deciding = decidingCheck(this.checks, this.word);
    return deciding ? deciding.code : "ok";
  }

  /** 0 valid, 1 forged or changed, 2 cannot be decided, 3 not a Testamur record. */
  get exitCode() {
    return EXIT_CODE[this.word];
  }

  /** The object that `testamur verify --json` prints. */
  asJson() {
    return {
      file: this.file,
      verdict: this.word,
      indication: this.indication,
      sub_indication: this.subIndication,
      test: this.test,
      practice: this.practice,
      record: { ...this.record },
      checks: this.checks.map((check) => check.asJson()),
    };
  }
}

/** The first check that made the verdict what it is; null for a valid file. */
export function decidingCheck(checks, word) {
  return checks.find((check) => REPORT_DECIDING[word].includes(check.outcome)) ?? null;
}

/** One failed check makes the file invalid; otherwise one undecided check leaves it undecided. */
export function conclude(checks) {
  const outcomes = new Set(checks.map((check) => check.outcome));
  if (outcomes.has(Outcome.FAILED)) return Word.INVALID;
  return outcomes.has(Outcome.UNDECIDED) ? Word.UNDECIDED : Word.VALID;
}

/** The exit code for several files: the worst of invalid, undecided, foreign, valid, in that order. */
export function exitCode(words) {
  const worst = REPORT_WORST_FIRST.find((word) => words.includes(word));
  return worst === undefined ? 0 : EXIT_CODE[worst];
}

/** Collects the checks of one file while they are made. */
export class Notebook {
  constructor() {
    this.checks = [];
  }

  /** The check held. */
  ok(name, found) {
    this.checks.push(new Check(name, Outcome.OK, "ok", found));
  }

  /** There was nothing to check, and that alone does not change the verdict. */
  absent(name, code, found) {
    this.checks.push(new Check(name, Outcome.ABSENT, code, found));
  }

  /** The check did not hold, or could not be decided. */
  failed(name, failure) {
    const outcome = failure.undecided ? Outcome.UNDECIDED : Outcome.FAILED;
    this.checks.push(new Check(name, outcome, failure.code, failure.message, failure.subIndication));
  }
}
