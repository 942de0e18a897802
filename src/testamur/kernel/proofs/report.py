"""What a verification found: one check after the other, and the verdict they add up to (docs/formats.md §11)."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

from testamur.kernel.base.refused import Refused


class Failed(Refused):
    """Something that a check looked at does not hold.

    Attributes:
        code: dotted and stable, e.g. ``chain.revoked``; also the code of the check in the report.
        sub_indication: the term of ETSI EN 319 102-1 (clause 5.1.3) that says the same, where there is one.
        undecided: True when the material is only missing or unknown, so that nothing is proven either way.
    """

    def __init__(self, code: str, message: str, *, sub: str | None = None, undecided: bool = False) -> None:
        """`message` is one plain sentence about what was found."""
        super().__init__(message)
        self.code = code
        self.sub_indication = sub
        self.undecided = undecided


class CmsError(Failed):
    """The seal or its time-stamp does not hold. Codes: ``seal.*``, ``timestamp.*``."""


class EvidenceError(Failed):
    """The signer's evidence does not hold: ``bankid.*``, ``simulated.*``, ``sms.*``, ``evidence.*``, ``chain.*``."""


class Outcome(StrEnum):
    """How one check ended."""

    OK = "ok"
    FAILED = "failed"
    UNDECIDED = "undecided"
    ABSENT = "absent"


class Word(StrEnum):
    """The verdict on a file."""

    VALID = "valid"
    UNDECIDED = "undecided"
    INVALID = "invalid"
    FOREIGN = "foreign"


INDICATION: Mapping[Word, str | None] = {
    Word.VALID: "TOTAL-PASSED",
    Word.UNDECIDED: "INDETERMINATE",
    Word.INVALID: "TOTAL-FAILED",
    Word.FOREIGN: None,
}
"""ETSI EN 319 102-1 clause 5.1.3."""

EXIT_CODE: Mapping[Word, int] = {Word.VALID: 0, Word.INVALID: 1, Word.UNDECIDED: 2, Word.FOREIGN: 3}
_WORST_FIRST = (Word.INVALID, Word.UNDECIDED, Word.FOREIGN, Word.VALID)


@dataclass(frozen=True, slots=True)
class Check:
    """One named check: how it ended, a stable code, and what was found in one plain sentence."""

    name: str
    outcome: Outcome
    code: str
    found: str
    sub_indication: str | None = None

    def as_json(self) -> dict[str, str]:
        """The member of `checks` in docs/formats.md §11."""
        return {"name": self.name, "outcome": self.outcome.value, "code": self.code, "found": self.found}


@dataclass(frozen=True, slots=True)
class Verdict:
    """The verdict on one file.

    Attributes:
        file: the name under which the file was given.
        word: valid, undecided, invalid (forged or changed) or foreign (not a Testamur record).
        test: True when anything in the chain of trust is marked as test.
        record: a summary of the record, empty when it could not be read.
        checks: in the order in which they were made.
        practice: True when the record itself says that it was made in training, and is worth nothing; then `test` too.
    """

    file: str
    word: Word
    test: bool
    record: Mapping[str, Any]
    checks: tuple[Check, ...]
    practice: bool = False

    @property
    def indication(self) -> str | None:
        """ETSI EN 319 102-1 main indication."""
        return INDICATION[self.word]

    @property
    def sub_indication(self) -> str | None:
        """ETSI EN 319 102-1 sub-indication of the check that decided the verdict."""
        deciding = deciding_check(self.checks, self.word)
        return deciding.sub_indication if deciding else None

    @property
    def code(self) -> str:
        """Code of the check that decided the verdict, ``ok`` when all is well."""
        deciding = deciding_check(self.checks, self.word)
        return deciding.code if deciding else "ok"

    @property
    def counted(self) -> Word:
        """The word that exit codes go by: to no program is valid what was made in training, whole as its bytes are."""
        return Word.INVALID if self.practice and self.word is Word.VALID else self.word

    @property
    def exit_code(self) -> int:
        """0 valid, 1 forged, changed or made in training, 2 cannot be decided, 3 not a Testamur record."""
        return EXIT_CODE[self.counted]

    def as_json(self) -> dict[str, Any]:
        """The object that `testamur verify --json` prints."""
        return {
            "file": self.file,
            "verdict": self.word.value,
            "indication": self.indication,
            "sub_indication": self.sub_indication,
            "test": self.test,
            "practice": self.practice,
            "record": dict(self.record),
            "checks": [check.as_json() for check in self.checks],
        }


def deciding_check(checks: Sequence[Check], word: Word) -> Check | None:
    """The first check that made the verdict what it is; None for a valid file."""
    outcomes = {
        Word.VALID: (),
        Word.INVALID: (Outcome.FAILED,),
        Word.UNDECIDED: (Outcome.UNDECIDED,),
        Word.FOREIGN: (Outcome.FAILED, Outcome.UNDECIDED, Outcome.ABSENT),
    }[word]
    return next((check for check in checks if check.outcome in outcomes), None)


def conclude(checks: Sequence[Check]) -> Word:
    """One failed check makes the file invalid; otherwise one undecided check leaves it undecided."""
    outcomes = {check.outcome for check in checks}
    if Outcome.FAILED in outcomes:
        return Word.INVALID
    return Word.UNDECIDED if Outcome.UNDECIDED in outcomes else Word.VALID


def exit_code(words: Sequence[Word]) -> int:
    """The exit code for several files: the worst of invalid, undecided, foreign, valid, in that order."""
    return next((EXIT_CODE[word] for word in _WORST_FIRST if word in words), 0)


@dataclass(slots=True)
class Notebook:
    """Collects the checks of one file while they are made."""

    checks: list[Check] = field(default_factory=list)

    def ok(self, name: str, found: str) -> None:
        """The check held."""
        self.checks.append(Check(name, Outcome.OK, "ok", found))

    def absent(self, name: str, code: str, found: str) -> None:
        """There was nothing to check, and that alone does not change the verdict."""
        self.checks.append(Check(name, Outcome.ABSENT, code, found))

    def failed(self, name: str, failure: Failed) -> None:
        """The check did not hold, or could not be decided."""
        outcome = Outcome.UNDECIDED if failure.undecided else Outcome.FAILED
        self.checks.append(Check(name, outcome, failure.code, str(failure), failure.sub_indication))
