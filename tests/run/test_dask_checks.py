"""What a run on many machines refuses before anything is published."""

import sys
from types import SimpleNamespace

import pytest
from loopback_cluster import Cluster, need_dask

from kimeval.cli.guard import exit_code
from kimeval.core.errors import ClusterError, ParameterError
from kimeval.core.project import Project
from kimeval.run.dask import connect
from kimeval.run.dask.connect import check_address, connected, is_open
from kimeval.run.dask.crew import Crew
from kimeval.run.dask.facts import differences, facts
from kimeval.run.dask.work import SEEN, UNLOCKED, UNSEEN, look, mark, run_here
from kimeval.run.lock import only_run
from kimeval.run.plan import Request
from kimeval.run.publish import clear_stages

ALL = ["run", "--quarter", "2024Q3", "--all"]
unix = pytest.mark.skipif(sys.platform == "win32", reason="Needs locks as on Unix.")


@pytest.fixture
def home(project, monkeypatch):
    monkeypatch.setenv("KIMEVAL_HOME", str(project.root))
    (project.sample / "05370" / "2024-10-15").mkdir(parents=True)
    return project


@pytest.fixture
def held(home):
    """A run that is at work: its lock, and its mark."""
    with only_run(home.outputs):
        clear_stages(home.outputs)
        mark(home.outputs, "abc").write_text("abc")
        yield home


@pytest.mark.parametrize("address", ["scheduler", "http://h:1", "tcp://h", "tcp://u:p@h:1", ""])
def test_an_address_names_protocol_host_and_port(address):
    with pytest.raises(ParameterError, match="tcp://HOST:PORT") as found:
        check_address(address)
    assert "u:p" not in str(found.value)


@pytest.mark.parametrize(
    "address", ["tcp://scheduler:8786", "tls://10.0.0.1:8786", "tcp://[::1]:1"]
)
def test_a_good_address_is_kept(address):
    assert check_address(address) == address


@pytest.mark.parametrize(
    ("address", "expected"),
    [
        ("tcp://scheduler:8786", True),
        ("tcp://10.0.0.1:8786", True),
        ("tls://scheduler:8786", False),
        ("tcp://127.0.0.1:8786", False),
        ("tcp://[::1]:8786", False),
        ("tcp://localhost:8786", False),
    ],
)
def test_what_crosses_a_network_unencrypted_is_known(address, expected):
    assert is_open(address) is expected


def test_the_address_is_checked_before_the_project_is_looked_at(tmp_path, monkeypatch, capsys):
    monkeypatch.setenv("KIMEVAL_HOME", str(tmp_path))
    assert exit_code([*ALL, "--dask", "scheduler"]) == 10
    assert "tcp://HOST:PORT" in capsys.readouterr().err


def test_many_machines_share_out_areas_not_one_area():
    assert exit_code(["run", "--quarter", "2024Q3", "--area", "05370", "--dask", "tcp://h:1"]) == 2


def test_without_dask_the_way_out_is_named(home, monkeypatch, capsys):
    monkeypatch.setitem(sys.modules, "distributed", None)
    assert exit_code([*ALL, "--dask", "tcp://127.0.0.1:1"]) == 60
    assert "kimeval[dask]" in capsys.readouterr().err
    assert not (home.outputs / "2024Q3").exists()


def test_facts_hold_no_path_and_are_the_same_twice(home, monkeypatch):
    monkeypatch.setenv("KIMEVAL_VINTAGES", "s3://secret-bucket/x")
    found = facts(home)
    assert found == facts(home)
    assert not any(str(home.root) in value or "secret" in value for value in found.values())


def test_each_difference_is_named_and_no_hash_or_setting_shown(home, monkeypatch):
    own = facts(home)
    assert differences(own, own) == []
    other = own | {"pandas": "1.0", "code": "0" * 64, "KIMEVAL_VINTAGES": "1" * 64}
    other.pop("dask")
    found = differences(own, other)
    assert found == [
        "KIMEVAL_VINTAGES set otherwise",
        "other code",
        f"dask nothing instead of {own['dask']}",
        f"pandas 1.0 instead of {own['pandas']}",
    ]


def test_another_notebook_is_another_fact(home):
    own = facts(home)
    (home.notebooks / "01_first.ipynb").write_text("{}")
    assert differences(own, facts(home)) == ["other notebooks"]


@unix
def test_a_worker_sees_the_folder_and_its_lock_and_leaves_a_sign(held, monkeypatch):
    found = look(held.root, "abc")
    assert found.folder == SEEN
    assert (held.outputs / ".stage" / f".run-abc-{found.sign}").read_text() == "abc"
    assert found.facts == facts(held)


def test_a_worker_with_another_folder_does_not_see_the_run(held, tmp_path, monkeypatch):
    monkeypatch.setenv("KIMEVAL_HOME", str(tmp_path))
    assert look(held.root, "abc").folder == UNSEEN


@unix
def test_a_worker_that_could_take_a_lock_that_is_held_says_so(home):
    clear_stages(home.outputs)
    mark(home.outputs, "abc").write_text("abc")
    assert look(home.root, "abc").folder == UNLOCKED


def test_nothing_is_done_for_a_run_that_is_over(held):
    mark(held.outputs, "abc").unlink()
    result = run_here(held.root, "abc", Request("2024Q3", "05370"), None)
    assert (result.status, result.error, result.exit_code) == ("failed", "ClusterError", 60)
    assert not (held.outputs / "2024Q3").exists()


class Answers:
    """A client whose workers answer as told."""

    status = "running"

    def __init__(self, **answers):
        self.answers = {f"tcp://{name}:1": answer for name, answer in answers.items()}

        self.scheduler = SimpleNamespace(identity=self.identity)

    def identity(self, n_workers):
        return {"workers": dict.fromkeys(self.answers) if n_workers == -1 else {}}

    def sync(self, question, **options):
        return question(**options)

    def run(self, _, root, run, workers, **__):
        return {
            address: answer(root, run) if callable(answer) else answer
            for address, answer in self.answers.items()
            if address in workers
        }


def crew(project, **answers):
    return Crew(Answers(**answers), project.root, "abc", facts(project))


@unix
def test_workers_that_fit_take_part(held):
    gathered = crew(held, a=look, b=look)
    gathered.gather()
    assert gathered.present == {"tcp://a:1", "tcp://b:1"}
    assert [path.name for path in (held.outputs / ".stage").iterdir()] == [".run-abc"]


@unix
def test_a_worker_with_other_versions_is_refused_with_the_way_out(held):
    def old(root, run):
        found = look(root, run)
        return type(found)(found.facts | {"pandas": "1.0"}, found.folder, found.sign)

    with pytest.raises(ClusterError, match=r"1 of 2 do not: tcp://b:1 has pandas 1\.0 inst") as e:
        crew(held, a=look, b=old).gather()
    assert "requirements.lock" in str(e.value)


@pytest.mark.parametrize(
    ("answer", "words"),
    [
        (ModuleNotFoundError("kimeval"), r"could not load this kimeval \(ModuleNotFoundError\)"),
        (lambda *_: look(Project.find().root, "other"), "does not see this project's outputs/"),
    ],
)
def test_a_worker_without_kimeval_or_folder_is_refused(held, answer, words):
    with pytest.raises(ClusterError, match=words):
        crew(held, a=answer).gather()


@unix
def test_a_worker_that_comes_later_is_looked_at_and_one_that_does_not_fit_left_out(held):
    gathered, said = crew(held, a=look), []
    gathered.gather()
    gathered.client.answers |= {"tcp://b:1": look, "tcp://c:1": ValueError("x")}
    gathered.refresh(said.append)
    del gathered.client.answers["tcp://a:1"]
    gathered.refresh(said.append)
    assert gathered.present == {"tcp://b:1"}
    assert said == [
        "worker tcp://c:1 is left out: it could not load this kimeval (ValueError)",
        "worker tcp://b:1 has come",
    ]


def test_a_scheduler_that_is_gone_is_one_clear_error(home):
    gathered = crew(home)
    gathered.client.status = "closed"
    with pytest.raises(ClusterError, match="goes on where it stopped"):
        gathered.refresh(print)


def test_no_scheduler_is_one_clear_error(monkeypatch):
    need_dask()
    monkeypatch.setattr(connect, "CONNECTS_WITHIN", 1)
    with (
        pytest.raises(ClusterError, match=r"must answer at tcp://127.0.0.1:9 within 1 s"),
        connected("tcp://127.0.0.1:9"),
    ):
        pass


def test_a_scheduler_without_workers_is_one_clear_error(tmp_path, monkeypatch):
    need_dask()
    monkeypatch.setattr(connect, "WORKERS_WITHIN", 1)
    cluster = Cluster(tmp_path)
    try:
        with (
            pytest.raises(ClusterError, match=r"had none for 1 s.*dask worker tcp://127"),
            connected(cluster.address),
        ):
            pass
    finally:
        cluster.close()
