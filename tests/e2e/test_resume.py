"""Stop anywhere, store, go on: the same bytes as in one go; and what no digest depends on."""

import itertools
import json
from pathlib import Path

import pytest

from .conftest import EXAMPLES, Punix

STAGES = ("ast", "program", "lowered", "derivation", "closure", "bundle", "plan")
PROGRAMS = sorted({path.parent.name for path in EXAMPLES.glob("*/*.pcl")})


def compiled(punix: Punix, *arguments: object) -> str:
    outcome = punix("compile", *arguments)
    assert outcome.code == 0, outcome.err
    return outcome.out


@pytest.mark.parametrize("example", PROGRAMS)
@pytest.mark.parametrize("style", ["json", "text"])
def test_each_stage_resumes_from_each_earlier_one(
    punix: Punix, example: str, style: str, tmp_path: Path
) -> None:
    folder = EXAMPLES / example
    whole = {stage: compiled(punix, folder, "--emit", stage) for stage in STAGES}
    for early, late in itertools.combinations(STAGES, 2):
        stored = tmp_path / f"{early}.{style}"
        stored.write_text(compiled(punix, folder, "--emit", early, "--format", style))
        assert compiled(punix, "--from", stored, "--emit", late) == whole[late], (early, late)


@pytest.mark.parametrize("example", PROGRAMS)
def test_every_pass_leaves_a_valid_ir(punix: Punix, example: str) -> None:
    assert compiled(punix, EXAMPLES / example, "--emit", "plan", "--verify-each")


def names(punix: Punix, *arguments: object) -> dict[str, str]:
    graph = json.loads(compiled(punix, *arguments, "--emit", "derivation"))
    return {one["module"]: one["name"] for one in graph["packages"]}


PARTS = (
    """module A {{
  pname = "a"
  recipe = "std.shell"
  recipeArgs = {{ command = "cp -r . $OUTPUT/" {note} }}
  source = {{ {source} }}
}}
""",
    """module B {{
  option version : Str = "1"
  recipe = "std.shell"
  recipeArgs = {{ command = f"ln -s {{A.out}} $OUTPUT/a" }}
  meta = {{ description = "{meta}" }}
}}
""",
    """module C {{
  B.version = "2"
}}
""",
)


def write_parts(folder: Path, order: tuple[int, ...], fields: str, *, split: bool) -> Path:
    folder.mkdir(parents=True)
    (folder / "src").mkdir()
    (folder / "src" / "file").write_text("contents")
    texts = [PARTS[at].format(source=fields, note="", meta="m") for at in order]
    for at, text in enumerate(texts if split else ["".join(texts)]):
        (folder / f"{at}.pcl").write_text(text)
    return folder


def test_order_of_modules_files_and_fields_changes_no_name(punix: Punix, tmp_path: Path) -> None:
    fields = ('type = "local"\n path = "./src"', 'path = "./src"\n type = "local"')
    found = []
    for number, (order, field, split) in enumerate(
        itertools.product(itertools.permutations(range(3)), fields, (True, False))
    ):
        folder = write_parts(tmp_path / str(number), order, field, split=split)
        found.append(names(punix, folder))
    assert len(found) == 24
    assert all(one == found[0] for one in found)
    assert found[0]["B"].endswith("-B-2")


def test_one_byte_of_a_source_changes_the_names_of_all_that_depend_on_it(
    punix: Punix, tmp_path: Path
) -> None:
    folder = write_parts(tmp_path / "p", (0, 1, 2), 'type = "local" path = "./src"', split=False)
    before = names(punix, folder)
    (folder / "src" / "file").write_text("Contents")
    after = names(punix, folder)
    assert before.keys() == after.keys() == {"A", "B"}
    assert all(before[module] != after[module] for module in before)
    (folder / "src" / "file").write_text("contents")
    assert names(punix, folder) == before


def test_what_is_only_description_changes_no_name(punix: Punix, tmp_path: Path) -> None:
    folder = write_parts(tmp_path / "p", (0, 1, 2), 'type = "local" path = "./src"', split=False)
    before = names(punix, folder)
    text = (folder / "0.pcl").read_text()
    (folder / "0.pcl").write_text("# a comment\n" + text.replace('"m"', '"another"'))
    assert names(punix, folder) == before


def test_where_the_store_is_changes_no_name(punix: Punix, tmp_path: Path) -> None:
    folder = write_parts(tmp_path / "p", (0, 1, 2), 'type = "local" path = "./src"', split=False)
    paths = [
        punix("store", "path", folder, "B", "--store-root", tmp_path / root).out.strip()
        for root in ("one", "two/three")
    ]
    assert [Path(path).parent for path in paths] == [tmp_path / "one", tmp_path / "two/three"]
    assert Path(paths[0]).name == Path(paths[1]).name
    assert not (tmp_path / "one").exists()
