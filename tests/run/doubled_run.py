"""A run over all areas with doubles, to be killed: ROOT [AREA at which it kills itself]."""

import os
import signal
import sys
from pathlib import Path

from conftest import SmallVintage, Told
from kimeval.core.project import Project
from kimeval.protect.canary import Needles
from kimeval.run import execute as execution
from kimeval.run import steps, trust
from kimeval.run.every import run_all
from kimeval.run.execute import Executed
from kimeval.run.plan import Request


def execute(job, target, *_):
    if job.parameters["area"] in sys.argv[2:]:
        os.kill(os.getpid(), signal.SIGKILL)
    (target / f"{job.name}.ipynb").write_text('{"cells": []}')
    return Executed(job.name, target / f"{job.name}.ipynb", 0.1, 2)


if __name__ == "__main__":
    trust.require_trusted = lambda *_: ()
    steps.delivery_digest = lambda *_: "delivery 1"
    steps.ensure_vintage = lambda *_: SmallVintage()
    steps.needles = lambda *_: Needles()
    steps.write_pages = lambda stage, *_: (stage / "index.html").write_text("<p>2</p>")
    execution.execute = execute
    run_all(Project(Path(sys.argv[1])), Request("2024Q3", ""), Told())
