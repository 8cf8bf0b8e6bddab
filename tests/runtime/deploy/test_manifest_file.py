"""A manifest is verified before it is obeyed; damage is named by field."""

import json
from dataclasses import replace
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given
from hypothesis import strategies as st
from stacks_on_disk import bundle, caller, link, outside, read, target, units, wish

from punix.ir.codec import loads
from punix.ir.diagnostics import ProgramError
from punix.ir.health import ExecCheck, Health
from punix.ir.manifest import Manifest
from punix.ir.names import AbsPath, UnitName
from punix.ir.text import Secret
from punix.runtime.deploy.records.manifest_file import load
from punix.runtime.deploy.transaction.verify import verify
from punix.runtime.files import sealed
from punix.runtime.service.deploy import deploy
from punix.runtime.service.switch import rollback


@pytest.fixture
def deployed(tmp_path: Path) -> Path:
    for text in "12":
        deploy(target(tmp_path), wish(bundle({"/etc/a": link(text)})), caller())
    return tmp_path


def manifest(root: Path, number: int = 1) -> Path:
    return root / f"srv/deploys/HelloStack/gen-{number:03d}.json"


def test_it_is_json_and_comes_back(deployed: Path) -> None:
    data = manifest(deployed).read_bytes()
    assert json.loads(data)["store_paths"] == ["a" * 32 + "-hello-1.0"]
    assert sealed.seal(sealed.unseal(Manifest, data)) == data


@pytest.mark.parametrize(
    ("old", "new", "message"),
    [
        ('"stack": "HelloStack"', '"stack": "Other"', "field 'stack' was changed"),
        ("/etc/a", "/etc/b", "field 'files' was changed"),
        ('"backend": "systemd",\n', "", "field 'backend' was removed"),
        ('"kind": ', '"more": 1,\n"kind": ', "field 'more' was added"),
        ('"version":1}', '"version":2}', "field 'punix' was changed"),
        ('"digests": ', '"others": ', "it is cut off, or another version wrote it"),
    ],
)
def test_what_was_changed_is_named(deployed: Path, old: str, new: str, message: str) -> None:
    path, before = manifest(deployed), outside(deployed)
    path.write_text(path.read_text().replace(old, new))
    with pytest.raises(ProgramError, match=rf"E27.*gen-001.json' is damaged: {message}"):
        rollback(target(deployed), None, caller())
    assert outside(deployed) == before
    assert read(deployed, "/etc/a") == "2"


@given(st.integers(0, 10_000), st.integers(0, 255))
def test_any_changed_byte_is_found(at: int, byte: int) -> None:
    data = sealed.seal(MANIFEST)
    at %= len(data)
    changed = data[:at] + bytes([byte]) + data[at + 1 :]
    if changed != data:
        with pytest.raises(sealed.Damaged):
            sealed.unseal(Manifest, changed)


@given(st.integers(0, 10_000))
def test_any_cut_is_found(at: int) -> None:
    data = sealed.seal(MANIFEST)
    with pytest.raises(sealed.Damaged):
        sealed.unseal(Manifest, data[: at % len(data)])


def test_what_a_newer_punix_wrote_is_not_obeyed(
    deployed: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    found, before = load(target(deployed), 1), outside(deployed)
    monkeypatch.setattr(Manifest, "VERSION", 2)
    manifest(deployed).write_bytes(sealed.seal(found))
    monkeypatch.undo()
    with pytest.raises(ProgramError) as caught:
        rollback(target(deployed), None, caller())
    [told] = caught.value.diagnostics
    assert told.message == (
        "'/srv/deploys/HelloStack/gen-001.json' is not obeyed: another version of punix wrote it: "
        "punix.version: 2, this tool reads 1"
    )
    assert told.hint == "use that version, or a newer one"
    assert outside(deployed) == before


def test_what_an_older_punix_wrote_is_obeyed(deployed: Path) -> None:
    """It has no field that came later; each of those has a default."""
    found = load(target(deployed), 1)
    tree = json.loads(manifest(deployed).read_bytes())
    del tree["digests"], tree["home"]
    manifest(deployed).write_bytes(sealed_again(tree))
    assert load(target(deployed), 1) == found
    rollback(target(deployed), None, caller())
    assert read(deployed, "/etc/a") == "1"


def sealed_again(tree: dict[str, object]) -> bytes:
    """Seal fields as a punix did that knew only these."""
    fields = [f'{name}": {json.dumps(value)}' for name, value in tree.items()]
    digests = {field.partition('"')[0]: sealed._digest(field) for field in fields}
    return b'{\n"' + ',\n"'.join([*fields, f'digests": {json.dumps(digests)}']).encode() + b"\n}\n"


def test_a_manifest_of_another_generation_is_not_obeyed(deployed: Path) -> None:
    manifest(deployed).write_bytes(manifest(deployed, 2).read_bytes())
    with pytest.raises(ProgramError, match="field 'generation': it is 2"):
        rollback(target(deployed), None, caller())


def test_paths_of_punix_itself_are_not_obeyed(deployed: Path) -> None:
    found = load(target(deployed), 1)
    text = sealed.seal(found).decode().replace("/etc/a", "/srv/deploys/x")
    body = text[: text.index('"digests"')].rstrip(",\n") + "\n}\n"
    manifest(deployed).write_bytes(sealed.seal(loads(Manifest, body)))
    with pytest.raises(ProgramError, match="'/srv/deploys/x' lies where punix keeps its own data"):
        rollback(target(deployed), None, caller())


def test_a_check_that_none_can_have_is_not_obeyed(tmp_path: Path) -> None:
    health = Health(ExecCheck((("/bin/a",),)), 9, 2)
    asked = replace(units({"a": "x"}).units[0], health=health)
    for text in "12":
        wanted = replace(units({"a": text}), units=(asked,))
        deploy(target(tmp_path), wish(wanted), caller())
    found = load(target(tmp_path), 1)
    assert found.units[0].health == health
    odd = tuple(replace(one, health=replace(health, within=0)) for one in found.units)
    manifest(tmp_path).write_bytes(sealed.seal(replace(found, units=odd)))
    with pytest.raises(ProgramError, match=r"field 'units': health of 'a\.service'"):
        rollback(target(tmp_path), None, caller())


STRANGE: list[tuple[dict[str, object], str]] = [
    ({"wanted_by": "../../../x"}, "wanted_by of"),
    ({"wanted_by": "x/y.target"}, "wanted_by of"),
    ({"kind": "timer"}, "kind of"),
    ({"path": AbsPath("/home/me/a.service")}, "path of"),
    ({"path": AbsPath("/etc/a")}, "path of"),
    ({"requires": (UnitName("z.service"),)}, "requires or triggers of"),
    ({"triggers": (UnitName("z.timer"),)}, "requires or triggers of"),
    ({"requires": (UnitName("a.service"),)}, "in a ring"),
    ({"health": Health(ExecCheck((("/a",), ("\0",))), 9, 2)}, "health of"),
    ({"health": Health(ExecCheck((("/a",), (Secret("from_env", "A"),))), 9, 2)}, "health of"),
    ({"wanted_by": None}, "'enablement': it has units that nothing starts"),
]


@pytest.mark.parametrize(("fields", "message"), STRANGE)
def test_units_that_no_backend_makes_are_not_obeyed(
    tmp_path: Path, fields: dict[str, object], message: str
) -> None:
    for text in "12":
        wanted = wish(units({"a": text, "b": "x"}, {"/etc/a": link("x")}))
        deploy(target(tmp_path), replace(wanted, enable=True), caller())
    found, before = load(target(tmp_path), 1), outside(tmp_path)
    first, *rest = found.units
    strange = replace(first, **fields)  # type: ignore[arg-type]
    manifest(tmp_path).write_bytes(sealed.seal(replace(found, units=(strange, *rest))))
    with pytest.raises(ProgramError, match=f"E27.*field .*{message}"):
        rollback(target(tmp_path), None, caller())
    assert outside(tmp_path) == before


def test_a_damaged_tree_or_store_is_not_rolled_back_to(deployed: Path) -> None:
    with pytest.raises(ProgramError, match=r"E12.*store path 'a+-hello-1.0' is not there"):
        rollback(target(deployed), None, caller(is_valid=lambda _: False))
    (deployed / "srv/deploys/HelloStack/gen-001/etc/a").write_text("1 by hand")
    with pytest.raises(ProgramError, match=r"E27.*gen-001/etc/a' is not as it was deployed"):
        rollback(target(deployed), None, caller())
    with pytest.raises(ProgramError, match=r"E12.*has no gen-007"):
        rollback(target(deployed), 7, caller())
    assert verify(target(deployed), caller()).drifts == ()


def _manifest() -> Manifest:
    with TemporaryDirectory() as name:
        return deploy(target(Path(name)), wish(bundle({"/etc/a": link("1")})), caller()).live


MANIFEST = _manifest()
