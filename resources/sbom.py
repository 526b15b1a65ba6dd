"""The software bill of materials of a bundle, in CycloneDX's JSON (https://cyclonedx.org)."""

import os
import time
from collections.abc import Iterable
from datetime import UTC, datetime
from pathlib import Path
from uuid import NAMESPACE_URL, uuid5

from cyclonedx.contrib.license.factories import LicenseFactory
from cyclonedx.model.bom import Bom, BomMetaData
from cyclonedx.model.component import Component as BomComponent
from cyclonedx.model.component import ComponentType
from cyclonedx.output import make_outputter
from cyclonedx.schema import OutputFormat, SchemaVersion
from packageurl import PackageURL

from resources.components import Component

PROGRAM = "lemlist-credits"


def write_sbom(components: Iterable[Component], path: Path) -> None:
    """Write what is in the bundle.

    The same components at the same ``SOURCE_DATE_EPOCH`` give the same bytes.
    """
    listed = list(components)
    seconds = float(os.environ.get("SOURCE_DATE_EPOCH", time.time()))  # noqa: TID251  (the real one)
    (program,) = (_entry(one) for one in listed if one.name == PROGRAM)
    program.type = ComponentType.APPLICATION
    parts = [_entry(one) for one in listed if one.name != PROGRAM]
    bom = Bom(
        metadata=BomMetaData(component=program, timestamp=datetime.fromtimestamp(seconds, UTC)),
        components=parts,
        serial_number=uuid5(NAMESPACE_URL, f"{seconds} {[one.purl for one in listed]}"),
    )
    bom.register_dependency(program, parts)
    text = make_outputter(bom, OutputFormat.JSON, SchemaVersion.V1_6).output_as_string(indent=1)
    path.write_text(text + "\n", encoding="utf-8")


def _entry(component: Component) -> BomComponent:
    licence = component.licence
    return BomComponent(
        name=component.name,
        version=component.version,
        bom_ref=component.purl,
        purl=PackageURL.from_string(component.purl),
        licenses=[LicenseFactory().make_from_string(licence)] if licence else [],
    )
