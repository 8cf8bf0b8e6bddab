"""A bill of materials as CycloneDX 1.6, in JSON.

In: a `Bill`. Out: the text of the document. The digests of trees are properties, for
`hashes` are those of one file.
"""

from datetime import datetime

from ... import __version__
from ...runtime.store.store import Entry
from .bill import Bill, package_url

__all__ = ["cyclonedx"]


def cyclonedx(bill: Bill) -> str:
    """Write a bill as CycloneDX."""
    from cyclonedx.model import Property  # 200 ms that no other command pays
    from cyclonedx.model.bom import Bom, BomMetaData
    from cyclonedx.model.component import Component, ComponentType
    from cyclonedx.model.tool import ToolRepository
    from cyclonedx.output.json import JsonV1Dot6
    from packageurl import PackageURL

    def component(entry: Entry) -> Component:
        is_root = entry.name == bill.root.name
        return Component(
            name=entry.pname,
            version=entry.version,
            type=ComponentType.APPLICATION if is_root else ComponentType.LIBRARY,
            bom_ref=entry.name,
            purl=PackageURL.from_string(package_url(entry)),
            properties=[Property(name=f"punix:{key}", value=value) for key, value in facts(entry)],
        )

    made = {entry.name: component(entry) for entry in bill.entries}
    document = Bom(
        serial_number=bill.serial,
        metadata=BomMetaData(
            timestamp=datetime.fromisoformat(bill.created),
            component=made[bill.root.name],
            tools=ToolRepository(components=[Component(name="punix", version=__version__)]),
        ),
        components=[one for name, one in made.items() if name != bill.root.name],
    )
    for entry in bill.entries:
        document.register_dependency(made[entry.name], [made[one] for one in entry.references])
    return JsonV1Dot6(document).output_as_string(indent=2) + "\n"


def facts(entry: Entry) -> list[tuple[str, str]]:
    """Return what only this store knows of an entry."""
    return [
        ("deriver-blake3", entry.deriver),
        ("store-name", entry.name),
        ("system", entry.system),
        ("tree-blake3", entry.output),
        ("tree-bytes", str(entry.size)),
    ]
