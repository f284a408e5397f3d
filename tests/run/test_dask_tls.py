"""With tls:// both sides show certificates, as dask's own configuration names them."""

import shutil
import subprocess

import pytest
from loopback_cluster import Cluster, need_dask

from kimeval.core.errors import ClusterError
from kimeval.run.dask import connect
from kimeval.run.dask.connect import connected, workers

need_dask()


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate that vouches for itself, and its key."""
    if not shutil.which("openssl"):
        pytest.skip("Needs openssl to make a certificate.")
    folder = tmp_path_factory.mktemp("tls")
    subject = ["-subj", "/CN=kimeval", "-days", "1"]
    made = ["openssl", "req", "-x509", "-newkey", "rsa:2048", "-nodes", *subject]
    names = ["-keyout", "key.pem", "-out", "cert.pem"]
    subprocess.run([*made, *names], cwd=folder, check=True, capture_output=True)
    return folder


@pytest.fixture
def cluster(certificate, tmp_path):
    prefix = "DASK_DISTRIBUTED__COMM__TLS__"
    settings = {f"{prefix}CA_FILE": str(certificate / "cert.pem")}
    for role in ("SCHEDULER", "WORKER", "CLIENT"):
        settings[f"{prefix}{role}__CERT"] = str(certificate / "cert.pem")
        settings[f"{prefix}{role}__KEY"] = str(certificate / "key.pem")
    cluster = Cluster(tmp_path, "tls", **settings)
    try:
        yield cluster.start(1, **settings)
    finally:
        cluster.close()


def test_who_has_a_certificate_is_let_in_and_nobody_else(cluster, certificate, monkeypatch):
    import dask
    import distributed  # noqa: F401  (declares its configuration, which these are laid over)

    files = {"ca-file": "cert.pem", "client.cert": "cert.pem", "client.key": "key.pem"}
    known = {f"distributed.comm.tls.{k}": str(certificate / name) for k, name in files.items()}
    with dask.config.set(known), connected(cluster.address) as client:
        assert len(workers(client)) == 1
    monkeypatch.setattr(connect, "CONNECTS_WITHIN", 2)
    for address in (cluster.address, cluster.address.replace("tls", "tcp")):
        with (
            pytest.raises(ClusterError, match="certificates are right") as found,
            connected(address),
        ):
            pass
        assert str(certificate) not in str(found.value)
