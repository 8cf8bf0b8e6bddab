"""`service list`, `show`, `switch` and `verify` on a stack with a scenario and a secret."""

import json
import os
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from ..conftest import EXAMPLES, Punix

pytestmark = pytest.mark.sandbox


@pytest.fixture
def roots(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[str, ...]]:
    monkeypatch.setenv("SITE_TOKEN", "canary")
    yield (
        *("--store-root", f"{tmp_path}/store"),
        *("--deployments-root", f"{tmp_path}/deploys"),
        *("--transport-root", f"{tmp_path}/root"),
    )


def deploy(punix: Punix, roots: tuple[str, ...], *more: str) -> None:
    outcome = punix("service", "deploy", "Site", "--file", EXAMPLES / "site", *roots, *more)
    assert outcome.code == 0, outcome.err


def test_list_show_and_switch(punix: Punix, roots: tuple[str, ...]) -> None:
    deploy(punix, roots)
    deploy(punix, roots, "--scenario", "production")
    lines = punix("service", "list", "Site", *roots).out.splitlines()
    assert [line[:9] for line in lines] == ["  gen-001", "* gen-002"]
    assert lines[1].endswith("scenario production")

    listed = json.loads(punix("service", "list", "Site", *roots, "--format", "json").out)
    assert [entry["live"] for entry in listed["generations"]] == [False, True]
    assert [entry["previous"] for entry in listed["generations"]] == [None, 1]

    outcome = punix("service", "switch", "Site", 1, *roots)
    assert outcome.out == (
        "switched: stack Site → gen-001 (was gen-002)\n"
        f"  back: punix service switch Site 2 {' '.join(roots)}\n"
    )
    again = punix("service", "switch", "Site", "gen-001", *roots)
    assert again.out == "switched: stack Site → gen-001 (was gen-001)\n"
    shown = json.loads(punix("service", "show", "Site", *roots, "--format", "json").out)
    assert (shown["generation"], shown["scenario"]) == (1, None)
    assert "canary" not in json.dumps(shown)

    missing = punix("service", "switch", "Site", 7, *roots)
    assert missing.code == 1
    assert "[E12] stack 'Site' has no gen-007" in missing.err


def test_where_only_a_dry_run_deployed_the_hint_says_how_to_look_there(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots[:4], "--dry-run")
    missing = punix("service", "list", "Site", *roots[:4])
    scratch = f"{tmp_path}/deploys/.dry-run"
    assert missing.err == (
        "error: [E26] no stack 'Site' was deployed here\n"
        f"  hint: a dry run deployed it: --transport-root {scratch}; "
        f"looked at '{tmp_path}/deploys/Site'\n"
    )
    assert punix("service", "list", "Site", *roots[:4], "--transport-root", scratch).code == 0


def test_rollback_goes_to_what_was_live_before_not_to_the_number_below(
    punix: Punix, roots: tuple[str, ...]
) -> None:
    for _ in range(3):
        deploy(punix, roots)
    for wanted in ("gen-002 (was gen-003)", "gen-001 (was gen-002)"):
        assert wanted in punix("service", "rollback", "Site", *roots).out
    deploy(punix, roots)
    assert "gen-001 (was gen-004)" in punix("service", "rollback", "Site", *roots).out


def test_verify_finds_and_mends_what_was_changed_by_hand(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    root = tmp_path / "root"
    assert punix("service", "verify", "Site", *roots).out == "Site gen-001: as deployed\n"

    (root / "etc/site/motd").write_text("edited\n")
    (root / "etc/site/site.conf").unlink()
    (root / "etc/site/site.conf").write_text("mine\n")
    (root / "etc/systemd/system/site-web.service").unlink()
    found = punix("service", "verify", "Site", *roots)
    assert found.code == 5
    told = [line for line in found.out.splitlines() if not line.startswith("  ")]
    assert [line.split(":")[0] for line in told] == [
        "/etc/site/motd",
        "/etc/site/site.conf",
        "/etc/systemd/system/site-web.service",
        "Site gen-001",
    ]
    refused = punix("service", "rollback", "Site", *roots)
    assert refused.code == 1

    mended = punix("service", "verify", "Site", "--fix", *roots)
    assert mended.code == 0, mended.out
    [kept] = re.findall(r"/etc/site/site.conf: .*\(kept as (\S+)\)", mended.out)
    assert Path(f"{root}{kept}").read_text() == "mine\n"
    assert (root / "etc/site/site.conf").read_text() == "port = 8080\nlevel = quiet\n"
    assert punix("service", "verify", "Site", *roots).code == 0


def test_a_secret_is_in_one_file_that_only_its_owner_reads(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    holders = []
    for folder, _, names in os.walk(tmp_path):
        for name in names:
            path = Path(folder, name)
            if not path.is_symlink() and path.stat().st_size and b"canary" in path.read_bytes():
                holders.append(path)
    [path] = holders
    assert path.relative_to(f"{tmp_path}/root{tmp_path}/deploys/Site").as_posix() == (
        "gen-001/secrets/site-web.env"
    )
    assert path.stat().st_mode & 0o777 == 0o600
    assert path.parent.stat().st_mode & 0o777 == 0o700


def test_missing_secrets_are_told_before_anything_changes(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("SITE_TOKEN")
    outcome = punix("service", "deploy", "Site", "--file", EXAMPLES / "site", *roots)
    assert outcome.code == 1
    assert "stack.pcl:12:" in outcome.err and "[E11]" in outcome.err
    assert not (tmp_path / "root").exists()


def test_a_stack_that_was_never_deployed(punix: Punix, roots: tuple[str, ...]) -> None:
    for verb in ("list", "show", "verify", "rollback"):
        outcome = punix("service", verb, "Nope", *roots)
        assert outcome.code == 1
        assert "[E26]" in outcome.err


def test_a_removed_stack_can_come_back_until_it_is_purged(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    root = tmp_path / "root"
    assert punix("service", "remove", "Site", *roots).out == "removed: stack Site\n"
    assert not (root / "etc").exists()
    assert punix("service", "switch", "Site", 1, *roots).code == 0
    assert (root / "etc/site/site.conf").exists()
    outcome = punix("service", "remove", "Site", "--purge", *roots)
    assert outcome.out == "removed: stack Site and its generations\n"
    assert punix("service", "switch", "Site", 1, *roots).code == 1
    assert not list(root.rglob("*.env"))


def test_a_root_that_was_away_when_gc_looked_is_known_again_after_a_rollback(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    deploy(punix, roots, "--scenario", "production")
    gc = ("store", "gc", "--store-root", tmp_path / "store", "--deployments-root", tmp_path / "no")
    (tmp_path / "root").rename(tmp_path / "away")
    assert "is gone" in punix(*gc).err
    (tmp_path / "away").rename(tmp_path / "root")
    assert punix("build", EXAMPLES / "site", *roots[:2]).code == 0
    outcome = punix("service", "switch", "Site", 1, *roots)
    assert outcome.code == 0, outcome.err
    assert punix(*gc).code == 0
    assert punix("service", "verify", "Site", *roots).code == 0


def test_a_rollback_has_the_secrets_of_its_generation_or_reads_them_anew(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = tmp_path / f"root{tmp_path}/deploys/Site/live/secrets/site-web.env"
    deploy(punix, roots)
    monkeypatch.setenv("SITE_TOKEN", "second")
    deploy(punix, roots, "--scenario", "production")
    monkeypatch.setenv("SITE_TOKEN", "third")
    assert punix("service", "rollback", "Site", *roots).code == 0
    assert "canary" in secret.read_text()
    outcome = punix("service", "rollback", "Site", "--to", 1, "--refresh-secrets", *roots)
    assert outcome.out == (
        "rolled back: stack Site → gen-003 (was gen-001), gen-001 with its secrets read anew\n"
    ), outcome.err
    assert "third" in secret.read_text()
    shown = json.loads(punix("service", "show", "Site", *roots, "--format", "json").out)
    first = json.loads(punix("service", "show", "Site", 1, *roots, "--format", "json").out)
    assert [file["sha256"] for file in shown["files"]] == [one["sha256"] for one in first["files"]]

    monkeypatch.delenv("SITE_TOKEN")
    refused = punix("service", "rollback", "Site", "--to", 2, "--refresh-secrets", *roots)
    assert refused.code == 1 and "[E11] secret: environment variable 'SITE_TOKEN'" in refused.err
    assert punix("service", "rollback", "Site", "--to", 2, *roots).code == 0
    assert "second" in secret.read_text()


def test_diff_shows_files_units_store_paths_and_secrets(
    punix: Punix, roots: tuple[str, ...], monkeypatch: pytest.MonkeyPatch
) -> None:
    deploy(punix, roots)
    monkeypatch.setenv("SITE_TOKEN", "other-canary")
    deploy(punix, roots, "--scenario", "production")
    outcome = punix("service", "diff", "Site", 1, *roots)
    assert outcome.code == 0, outcome.err
    lines = outcome.out.splitlines()
    assert "~ secret site-web.env" in lines
    assert any(line.startswith("--- gen-001/etc/") for line in lines)
    assert "canary" not in outcome.out
    found = json.loads(punix("service", "diff", "Site", 1, 2, *roots, "--format", "json").out)
    assert found["secrets"] == {"added": [], "removed": [], "changed": ["site-web.env"]}
    assert found["files"]["changed"]
    assert punix("service", "diff", "Site", 2, 2, *roots).out == "gen-002 and gen-002 are alike\n"
    assert punix("service", "diff", "Site", 2, 9, *roots).code == 1

    history = punix("service", "list", "Site", "--history", *roots).out.splitlines()
    assert [line.split("  ")[2:] for line in history] == [
        ["deploy", "nothing → gen-001", "ok"],
        ["deploy", "gen-001 → gen-002", "ok"],
    ]
    listed = punix("service", "list", "Site", *roots).out.splitlines()
    assert re.search(r"  files [+~]\d", listed[1])


@pytest.mark.parametrize(
    ("command", "generation"),
    [
        (("service", "rollback", "Site"), 1),
        (("service", "switch", "Site", "1"), 1),
        (("service", "verify", "Site"), 2),
        (("service", "verify", "Site", "--fix"), 1),
        (("service", "list", "Site"), 1),
        (("service", "diff", "Site", "1", "2"), 1),
        (("store", "gc"), 1),
    ],
)
@pytest.mark.parametrize(
    ("field", "before", "after"),
    [
        ("files", '"path":"/etc/', '"path":"/etd/'),
        ("store_paths", '"store_paths": ["', '"store_paths": ["a'),
        ("punix", '"version":1', '"version":9'),
    ],
)
def test_a_manifest_that_was_changed_is_refused_by_every_command(
    punix: Punix,
    roots: tuple[str, ...],
    tmp_path: Path,
    command: tuple[str, ...],
    generation: int,
    field: str,
    before: str,
    after: str,
) -> None:
    for _ in range(2):
        deploy(punix, roots)
    folder = tmp_path / f"root{tmp_path}/deploys/Site"
    manifest = folder / f"gen-00{generation}.json"
    text = manifest.read_text()
    manifest.write_text(text.replace(before, after, 1))
    assert manifest.read_text() != text
    live, entries = (folder / "live").readlink(), sorted((tmp_path / "store").glob("*-*-*"))
    more = roots if command[0] == "service" else roots[:4]
    outcome = punix(*command, *more)
    assert outcome.code == 1, outcome.out
    assert "[E27]" in outcome.err and f"field '{field}' was changed" in outcome.err
    assert (folder / "live").readlink() == live
    assert sorted((tmp_path / "store").glob("*-*-*")) == entries


def test_service_why_names_recipe_line_and_digest(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    unit = "/etc/systemd/system/site-web.service"
    found = json.loads(punix("service", "why", "Site", unit, *roots, "--format", "json").out)
    assert found["source"].startswith(f"{EXAMPLES}/site/stack.pcl:")
    package = next(one for one in found["packages"] if "site-server" in one["name"])
    assert package["recipe"].startswith("std.")
    path = f"{tmp_path}/store/{package['name']}"
    by_path = json.loads(punix("service", "why", "Site", path, *roots, "--format", "json").out)
    assert by_path["packages"] == [package]
    assert by_path["services"] == ["site-mirror", "site-web"]
    said = punix("service", "why", "Site", f"{path}/bin", *roots).out
    assert "  used by     site-mirror, site-web" in said

    assert "no stack here has a file" in punix("service", "why", "Site", "/etc/x", *roots).err
    other = punix("service", "why", "Other", unit, *roots)
    assert other.code == 1 and "is a file of stack 'Site'" in other.err


def test_verify_deep_reads_the_store_paths_of_the_stack(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    shown = json.loads(punix("service", "show", "Site", *roots, "--format", "json").out)
    path = tmp_path / "store" / next(name for name in shown["store_paths"] if "server" in name)
    [file] = list((path / "bin").iterdir())
    status = file.stat()
    file.chmod(0o755)
    file.write_bytes(file.read_bytes()[::-1])
    file.chmod(0o555)
    os.utime(file, ns=(status.st_atime_ns, status.st_mtime_ns))
    assert punix("service", "verify", "Site", *roots).code == 0
    found = punix("service", "verify", "Site", "--deep", *roots)
    assert found.code == 5
    assert f"{path.name}: the store path holds something else than what was built" in found.out
    assert "`punix store repair` builds it again" in found.out


def test_a_damaged_generation_does_not_keep_list_from_the_others(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    for _ in range(2):
        deploy(punix, roots)
    (manifest,) = (tmp_path / "root").rglob("gen-001.json")
    manifest.write_text(manifest.read_text().replace('"generation": 1', '"generation": 3'))
    found = punix("service", "list", "Site", *roots)
    assert (found.code, found.out[:9], found.out.count("gen-")) == (1, "* gen-002", 1)
    assert "gen-001.json' is damaged: field 'generation' was changed" in found.err
    document = json.loads(punix("service", "list", "Site", *roots, "--format", "json").out)
    assert [one["generation"] for one in document["generations"]] == [2]


def test_what_remove_leaves_is_said(punix: Punix, roots: tuple[str, ...], tmp_path: Path) -> None:
    deploy(punix, roots)
    unit = next(tmp_path.glob("root/etc/systemd/system/*.service"))
    unit.unlink()
    unit.write_text("mine")
    found = punix("service", "remove", "Site", *roots)
    path = f"/{unit.relative_to(tmp_path / 'root')}"
    assert found.err == f"warning: {path} was left as it is: it is not ours\n"


def test_another_deployments_root_is_named(
    punix: Punix, roots: tuple[str, ...], tmp_path: Path
) -> None:
    deploy(punix, roots)
    other = [word.replace("/deploys", "/others") for word in roots]
    found = punix("service", "deploy", "Site", "--file", EXAMPLES / "site", *other)
    assert (found.code, found.out) == (1, "")
    hint = f"  hint: it is of --deployments-root {tmp_path}/deploys: is that the one you mean?"
    links = [line for line in found.err.splitlines() if "is there already, a link" in line]
    assert links
    assert found.err.splitlines().count(hint) == len(links)
