"""Who may import whom. The arrows of docs/architecture.md, held against every import."""

import ast
import re
from collections.abc import Iterator
from dataclasses import dataclass
from graphlib import TopologicalSorter
from pathlib import Path

ROOT = Path(__file__).parent.parent

FOLDERS: dict[str, set[str]] = {
    "ir": set(),
    "frontend": {"ir"},
    "passes": {"ir"},
    "backends": {"ir"},
    "recipes": {"ir"},
    "runtime": {"ir"},
    "cli": {"ir", "frontend", "passes", "backends", "recipes", "runtime"},
}
"""For each folder of the package, the other folders that it may import."""

ROOMS: dict[str, set[str]] = {
    "frontend/syntax": set(),
    "frontend/syntax_errors": {"syntax"},
    "frontend/parse": {"syntax", "syntax_errors"},
    "frontend/fmt": {"syntax", "parse"},
    "frontend/suggestions": set(),
    "frontend/symbols": {"suggestions"},
    "frontend/typecheck": {"suggestions", "symbols"},
    "frontend/evaluation": {"suggestions", "symbols", "typecheck"},
    "frontend/validation": {"suggestions", "symbols", "evaluation"},
    "frontend/program": {"symbols", "evaluation"},
    "frontend/check": {"parse", "symbols", "typecheck", "evaluation", "validation", "program"},
    "passes/*": {"lower"},
    "passes/lower": set(),
    "runtime/files": set(),
    "runtime/store": {"files"},
    "runtime/fetch": {"files"},
    "runtime/building": {"files", "store", "fetch"},
    "runtime/deploy": {"files", "store"},
    "runtime/deploy/target": set(),
    "runtime/deploy/staging": {"target"},
    "runtime/deploy/records": {"target", "staging"},
    "runtime/deploy/paths": {"target", "staging", "records"},
    "runtime/deploy/transaction": {"target", "staging", "records", "paths"},
    "runtime/units": {"files", "deploy"},
    "runtime/service": {"files", "store", "deploy", "units"},
    "cli/*": {"config"},
    "cli/config": set(),
    "cli/manual": {"compiling"},
    "cli/progress": set(),
    "cli/compiling": set(),
    "cli/building": {"compiling", "progress"},
    "cli/inspect": {"compiling"},
    "cli/service": {"compiling", "building", "progress"},
    "cli/store": {"compiling", "building"},
}
"""For each folder inside another, the others beside it that it may import.

`frontend/parse` and `frontend/check` are files: each is the way into several folders.
`*` stands for the files that lie beside such folders.
"""

PURE = {"ir", "frontend", "passes", "backends", "recipes"}

CLOCK_ENVIRONMENT_DISK_NETWORK = {
    *("datetime", "getpass", "locale", "os", "pathlib", "platform", "random", "secrets"),
    *("shutil", "sqlite3", "subprocess", "tempfile", "time", "uuid"),
    *("asyncio", "ftplib", "http", "httpx", "requests", "smtplib", "socket", "ssl", "urllib"),
}

READS_THE_DISK = {
    "frontend/syntax/load.py": {"os", "pathlib"},  # the program's own files
    "frontend/syntax/generate.py": {"pathlib"},  # the grammar, when its tables are made anew
    "ir/plugins.py": {"os"},  # what other distributions offer
}
"""The only files left of `runtime` that open others."""

HEAVY = {
    *("cyclonedx", "importlib.metadata", "lark", "packageurl", "rich"),
    "zstandard",
}
"""Slow to import, so only inside the functions that need them."""

IR_ORDER = (
    *(
        "plugins",
        "names",
        "times",
        "addresses",
        "node",
        "depth",
        "span",
        "canonical",
        "text",
        "shell_words",
        "value",
        "pcl_text",
        "spell",
        "health",
        "mirrors",
        "urls",
        "graph",
    ),
    *("schema/shape", "schema/package", "schema/service", "schema/stack", "schema/kinds"),
    *("recipe", "codes", "diagnostics", "dependencies"),
    *(
        "ast",
        "program",
        "stack",
        "package",
        "source_faults",
        "derivation",
        "closure",
        "bundle",
        "home",
        "manifest",
        "plan",
        "saved_plan",
    ),
    *("decode", "codec", "dump", "stages"),
    *("rules/rule", "rules/stack", "rules/program", "rules/graph", "rules/deploy", "verify"),
)
"""The files of `ir`: each imports only files before it."""


@dataclass(frozen=True)
class Import:
    """One imported module, absolute, and where: `deferred` inside a function or for types only.

    `name` is what is taken from the module, empty for the module itself.
    """

    file: str
    line: int
    module: str
    name: str
    relative: bool
    deferred: bool

    @property
    def library(self) -> str:
        """The first segment: `punix`, or somebody else's library."""
        return self.module.partition(".")[0]

    @property
    def importer(self) -> str:
        """The folder that the importing file is in."""
        return self.file.partition("/")[0]

    def __str__(self) -> str:
        return f"{self.file}:{self.line}: {self.module}"


def package_files() -> list[Path]:
    found = [ROOT / "__init__.py"]
    for folder in FOLDERS:
        found += sorted((ROOT / folder).rglob("*.py"))
    return found


def module_name(path: Path) -> str:
    parts = ("punix", *path.relative_to(ROOT).with_suffix("").parts)
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def statements(node: ast.AST, deferred: bool = False) -> Iterator[tuple[ast.AST, bool]]:
    """Yield every import below a node, and whether it runs when the module is imported."""
    for child in ast.iter_child_nodes(node):
        if isinstance(child, ast.Import | ast.ImportFrom):
            yield child, deferred
        inside = isinstance(child, ast.FunctionDef | ast.AsyncFunctionDef) or (
            isinstance(child, ast.If) and "TYPE_CHECKING" in ast.unparse(child.test)
        )
        yield from statements(child, deferred or inside)


def imports_of(path: Path, modules: set[str]) -> Iterator[Import]:
    file = path.relative_to(ROOT).as_posix()
    package = ("punix", *path.relative_to(ROOT).parent.parts)
    for node, deferred in statements(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield Import(file, node.lineno, alias.name, "", False, deferred)
        elif isinstance(node, ast.ImportFrom):
            base = package[: len(package) - node.level + 1] if node.level else ()
            origin = ".".join((*base, *filter(None, [node.module])))
            for alias in node.names:
                inner = f"{origin}.{alias.name}"
                module, name = (inner, "") if inner in modules else (origin, alias.name)
                yield Import(file, node.lineno, module, name, node.level > 0, deferred)


FILES = package_files()
MODULES = {module_name(path) for path in FILES}
IMPORTS = [entry for path in FILES for entry in imports_of(path, MODULES)]


def folder_of(module: str) -> str:
    """`punix.ir.names` -> `ir`; the package itself -> ``."""
    return module.split(".")[1] if "." in module else ""


def room_of(file: str) -> str:
    """`runtime/store/gc.py` -> `runtime/store`; `frontend/check.py` is a room by itself."""
    path = Path(file)
    itself = str(path.with_suffix(""))
    return itself if itself in ROOMS else str(path.parent)


def test_there_is_something_to_look_at() -> None:
    assert {folder_of(module) for module in MODULES} == {"", *FOLDERS}
    assert any(entry.relative for entry in IMPORTS)


def test_folders_import_only_what_the_table_allows() -> None:
    wrong = []
    for entry in IMPORTS:
        folder, target = entry.importer, folder_of(entry.module)
        if entry.library == "punix" and target not in {"", folder, *FOLDERS[folder]}:
            wrong.append(str(entry))
    assert wrong == []


def test_rooms_of_a_folder_import_one_way() -> None:
    rooms = {room_of(str(path.relative_to(ROOT))) for path in FILES}
    with_rooms = ("frontend/", "passes/", "runtime/", "cli/")
    named = {room for room in ROOMS if not room.endswith("/*")}
    assert {room for room in rooms if room.startswith(with_rooms)} == named
    assert [str(entry) for entry in IMPORTS if any(refused(entry, room) for room in ROOMS)] == []


def refused(entry: Import, room: str) -> bool:
    """Whether a file in a room, or below it, imports from one beside it that it may not."""
    if not is_in(entry.file, room):
        return False
    folder, own = Path(room).parent, Path(room).name
    beside = {Path(name).name for name in ROOMS if Path(name).parent == folder}
    way = f"punix.{'.'.join(folder.parts)}."
    if not entry.module.startswith(way):
        return False
    return entry.module.removeprefix(way).partition(".")[0] in beside - {own} - ROOMS[room]


def is_in(file: str, room: str) -> bool:
    """Whether a file is in a room, or below it; `cli/*` are the files beside the rooms of `cli`."""
    if room.endswith("/*"):
        return str(Path(file).parent) == room.removesuffix("/*")
    return file.startswith((f"{room}/", f"{room}.py"))


def test_imports_inside_the_package_are_relative() -> None:
    assert [str(e) for e in IMPORTS if e.library == "punix" and not e.relative] == []


def test_what_another_file_takes_is_exported() -> None:
    exported = {module_name(path): exports(path) for path in FILES}
    wrong = [
        f"{entry}: {entry.name}"
        for entry in IMPORTS
        if entry.name and exported.get(entry.module) and entry.name not in exported[entry.module]
    ]
    assert wrong == []


def exports(path: Path) -> set[str]:
    """The names in `__all__`; none where a file has no such list, as `tables.py`, which is made."""
    for node in ast.parse(path.read_text(encoding="utf-8")).body:
        if isinstance(node, ast.Assign) and ast.unparse(node.targets[0]) == "__all__":
            return set(ast.literal_eval(node.value))
    return set()


def test_the_files_that_a_folder_names_are_there() -> None:
    wrong = []
    for path in FILES:
        if path.name == "__init__.py" and path.parent != ROOT:
            there = {near.stem for near in path.parent.iterdir()} | {path.parent.name}
            named = re.findall(r"`([a-z_]+)`", path.read_text(encoding="utf-8"))
            wrong += [f"{path.parent.name}: {name}" for name in named if name not in there]
    assert wrong == []


def test_no_import_cycles_deferred_ones_included() -> None:
    graph: dict[str, set[str]] = {}
    for path in FILES:
        targets = {entry.module for entry in imports_of(path, MODULES)}
        graph[module_name(path)] = (targets & MODULES) - {"punix"}
    assert len(list(TopologicalSorter(graph).static_order())) >= len(MODULES)


def test_files_of_ir_import_only_files_before_them() -> None:
    files = {within_ir(module_name(path)) for path in FILES if path.stem != "__init__"}
    assert files - {""} == set(IR_ORDER)
    wrong = [
        str(entry)
        for entry in IMPORTS
        if entry.file.startswith("ir/") and entry.relative
        if IR_ORDER.index(within_ir(entry.module)) >= IR_ORDER.index(entry.file[3:-3])
    ]
    assert wrong == []


def within_ir(module: str) -> str:
    """`punix.ir.schema.shape` -> `schema/shape`; nothing for a module of another folder."""
    way = "punix.ir."
    return module.removeprefix(way).replace(".", "/") if module.startswith(way) else ""


def test_left_of_runtime_there_is_no_clock_environment_disk_or_network() -> None:
    wrong = [
        str(entry)
        for entry in IMPORTS
        if entry.importer in PURE
        if entry.library in CLOCK_ENVIRONMENT_DISK_NETWORK
        if entry.library not in READS_THE_DISK.get(entry.file, set())
        if not entry.name.startswith("Pure")  # PurePosixPath asks no disk
    ]
    assert wrong == []


def test_heavy_libraries_are_imported_where_they_are_needed() -> None:
    wrong = [
        str(entry)
        for entry in IMPORTS
        if not entry.deferred
        if entry.module in HEAVY or entry.library in HEAVY
    ]
    assert wrong == []


def test_click_lives_in_cli_and_what_tests_hold_us_against_nowhere() -> None:
    wrong = [
        str(entry)
        for entry in IMPORTS
        if (entry.library == "click" and entry.importer != "cli")
        or (entry.library == "lark" and entry.file != "frontend/syntax/generate.py")
        or entry.library in {"jinja2", "networkx"}
    ]
    assert wrong == []
