"""Where the process begins and ends.

In: the arguments. Out: an exit code: 0 fine, 1 an error of the program or the
target, 2 usage, 3 some build failed, 4 activation failed, 5 drift, 130
interrupted, 141 nobody reads the results. Whatever goes wrong, a person reads a
sentence, never a traceback.
"""

import gc
import os
import sys
from collections.abc import Sequence

import click

from ..ir.diagnostics import ProgramError
from ..ir.spell import did_you_mean
from .console import report, report_os_error
from .group import root
from .streams import NOBODY_READS, NobodyReadsError, prepare_process

__all__ = ["main"]

INTERRUPTED = 130


def main() -> None:
    """Run the command that the arguments name and exit with its code."""
    prepare_process()
    code = run(sys.argv[1:])
    gc.freeze()  # else Python looks for rings in all that there is before it ends
    sys.exit(code)


def run(arguments: Sequence[str]) -> int:
    """Run a command and return its exit code."""
    try:
        outcome = root().main(list(arguments), prog_name="punix", standalone_mode=False)
        sys.stdout.flush()
        return outcome if isinstance(outcome, int) else 0
    except click.ClickException as problem:
        _report_usage(problem)
        return problem.exit_code
    except (KeyboardInterrupt, click.Abort):
        click.echo("interrupted", err=True)
        return INTERRUPTED
    except ProgramError as problem:
        report(problem.diagnostics, problem.sources)
        return 1
    except NobodyReadsError:
        return NOBODY_READS
    except OSError as problem:
        report_os_error(problem)
        return 1
    except Exception:  # a bug of ours: the details go to a file, a sentence to the person
        return _report_bug()


def _report_usage(problem: click.ClickException) -> None:
    """Say what is wrong with the arguments, in the form that all errors have."""
    problem = _misplaced(problem) or problem
    context = problem.ctx if isinstance(problem, click.UsageError) else None
    if context is not None:
        click.echo(context.get_usage(), err=True)
    message = problem.format_message()
    if isinstance(problem, click.NoSuchOption):
        message = _no_option(problem)
    click.echo(f"error: {message}", err=True)
    if context is not None and "did you mean" not in message.lower():
        click.echo(f"  hint: `{context.command_path} --help` shows what there is", err=True)


def _misplaced(problem: click.ClickException) -> click.UsageError | None:
    """Return what to say of an option that stands on the wrong side of a command's name."""
    if not isinstance(problem, click.NoSuchOption) or problem.ctx is None:
        return None
    name, root_context = problem.option_name, problem.ctx.find_root()
    if any(name in option.opts for option in root_context.command.params):
        return click.UsageError(f"'{name}' goes before the command's name", root_context)
    if isinstance(problem.ctx.command, click.Group):
        message = f"no option '{name}': those of a command go after its name"
        return click.UsageError(message, problem.ctx)
    return None


def _no_option(problem: click.NoSuchOption) -> str:
    """Name the nearest option by spelling; click would offer `--store-root` for `--target`."""
    params = problem.ctx.command.params if problem.ctx else ()
    options = [one for one in params if isinstance(one, click.Option)]
    known = [name for one in options for name in (*one.opts, *one.secondary_opts)]
    meant = did_you_mean(problem.option_name, known)
    return f"no option '{problem.option_name}'" + (f"; {meant}" if meant else "")


def _report_bug() -> int:
    import tempfile  # these two take as long to import as click, and bugs are rare
    import traceback

    if os.environ.get("PUNIX_DEBUG"):
        traceback.print_exc()
        return 1
    with tempfile.NamedTemporaryFile(
        "w", prefix="punix-bug-", suffix=".txt", delete=False
    ) as details:
        traceback.print_exc(file=details)
    click.echo(f"error: punix has a bug; the details are in {details.name}", err=True)
    return 1
