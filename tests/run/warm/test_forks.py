"""The parent and its children: signals, ends, and what happens where it cannot be."""

import asyncio
import json
import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from kimeval.run.kernels import surroundings
from kimeval.run.warm import forks as module
from kimeval.run.warm.forks import Forks, Unavailable, current, possible, warm_kernels

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="Kernels are forked on Linux only."),
]
RUN = """
import sys, asyncio, pathlib, os, time
from kimeval.run.kernels import surroundings
from kimeval.run.warm.forks import warm_kernels
from kimeval.run.warm.manager import WarmKernelManager
async def go(folder):
    with warm_kernels() as forks, surroundings(folder, folder):
        manager = WarmKernelManager(kernel_name="python3")
        await manager.start_kernel(cwd=str(folder))
        (folder / "pids.part").write_text(f"{forks.pid} {manager.provisioner.pid} {manager.ip}")
        (folder / "pids.part").rename(folder / "pids")
        time.sleep(60)
asyncio.run(go(pathlib.Path(sys.argv[1])))
"""


def gone(pid):
    """Whether a process has ended, waiting a while for it."""
    for _ in range(300):
        try:
            state = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0]
        except OSError:
            return True
        if state == "Z":
            return True
        time.sleep(0.05)
    return False


@pytest.fixture
def speaking(forks, tmp_path):
    """Do something with the manager and the client of a kernel that listens."""

    def go(act):
        from kimeval.run.warm.manager import WarmKernelManager

        async def live():
            manager = WarmKernelManager(kernel_name="python3")
            await manager.start_kernel(cwd=str(tmp_path))
            client = manager.client()
            client.start_channels()
            await client.wait_for_ready(timeout=60)
            try:
                return await act(manager, client)
            finally:
                client.stop_channels()
                await manager.shutdown_kernel(now=True)

        with surroundings(tmp_path, tmp_path):
            return asyncio.run(live())

    return go


async def answer(client, source, before=None):
    """Reply to a cell; `before` is done once it runs."""
    asked = client.execute(source)
    while before is not None:
        told = await client.get_iopub_msg(timeout=60)
        if told["msg_type"] == "stream":
            await before()
            break
    while True:
        reply = await client.get_shell_msg(timeout=60)
        if reply["parent_header"]["msg_id"] == asked:
            return reply["content"]


def test_an_interrupt_reaches_the_cell_and_the_kernel_lives_on(speaking):
    source = "print('runs', flush=True)\nimport time\ntime.sleep(60)"

    async def act(manager, client):
        failed = await answer(client, source, manager.interrupt_kernel)
        after = await answer(client, "1")
        if after["status"] == "aborted":  # it came while the failed cell was still being told
            after = await answer(client, "1")
        return failed["ename"], after["status"], await manager.is_alive()

    assert speaking(act) == ("KeyboardInterrupt", "ok", True)


def test_two_signals_at_once_are_two(speaking):
    source = (
        "import signal, time\ngot = []\n"
        "for n in (10, 12): signal.signal(n, lambda n, _: got.append(n))\n"
        "print('runs', flush=True)\n"
        "end = time.monotonic() + 60\n"
        "while len(got) < 2 and time.monotonic() < end: time.sleep(0.01)\n"
        "assert sorted(got) == [10, 12], got"
    )

    async def act(manager, client):
        async def both():
            for number in (signal.SIGUSR1, signal.SIGUSR2):
                await manager.signal_kernel(number)

        return (await answer(client, source, both))["status"]

    assert speaking(act) == "ok"


def test_the_exit_code_is_the_kernels(speaking):
    async def act(manager, client):
        process = manager.provisioner.process
        client.execute("import os\nos._exit(7)")
        return await asyncio.wait_for(process.ended(), 60), process.poll(), process.wait()

    assert speaking(act) == (7, 7, 7)


def test_an_idle_kernel_has_little_memory_of_its_own(speaking):
    async def act(manager, client):
        await answer(client, "import kimeval, pandas, matplotlib.pyplot, seaborn")
        lines = Path(f"/proc/{manager.provisioner.pid}/smaps_rollup").read_text().splitlines()
        return sum(int(line.split()[1]) for line in lines if line.startswith("Private_"))

    assert speaking(act) < 60 * 1024


def test_many_kernels_at_once_have_sockets_of_their_own(forks, tmp_path):
    from kimeval.run.warm.manager import WarmKernelManager

    async def one(number):
        manager = WarmKernelManager(kernel_name="python3")
        await manager.start_kernel(cwd=str(tmp_path))
        client = manager.client()
        client.start_channels()
        await client.wait_for_ready(timeout=60)
        reply = await answer(client, f"mine = {number}\nassert mine == {number}")
        client.stop_channels()
        address, pid = manager.ip, manager.provisioner.pid
        await manager.shutdown_kernel()
        return reply["status"], address, pid

    async def all_of_them():
        return await asyncio.gather(*(one(number) for number in range(6)))

    with surroundings(tmp_path, tmp_path):
        said, addresses, pids = zip(*asyncio.run(all_of_them()), strict=True)
    assert set(said) == {"ok"}
    assert len(set(addresses)) == len(set(pids)) == 6
    assert all(gone(pid) for pid in pids)


@pytest.mark.parametrize("number", [signal.SIGKILL, signal.SIGTERM])
def test_no_process_outlives_a_run_that_was_killed(tmp_path, number):
    running = subprocess.Popen([sys.executable, "-c", RUN, str(tmp_path)])
    end = time.monotonic() + 60
    while not (tmp_path / "pids").exists() and time.monotonic() < end:
        time.sleep(0.05)
    *numbers, address = (tmp_path / "pids").read_text().split()
    pids = [int(number) for number in numbers]
    assert all(Path(f"/proc/{pid}").exists() for pid in pids)
    running.send_signal(number)
    running.wait()
    assert [gone(pid) for pid in pids] == [True, True]
    assert not Path(address).parent.exists()


def test_a_kernel_ends_with_its_parent_and_the_next_is_plain(cells, texts, monkeypatch):
    with warm_kernels() as forks:
        assert texts("import os\nos.getppid()") == [str(forks.pid)]
        os.kill(forks.pid, signal.SIGKILL)
        gone(forks.pid)
        assert texts("import os\nos.getppid()") == [str(os.getpid())]
        assert current() is None


def test_a_kernel_that_cannot_be_forked_any_more_starts_plainly(texts, monkeypatch):
    with warm_kernels() as forks:
        assert forks.start()
        os.kill(forks.pid, signal.SIGKILL)
        gone(forks.pid)
        monkeypatch.setattr("kimeval.run.warm.manager.current", lambda: forks)
        monkeypatch.setattr("kimeval.run.warm.forks.current", lambda: forks)
        assert texts("import os\nos.getppid()") == [str(os.getpid())]


def test_a_kernel_that_ends_before_it_listens_is_replaced_by_a_plain_one(forks, texts, monkeypatch):
    fork = forks.fork
    broken = lambda argv, cwd, *rest: fork(argv, f"{cwd}/missing", *rest)  # noqa: E731
    monkeypatch.setattr(forks, "fork", broken)
    assert texts("import os\nos.getppid()") == [str(os.getpid())]


def test_plain_kernels_are_used_where_they_are_wanted(texts, monkeypatch):
    monkeypatch.setenv("KIMEVAL_KERNELS", "plain")
    with warm_kernels() as forks:
        assert not forks.start()
        assert texts("import os\nos.getppid()") == [str(os.getpid())]
        assert forks.pid is None


@pytest.mark.parametrize("missing", ["fork", "pidfd_open"])
def test_without_fork_kernels_are_plain(monkeypatch, missing):
    monkeypatch.delattr(os, missing)
    assert not possible()
    with warm_kernels():
        assert current() is None


def test_a_parent_that_has_threads_forks_nothing(monkeypatch, tmp_path):
    (tmp_path / "sitecustomize.py").write_text(
        "from threading import Event, Thread\nThread(target=Event().wait, daemon=True).start()"
    )
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
    forks = Forks()
    assert not forks.start()
    assert forks.pid is None


def test_a_parent_that_cannot_import_the_stack_leaves_kernels_plain(monkeypatch, tmp_path):
    (tmp_path / "seaborn.py").write_text("raise ImportError")
    monkeypatch.setenv("PYTHONPATH", os.pathsep.join([str(tmp_path), *filter(None, sys.path)]))
    forks = Forks()
    assert not forks.start()
    with pytest.raises(Unavailable):
        forks.fork([], "/", {}, 1, 2)


def test_a_folder_with_too_long_a_name_for_sockets_leaves_kernels_plain(monkeypatch, tmp_path):
    (deep := tmp_path / ("x" * 120)).mkdir()
    monkeypatch.setattr(module.tempfile, "tempdir", str(deep))
    assert not Forks().start()
    assert list(deep.iterdir()) == []


def test_inside_warm_kernels_the_same_parent_is_used(monkeypatch):
    with warm_kernels() as outer:
        with warm_kernels() as inner:
            assert inner is outer
        assert current() is outer
        assert outer.start()
    assert current() is None


def test_nothing_starts_before_it_is_needed():
    with warm_kernels() as forks:
        assert forks.pid is None


def test_a_run_imports_nothing_of_jupyter_for_it():
    look = "import sys, json, kimeval.run.run\nprint(json.dumps(sorted(sys.modules)))"
    done = subprocess.run([sys.executable, "-c", look], capture_output=True, text=True, check=True)
    loaded = set(json.loads(done.stdout))
    assert not loaded & {"asyncio", "zmq", "jupyter_client", "pandas", "ipykernel"}


def test_a_client_hears_the_kernel_without_polling(speaking):
    async def act(manager, client):
        return type(client).__name__

    assert speaking(act) == "WarmKernelClient"


def test_a_kernel_finds_all_that_it_needs_imported(speaking):
    """What a kernel imports itself costs each notebook anew."""

    async def act(manager, client):
        import psutil

        maps = psutil.Process(manager.provisioner.pid).memory_maps()
        inherited = {m.path for m in psutil.Process(current().pid).memory_maps()}
        return {Path(m.path).name for m in maps if m.path.endswith(".so")} - {
            Path(path).name for path in inherited
        }

    assert not speaking(act)
