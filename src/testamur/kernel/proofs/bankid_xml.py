"""XML of one exact shape, read by place and canonicalised: the ground under the BankID verifier.

Nothing is looked up by Id or by name search: every element is taken by its place, and whatever does not belong there is
refused. Sources: XML Signature (W3C REC 2002-02-12), Canonical XML 1.0 (W3C REC 2001-03-15).
"""

from __future__ import annotations

import base64
import binascii
from collections.abc import Sequence

from lxml import etree

from testamur.kernel.proofs.report import EvidenceError

MAX_XML_BYTES = 1 << 20


def misshapen(message: str) -> EvidenceError:
    """The one refusal of this module, ``bankid.shape``; `message` says what is wrong."""
    return EvidenceError(
        "bankid.shape", f"The BankID signature has not the one right shape: {message}.", sub="FORMAT_FAILURE"
    )


def parse(data: bytes) -> etree._Element:
    """The root element of a UTF-8 document without DOCTYPE, comments, instructions, stray text or further Ids."""
    if len(data) > MAX_XML_BYTES:
        raise misshapen("it is larger than 1 MiB")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, dtd_validation=False, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except (etree.XMLSyntaxError, ValueError) as error:
        raise misshapen("it is not well-formed XML") from error
    info = root.getroottree().docinfo
    if info.internalDTD is not None or b"<!DOCTYPE" in data or b"<!ENTITY" in data:
        raise misshapen("it has a DOCTYPE")
    if (info.encoding or "UTF-8").upper() != "UTF-8":
        raise misshapen("it is not UTF-8")
    if root.getprevious() is not None or root.getnext() is not None:
        raise misshapen("something stands beside the root element")
    _only_elements(root)
    return root


def _only_elements(root: etree._Element) -> None:
    """Refuse comments, entities, instructions, stray text and any Id beyond the two that are referred to."""
    ids = 0
    for node in root.iter():
        if not isinstance(node.tag, str):
            raise misshapen("it holds a comment, an entity or a processing instruction")
        if len(node) and (node.text or "").strip():
            raise misshapen(f"there is text between the elements of {local(node)}")
        if node is not root and (node.tail or "").strip():
            raise misshapen(f"there is text after {local(node)}")
        ids += sum(str(key).lower().rpartition("}")[2] == "id" for key in node.attrib)
    if ids != 2:  # noqa: PLR2004 - bidKeyInfo and bidSignedData
        raise misshapen("there are not exactly two Ids")


def local(node: etree._Element) -> str:
    """The name without its namespace."""
    return str(node.tag).rpartition("}")[2]


def children(node: etree._Element, *tags: str, attributes: Sequence[str] = ()) -> list[etree._Element]:
    """The children of `node`, which must be exactly `tags` in order; `node` may carry only `attributes`."""
    found = list(node)
    if [child.tag for child in found] != list(tags):
        raise misshapen(f"{local(node)} has other children than it should")
    if set(map(str, node.attrib)) != set(attributes):
        raise misshapen(f"{local(node)} has other attributes than it should")
    return found


def algorithm_is(node: etree._Element, expected: str) -> None:
    """`node` is empty and names this algorithm."""
    children(node, attributes=("Algorithm",))
    if node.get("Algorithm") != expected or (node.text or "").strip():
        raise misshapen(f"{local(node)} names another algorithm")


def binary(node: etree._Element, *, attributes: Sequence[str] = ()) -> bytes:
    """The text of `node` as base64, white space between the digits allowed."""
    children(node, attributes=attributes)
    try:
        return base64.b64decode("".join((node.text or "").split()), validate=True)
    except (binascii.Error, ValueError) as error:
        raise misshapen(f"{local(node)} is not base64") from error


def canonical(element: etree._Element) -> bytes:
    """Inclusive Canonical XML 1.0 of one element.

    The element is serialised and parsed again first: asked for a part of a tree, lxml writes spurious `xmlns=""`
    on BankID's redundant namespace declarations, and genuine signatures would fail.
    """
    try:
        alone = etree.fromstring(etree.tostring(element, with_tail=False))
        return etree.tostring(alone, method="c14n")
    except etree.LxmlError as error:  # a relative namespace, a name beyond ASCII
        raise misshapen(f"{local(element)} has no canonical form") from error
