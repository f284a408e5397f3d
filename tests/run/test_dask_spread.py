"""Areas are given out one for each worker, and again when a worker is gone."""

from collections import deque
from types import SimpleNamespace

import pytest

from kimeval.core.errors import ClusterError
from kimeval.run.area_progress import AreaProgress
from kimeval.run.area_task import Task
from kimeval.run.dask import spread as module
from kimeval.run.dask.spread import ATTEMPTS, Spread
from kimeval.run.plan import Request
from kimeval.run.summary import FAILED, PUBLISHED, AreaResult

AREAS = ("05111", "05112", "05113")
REFUSED = {"error": "ProtectionError", "exit_code": 30}


class Future:
    """Done as soon as it is asked for; or of a worker that died or is silent."""

    def __init__(self, address, result):
        self.address = address
        self._result = result
        self.status = "pending" if result == "silent" else "finished"
        self.cancelled = False

    def result(self, timeout):
        if self._result == "died":
            raise TimeoutError
        return self._result

    def release(self):
        pass

    def cancel(self, force):
        self.cancelled = True


class Cluster:
    """Crew and client in one; `does` says what becomes of an area at an attempt."""

    def __init__(self, workers, does):
        self.client, self.root, self.run = self, None, "abc"
        self.status = "running"
        self.present = set(workers)
        self.leaves = set()
        self.does = does
        self.given = []

    def submit(self, _, root, run, request, before, key, workers, pure):
        assert not pure
        area = request.area
        attempt = sum(area == one for one, _ in self.given) + 1
        assert key == f"kimeval-2024Q3-{area}-abc-{attempt}"
        self.given.append((area, workers[0]))
        return Future(workers[0], self.does(area, attempt))

    def refresh(self, say):
        self.present -= self.leaves


def done(area, status=PUBLISHED, **more):
    return AreaResult(area, area, status, **more)


@pytest.fixture
def spread(progress, monkeypatch):
    """Makes a spread that never sleeps and looks at its workers in each round."""
    clock = iter(range(0, 10**9, 10))
    monkeypatch.setattr(module, "time", SimpleNamespace(monotonic=lambda: next(clock), sleep=id))

    def made(workers, does):
        tasks = deque(Task(Request("2024Q3", area)) for area in AREAS)
        shown = AreaProgress(progress, dict.fromkeys(AREAS, 1))
        return Spread(Cluster(workers, does), tasks, shown)

    return made


def test_each_area_is_given_out_once(spread):
    work = spread({"a", "b"}, lambda area, _: done(area))
    assert sorted(result.area for result in work.results()) == sorted(AREAS)
    assert sorted(area for area, _ in work.crew.given) == sorted(AREAS)


def test_the_area_of_a_worker_that_died_with_its_result_is_done_again(spread, progress):
    work = spread({"a"}, lambda area, n: "died" if (area, n) == ("05112", 1) else done(area))
    assert [result.area for result in work.results()] == list(AREAS)
    assert [area for area, _ in work.crew.given] == ["05111", "05112", "05112", "05113"]
    assert any("is given to another worker" in line for line in progress.lines)


def test_the_area_of_a_worker_that_is_gone_goes_to_another(spread):
    work = spread({"a", "b"}, lambda area, n: "silent" if (area, n) == ("05111", 1) else done(area))
    work.crew.leaves = {"a"}
    assert sorted(result.area for result in work.results()) == sorted(AREAS)
    assert [worker for area, worker in work.crew.given if area == "05111"] == ["a", "b"]


def test_an_area_at_which_workers_die_fails_and_the_others_go_on(spread):
    work = spread({"a"}, lambda area, _: "died" if area == "05112" else done(area))
    results = {result.area: result for result in work.results()}
    assert (results["05112"].status, results["05112"].exit_code) == (FAILED, 60)
    assert f"{ATTEMPTS} died or failed at it" in results["05112"].message
    assert {results[area].status for area in ("05111", "05113")} == {PUBLISHED}


def test_a_release_refused_beside_others_is_tried_again_after_them(spread):
    def does(area, attempt):
        return done(area, FAILED, **REFUSED) if (area, attempt) == ("05111", 1) else done(area)

    work = spread({"a", "b"}, does)
    assert {result.status for result in work.results()} == {PUBLISHED}
    assert work.crew.given[-1][0] == "05111"


def test_a_release_refused_alone_has_failed(spread):
    work = spread({"a"}, lambda area, _: done(area, FAILED, **REFUSED))
    assert [result.status for result in work.results()] == [FAILED] * 3
    assert len(work.crew.given) == 3


def test_a_run_without_workers_waits_and_then_ends(spread):
    work = spread({"a"}, lambda area, _: "silent")
    work.crew.leaves = {"a"}
    with pytest.raises(ClusterError, match="all are gone for 300 s"):
        list(work.results())


def test_a_result_that_does_not_come_since_the_scheduler_is_gone_is_no_lost_worker(spread):
    work = spread({"a"}, lambda area, _: "died")
    work.crew.status = "closed"
    with pytest.raises(ClusterError, match="goes on where it stopped"):
        list(work.results())
    assert len(work.crew.given) == 1
