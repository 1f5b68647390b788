"""What the operating system must not do with this process: write its memory to a disk, or show it to a debugger."""

from __future__ import annotations

import ctypes
import resource
import sys

PR_SET_DUMPABLE = 4  # <linux/prctl.h>


def keep_to_itself() -> None:
    """No core dump, whatever the shell allows, and no tracing by other processes of the same user (Linux).

    Names and keys are in memory while they are used. Root is not bound by this.
    """
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_DUMPABLE, 0, 0, 0, 0)
