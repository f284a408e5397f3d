"""A scheduler of dask.distributed and workers on this machine, each a process of its own."""

import os
import signal
import socket
import subprocess
import sys
import time
from contextlib import suppress

import pytest

PATIENCE = 60
WITHOUT = ("KIMEVAL_HOME", "KIMEVAL_VINTAGES", "KIMEVAL_DEBUG")
QUIET = ["--no-dashboard", "--host", "127.0.0.1"]


def need_dask():
    """Import dask.distributed; skip where it is missing, except in CI, which must have it."""
    if os.environ.get("CI") == "true":
        import distributed  # noqa: F401
    pytest.importorskip("distributed", reason="Needs kimeval[dask] for runs on many machines.")


class Cluster:
    """Starts its scheduler at once, with settings for its environment; workers when asked."""

    def __init__(self, folder, protocol="tcp", **settings):
        self.folder = folder
        self.workers = []
        with socket.socket() as free:
            free.bind(("127.0.0.1", 0))
            self.port = free.getsockname()[1]
        self.address = f"{protocol}://127.0.0.1:{self.port}"
        options = ["--protocol", protocol, "--port", str(self.port), *QUIET]
        self.scheduler = self._start("dask_scheduler", options, settings)
        self._wait(self._listens)

    def start(self, number, **settings):
        """Start workers, with settings for their environment; they are there afterwards."""
        options = [self.address, "--nthreads", "1", "--no-nanny", *QUIET]
        for _ in range(number):
            self.workers.append(self._start("dask_worker", options, settings))
        self._wait(self._all_registered)
        return self

    def close(self):
        for process in [*self.workers, self.scheduler]:
            with suppress(ProcessLookupError):
                process.send_signal(signal.SIGCONT)
                process.kill()
            process.wait(PATIENCE)

    def _start(self, program, options, settings):
        environment = {k: v for k, v in os.environ.items() if k not in WITHOUT} | settings
        command = [sys.executable, "-m", f"distributed.cli.{program}", *options]
        with (self.folder / f"{program}-{len(self.workers)}.log").open("wb") as log:
            return subprocess.Popen(
                command, env=environment, cwd=self.folder, stdout=log, stderr=log
            )

    def _listens(self):
        with suppress(OSError), socket.create_connection(("127.0.0.1", self.port), 1):
            return True
        return False

    def _all_registered(self):
        logs = self.folder.glob("dask_worker-*.log")
        return sum(b"Registered to" in log.read_bytes() for log in logs) == len(self.workers)

    def _wait(self, condition):
        until = time.monotonic() + PATIENCE
        while not condition():
            assert time.monotonic() < until, "The cluster must stand, it does not."
            time.sleep(0.1)
