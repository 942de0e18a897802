"""What the simulated registry holds: scales, courses, students, results, users, events. Plain values, kept as JSON."""

from __future__ import annotations

import json
import threading
from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4, uuid5

SPACE = UUID("3f1d7f8a-9a0e-4f0e-8d55-2f6a3ce0b1c4")


def uid_of(*parts: object) -> str:
    """The same id for the same thing in every run."""
    return str(uuid5(SPACE, "/".join(map(str, parts))))


@dataclass
class Result:
    """A result: working (status 1 draft, 2 ready) or attested (0)."""

    uid: str
    instance: str
    scale: int
    grade: int
    examined_on: str
    stamp: str
    status: int = 1
    title: dict[str, str] | None = None
    examiner: str = ""


@dataclass
class StudentResult:
    """A student in an occasion (Studieresultat), with results by instance."""

    uid: str
    student: str
    occasion: str
    working: dict[str, Result] = field(default_factory=dict)
    attested: dict[str, Result] = field(default_factory=dict)
    credited: bool = False
    interrupted_on: str = ""


@dataclass
class Module:
    """A module of a course."""

    instance: str
    code: str
    name: str
    credits: str
    scale: int
    titled: bool = False
    name_en: str = ""


@dataclass
class Course:
    """A version of a course, with its modules."""

    uid: str
    instance: str
    code: str
    name: str
    scale: int
    modules: list[Module] = field(default_factory=list)
    titled: bool = False
    name_en: str = ""


@dataclass
class Occasion:
    """A course given in a period."""

    uid: str
    code: str
    course: str
    starts: str
    ends: str
    pace: int = 100


@dataclass
class Student:
    """A student, invented."""

    uid: str
    number: str
    given: str
    family: str


@dataclass
class Event:
    """One entry of the feed."""

    id: str
    at: str
    name: str
    body: dict[str, Any]


SCALES: dict[int, tuple[str, dict[int, tuple[str, bool]]]] = {
    131001: ("UG", {131011: ("U", False), 131012: ("G", True)}),
    131002: ("UV", {131021: ("U", False), 131022: ("G", True), 131023: ("VG", True)}),
    131003: ("TH", {131031: ("U", False), 131032: ("3", True), 131033: ("4", True), 131034: ("5", True)}),
    131657: (
        "AF",
        {
            131661: ("A", True), 131662: ("B", True), 131664: ("C", True), 131665: ("D", True), 131666: ("E", True),
            131667: ("Fx", False), 131668: ("F", False),
        },
    ),
    131656: ("PF", {131658: ("P", True), 131663: ("F", False)}),
}  # fmt: skip


class State:
    """Everything, behind one lock. `file`: where it is kept between two runs; None keeps nothing."""

    def __init__(self, file: Path | None = None) -> None:
        self.lock = threading.RLock()
        self.file = file
        self.courses: dict[str, Course] = {}
        self.occasions: dict[str, Occasion] = {}
        self.students: dict[str, Student] = {}
        self.results: dict[str, StudentResult] = {}
        self.users: dict[str, str] = {"testamur@test.example": uid_of("user", "testamur@test.example")}
        self.barred: set[tuple[str, str]] = set()
        """(user name, instance) on which that user may not report; users that are unknown may report on nothing."""
        self.events: list[Event] = []
        self.numbers: dict[str, str] = {}
        self.by_occasion: dict[str, list[str]] = {}
        self.places: dict[str, tuple[str, str]] = {}
        """Result id → (student result, instance)."""
        self.last = datetime(2026, 1, 1, tzinfo=UTC)
        if file is not None and file.exists():
            self._load(json.loads(file.read_text(encoding="utf-8")))

    # --- filling ---

    def add_user(self, name: str) -> str:
        """A user who may report and attest; returns the id."""
        with self.lock:
            return self.users.setdefault(name.casefold(), uid_of("user", name.casefold()))

    def add_course(
        self, code: str, name: str, scale: int, modules: list[tuple[str, str, str, int, bool]], *, titled: bool = False
    ) -> Course:
        """A course; modules as (code, name, credits, scale id, titled)."""
        with self.lock:
            made = [Module(uid_of("module", code, m[0]), *m) for m in modules]
            course = Course(uid_of("course", code), uid_of("instance", code), code, name, scale, made, titled)
            return self.courses.setdefault(course.uid, course)

    def add_occasion(self, course: Course, code: str, starts: str, ends: str) -> Occasion:
        """The course given in a period."""
        with self.lock:
            one = Occasion(uid_of("occasion", course.code, code, starts), code, course.uid, starts, ends)
            return self.occasions.setdefault(one.uid, one)

    def add_student(self, number: str, given: str, family: str) -> Student:
        """A student."""
        with self.lock:
            one = Student(uid_of("student", number), number, given, family)
            self.numbers[number] = one.uid
            return self.students.setdefault(one.uid, one)

    def register(self, student: Student, occasion: Occasion, *, credited: bool = False) -> StudentResult:
        """A student in an occasion: from now on results may be reported."""
        with self.lock:
            one = StudentResult(
                uid_of("result", student.uid, occasion.uid), student.uid, occasion.uid, credited=credited
            )
            if one.uid not in self.results:
                self.results[one.uid] = one
                self.by_occasion.setdefault(occasion.uid, []).append(one.uid)
            return self.results[one.uid]

    # --- changing ---

    def stamp(self) -> str:
        """The next stamp: later than every other, to the millisecond, as the registry writes it."""
        self.last = max(self.last + timedelta(milliseconds=1), datetime.now(UTC))
        return self.last.strftime("%Y-%m-%dT%H:%M:%S.") + f"{self.last.microsecond // 1000:03d}"

    def put(self, held: StudentResult, result: Result) -> None:
        """A working result takes its place."""
        held.working[result.instance] = result
        self.places[result.uid] = (held.uid, result.instance)

    def find(self, uid: str) -> tuple[StudentResult, Result] | None:
        """The working result of that id."""
        place = self.places.get(uid)
        if place is None:
            return None
        held = self.results[place[0]]
        result = held.working.get(place[1])
        return (held, result) if result is not None and result.uid == uid else None

    def emit(self, name: str, body: dict[str, Any]) -> None:
        """An event joins the feed."""
        self.events.append(Event(str(uuid4()), self.stamp() + "Z", name, body))

    def structure(self, occasion: str) -> Course:
        """The course of an occasion."""
        return self.courses[self.occasions[occasion].course]

    # --- keeping ---

    def save(self) -> None:
        """Write it all down, where it is kept at all."""
        if self.file is None:
            return
        with self.lock:
            told = {
                "courses": [asdict(c) for c in self.courses.values()],
                "occasions": [asdict(o) for o in self.occasions.values()],
                "students": [asdict(s) for s in self.students.values()],
                "results": [asdict(r) for r in self.results.values()],
                "users": self.users,
                "barred": sorted(self.barred),
                "events": [asdict(e) for e in self.events],
            }
            new = self.file.with_suffix(".new")
            new.write_text(json.dumps(told, ensure_ascii=False), encoding="utf-8")
            new.replace(self.file)

    def _load(self, told: dict[str, Any]) -> None:
        for one in told["courses"]:
            modules = [Module(**m) for m in one.pop("modules")]
            self.courses[one["uid"]] = Course(**one, modules=modules)
        self.occasions = {one["uid"]: Occasion(**one) for one in told["occasions"]}
        for one in told["students"]:
            self.students[one["uid"]] = Student(**one)
            self.numbers[one["number"]] = one["uid"]
        for one in told["results"]:
            working, attested = ({i: Result(**r) for i, r in one.pop(n).items()} for n in ("working", "attested"))
            held = StudentResult(**one, working=working, attested=attested)
            self.results[held.uid] = held
            self.by_occasion.setdefault(held.occasion, []).append(held.uid)
            self.places.update({r.uid: (held.uid, i) for i, r in held.working.items()})
        self.users = told["users"]
        self.barred = {(user, instance) for user, instance in told["barred"]}
        self.events = [Event(**one) for one in told["events"]]
