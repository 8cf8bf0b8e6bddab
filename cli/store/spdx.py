"""A bill of materials as SPDX 2.3, in JSON.

In: a `Bill`. Out: the text of the document, as clauses 6, 7 and 11 of the specification
have it. Nobody has looked into licences, and the document says so.
"""

import json

from ... import __version__
from ...runtime.store.store import Entry
from .bill import Bill, package_url

__all__ = ["spdx"]


def spdx(bill: Bill) -> str:
    """Write a bill as SPDX."""
    root = bill.root
    document = {
        "spdxVersion": "SPDX-2.3",
        "dataLicense": "CC0-1.0",
        "SPDXID": "SPDXRef-DOCUMENT",
        "name": root.name,
        "documentNamespace": f"https://spdx.org/spdxdocs/{root.name}-{bill.serial}",
        "creationInfo": {"created": bill.created, "creators": [f"Tool: punix-{__version__}"]},
        "packages": [_package(entry) for entry in bill.entries],
        "relationships": [
            _relationship("SPDXRef-DOCUMENT", "DESCRIBES", _reference(root.name)),
            *(
                _relationship(_reference(entry.name), "DEPENDS_ON", _reference(used))
                for entry in bill.entries
                for used in entry.references
            ),
        ],
    }
    return json.dumps(document, indent=2) + "\n"


def _package(entry: Entry) -> dict[str, object]:
    return {
        "SPDXID": _reference(entry.name),
        "name": entry.pname,
        "versionInfo": entry.version,
        "downloadLocation": "NOASSERTION",
        "filesAnalyzed": False,
        "licenseConcluded": "NOASSERTION",
        "licenseDeclared": "NOASSERTION",
        "copyrightText": "NOASSERTION",
        "builtDate": entry.built_at,
        "comment": (
            f"{entry.name}, for {entry.system}; its tree has the blake3 {entry.output}"
            f" and {entry.size} bytes, its derivation {entry.deriver}"
        ),
        "externalRefs": [
            {
                "referenceCategory": "PACKAGE-MANAGER",
                "referenceType": "purl",
                "referenceLocator": package_url(entry),
            }
        ],
    }


def _reference(name: str) -> str:
    """Return the identifier of an entry: letters, digits, `.` and `-` are all there may be.

    The hash of the name is enough to tell entries apart.
    """
    return f"SPDXRef-{name.partition('-')[0]}"


def _relationship(user: str, kind: str, used: str) -> dict[str, str]:
    return {"spdxElementId": user, "relationshipType": kind, "relatedSpdxElement": used}
