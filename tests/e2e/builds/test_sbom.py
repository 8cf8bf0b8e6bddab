"""Bills of materials are what the libraries of their formats accept, and name the closure."""

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from builds import fake_facts, whole_entry
from cyclonedx.model.bom import Bom
from cyclonedx.schema import SchemaVersion
from cyclonedx.validation.json import JsonStrictValidator
from hypothesis import given
from hypothesis import strategies as st
from packageurl import PackageURL

from punix.cli.store.bill import package_url
from punix.ir.names import PackageName, RootPath, Version
from punix.runtime.store.store import Store

from ..conftest import Punix


def fill(tree: Path) -> None:
    (tree / "file").write_text("12345")


def stocked(folder: Path) -> Store:
    store = Store(RootPath(str(folder / "store")))
    for number, references in ((4, []), (3, []), (2, [3]), (1, [2, 3])):
        whole_entry(store, number, fill, references)
    return store


def written(punix: Punix, store: Store, style: str, name: str = "fake-1") -> str:
    name = next(one for one in store.names() if one.endswith(name))
    done = punix("store", "sbom", name, "--format", style, "--store-root", store.root)
    assert (done.code, done.err) == (0, "")
    return done.out


def test_cyclonedx_is_valid_and_names_the_closure(punix: Punix, tmp_path: Path) -> None:
    store = stocked(tmp_path)
    text = written(punix, store, "cyclonedx")
    assert JsonStrictValidator(SchemaVersion.V1_6).validate_str(text) is None
    bill: Bom = Bom.from_json(json.loads(text))  # type: ignore[attr-defined]
    root = bill.metadata.component
    assert root is not None
    assert (root.name, root.version) == ("fake", "1")
    assert sorted(str(one.version) for one in bill.components) == ["2", "3"]
    used = {dependency.ref.value: len(dependency.dependencies) for dependency in bill.dependencies}
    assert sorted(used.values()) == [0, 1, 2]
    digests = {one.name: one.value for one in root.properties}
    assert digests["punix:tree-blake3"] == store.entry(store.names()[0]).output


def test_spdx_is_valid_and_names_the_closure(punix: Punix, tmp_path: Path) -> None:
    from spdx_tools.spdx.parser.jsonlikedict.json_like_dict_parser import JsonLikeDictParser
    from spdx_tools.spdx.validation.document_validator import validate_full_spdx_document

    text = written(punix, stocked(tmp_path), "spdx")
    parser: Any = JsonLikeDictParser
    document = parser().parse(json.loads(text))
    assert validate_full_spdx_document(document) == []
    assert sorted(one.version for one in document.packages) == ["1", "2", "3"]
    kinds = [one.relationship_type.name for one in document.relationships]
    assert sorted(kinds) == ["DEPENDS_ON", "DEPENDS_ON", "DEPENDS_ON", "DESCRIBES"]


NAME = st.from_regex(PackageName.PATTERN, fullmatch=True).filter(lambda text: len(text) <= 100)


@given(NAME, NAME)
def test_a_package_url_says_the_name_and_the_version(pname: str, version: str) -> None:
    entry = replace(fake_facts(1), pname=PackageName(pname), version=Version(version))
    read = PackageURL.from_string(package_url(entry))
    assert (read.type, read.name, read.version) == ("generic", pname, version)


@pytest.mark.parametrize("style", ["cyclonedx", "spdx"])
def test_equal_stores_give_equal_bills(punix: Punix, tmp_path: Path, style: str) -> None:
    (tmp_path / "a").mkdir()
    (tmp_path / "b").mkdir()
    first = stocked(tmp_path / "a")
    texts = [written(punix, store, style) for store in (first, first, stocked(tmp_path / "b"))]
    assert len(set(texts)) == 1
    assert str(tmp_path) not in texts[0]
    assert written(punix, first, style, "fake-2") != texts[0]
