"""A strict reader of iCalendar that shares nothing with the library that writes it: RFC 5545, line by line."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator

_LINE = re.compile(r'([A-Za-z0-9-]+)((?:;[A-Za-z0-9-]+=(?:"[^"\x00-\x1f]*"|[^";:,\x00-\x1f]*))*):(.*)\Z', re.DOTALL)
_DATE, _UTC = re.compile(r"\d{8}\Z"), re.compile(r"\d{8}T\d{6}Z\Z")
_TEXT = re.compile(r"(?:[^\\;,\x00-\x08\x0a-\x1f]|\\[\\;,nN])*\Z")
_TEXTS = {"SUMMARY", "DESCRIPTION", "LOCATION", "UID", "X-WR-CALNAME"}
_ONCE = {"UID", "DTSTAMP", "DTSTART", "DTEND", "SUMMARY", "SEQUENCE", "STATUS", "TRANSP", "DESCRIPTION", "LOCATION"}
LONGEST = 75


def faults(data: bytes) -> list[str]:
    """What is wrong with a calendar; nothing for one that every reader understands."""
    found = [] if data.endswith(b"\r\n") else ["does not end with CRLF"]
    if re.search(rb"(?<!\r)\n|\r(?!\n)", data):
        found.append("a line that does not end with CRLF")
    physical = data.split(b"\r\n")[:-1]
    found += [f"line of {len(line)} octets" for line in physical if len(line) > LONGEST]
    stack: list[tuple[str, Counter[str], dict[str, str]]] = []
    seen: set[str] = set()
    for line in _unfolded(physical):
        name, parameters, value = line
        if name == "BEGIN":
            stack.append((value, Counter(), {}))
        elif name == "END":
            kind, counts, values = stack.pop() if stack else ("", Counter[str](), {})
            found += [f"END:{value} closes {kind or 'nothing'}"] if kind != value else []
            found += _component(kind, counts, values, seen)
        elif not stack or not name:
            found.append(f"no line of a component: {value[:40]}")
        else:
            stack[-1][1][name] += 1
            stack[-1][2][name] = value
            found += _value(name, parameters, value)
    return [*found, "a component is not closed"] if stack else found


def _unfolded(physical: list[bytes]) -> Iterator[tuple[str, str, str]]:
    """Name, parameters and value of each content line; an empty name for what is none."""
    logical: list[bytes] = []
    for line in physical:
        if line[:1] in {b" ", b"\t"} and logical:
            logical[-1] += line[1:]
        else:
            logical.append(line)
    for raw in logical:
        match = _LINE.match(raw.decode("utf-8", "replace"))
        yield (match[1].upper(), match[2], match[3]) if match is not None else ("", "", repr(raw))


def _value(name: str, parameters: str, value: str) -> list[str]:
    if name in _TEXTS and not _TEXT.match(value):
        return [f"{name}: text that is not escaped"]
    if name in {"DTSTART", "DTEND"}:
        day = "VALUE=DATE" in parameters.upper()
        return [] if (_DATE if day else _UTC).match(value) else [f"{name}: {value}"]
    if name == "DTSTAMP" and not _UTC.match(value):
        return [f"{name}: {value}"]
    return [f"{name}: {value}"] if name == "SEQUENCE" and not value.isdecimal() else []


def _component(kind: str, counts: Counter[str], values: dict[str, str], seen: set[str]) -> list[str]:
    if kind == "VCALENDAR":
        wrong = [name for name in ("PRODID", "VERSION") if counts[name] != 1]
        return [f"VCALENDAR has not one {name}" for name in wrong] + (
            [] if values.get("VERSION") == "2.0" else ["VERSION is not 2.0"]
        )
    if kind != "VEVENT":
        return []
    found = [f"VEVENT has {counts[name]} {name}" for name in _ONCE if counts[name] > 1]
    found += [f"VEVENT without {name}" for name in ("UID", "DTSTAMP", "DTSTART") if not counts[name]]
    if values.get("UID", "") in seen:
        found.append(f"UID twice: {values['UID']}")
    seen.add(values.get("UID", ""))
    if values.get("DTEND", "9") < values.get("DTSTART", ""):
        found.append("ends before it starts")
    if values.get("STATUS") not in {"CONFIRMED", "CANCELLED", "TENTATIVE", None}:
        found.append(f"STATUS {values['STATUS']}")
    return found
