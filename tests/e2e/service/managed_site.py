"""A stack `Site` in this folder, and a folder below it that stands for a machine."""

from pathlib import Path


def site(services: str) -> str:
    """A program of a package `Hello`, whose binary is `hi`, and a stack of these services."""
    return f"""
module Hello {{
  recipe = "std.shell"
  recipeArgs = {{ command = "install -D /bin/true $OUTPUT/bin/hi" }}
}}
module Site {{
  backend = "systemd"
  services = [{services}]
}}
"""


STACK = site("""
    { name = "db" package = "Hello" binary = "hi" },
    { name = "web" package = "Hello" binary = "hi" args = ["one"] dependsOn = ["db"] }
""")


def written(folder: Path, program: str = STACK) -> tuple[str, ...]:
    """Write the program, and return the options that name the roots of its machine."""
    (folder / "site.pcl").write_text(program)
    return (
        *("--store-root", f"{folder}/store"),
        *("--deployments-root", "/srv/deploys"),
        *("--transport-root", f"{folder}/root"),
    )


def edit(before: str, after: str) -> None:
    """Replace what stands in the program of this folder."""
    program = Path("site.pcl")
    text = program.read_text()
    assert before in text
    program.write_text(text.replace(before, after))
