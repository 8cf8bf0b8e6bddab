"""Sources as a person meets them: programs, commands, what is said."""

import hashlib
import os
import random
import signal
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from command import COMMAND
from patience import until
from web import Web, web

from punix.cli.compiling import program
from punix.cli.main import run
from punix.ir.names import Digest
from punix.runtime.fetch import download
from punix.runtime.fetch.source import source_digest, source_exists

BODY = random.Random(0).randbytes(3_000_000)
SHA = hashlib.sha256(BODY).hexdigest()


@pytest.fixture
def site(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Web]:
    monkeypatch.setattr(download, "PAUSES", ())
    monkeypatch.setenv("PUNIX_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    with web() as running:
        yield running


def package(name: str, source: str) -> str:
    return f"""module {name} {{
  recipe = "std.shell"
  recipeArgs = {{ command = "cp -R . $OUTPUT/got" }}
  source = {{ {source} }}
}}
"""


def url_source(url: str, digest: str = SHA) -> str:
    return f'type = "url" url = "{url}"\n    hash = "{digest}"'


def build(*words: str) -> int:
    return run(["build", "p.pcl", "--store-root", "store", "--sandbox", "off", *words])


def test_a_wrong_hash_is_told_at_its_place(
    site: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = site.put("/a.bin", BODY)
    good = package("Good", url_source(url))
    wrong = package("Wrong", url_source(url, "0" * 64))
    new = package("New", url_source(url, ""))
    (tmp_path / "p.pcl").write_text(good + wrong + new)
    assert run(["check", "p.pcl"]) == 0
    assert build() == 3
    out, err = capsys.readouterr()
    assert "ok\tGood\t" in out
    words = f"'{url}' has another hash: wanted sha256 {'0' * 64}, got {SHA}"
    assert f"FAIL\tWrong\t{words}\n" in out
    assert f"p.pcl:11:12: error: [E10] {words}\n" in err
    assert f"p.pcl:17:12: error: [E10] '{url}' has no hash yet: got {SHA}\n" in err
    assert f'  hint: hash = "{SHA}"\n' in err


def test_what_cannot_be_got_is_told_at_its_url(
    site: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = site.put("/a.bin", BODY)
    gone = package("A", url_source(f"{site.url}/gone", ""))
    patch = f'patches = [{{ url = "{site.url}/p"\n    hash = "" }}]'
    patched = package("B", f"{url_source(url)}\n    {patch}")
    (tmp_path / "p.pcl").write_text(gone + patched)
    assert build() == 3
    err = capsys.readouterr().err
    for place, path in (("4:33", "gone"), ("12:24", "p")):
        words = f"cannot get '{site.url}/{path}': the server says 404 Not Found"
        assert f"p.pcl:{place}: error: [E31] {words}\n" in err


def test_a_password_is_shown_in_no_excerpt(
    site: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    url = site.url.replace("http://", "http://me:password@")
    source = f'type = "url" url = "{url}/a" hash = "{SHA}"'
    (tmp_path / "p.pcl").write_text(package("A", source))
    assert build() == 3
    out, err = capsys.readouterr()
    kept = [path.read_text() for path in (tmp_path / "store").rglob("*.json")]
    assert len(kept) == 1
    assert "password" not in "".join([out, err, *kept])
    assert 'url = "http://***********@127.0.0.1:' in err


def test_only_what_is_needed_is_fetched(site: Web, tmp_path: Path) -> None:
    first, second = site.put("/a", BODY), site.put("/b", BODY + b"x")
    other = hashlib.sha256(BODY + b"x").hexdigest()
    program = package("A", url_source(first)) + package("B", url_source(second, other))
    (tmp_path / "p.pcl").write_text(program)
    assert build("--dry-run") == 0
    assert site.requests == []
    assert build("--only", "A") == 0
    assert [path for path, _ in site.requests] == ["/a"]


def test_what_is_not_fetched_stops_before_any_build(
    site: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    old = package("Old", url_source("ftp://example.org/a.tgz", "12"))
    (tmp_path / "p.pcl").write_text(package("A", url_source(site.put("/a", BODY))) + old)
    assert run(["check", "p.pcl"]) == 0
    err = capsys.readouterr().err
    assert "p.pcl:10:33: warning: [E31] nothing is fetched by 'ftp'" in err
    assert "p.pcl:11:12: warning: [E10] a sha256 hash has 64 hexadecimal digits" in err
    assert build() == 1
    err = capsys.readouterr().err
    assert "p.pcl:10:33: error: [E31] nothing is fetched by 'ftp'" in err
    assert "p.pcl:11:12: error: [E10] a sha256 hash has 64 hexadecimal digits" in err
    assert site.requests == []


def test_all_that_is_wrong_without_a_network_is_told_by_check(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "p.pcl").write_text(
        package("A", url_source("htps://example.org/a"))
        + package("B", url_source("htp://example.org/a"))
    )
    assert run(["check", "p.pcl"]) == 1
    err = capsys.readouterr().err
    assert "p.pcl:4:33: error: [E1] nothing can be fetched by 'htps'" in err
    assert "p.pcl:10:33: error: [E1] nothing can be fetched by 'htp'" in err
    source = 'type = "git" url = "./r" hash = "v1"\n    patches = ["./gone.patch"]'
    (tmp_path / "p.pcl").write_text(package("A", source))
    assert run(["check", "p.pcl"]) == 1
    assert "p.pcl:5:16: error: [E17] no such source: 'gone.patch'" in capsys.readouterr().err


def test_what_no_local_source_can_be_is_told_at_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.chdir(tmp_path)
    for name in ("a", "b"):
        (tmp_path / name).mkdir()
        os.mkfifo(tmp_path / name / "pipe")
    (tmp_path / "file").touch()
    (tmp_path / "link").symlink_to("file")
    (tmp_path / "p.pcl").write_text(
        package("A", 'type = "local" path = "./link"')
        + package("B", 'type = "local" path = "./a" exclude = ["!"]')
    )
    for command in (["check", "p.pcl"], ["build", "p.pcl", "--store-root", "store"]):
        assert run(command) == 1
        err = capsys.readouterr().err
        assert "p.pcl:4:36: error: [E17] source 'link' is a link to a file\n" in err
        assert "p.pcl:9:52: error: [E1] Invalid git pattern: '!'\n" in err
    sources = [f'type = "local" path = "./{name}"' for name in "ab"]
    (tmp_path / "p.pcl").write_text("".join(map(package, "AB", sources)))
    assert build("--dry-run") == 1
    err = capsys.readouterr().err
    for place, name in (("4:36", "a"), ("9:36", "b")):
        words = f"source '{name}': 'pipe': neither folder, file nor link"
        assert f"p.pcl:{place}: error: [E17] {words}\n" in err
    assert err.count("  hint: 'pipe' can be left out with 'exclude'\n") == 2


@pytest.mark.patch
def test_a_patch_beside_the_program_names_what_is_built(
    site: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def path() -> str:
        assert run(["store", "path", "p.pcl", "A", "--store-root", "store"]) == 0
        return capsys.readouterr().out

    url = site.put("/text", b"old\n")
    digest = hashlib.sha256(b"old\n").hexdigest()
    source = url_source(url, digest) + '\n    patches = ["./fix.patch"]'
    (tmp_path / "p.pcl").write_text(package("A", source))
    patch = tmp_path / "fix.patch"
    patch.write_text("--- a/text\n+++ b/text\n@@ -1 +1 @@\n-old\n+new\n")
    first = path()
    assert build() == 0
    assert Path(first.strip(), "got/text").read_text() == "new\n"
    patch.write_text("--- a/text\n+++ b/text\n@@ -1 +1 @@\n-other\n+new\n")
    assert path() != first
    assert build() == 3
    assert "error: [E31] patch 'fix.patch' does not apply: " in capsys.readouterr().err


@pytest.mark.git
def test_a_branch_is_built_with_a_warning_and_refused_when_locked(
    site: Web, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    def git(*words: str) -> str:
        person = ("-c", "user.name=A", "-c", "user.email=a@b")
        command = ["git", *person, *words]
        done = subprocess.run(command, cwd="r", capture_output=True, text=True, check=True)
        return done.stdout.strip()

    (tmp_path / "r").mkdir()
    git("init", "-q", "-b", "main")
    (tmp_path / "r/text").write_text("hi")
    git("add", "text")
    git("commit", "-q", "-m", "m")
    commit = git("rev-parse", "HEAD")
    program = package("A", 'type = "git" url = "./r" hash = "main"')
    (tmp_path / "p.pcl").write_text(program)
    for more in ([], ["--dry-run"]):
        assert build("--locked", *more) == 1
        err = capsys.readouterr().err
        assert "p.pcl:4:46: error: [E31] 'main' may be another commit tomorrow" in err
    for _ in range(2):  # also of what is there already
        assert build() == 0
        err = capsys.readouterr().err
        assert "p.pcl:4:46: warning: [E31] 'main' may be another commit tomorrow" in err
        assert f'  hint: this is built from {commit}: write hash = "{commit}"\n' in err
    (facts,) = (tmp_path / "store/.meta").glob("*.json")
    assert f'"commits": ["{commit}"]' in facts.read_text()
    (tmp_path / "p.pcl").write_text(program.replace('"main"', f'"{commit}"'))
    assert build("--locked") == 0
    assert "another commit" not in capsys.readouterr().err


def test_a_command_that_is_killed_goes_on_where_it_was(site: Web, tmp_path: Path) -> None:
    (tmp_path / "p.pcl").write_text(package("A", url_source(site.put("/a", BODY, slow=True))))
    words = ["build", "p.pcl", "--store-root", "store", "--sandbox", "off"]
    process = subprocess.Popen([*COMMAND, *words], cwd=tmp_path, start_new_session=True)

    def has_begun() -> bool:
        assert process.poll() is None
        return any(part.stat().st_size for part in (tmp_path / "cache").rglob("*.part"))

    until(has_begun)
    os.kill(process.pid, signal.SIGKILL)
    process.wait()
    (part,) = (tmp_path / "cache").rglob("*.part")
    size = part.stat().st_size
    assert 0 < size < len(BODY)
    site.put("/a", BODY)
    assert build() == 0
    assert site.ranges() == ["", f"bytes={size}-"]


def test_a_source_that_packages_share_is_read_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    read: list[str] = []

    def counted(path: str, *others: object) -> Digest:
        read.append(path)
        return source_digest(path, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(program, "source_digest", counted)
    monkeypatch.setenv("PUNIX_CACHE_DIR", str(tmp_path / "cache"))
    monkeypatch.chdir(tmp_path)
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "file").write_text(folder)
    shared, other = 'type = "local" path = "./a"', 'type = "local" path = "./b"'
    packages = [package("One", shared), package("Two", shared), package("Three", other)]
    (tmp_path / "p.pcl").write_text("".join(packages))
    assert build("--dry-run") == 0
    assert sorted(read) == ["a", "b"]
    names = {line.split("/")[-1][:32] for line in capsys.readouterr().out.splitlines()[:3]}
    assert len(names) == 3


def test_a_source_that_packages_share_is_looked_for_once(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    looked_for: list[str] = []

    def counted(path: str, *others: object) -> None:
        looked_for.append(path)
        source_exists(path, *others)  # type: ignore[arg-type]

    monkeypatch.setattr(program, "source_exists", counted)
    monkeypatch.chdir(tmp_path)
    shared = 'module Shared {\n  files = { type = "local" path = "./gone" }\n}\n'
    recipe = 'recipe = "std.shell" recipeArgs = { command = "true" } source = Shared.files'
    packages = [f"module P{number} {{ {recipe} }}\n" for number in range(5)]
    (tmp_path / "p.pcl").write_text(shared + "".join(packages))
    assert build("--dry-run") == 1
    assert looked_for == ["gone"]
    assert capsys.readouterr().err.count("[E17] no such source: 'gone'") == 1
