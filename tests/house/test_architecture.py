"""The house stands as it is drawn: foreign keys point down, verbs have one shape, guards are in the database."""

from __future__ import annotations

import ast
import importlib
import inspect
import pkgutil
import re
import textwrap
import types
import typing
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.apps import apps
from django.db import connection, connections, models

import testamur
from testamur.kernel.base.actor import Actor

ROOT = Path(testamur.__file__).parent

# Top to bottom, as in .importlinter; inside a storey from left (may import the right) to right.
ORDER = [
    "exchange.connectors",
    "exchange.notifications",
    "access.accounts",
    "schoolday.keeping",
    "schoolday.reporting",
    "schoolday.results",
    "schoolday.learning",
    "schoolday.diary",
    "schoolday.noticeboard",
    "schoolday.care",
    "schoolday.conversations",
    "schoolday.forms",
    "schoolday.support",
    "trust.records",
    "trust.sealing",
    "trust.archive",
    "trust.transparency",
    "trust.signing",
    "register.studies",
    "register.schools",
    "register.curriculum",
    "register.people",
    "kernel.journal",
    "kernel.delivery",
    "kernel.jobs",
]


def place(module: str) -> int:
    """How far down the house a module lives; a module that is not in the list is an error."""
    name = ".".join(module.removeprefix("testamur.").split(".")[:2])
    return ORDER.index(name)


def domain_models() -> list[type[models.Model]]:
    return [m for m in apps.get_models() if m.__module__.startswith("testamur.")]


def action_modules() -> list[types.ModuleType]:
    found = []
    for info in pkgutil.walk_packages([str(ROOT)], "testamur."):
        parts = info.name.split(".")
        if "actions" in parts[3:5] and "migrations" not in parts:
            found.append(importlib.import_module(info.name))
    return found


def verbs() -> Iterator[tuple[str, types.FunctionType]]:
    """Public functions of each `actions.py`; of a package, those that its door names."""
    for module in action_modules():
        door = getattr(module, "__all__", None)
        if door is None and module.__name__.rpartition(".")[2] != "actions":
            continue
        for name, function in vars(module).items():
            plain = inspect.unwrap(function) if callable(function) else None
            if not isinstance(plain, types.FunctionType) or name.startswith("_"):
                continue
            if name in door if door is not None else plain.__module__ == module.__name__:
                yield f"{module.__name__}.{name}", plain


def test_foreign_keys_point_down_protect_and_leave_no_door_behind() -> None:
    for model in domain_models():
        for field in model._meta.get_fields():
            if not isinstance(field, models.ForeignKey):
                continue
            where = f"{model.__module__}.{model.__name__}.{field.name}"
            target = field.related_model
            assert isinstance(target, type), where
            assert field.remote_field.on_delete is models.PROTECT, f"{where} does not PROTECT"
            if model._meta.app_label != target._meta.app_label:
                assert place(target.__module__) > place(model.__module__), f"{where} points up"
                assert field.remote_field.hidden, f"{where} leaves a reverse accessor in another package"


def test_no_model_has_verbs() -> None:
    for model in domain_models():
        own = [
            name
            for name, value in vars(model).items()
            if isinstance(value, types.FunctionType)
            and not name.startswith("__")
            and value.__module__ == model.__module__
        ]
        assert own == [], f"{model.__name__} has methods: {own}"


def test_there_are_verbs_to_look_at() -> None:
    assert len(list(verbs())) > 20


@pytest.mark.parametrize(("name", "verb"), list(verbs()), ids=lambda v: v if isinstance(v, str) else "")
def test_every_action_is_keyword_only_with_by_and_is_documented(name: str, verb: types.FunctionType) -> None:
    signature = inspect.signature(verb)
    kinds = {p.kind for p in signature.parameters.values()}
    assert kinds <= {inspect.Parameter.KEYWORD_ONLY}, f"{name} takes positional arguments"
    assert "by" in signature.parameters, f"{name} does not say who acts"
    assert typing.get_type_hints(verb)["by"] is Actor
    assert verb.__doc__, f"{name} is not documented"


def _journal_calls(function: types.FunctionType) -> int:
    tree = ast.parse(_source(function))
    names = {"append", "journal.append", "journal.actions.append", "write_entry"}
    return sum(1 for node in ast.walk(tree) if isinstance(node, ast.Call) and ast.unparse(node.func) in names)


# Verbs that write no entry of their own, each with its reason.
ENTRY_ELSEWHERE = {
    "testamur.register.people.actions.change_identifier": "adding the new and ending the former number are the entries",
    "testamur.schoolday.learning.actions.start_signature": "the ceremony that it opens is the entry",
    "testamur.access.accounts.actions.deliver": "the end of the try is the entry; what a browser brought waits for it",
    "testamur.kernel.journal.actions.append": "it is the entry",
    "testamur.kernel.delivery.actions.post": "the caller's act is the entry",
    "testamur.kernel.delivery.actions.register_device": "the caller's act is the entry",
    "testamur.kernel.delivery.actions.remove_device": "the caller's act is the entry",
    "testamur.kernel.delivery.actions.revive": "the caller's act is the entry",
    "testamur.access.accounts.actions.note_seen": "it notes that a page was opened, at most once a minute; not an act",
    "testamur.schoolday.reporting.actions.see": "it notes what somebody looked at, as note_seen does; not an act",
    "testamur.schoolday.conversations.actions.note_read": "it notes what was read, as note_seen does; no act",
    "testamur.schoolday.diary.actions.note_visit": "it notes which page a family opened, as note_seen does; not an act",
}


@pytest.mark.parametrize(("name", "verb"), list(verbs()), ids=lambda v: v if isinstance(v, str) else "")
def test_every_action_checks_permission_and_writes_the_journal(name: str, verb: types.FunctionType) -> None:
    if name in ENTRY_ELSEWHERE:
        return
    module = inspect.getmodule(verb)
    assert module is not None
    reach = [verb, *_helpers(verb, module)]
    assert any(_journal_calls(f) for f in reach), f"{name} writes no journal entry"
    source = "".join(map(_source, reach))
    assert "by.must(" in source or "by=by" in source, f"{name} does not ask whether it may"


def _source(function: types.FunctionType) -> str:
    """Source text; empty for functions that the standard library made (dataclasses, named tuples)."""
    try:
        return textwrap.dedent(inspect.getsource(function))
    except OSError:
        return ""


def _written(function: object) -> bool:
    """A function with source text (not one that a dataclass made)."""
    return isinstance(function, types.FunctionType) and Path(function.__code__.co_filename).is_file()


def _helpers(verb: types.FunctionType, module: types.ModuleType) -> list[types.FunctionType]:
    """Private functions of the same package that the verb calls, directly or through one another."""
    found: dict[str, types.FunctionType] = {}
    todo = [verb]
    while todo:
        function = todo.pop()
        for node in ast.walk(ast.parse(_source(function))):
            if isinstance(node, ast.Name | ast.Attribute):
                name = node.id if isinstance(node, ast.Name) else node.attr
                value = function.__globals__.get(name) or getattr(module, name, None)
                if isinstance(value, type) and value.__module__ == module.__name__:
                    methods = {f"{name}.{m}": f for m, f in vars(value).items() if _written(f)}
                    todo += [f for key, f in methods.items() if key not in found]
                    found.update(methods)
                plain = inspect.unwrap(value) if callable(value) else None
                package = module.__name__.split(".actions")[0]
                if isinstance(plain, types.FunctionType) and plain.__module__.startswith(package) and name not in found:
                    found[name] = plain
                    todo.append(plain)
    return list(found.values())


@pytest.mark.django_db
@pytest.mark.parametrize(
    "guard",
    [
        "records_record_state_transitions",
        "records_record_state_birth",
        "journal_entry_append_only",
        "results_decision_append_only",
        "keeping_deletionlist_state_transitions",
        "keeping_deletionlist_fixed",
        "keeping_listitem_fixed",
        "diary_mark_append_only_delete",
        "diary_absencechange_append_only_delete",
        "diary_assessment_listed",
        "conversations_post_listed",
        "forms_answer_listed",
        "care_presence_listed",
        "learning_version_listed",
        "learning_statement_append_only_delete",
        "learning_signature_append_only_delete",
        "care_presence_fixed",
    ],
)
def test_the_guards_are_in_the_database(guard: str) -> None:
    sql = (
        "SELECT count(*) FROM sqlite_master WHERE type = 'trigger' AND name LIKE %s"
        if connection.vendor == "sqlite"
        else "SELECT count(*) FROM pg_trigger WHERE tgname LIKE %s"
    )
    with connections["default"].cursor() as cursor:
        cursor.execute(sql, [guard + "%"])
        assert cursor.fetchone()[0] >= 1


def test_files_stay_small() -> None:
    long = {
        str(p.relative_to(ROOT)): n
        for p in ROOT.rglob("*.py")
        if "migrations" not in p.parts and (n := len(p.read_text().splitlines())) > 420
    }
    assert long == {}


def test_every_package_says_what_it_is() -> None:
    for path in ROOT.rglob("__init__.py"):
        if "migrations" in path.parts or "vendor" in path.parts:
            continue
        tree = ast.parse(path.read_text())
        assert ast.get_docstring(tree), f"{path.relative_to(ROOT)} has no docstring"
        imports = [n for n in tree.body if isinstance(n, ast.Import | ast.ImportFrom)]
        door = path.parent.name in {"actions", "models", "queries", "rules", "steps"}  # of a file that became a package
        if not door and ROOT / "law" not in path.parents:  # a pack's door is its table of documents
            assert not [i for i in imports if "__future__" not in ast.unparse(i)], (
                f"{path.relative_to(ROOT)} re-exports"
            )


LOCAL_ALREADY = {
    "schoolday/transcripts/looking.py",  # a day too many is asked for, none too few
    "schoolday/noticeboard/actions/events.py",  # told with the zone it was typed in
    "surfaces/web/family/events.py",  # in the zone of the child's school
    "surfaces/phone/readers.py",
    "trust/records/actions/status.py",  # a day in UTC on both sides: a new list each such day
}


def test_the_day_of_an_instant_from_the_database_is_asked_for_in_a_zone() -> None:
    """It comes back in UTC, and `now.date()` is the day of the place (decision 34): `timezone.localdate(row.at)`."""
    at = re.compile(r"\b(?:\w+\.)*(?:\w+_)?at\.date\(\)")
    found = [
        f"{path.relative_to(ROOT)}: {one}"
        for path in sorted(ROOT.rglob("*.py"))
        if "simulator" not in path.parts and path.relative_to(ROOT).parts[:2] != ("surfaces", "cli")
        if str(path.relative_to(ROOT)) not in LOCAL_ALREADY
        for one in at.findall(path.read_text())
    ]
    assert not found
