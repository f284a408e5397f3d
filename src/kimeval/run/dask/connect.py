"""The connection to a scheduler of dask.distributed (Verbindung)."""

from __future__ import annotations

import ipaddress
import logging
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from typing import Any

from kimeval.core.errors import ClusterError, ParameterError
from kimeval.core.silence import kind

ADDRESS = re.compile(r"(tcp|tls)://(\[[0-9a-fA-F:]+\]|[A-Za-z0-9._-]+):(\d{1,5})")
CONNECTS_WITHIN = 20
WORKERS_WITHIN = 30
ANSWERS_WITHIN = 60
OPEN = (
    "tcp:// is neither encrypted nor closed: whoever reaches the scheduler can run programs on "
    "its workers. Use it in a trusted network only, tls:// elsewhere"
)


def check_address(address: str) -> str:
    """An address such as tcp://scheduler:8786, as it was given.

    Raises
    ------
    ParameterError
        If it is none.
    """
    if not ADDRESS.fullmatch(address):
        raise ParameterError(
            "A scheduler is named as tcp://HOST:PORT or tls://HOST:PORT, got something else. "
            "Write for example --dask tcp://scheduler:8786."
        )
    return address


def is_open(address: str) -> bool:
    """Whether messages cross a network unencrypted."""
    protocol, host, _ = ADDRESS.fullmatch(address).groups()  # type: ignore[union-attr]
    if protocol == "tls" or host == "localhost":
        return False
    with suppress(ValueError):
        return not ipaddress.ip_address(host.strip("[]")).is_loopback
    return True


@contextmanager
def connected(address: str) -> Iterator[Any]:
    """A client of a scheduler that has a worker at least.

    Parameters
    ----------
    address : str
        As `check_address` lets pass. For tls://, certificates are those of dask's own
        configuration (`distributed.comm.tls`).

    Yields
    ------
    Client
        Of dask.distributed.

    Raises
    ------
    ClusterError
        If distributed is missing, the scheduler does not answer, or has no workers.
    """
    try:
        from distributed import Client
    except ImportError:
        raise ClusterError(
            "A run on many machines needs dask.distributed, which is not installed. Install "
            "kimeval[dask] here and on the workers."
        ) from None
    with _silent("distributed"):
        try:
            client = Client(address, timeout=CONNECTS_WITHIN, set_as_default=False)
        except Exception as error:
            raise ClusterError(
                f"A scheduler must answer at {address} within {CONNECTS_WITHIN} s, none did "
                f"({kind(type(error))}). Start one with `dask scheduler`, and see that address, "
                f"firewall and, for tls://, certificates are right."
            ) from None
        try:
            _require_workers(client, address)
            yield client
        finally:
            with suppress(Exception):
                client.close(timeout=CONNECTS_WITHIN)


def workers(client: Any) -> set[str]:
    """Addresses of all workers that the scheduler knows now.

    Raises
    ------
    ClusterError
        If the scheduler is gone.
    """
    # not `scheduler_info`, whose answer another one without workers may have replaced
    told = asked(lambda: client.sync(client.scheduler.identity, n_workers=-1), client)
    return set(told["workers"])


def asked(question: Callable[[], Any], client: Any) -> Any:
    """The answer to a question to the scheduler.

    Raises
    ------
    ClusterError
        If it does not answer any more.
    """
    require_running(client)
    try:
        return question()
    except Exception:
        raise _gone() from None


def require_running(client: Any) -> None:
    """See that the connection stands.

    Raises
    ------
    ClusterError
        If it does not.
    """
    if client.status != "running":
        raise _gone()


def _gone() -> ClusterError:
    return ClusterError(
        "The scheduler must answer for as long as a run is at work, and no longer does. What is "
        "published stays. Start scheduler and workers anew, and the run again: it goes on where "
        "it stopped."
    )


def _require_workers(client: Any, address: str) -> None:
    with suppress(Exception):
        client.wait_for_workers(1, timeout=WORKERS_WITHIN)
    if not workers(client):
        raise ClusterError(
            f"A run needs a worker at least, {address} had none for {WORKERS_WITHIN} s. Start one "
            f"on each machine: dask worker {address} --nthreads 1."
        )


@contextmanager
def _silent(name: str) -> Iterator[None]:
    """Keep the logs of a library back: this side says itself what matters."""
    known = logging.Logger.manager.loggerDict
    logs = [logging.getLogger(log) for log in list(known) if log.partition(".")[0] == name]
    before = [log.disabled for log in logs]
    for log in logs:
        log.disabled = True
    try:
        yield
    finally:
        for log, was in zip(logs, before, strict=True):
            log.disabled = was
