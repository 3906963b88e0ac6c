"""A SLURM cluster of one node on loopback, in a folder of its own, for as long as a test needs it.

munged, MariaDB, slurmdbd, slurmctld and slurmd run as children of this process, with their keys, sockets, databases and
logs in the folder and on free ports of 127.0.0.1, and are ended with it, also when it is killed. Nothing in /etc or
/run is written.
"""

import ctypes
import os
import secrets
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path

PROGRAMS = (
    "munged",
    "mariadbd",
    "mariadb-install-db",
    "slurmdbd",
    "slurmctld",
    "slurmd",
    "sbatch",
    "sacct",
    "sacctmgr",
)
PACKAGES = ("slurm-wlm", "slurmdbd", "mariadb-server", "munge")
NAME, PARTITION, ACCOUNT = "trial", "main", "study"
PATIENCE = 60.0
"""Seconds that a daemon may take to answer."""

_SLURM = """\
ClusterName={name}
SlurmctldHost=localhost(127.0.0.1)
SlurmctldPort={controller}
SlurmdPort={node}
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CredType=cred/munge
CommunicationParameters=NoInAddrAny,NoCtldInAddrAny
StateSaveLocation={folder}/state
SlurmdSpoolDir={folder}/spool
SlurmctldPidFile={folder}/slurmctld.pid
SlurmdPidFile={folder}/slurmd.pid
SlurmctldLogFile={folder}/slurmctld.log
SlurmdLogFile={folder}/slurmd.log
# No cgroups: they belong to the machine, not to this folder. Memory is counted and held to by polling instead.
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/linux
JobAcctGatherFrequency=task=1
JobAcctGatherParams=OverMemoryKill
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerParameters=sched_interval=2,bf_interval=2,sched_min_interval=0,batch_sched_delay=0
MpiDefault=none
ReturnToService=2
MinJobAge=300
AccountingStorageType=accounting_storage/slurmdbd
AccountingStorageHost=localhost
AccountingStoragePort={accounting}
AccountingStoragePass={folder}/munge.socket
AccountingStorageEnforce=associations
NodeName=localhost NodeAddr=127.0.0.1 CPUs={cores} RealMemory={memory} State=UNKNOWN
PartitionName={partition} Nodes=ALL Default=YES MaxTime=INFINITE State=UP
"""
_ACCOUNTING = """\
AuthType=auth/munge
AuthInfo=socket={folder}/munge.socket
CommunicationParameters=NoInAddrAny
DbdHost=localhost
DbdAddr=127.0.0.1
DbdPort={accounting}
SlurmUser=root
StorageType=accounting_storage/mysql
StorageHost=127.0.0.1
StoragePort={database}
StorageUser=slurm
StoragePass={password}
StorageLoc=slurm
LogFile={folder}/slurmdbd.log
PidFile={folder}/slurmdbd.pid
"""


def missing_programs() -> list[str]:
    """Return the programs of a cluster that this machine does not have."""
    return [name for name in PROGRAMS if shutil.which(name) is None]


def install_packages() -> None:
    """Install SLURM, its accounting and MariaDB with apt-get, without starting any service of theirs."""
    # Exit status 101 of policy-rc.d: no service is started by an installation.
    policy = Path("/usr/sbin/policy-rc.d")
    ours = not policy.exists()
    if ours:
        _write(policy, "#!/bin/sh\nexit 101\n", 0o755)
    try:
        quiet = {**os.environ, "DEBIAN_FRONTEND": "noninteractive"}
        subprocess.run(["apt-get", "update", "--quiet"], check=True, env=quiet)
        install = ["apt-get", "install", "--yes", "--quiet", "--no-install-recommends", *PACKAGES]
        subprocess.run(install, check=True, env=quiet)
    finally:
        if ours:
            policy.unlink()


@dataclass(frozen=True)
class Cluster:
    """A running cluster."""

    folder: Path
    variables: Mapping[str, str]
    """What a client has to have in its environment."""

    def call(self, *command: str) -> str:
        """Run a client of SLURM and return what it printed."""
        ran = subprocess.run(
            command, env={**os.environ, **self.variables}, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True
        )
        if ran.returncode:
            raise RuntimeError(f"{' '.join(command)}: {ran.stdout}")
        return ran.stdout

    def sockets(self) -> set[str]:
        """Return the sockets (inodes, as in /proc/net) of this process's daemons."""
        found = set()
        for name in ("slurmctld", "slurmd", "slurmdbd", "mariadbd"):
            number = (self.folder / f"{name}.pid").read_text(encoding="utf-8").strip()
            links = [str(path.readlink()) for path in Path(f"/proc/{number}/fd").iterdir() if path.is_symlink()]
            found |= {link[len("socket:[") : -1] for link in links if link.startswith("socket:[")}
        return found


@contextmanager
def one_node(folder: Path, *, cores: int = 2, memory: int | None = None) -> Iterator[Cluster]:
    """Run a cluster of one node with that many cores and MB; all of this machine's memory but 1 GB by default."""
    folder.mkdir(parents=True)
    folder.chmod(0o755)
    variables = {"SLURM_CONF": str(folder / "slurm.conf")}
    ports = dict(zip(("controller", "node", "accounting", "database"), _free_ports(4), strict=True))
    values = {
        "name": NAME, "partition": PARTITION, "folder": folder, "cores": cores, "password": secrets.token_hex(16),
        "memory": memory or os.sysconf("SC_PAGE_SIZE") * os.sysconf("SC_PHYS_PAGES") // 2**20 - 1024, **ports,
    }  # fmt: skip
    for name in ("state", "spool", "database"):
        (folder / name).mkdir()
    _write(folder / "slurm.conf", _SLURM.format(**values), 0o644)
    _write(folder / "slurmdbd.conf", _ACCOUNTING.format(**values), 0o600)
    (folder / "munge.key").write_bytes(secrets.token_bytes(1024))
    (folder / "munge.key").chmod(0o600)
    variables["PATH"] = f"{_clients(folder, variables)}{os.pathsep}{os.environ['PATH']}"
    cluster = Cluster(folder, variables)
    with ExitStack() as daemons:

        def start(name: str, *options: str, answers: Callable[[], object]) -> None:
            daemons.enter_context(_daemon(name, options, folder, variables, answers))

        key, munge = folder / "munge.key", folder / "munge.socket"
        start(
            "munged", "--foreground", "--force", "--num-threads=2", f"--key-file={key}", f"--socket={munge}",
            f"--pid-file={folder / 'munged.pid'}", f"--log-file={folder / 'munged.log'}",
            f"--seed-file={folder / 'munged.seed'}", answers=munge.exists,
        )  # fmt: skip
        _database(folder, str(values["password"]))
        start(
            "mariadbd", "--no-defaults", "--user=root", f"--datadir={folder / 'database'}", "--bind-address=127.0.0.1",
            f"--port={ports['database']}", f"--socket={folder / 'database.socket'}",
            f"--pid-file={folder / 'mariadbd.pid'}", f"--init-file={folder / 'accounting.sql'}",
            "--innodb-buffer-pool-size=32M", "--innodb-lock-wait-timeout=900", "--innodb-flush-log-at-trx-commit=0",
            answers=lambda: _listens(ports["database"]),
        )  # fmt: skip
        start("slurmdbd", "-D", answers=lambda: _answers(cluster, "sacctmgr", "--noheader", "list", "cluster"))
        for what in (["cluster", NAME], ["account", ACCOUNT], ["user", "root", f"account={ACCOUNT}"]):
            cluster.call("sacctmgr", "--immediate", "add", *what)
        start("slurmctld", "-D", answers=lambda: _answers(cluster, "sinfo"))
        start("slurmd", "-D", "-N", "localhost", answers=lambda: "idle" in cluster.call("sinfo", "--noheader", "-o%T"))
        try:
            yield cluster
        finally:
            subprocess.run(["scancel", f"--partition={PARTITION}"], env={**os.environ, **variables}, check=False)
            _wait(lambda: not cluster.call("squeue", "--noheader"), "squeue")


def _clients(folder: Path, variables: Mapping[str, str]) -> Path:
    """Return a folder with an srun that knows this cluster: the plugin hides SLURM_CONF from it in job steps."""
    clients = folder / "bin"
    clients.mkdir()
    _write(
        clients / "srun", f'#!/bin/sh\nSLURM_CONF={variables["SLURM_CONF"]} exec {shutil.which("srun")} "$@"\n', 0o755
    )
    return clients


def _database(folder: Path, password: str) -> None:
    """Make an empty database, and what MariaDB runs at its start: the account of slurmdbd."""
    who = "slurm@'127.0.0.1'"
    _write(
        folder / "accounting.sql",
        f"CREATE DATABASE slurm;\nCREATE USER {who} IDENTIFIED BY '{password}';\nGRANT ALL ON slurm.* TO {who};\n",
        0o600,
    )
    install = ["mariadb-install-db", "--no-defaults", "--user=root", f"--datadir={folder / 'database'}"]
    install += ["--skip-test-db", "--auth-root-authentication-method=socket"]
    subprocess.run(install, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.STDOUT)


@contextmanager
def _daemon(
    name: str, options: Sequence[str], folder: Path, variables: Mapping[str, str], answers: Callable[[], object]
) -> Iterator[None]:
    with (folder / f"{name}.out").open("w", encoding="utf-8") as out:
        process = subprocess.Popen(
            [shutil.which(name) or name, *options],
            cwd=folder,
            env={**os.environ, **variables},
            stdout=out,
            stderr=subprocess.STDOUT,
            preexec_fn=_end_with_parent,
        )
    try:
        _wait(answers, name, process)
        yield
    finally:
        process.terminate()
        try:
            process.wait(timeout=20)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _end_with_parent() -> None:
    ctypes.CDLL(None).prctl(1, signal.SIGTERM)  # PR_SET_PDEATHSIG


def _wait(answers: Callable[[], object], name: str, process: "subprocess.Popen[bytes] | None" = None) -> None:
    last = time.monotonic() + PATIENCE
    while not answers():
        if process is not None and process.poll() is not None:
            raise RuntimeError(
                f"{name} ended with exit status {process.returncode}; see its log in the cluster's folder."
            )
        if time.monotonic() > last:
            raise RuntimeError(f"{name} did not answer within {PATIENCE:g} s.")
        time.sleep(0.2)


def _answers(cluster: Cluster, *command: str) -> bool:
    try:
        cluster.call(*command)
    except RuntimeError:
        return False
    return True


def _listens(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def _free_ports(count: int) -> list[int]:
    probes = [socket.socket() for _ in range(count)]
    for probe in probes:
        probe.bind(("127.0.0.1", 0))
    ports = [probe.getsockname()[1] for probe in probes]
    for probe in probes:
        probe.close()
    return ports


def _write(path: Path, text: str, mode: int) -> None:
    path.touch(mode=mode)
    path.write_text(text, encoding="utf-8")
    path.chmod(mode)
