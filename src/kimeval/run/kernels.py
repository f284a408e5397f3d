"""Surroundings of a kernel: the project, and nothing of the user's own (Umgebung)."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

RELEASE = "KIMEVAL_RELEASE"
ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")
INLINE = "module://matplotlib_inline.backend_inline"


@contextmanager
def surroundings(project: Path, scratch: Path, release: Path | None = None) -> Iterator[None]:
    """Set what a kernel inherits; afterwards the environment is as before.

    Parameters
    ----------
    project : Path
        The kernel finds its data there.
    scratch : Path
        Takes history, connection files and settings, so that neither the
        user's startup files nor their history come into play.
    release : Path, optional
        Confidential file in which notebooks hand on what they have protected.
    """
    before = dict(os.environ)
    os.environ.update(
        KIMEVAL_HOME=str(project),
        IPYTHONDIR=str(scratch / "ipython"),
        JUPYTER_RUNTIME_DIR=str(scratch / "runtime"),
        JUPYTER_CONFIG_DIR=str(scratch / "config"),
        JUPYTER_PREFER_ENV_PATH="1",
        JUPYTER_PLATFORM_DIRS="1",
        MPLBACKEND=INLINE,
        PYTHONHASHSEED="0",
        **ONE_THREAD,  # a sum is the same on any number of cores
    )
    if release is not None:
        os.environ[RELEASE] = str(release)
    try:
        yield
    finally:
        os.environ.clear()
        os.environ.update(before)
