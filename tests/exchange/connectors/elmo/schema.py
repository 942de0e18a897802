"""The public ELMO schema without a network: what it imports is stood in for by what a file here may hold of it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lxml import etree

_HEAD = '<xs:schema xmlns:xs="http://www.w3.org/2001/XMLSchema" targetNamespace="{0}" xmlns="{0}">'
_STUBS = {
    "xml.xsd": _HEAD.format("http://www.w3.org/XML/1998/namespace")
    + '<xs:attribute name="lang" type="xs:language"/></xs:schema>',
    "xmldsig-core-schema.xsd": _HEAD.format("http://www.w3.org/2000/09/xmldsig#")
    + '<xs:element name="Signature"/></xs:schema>',
    "EUROPASS_ISOCountries_V1.1.xsd": _HEAD.format("http://europass.cedefop.europa.eu/Europass/V2.0")
    + '<xs:simpleType name="countryCode"><xs:restriction base="xs:string"><xs:pattern value="[A-Z]{2}"/>'
    "</xs:restriction></xs:simpleType></xs:schema>",
    "schema.xsd": _HEAD.format("https://github.com/erasmus-without-paper/ewp-specs-types-address/tree/stable-v1")
    + '<xs:complexType name="FlexibleAddress"/></xs:schema>',
}


class _Stubs(etree.Resolver):
    def resolve(  # type: ignore[override]  # the stubs leave the context out
        self,
        system_url: str,
        public_id: str,  # noqa: ARG002 - the library's signature
        context: Any,
    ) -> Any:
        name = system_url.rsplit("/", 1)[-1]
        return self.resolve_string(_STUBS[name], context, base_url=system_url) if "://" in system_url else None


def elmo_schema(samples: Path) -> etree.XMLSchema:
    """The schema of the public sample."""
    parser = etree.XMLParser(no_network=True)
    parser.resolvers.add(_Stubs())
    return etree.XMLSchema(etree.fromstring((samples / "elmo" / "schema.xsd").read_bytes(), parser))
