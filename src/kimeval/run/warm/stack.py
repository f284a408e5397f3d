"""What the parent imports, once for all kernels and workers (Vorrat an Modulen)."""

from __future__ import annotations

import builtins
import gc
from contextlib import suppress
from importlib import import_module
from pkgutil import iter_modules
from types import SimpleNamespace
from typing import Any

from kimeval.run.warm.caches import fill_caches

STACK = (
    "ipykernel.kernelapp",
    "ipykernel.ipkernel",
    "ipykernel.zmqshell",
    "ipykernel.debugger",
    "IPython.core.completer",
    "pandas",
    "pyarrow.parquet",
    "pyarrow.dataset",
    "matplotlib.pyplot",
    "matplotlib.backends.backend_agg",
    "matplotlib.backends.backend_svg",
    "seaborn",
    "babel.numbers",
    "kimeval.data.supplied",
    "kimeval.evaluation",
)
LATE = (
    "IPython.core.completerlib",
    "IPython.core.debugger",
    "IPython.core.debugger_backport",
    "IPython.core.logger",
    "IPython.core.oinspect",
    "IPython.extensions.storemagic",
    "IPython.utils.wildcard",
    "faulthandler",
    "pandas.core.arrays.arrow._arrow_utils",
    "pandas.core.arrays.arrow.extension_types",
    "pandas.core.methods.to_dict",
    "pandas.core.reshape.reshape",
    "psutil",
    "resource",
    "sqlite3",
    "tornado.platform.asyncio",
    "zmq.utils.garbage",
)  # inner parts that their packages import at first use; another version may lack one
WORKERS = (
    "papermill",
    "nbclient",
    "jupyter_client.asynchronous",
    "kimeval.run.execute",
    "kimeval.run.warm.manager",
    "kimeval.run.area_task",
    "kimeval.run.worker",
    "kimeval.report.pages",
    "kimeval.protect.audit.releases",
    "kimeval.protect.audit.shown",
    "kimeval.protect.canary.gather",
    "kimeval.data.vintages",
)
OTHERS = ("cli", "core", "data", "protect", "report", "run")


def import_stack(workers: bool = False) -> None:
    """Import what notebooks need, and what workers need, as if in a notebook.

    pandas asks at import whether it is in a terminal, and would then show no columns.
    """
    notebook: Any = builtins
    notebook.get_ipython = lambda: SimpleNamespace(kernel=None)
    try:
        for name in (*STACK, *_own_modules(), *(WORKERS if workers else ())):
            import_module(name)
        for name in LATE:
            with suppress(ImportError):
                import_module(name)
        fill_caches()
    finally:
        del notebook.get_ipython
    gc.collect()
    gc.freeze()  # a collection in a child would copy all pages


def _own_modules() -> list[str]:
    """Modules of what notebooks measure and show."""
    import kimeval

    own = [m for m in iter_modules(kimeval.__path__) if m.ispkg and m.name not in OTHERS]
    packages = [import_module(f"kimeval.{found.name}") for found in own]
    return [found.name for p in packages for found in iter_modules(p.__path__, f"{p.__name__}.")]
