"""What ends the processes of a command when the command is killed.

In: nothing. Out: a descriptor that they inherit. A program of its own waits until we end; if
we did not tell it to go, it kills every process that has inherited the descriptor.

bwrap(1) promises so much only from a moment on. One that is killed before leaves a process that
waits for it for ever, and holds the lock of what was to be built.
"""

import os
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from io import FileIO

__all__ = ["guarding"]

# What is there when a pass begins may start another process and end before it is looked at; that
# other one is there when the next pass begins. So two passes in a row have to find none.
# proc_pid_stat(5): after the name come the state, the parent, the group and the session. A
# process that has a session of its own leads all that are in its group.
PROGRAM = """
if read -r -u "$1" _; then exit; fi
ours=/proc/self/fd/$1 passes=0
while [ "$passes" -lt 2 ]; do
  passes=$((passes + 1))
  for link in /proc/[0-9]*/fd/*; do
    process=${link#/proc/} process=${process%%/*}
    if [ "$link" -ef "$ours" ] && [ "$process" != $$ ]; then
      read -r line <"/proc/$process/stat" && set -- ${line##*) }
      if [ "$3" = "$4" ]; then kill -KILL -- "-$3"; fi
      kill -KILL "$process" && passes=0
    fi
  done 2>/dev/null
done
"""


@contextmanager
def guarding() -> Iterator[int]:
    """Have a guard while a block runs; yields the descriptor."""
    reader, writer = os.pipe()
    with FileIO(reader) as mark, FileIO(writer, "w") as alive:
        process = subprocess.Popen(
            ("/bin/bash", "-c", PROGRAM, "guard", str(reader)),
            env={},
            cwd="/",
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
            pass_fds=[reader],
        )
        try:
            yield reader
        finally:
            alive.write(b"\n")
            mark.close()  # a build that lives on may have read that, and then we are gone, too
            alive.close()
            process.wait()
