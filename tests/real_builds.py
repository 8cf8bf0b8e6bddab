"""Packages built for real: a program and its sources on disk, through `punix build`."""

import json
import shutil
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from pathlib import Path

from punix.cli.main import run

SYSTEM = {"PATH": "/usr/bin:/bin", "HOME": "/homeless"}


@dataclass(frozen=True)
class Site:
    """A folder with a program, its sources and a store."""

    folder: Path
    said: Callable[[], tuple[str, str]]

    def write(self, files: Mapping[str, str | bytes]) -> None:
        """Write files, with the x bit where they begin like a script."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            data = text.encode() if isinstance(text, str) else text
            path.write_bytes(data)
            path.chmod(0o755 if data.startswith(b"#!") else 0o644)

    def try_build(self, program: str, *options: str) -> tuple[int, str, str]:
        """Run `punix build`; return its exit code and what it said on stdout and stderr."""
        (self.folder / "program.pcl").write_text(program, encoding="utf-8")
        self.said()
        where = [f"--store-root={self.folder}/store", *options]
        code = run(["build", f"{self.folder}/program.pcl", *where])
        return code, *self.said()

    def build(self, program: str, *options: str) -> dict[str, Path]:
        """Build a program and insist that all went well; return the outputs by module."""
        code, out, err = self.try_build(program, *options)
        assert code == 0, self.logs() + err
        rows = [line.split("\t") for line in out.splitlines() if line.startswith("ok\t")]
        return {row[1]: Path(row[2]) for row in rows}

    def logs(self) -> str:
        """Return what all builds printed."""
        return "".join(path.read_text() for path in sorted(self.folder.glob("store/.logs/*")))

    def digests(self) -> dict[str, str]:
        """Return what the outputs in the store hold, by name."""
        metas = sorted(self.folder.glob("store/.meta/*.json"))
        return {path.stem: json.loads(path.read_text())["output"] for path in metas}

    def references(self, output: Path) -> list[str]:
        """Return the pnames that an output refers to."""
        meta = json.loads((self.folder / f"store/.meta/{output.name}.json").read_text())
        return [name.split("-")[1] for name in meta["references"]]

    def holds_when_built_elsewhere(self, program: str) -> None:
        """Build anew in another private folder, at the same final place; the bytes are the same."""
        first = self.digests()
        shutil.rmtree(self.folder / "store")
        self.build(program, "--sandbox=off")
        assert self.digests() == first


def said_by(program: Path, *arguments: str) -> str:
    """Run what was built as a service would: with the system's programs, and no home."""
    done = subprocess.run(
        [program, *arguments], capture_output=True, text=True, check=False, env=SYSTEM
    )
    assert done.returncode == 0, done.stderr
    return done.stdout
