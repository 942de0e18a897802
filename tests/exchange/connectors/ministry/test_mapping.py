"""The form is data: read strictly, checked before it is used, and another one needs no code."""

from __future__ import annotations

import copy
import json
import shutil
from pathlib import Path

import pytest
from lxml import etree

from testamur.exchange.connectors.ministry.mapping.checking import check, sample
from testamur.exchange.connectors.ministry.mapping.formats import FORMATS
from testamur.exchange.connectors.ministry.mapping.reading import MappingInvalid, read
from testamur.exchange.connectors.ministry.mapping.rendering import Unfit, Writer
from testamur.exchange.connectors.ministry.settings import TEST_FORM
from testamur.exchange.connectors.ministry.simulator.taking import Reading
from tests.exchange.connectors.ministry.world import World
from tests.gateways import ministry

pytestmark = pytest.mark.feature("D8")
OTHER = """
[form]
id = "another"
version = "7"
document = "vn.primary.hoc_ba_year"
schema = "other.xsd"
root = "Batch"
record = "Transcript"
pdf = "digest"

[[batch]]
to = "Head/@from"
from = "delivery.sender"
[[batch]]
to = "Head/@no"
from = "delivery.number"
[[batch]]
to = "Head/@before"
from = "delivery.previous"
[[batch]]
to = "Head/@mode"
value = "trial"
[[batch]]
to = "All"
records = true

[[record]]
to = "@id"
from = "record"
format = "uuid"
[[record]]
to = "Who/Number"
from = "subject.identifier.value"
required = true
[[record]]
to = "Who/Born"
from = "subject.birth_date"
format = "date"
writes = "%d/%m/%Y"
[[record]]
to = "Marks/M"
each = "content.year.subjects"
fields = [{ to = "@s", from = "code", codes = "subjects" }, { to = ".", from = "level" }]
[[record]]
to = "Head"
each = "signers"
where = { role = "principal" }
fields = [{ to = ".", from = "name" }]

[codes.subjects]
TV = "01"
TOAN = "02"
NN1 = "03"
THCN = "04"
DD = "05"
TNXH = "06"
GDTC = "07"
AN = "08"
MT = "09"
HDTN = "10"

[rejections]
E42 = "identifier_unknown"
"""
OTHER_SCHEMA = """<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema">
<xs:element name="Batch"><xs:complexType><xs:sequence>
<xs:element name="Head"><xs:complexType><xs:attribute name="from" use="required"/>
<xs:attribute name="no" use="required"/>
<xs:attribute name="before"/><xs:attribute name="mode"/></xs:complexType></xs:element>
<xs:element name="All"><xs:complexType><xs:sequence><xs:element name="Transcript" maxOccurs="unbounded"><xs:complexType>
<xs:sequence><xs:element name="Who"><xs:complexType><xs:sequence><xs:element name="Number" type="xs:string"/>
<xs:element name="Born" type="xs:string" minOccurs="0"/></xs:sequence></xs:complexType></xs:element>
<xs:element name="Marks"><xs:complexType><xs:sequence><xs:element name="M" maxOccurs="99"><xs:complexType>
<xs:simpleContent><xs:extension base="xs:string"><xs:attribute name="s" use="required"/>
</xs:extension></xs:simpleContent>
</xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element>
<xs:element name="Head" type="xs:string"/></xs:sequence><xs:attribute name="id" use="required"/></xs:complexType>
</xs:element></xs:sequence></xs:complexType></xs:element></xs:sequence></xs:complexType></xs:element></xs:schema>"""


@pytest.fixture
def other(tmp_path: Path) -> Path:
    """Another form, as an operator would write it."""
    folder = tmp_path / "form"
    folder.mkdir()
    (folder / "mapping.toml").write_text(OTHER)
    (folder / "other.xsd").write_text(OTHER_SCHEMA)
    return folder


def test_our_test_form_says_that_it_is_one_and_passes_its_own_schema() -> None:
    form = read(TEST_FORM)
    assert form.test
    assert form.name == "testamur.test.hoc_ba/1"
    assert check(form).form is form


def test_another_form_needs_no_code(world: World, other: Path, certificates: Path) -> None:
    writer = check(read(other))
    reading = Reading(
        namespace="none", sender="string(Head/@from)", number="string(Head/@no)", previous="string(Head/@before)",
        records="All/Transcript", record="string(@id)", replaces="", pupil="string(Who/Number)", name="", year="",
        file="", file_sha256="",
    )  # fmt: skip
    with ministry.serving(certificates, writer, reading) as store:
        store.kept.state.senders = world.store.kept.state.senders
        world.store, world.writer = store, writer
        records = world.pupils(3)
        done = world.send()
        assert (done.accepted, done.trouble) == (3, "")
        assert set(store.kept.state.records) == set(map(str, records))


def test_what_the_other_form_writes_is_what_its_mapping_says(other: Path) -> None:
    writer = check(read(other))
    facts = sample("vn.primary.hoc_ba_year")
    assert facts is not None
    root = etree.fromstring(writer.batch(facts["delivery"], [writer.record(facts)]))
    assert root.xpath("string(All/Transcript/Who/Born)") == "21/11/2017"
    assert root.xpath("string(All/Transcript/Marks/M[2]/@s)") == "02"
    assert root.xpath("string(All/Transcript/Head)") == facts["signers"][1]["name"]


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('from = "subject.birth_date"', 'from = "subject.birthday"', "there is no subject.birthday"),
        ('each = "signers"', 'each = "signatures"', "there is no list signatures"),
        ('codes = "subjects"', 'codes = "courses"', "there is no code list courses"),
        ('format = "date"', 'format = "day"', "there is no format day"),
        ("records = true", 'from = "delivery.code"', "exactly one field has records"),
        ('document = "vn.primary.hoc_ba_year"', 'document = "xx"', "There is no sample of xx"),
        ('schema = "other.xsd"', 'schema = "../other.xsd"', "beside mapping.toml"),
        ('schema = "other.xsd"', 'schema = "none.xsd"', "cannot be read"),
        ('pdf = "digest"', 'pdf = "yes"', "pdf is file or digest"),
        ('id = "another"', 'name = "another"', "unknown key name"),
        ('to = "Who/Number"', 'into = "Who/Number"', "unknown key into"),
        ('to = "Who/Number"', 'to = "Who/Nummer"', "does not pass the schema"),
        ('TOAN = "02"', "", "code list subjects"),
        ("[rejections]", "[rejects]", "unknown section rejects"),
    ],
)
def test_a_form_that_is_wrong_is_refused_before_it_is_used(other: Path, old: str, new: str, said: str) -> None:
    text = (other / "mapping.toml").read_text()
    assert old in text
    (other / "mapping.toml").write_text(text.replace(old, new, 1))
    with pytest.raises(MappingInvalid, match=said):
        check(read(other))


def test_a_schema_that_asks_for_more_than_is_mapped_is_told(other: Path) -> None:
    text = (other / "other.xsd").read_text()
    (other / "other.xsd").write_text(text.replace('name="mode"', 'name="mode2" use="required"'))
    with pytest.raises(MappingInvalid, match="does not pass the schema"):
        check(read(other))
    (other / "other.xsd").write_text("<not a schema>")
    with pytest.raises(MappingInvalid, match="schema cannot be used"):
        check(read(other))


def test_a_folder_without_a_mapping_or_with_nonsense_is_refused(tmp_path: Path) -> None:
    with pytest.raises(MappingInvalid, match=r"mapping\.toml cannot be read"):
        read(tmp_path)
    (tmp_path / "mapping.toml").write_bytes(b"\xff\xfe")
    with pytest.raises(MappingInvalid, match="cannot be read"):
        read(tmp_path)


@pytest.mark.parametrize(
    ("path", "value", "target"),
    [
        (("subject", "identifier", "value"), "12", "HocSinh/MaDinhDanh"),
        (("subject", "birth_date"), "someday", "HocSinh/NgaySinh"),
        (("content", "year", "result"), "Rất tốt", "KetQua"),
        (("content", "year", "year_level"), 9, "Khoi"),
        (("subject", "name"), "A\x01B", "HocSinh/HoTen"),
        (("signers",), [], "GiaoVienChuNhiem"),
        (("content", "year", "absent_with_leave"), "400", "CoPhep"),
    ],
)
def test_a_record_that_does_not_fit_is_told_by_its_target_and_never_by_its_value(
    path: tuple[str, ...], value: object, target: str
) -> None:
    writer = Writer(read(TEST_FORM))
    facts = copy.deepcopy(dict(sample("vn.primary.hoc_ba_year") or {}))
    place = facts
    for name in path[:-1]:
        place = place[name]
    place[path[-1]] = value
    with pytest.raises(Unfit) as told:
        writer.check(facts["delivery"], facts)
    assert target in str(told.value)
    assert "someday" not in str(told.value)
    assert "Rất tốt" not in str(told.value)


def test_text_from_a_record_never_becomes_markup() -> None:
    writer = Writer(read(TEST_FORM))
    facts = copy.deepcopy(dict(sample("vn.primary.hoc_ba_year") or {}))
    facts["subject"]["name"] = "</HoTen><x>&lol;"
    root = etree.fromstring(writer.batch(facts["delivery"], [writer.check(facts["delivery"], facts)]))
    space = {"f": writer.form.namespace}
    assert root.xpath("string(//f:HocSinh/f:HoTen)", namespaces=space) == "</HoTen><x>&lol;"
    assert root.xpath("count(//x)") == 0


def test_an_operators_form_is_read_anew_when_its_file_changes(other: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from django.conf import settings as django_settings

    from testamur.exchange.connectors.ministry import settings as ours

    monkeypatch.setattr(django_settings, "MINISTRY", {**django_settings.MINISTRY, "form": other})
    assert ours.form().version == "7"
    text = (other / "mapping.toml").read_text().replace('version = "7"', 'version = "8"')
    (other / "new").write_text(text)
    shutil.move(other / "new", other / "mapping.toml")
    assert ours.form().version == "8"


@pytest.mark.parametrize(
    ("name", "value", "reads", "writes", "text"),
    [
        ("number", "120,5 cm", "", "", "120.5"),
        ("integer", "7", "", "", "7"),
        ("digits", "0992 1700 0001", "", "12", "099217000001"),
        ("date", "17/08/2017", "%d/%m/%Y", "", "2017-08-17"),
        ("boolean", "True", "", "", "true"),
        ("uuid", "urn:uuid:1", "", "", "1"),
        ("text", " a \n b ", "", "", "a b"),
    ],
)
def test_formats_write_what_they_say(name: str, value: str, reads: str, writes: str, text: str) -> None:
    assert FORMATS[name](value, reads, writes) == text


def test_the_sample_has_the_shape_that_the_rule_pack_gives() -> None:
    facts = sample("vn.primary.hoc_ba_year")
    assert facts is not None
    assert json.dumps(facts)
    assert set(facts["content"]) >= {"heading", "person", "year"}
