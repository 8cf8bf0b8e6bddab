"""What has to be there before units start, made by the service manager.

In: the service manager and the generation that is live. Out: the trouble that it had.
"""

from ...ir.manifest import Manifest
from ..deploy.target.layout import folder_of
from ..deploy.target.steps import Step, Tell, beginning
from .activation import Trouble
from .manager import ServiceManager

__all__ = ["make_tmpfiles"]

FOLDER = "/etc/tmpfiles.d"
"""Where a stack has a file only for this: programs may not write there."""


def make_tmpfiles(manager: ServiceManager, live: Manifest, tell: Tell) -> tuple[Trouble, ...]:
    """Make folders and files that services of a generation ask for. Raises OSError."""
    lists = [file.path for file in live.files if folder_of(file.path) == FOLDER]
    if not lists:
        return ()
    with beginning(tell, Step("folders", "begun", live.generation)):
        done = manager.make_folders(lists)
    tell(Step("folders", "failed" if done.code else "done", live.generation))
    if done.code == 0:
        return ()
    return (Trouble(None, "not all of tmpfiles was made", tuple(done.output.splitlines())),)
