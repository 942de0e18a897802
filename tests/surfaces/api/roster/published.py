"""The published descriptions of SS 12000, as judges of what is told."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml
from openapi_schema_validator import OAS30Validator
from referencing import Registry, Resource
from referencing.jsonschema import DRAFT202012

URI = "urn:ss12000"


class Published:
    """Skolverket's public OpenAPI of SS 12000 (a subset of the standard)."""

    def __init__(self, samples: Path) -> None:
        """Read it from the samples."""
        self.told: dict[str, Any] = yaml.safe_load((samples / "ss12000" / "expose-openapi.yml").read_text())
        whole = Resource.from_contents(self.told, DRAFT202012)
        self._registry = Registry().with_resource(URI, whole)

    def faults(self, value: object, schema: str) -> list[str]:
        """What in `value` that schema does not allow."""
        judge = OAS30Validator(
            {"$ref": f"{URI}#/components/schemas/{schema}"}, registry=self._registry,
            format_checker=OAS30Validator.FORMAT_CHECKER,
        )  # fmt: skip
        return [f"{'/'.join(map(str, fault.absolute_path))}: {fault.message}" for fault in judge.iter_errors(value)]
