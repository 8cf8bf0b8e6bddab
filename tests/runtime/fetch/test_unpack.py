"""Archives of all kinds, honest and hostile: what is unpacked, and that nothing gets out."""

import bz2
import gzip
import io
import lzma
import os
import stat
import tarfile
import warnings
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import zstandard
from hypothesis import given
from hypothesis import strategies as st

from punix.runtime.fetch import zip as unpacking_zip
from punix.runtime.fetch.links import FREE_STEPS, STEPS_FOR_EACH, Links
from punix.runtime.fetch.tree_writer import BadArchive, Limits
from punix.runtime.fetch.unpack import unpack

Member = tuple[str, bytes, str]
"""Name, type as tarfile names it, content or link target."""

PRESS: dict[str, Callable[[bytes], bytes]] = {
    "plain": bytes,
    "gzip": gzip.compress,
    "bzip2": bz2.compress,
    "xz": lzma.compress,
    "zstd": zstandard.compress,
}


def tar(*members: Member, mode: int = 0o644, comment: str = "") -> bytes:
    made = io.BytesIO()
    headers = {"comment": comment} if comment else {}
    with tarfile.open(
        fileobj=made, mode="w", errors="surrogateescape", pax_headers=headers
    ) as archive:
        for name, kind, text in members:
            info = tarfile.TarInfo(name)
            info.type, info.mode = kind, mode
            if kind == tarfile.REGTYPE:
                info.size = len(text)
            else:
                info.linkname = text
            archive.addfile(info, io.BytesIO(text.encode("utf-8", "ignore")))
    return made.getvalue()


def zipped(*members: Member, mode: int = 0o644) -> bytes:
    made = io.BytesIO()
    with warnings.catch_warnings(action="ignore"), zipfile.ZipFile(made, "w") as archive:
        for name, kind, text in members:
            info = zipfile.ZipInfo(name)
            info.create_system = 3
            form = {tarfile.SYMTYPE: stat.S_IFLNK, tarfile.FIFOTYPE: stat.S_IFIFO}.get(
                kind, stat.S_IFREG
            )
            info.external_attr = (form | mode) << 16
            archive.writestr(info, text, zipfile.ZIP_DEFLATED)
    return made.getvalue()


def names(value: str | bytes) -> str:
    """Name a test by its texts: compressed bytes differ from second to second."""
    return value if isinstance(value, str) else "data"


def file(name: str, text: str = "text") -> Member:
    return (name, tarfile.REGTYPE, text)


def link(name: str, target: str) -> Member:
    return (name, tarfile.SYMTYPE, target)


def opened(folder: Path, data: bytes, name: str = "a", limits: Limits | None = None) -> Path:
    archive, target = folder / "archive", folder / "into"
    archive.write_bytes(data)
    unpack(archive, name, target, lambda: None, limits)
    return target


def tree(folder: Path) -> dict[str, str]:
    found = {}
    for path in sorted(folder.rglob("*")):
        name = str(path.relative_to(folder))
        if path.is_symlink():
            found[name] = f"-> {os.readlink(path)}"
        elif path.is_file():
            found[name] = f"{stat.S_IMODE(path.stat().st_mode):o} {path.read_text()}"
    return found


@pytest.mark.parametrize("press", PRESS)
def test_tar_by_content(tmp_path: Path, press: str) -> None:
    data = tar(
        file("./top/run", "#!"), link("top/l", "../top/run"), ("top/h", tarfile.LNKTYPE, "top/run")
    )
    assert tree(opened(tmp_path, PRESS[press](data), "name.zip")) == {
        "top/run": "644 #!",
        "top/l": "-> ../top/run",
        "top/h": "644 #!",
    }


def test_zip_by_content(tmp_path: Path) -> None:
    data = zipped(file("top/run", "#!"), link("top/l", "run"), mode=0o755)
    assert tree(opened(tmp_path, data, "x.tar.gz")) == {"top/run": "755 #!", "top/l": "-> run"}


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("hello.c", b"int main;"),
        ("empty", b""),
        ("notes.gz", gzip.compress(b"no archive")),
        ("zeros", bytes(4096)),
        ("BZh.txt", b"BZh9 is how bzip2 begins"),
        ("lib.whl", zipped(file("a"))),
        ("tool.gem", tar(file("a"))),
    ],
    ids=names,
)
def test_what_is_no_archive_or_wanted_whole_is_kept(tmp_path: Path, name: str, data: bytes) -> None:
    target = opened(tmp_path, data, name)
    assert [path.name for path in target.iterdir()] == [name]
    assert (target / name).read_bytes() == data


@pytest.mark.parametrize("pack", [tar, zipped])
def test_modes_are_canonical(tmp_path: Path, pack: Callable[..., bytes]) -> None:
    before = os.umask(0o077)
    try:
        target = opened(tmp_path, pack(file("d/su"), mode=0o6777))
    finally:
        os.umask(before)
    modes = [stat.S_IMODE(path.stat().st_mode) for path in (target, target / "d", target / "d/su")]
    assert modes == [0o755, 0o755, 0o755]


HOSTILE: list[tuple[str, tuple[Member, ...]]] = [
    ("'/etc/x' is not inside the source", (file("/etc/x"),)),
    ("'../x' is not inside the source", (file("../x"),)),
    ("'a/../../x' is not inside the source", (file("a/../../x"),)),
    ("'l' is a link that does not stay inside", (link("l", "/etc/passwd"),)),
    ("'l' is a link that does not stay inside", (link("l", ".."),)),
    ("'l' is a link that does not stay inside", (link("l", "l"),)),
    (
        "'p/q/l' is a link that does not stay inside",
        (link("p/q/d", "../.."), link("p/q/l", "d/..")),
    ),
    ("'l/x' is below 'l', which is no folder", (link("l", "d"), file("l/x"))),
    ("'f/x' is below 'f', which is no folder", (file("f"), file("f/x"))),
    ("'./f' is there twice", (file("f"), file("./f"))),
    ("'f' is there twice", (link("f", "g"), file("f"))),
    ("'d' is there twice", (file("d/x"), file("d"))),
    ("'.' is there twice", (file("."),)),
    ("'p' is neither folder, file nor link", (("p", tarfile.FIFOTYPE, ""),)),
    ("'l' is a link that is too long", (link("l", "a/" * 2048),)),
    ("a name in it is too long: '", (file("x/" * 2048 + "x"),)),
    ("a name in it is too long: '", (file("x" * 300),)),
]


@pytest.mark.parametrize("pack", [tar, zipped])
@pytest.mark.parametrize(("message", "members"), HOSTILE)
def test_hostile_archives(
    tmp_path: Path, pack: Callable[..., bytes], message: str, members: tuple[Member, ...]
) -> None:
    with pytest.raises(BadArchive) as caught:
        opened(tmp_path, pack(*members))
    assert str(caught.value).startswith(message)
    assert sorted(os.listdir(tmp_path)) == ["archive", "into"]


@pytest.mark.parametrize(
    ("message", "members"),
    [
        ("is neither folder, file nor link", [("d", tarfile.CHRTYPE, "")]),
        ("is neither folder, file nor link", [("d", tarfile.BLKTYPE, "")]),
        ("'/etc/passwd' is not inside", [("h", tarfile.LNKTYPE, "/etc/passwd")]),
        ("'../x' is not inside", [("h", tarfile.LNKTYPE, "../x")]),
        ("'h' is a link to 'x', which is no file", [("h", tarfile.LNKTYPE, "x")]),
        ("'h' is a link to 'l', which is no file", [link("l", "x"), ("h", tarfile.LNKTYPE, "l")]),
        ("the name 'a\ufffd' is no UTF-8", [file("a\udcff")]),
        ("the name 'b\ufffd' is no UTF-8", [link("l", "b\udcff")]),
    ],
)
def test_hostile_tars(tmp_path: Path, message: str, members: list[Member]) -> None:
    with pytest.raises(BadArchive, match=message):
        opened(tmp_path, tar(*members))


def test_hostile_zips(tmp_path: Path) -> None:
    latin = zipped(file("xx")).replace(b"xx", b"\xff\xfe")
    secret = bytearray(zipped(file("x")))
    for header, at in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        secret[secret.index(header) + at] |= 1
    early = bytearray(zipped(file("x")))
    early[-5] = 1  # the third byte of where the table of members begins
    for name, data, message in (
        ("e", bytes(early), "lies before the archive"),
        ("n", zipped(file("")), "'' is there twice"),
        ("a", latin, "is no UTF-8"),
        ("b", bytes(secret), "'x' is encrypted"),
    ):
        (tmp_path / name).mkdir()
        with pytest.raises(BadArchive, match=message):
            opened(tmp_path / name, data)


SMALL = Limits(size=100_000, members=10, names=300, ratio=2, free=5_000)


@pytest.mark.parametrize(
    ("message", "data"),
    [
        ("too large for the size of the archive", gzip.compress(tar(file("z", "0" * 6_000)))),
        ("too large for the size of the archive", zipped(file("z", "0" * 6_000))),
        (
            "too large",
            tar(file("a", "a" * 4_000), *[(f"h{n}", tarfile.LNKTYPE, "a") for n in range(9)]),
        ),
        ("one member too many: more than 10", tar(*[file(f"f{n}", "") for n in range(11)])),
        ("one member too many: more than 10", tar(file("a/b/c/d/e/f/g/h/i/j/k"))),
        ("'b' makes its names too long", tar(file("a" * 250), link("b", "c" * 50))),
        ("c' makes its names too long", tar(file("a" * 100), file("b" * 100), file("c" * 101))),
        ("it holds more than", gzip.compress(tar(file("a"), comment="c" * 30_000))),
    ],
    ids=names,
)
def test_bombs(tmp_path: Path, message: str, data: bytes) -> None:
    with pytest.raises(BadArchive, match=message):
        opened(tmp_path, data, limits=SMALL)


def test_a_huge_header_takes_no_memory(tmp_path: Path) -> None:
    info = tarfile.TarInfo("pax")
    info.type, info.size = tarfile.XHDTYPE, 1 << 30
    with pytest.raises(BadArchive, match="it has a header of 1073741824 bytes"):
        opened(tmp_path, info.tobuf() + tar(file("a")))


@pytest.mark.parametrize("method", [zipfile.ZIP_BZIP2, zipfile.ZIP_LZMA])
def test_a_zip_is_not_decompressed_by_what_has_no_limit(tmp_path: Path, method: int) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", method) as archive:
        archive.writestr("z", bytes(1000))
    with pytest.raises(BadArchive, match="'z' is neither stored nor deflated"):
        opened(tmp_path, made.getvalue())


def test_a_long_table_of_members_takes_no_memory(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(unpacking_zip, "LONGEST_READ", 100)
    with pytest.raises(BadArchive, match="its table of members has 141 bytes"):
        opened(tmp_path, zipped(file("a"), file("b"), file("c")))


def greedy_xz() -> bytes:
    """Compress a tar with xz, and say in its header that it takes a dictionary of 4 GiB."""
    data = bytearray(lzma.compress(tar(file("a"))))
    header = slice(12, 12 + (data[12] + 1) * 4)  # of the block, after that of the stream
    data[header.start + 4] = 40  # size of the dictionary, as xz-file-format.txt has it, 5.3.1
    checked = bytes(data[header.start : header.stop - 4])
    data[header.stop - 4 : header.stop] = zlib.crc32(checked).to_bytes(4, "little")
    return bytes(data)


def greedy_zstd() -> bytes:
    settings = zstandard.ZstdCompressionParameters(window_log=28)
    press = zstandard.ZstdCompressor(compression_params=settings).compressobj()
    return press.compress(tar(file("a"))) + press.flush()


@pytest.mark.parametrize("data", [greedy_xz(), greedy_zstd()], ids=["xz", "zstd"])
def test_a_huge_dictionary_is_refused(tmp_path: Path, data: bytes) -> None:
    with pytest.raises(BadArchive, match=r"it cannot be decompressed: .*[Mm]emory"):
        opened(tmp_path, data)


def test_streams_of_xz_in_a_row_are_one_file(tmp_path: Path) -> None:
    whole = tar(file("a", "a" * 600), file("b"))
    data = lzma.compress(whole[:700]) + bytes(8) + lzma.compress(whole[700:])
    assert sorted(tree(opened(tmp_path, data + bytes(70_000)))) == ["a", "b"]


def test_a_stop_is_heard(tmp_path: Path) -> None:
    class Asked(Exception):
        pass

    archive, heard = tmp_path / "archive", iter(range(3))
    archive.write_bytes(tar(*[file(f"f{n}") for n in range(9)]))

    def check() -> None:
        if next(heard, None) is None:
            raise Asked

    with pytest.raises(Asked):
        unpack(archive, "a", tmp_path / "into", check)
    assert len(os.listdir(tmp_path / "into")) < 4


def test_a_tangle_of_links_takes_few_steps() -> None:
    targets = {f"l{at}": f"{'a/' * 600}{'../' * 600}l{at + 1}" for at in range(30)}
    targets |= {f"m{at}": "l0" for at in range(100)}
    seen = Counted(targets)
    links = Links(seen)
    assert [name for name in targets if links.leads_out(name)]
    assert seen.asked <= FREE_STEPS + STEPS_FOR_EACH * len(targets)


class Counted(dict[str, str]):
    """A table that counts how often it is asked."""

    asked = 0

    def get(self, key: Any, default: Any = None) -> Any:
        self.asked += 1
        return super().get(key, default)


def test_a_damaged_archive_is_not_half_an_archive(tmp_path: Path) -> None:
    whole = tar(file("a", "a" * 600), file("b"))
    for at, bad in enumerate(
        (whole[:700], whole[:1536] + b"x" * 512 + whole[2048:], gzip.compress(whole)[:90])
    ):
        (tmp_path / str(at)).mkdir()
        with pytest.raises(BadArchive, match=r"it is damaged|it cannot be decompressed"):
            opened(tmp_path / str(at), bad)


def test_long_names_in_a_row_are_damage(tmp_path: Path) -> None:
    info = tarfile.TarInfo("././@LongLink")
    info.type, info.size = tarfile.GNUTYPE_LONGNAME, 2
    long_name = info.tobuf(tarfile.GNU_FORMAT) + b"a".ljust(512, b"\0")
    with pytest.raises(BadArchive, match="hundreds of long names in a row"):
        opened(tmp_path, long_name * 2000 + tar(file("a")))


def test_a_damaged_member_of_a_zip(tmp_path: Path) -> None:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("f", bytes(range(256)) * 100)
    data = bytearray(made.getvalue())
    data[60:90] = bytes(30)
    with pytest.raises(BadArchive, match="it is damaged"):
        opened(tmp_path, bytes(data))


# Nothing gets out --------------------------------------------------------

NAMES = st.lists(st.sampled_from(["a", "b", "..", ".", "", "l"]), min_size=1, max_size=5).map(
    "/".join
)
KINDS = st.sampled_from([tarfile.REGTYPE, tarfile.DIRTYPE, tarfile.SYMTYPE, tarfile.LNKTYPE])
MEMBERS = st.lists(st.tuples(NAMES, KINDS, NAMES), min_size=1, max_size=6)


def outside(folder: Path) -> Iterator[str]:
    """Yield what lies in a folder besides the target, and links of the target that leave it."""
    for path in folder.iterdir():
        if path.name not in ("archive", "into"):
            yield path.name
    top = folder / "into"
    for parent, folders, files in os.walk(top):
        for name in folders + files:
            real = os.path.realpath(os.path.join(parent, name))
            if os.path.commonpath([real, os.path.realpath(top)]) != os.path.realpath(top):
                yield os.path.join(parent, name)


@given(MEMBERS, st.sampled_from([tar, zipped]))
def test_nothing_is_written_outside(
    tmp_path_factory: pytest.TempPathFactory, members: list[Member], pack: Callable[..., bytes]
) -> None:
    folder = tmp_path_factory.mktemp("a")
    try:
        opened(folder, pack(*members))
    except BadArchive:
        assert not any(path.is_symlink() for path in (folder / "into").rglob("*"))
    assert list(outside(folder)) == []


@given(st.data(), st.sampled_from(sorted(PRESS)), st.sampled_from([tar, zipped]))
def test_any_damage_is_an_answer(
    tmp_path_factory: pytest.TempPathFactory,
    data: st.DataObject,
    press: str,
    pack: Callable[..., bytes],
) -> None:
    whole = bytearray(PRESS[press](pack(file("a/b"), link("c", "a/b"), file("d", "e" * 700))))
    for _ in range(data.draw(st.integers(1, 4))):
        whole[data.draw(st.integers(0, len(whole) - 1))] = data.draw(st.integers(0, 255))
    folder = tmp_path_factory.mktemp("a")
    try:
        opened(folder, bytes(whole))
    except BadArchive as problem:
        assert str(problem)
    assert list(outside(folder)) == []
