"""Servers that are started twice, killed, starved or blocked."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

import psutil
import pytest
from command import run_command
from faults_support import endpoint_of, kill, wait_until, with_token
from soak import rounds

from lakeshell.config import load_config
from lakeshell.endpoint import read_endpoint
from lakeshell.errors import ServerDied, ServerError
from lakeshell.home import Home
from lakeshell.locks import FileLock, is_locked
from lakeshell.session.control import ControlClient
from lakeshell.session.remote import Remote
from lakeshell.session.session import Session

Start = Callable[..., "subprocess.Popen[str]"]

LONG = "select count(*) from range(1000000000000) where sqrt(id) < 0"


@pytest.mark.timeout(300)
def test_shells_starting_at_once_share_one_server(home: Home, start_lakeshell: Start) -> None:
    shells = [start_lakeshell("--format", "csv", "-e", f"select {n}") for n in range(12)]
    for number, shell in enumerate(shells):
        out, err = shell.communicate(timeout=120)
        assert (shell.returncode, out.splitlines()[1:]) == (0, [str(number)]), err
    supervisors = [
        p.pid
        for p in psutil.process_iter(["cmdline"])
        if "lakeshell.server" in (p.info["cmdline"] or ()) and str(home.root) in p.info["cmdline"]
    ]
    assert supervisors == [endpoint_of(home).pid]


@pytest.mark.timeout(300)
def test_a_killed_supervisor_takes_its_jvm_along_and_loses_no_commit(home: Home) -> None:
    run_command("-e", "create table t as select 1 as id", home=home.root)
    old = endpoint_of(home)
    kill(old.pid)
    again = run_command("--format", "csv", "-e", "select * from t", home=home.root)
    assert (again.code, again.stdout) == (0, "id\n1\n")
    assert not psutil.pid_exists(old.jvm_pid)
    assert endpoint_of(home).token != old.token


def test_a_server_killed_during_a_statement_is_said_and_replaced(home: Home) -> None:
    notices: list[str] = []
    session = Session(home, load_config(home), on_reconnect=notices.append)
    session.execute("create temp view v as select 1")
    jvm = endpoint_of(home).jvm_pid
    killer = subprocess.Popen(["sh", "-c", f"sleep 2; kill -9 {jvm}"])
    with pytest.raises(ServerDied) as caught:
        session.execute(LONG)
    killer.wait()
    assert "may or may not have taken effect" in caught.value.message
    table = session.execute("select 2 as x").table
    assert table is not None
    assert table.to_pylist() == [{"x": 2}]
    assert len(notices) == 1
    assert "temporary views" in notices[0]
    session.close()


def test_a_script_whose_server_dies_ends_with_three(home: Home, start_lakeshell: Start) -> None:
    script = start_lakeshell("-e", LONG)
    wait_until(lambda: read_endpoint(home) is not None, 60)
    wait_until(lambda: len(ControlClient(endpoint_of(home)).jobs()) > 0)
    kill(endpoint_of(home).jvm_pid)
    out, err = script.communicate(timeout=60)
    assert (script.returncode, out) == (3, "")
    assert err.startswith("Error: ")
    assert "Traceback" not in err


def test_a_stale_server_json_is_seen_through(home: Home) -> None:
    home.create()
    word = {
        "pid": 1, "jvm_pid": 1, "connect_port": 9, "control_port": 9,
        "token": "old", "version": "0", "started": 0.0,
    }  # fmt: skip
    home.server_json.write_text(json.dumps(word), encoding="utf-8")
    done = run_command("--format", "csv", "-e", "select 1 as x", home=home.root)
    assert (done.code, done.stdout) == (0, "x\n1\n"), done.stderr


def test_a_jvm_that_outlives_its_supervisor_is_waited_for(
    home: Home, start_lakeshell: Start
) -> None:
    home.create()
    straggler = FileLock(home.jvm_lock)
    assert straggler.acquire()
    shell = start_lakeshell("--format", "csv", "-e", "select 1 as x")
    wait_until(lambda: is_locked(home.supervisor_lock))
    time.sleep(1)
    assert read_endpoint(home) is None
    straggler.release()
    out, err = shell.communicate(timeout=90)
    assert (shell.returncode, out) == (0, "x\n1\n"), err


@pytest.mark.parametrize("setting", ["connect_port", "control_port"])
def test_a_taken_port_is_named(home: Home, setting: str) -> None:
    home.create()
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        home.settings_file.write_text(f"[server]\n{setting} = {port}\n", encoding="utf-8")
        done = run_command("-e", "select 1", home=home.root)
    assert (done.code, done.stdout) == (3, "")
    assert f"Port {port} is taken" in done.stderr
    assert setting in done.stderr
    assert "Traceback" not in done.stderr


def test_a_home_that_cannot_be_written_is_said(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("", encoding="utf-8")
    done = run_command("-e", "select 1", home=tmp_path / "file" / "home")
    assert (done.code, done.stdout) == (2, "")
    assert "cannot be written" in done.stderr
    assert "Traceback" not in done.stderr


def test_without_jars_and_network_the_missing_files_are_named(home: Home, tmp_path: Path) -> None:
    done = run_command(
        "-e",
        "select 1",
        home=home.root,
        LAKESHELL_JARS=str(tmp_path / "empty"),
        https_proxy="http://127.0.0.1:9",
        http_proxy="http://127.0.0.1:9",
    )
    assert (done.code, done.stdout) == (3, "")
    assert "io.delta:delta-spark_4.2_2.13:4.4.0" in done.stderr
    assert "lakeshell setup --jars" in done.stderr
    assert "Traceback" not in done.stderr


def test_a_damaged_jar_is_not_taken(tmp_path: Path) -> None:
    from lakeshell.engine.jars import cache_folder, install_jars, missing_jars
    from lakeshell.errors import JarsMissing

    good = cache_folder(os.environ.get("LAKESHELL_JARS")) / "jars"
    offered = tmp_path / "offered"
    offered.mkdir()
    for jar in good.glob("*.jar"):
        (offered / jar.name).write_bytes(jar.read_bytes())
    damaged = offered / "delta-storage-4.4.0.jar"
    damaged.write_bytes(damaged.read_bytes()[:-1] + b"x")
    with pytest.raises(JarsMissing, match="another SHA-256"):
        install_jars(tmp_path / "cache", offered)
    assert [jar.artifact for jar in missing_jars(tmp_path / "cache")] == ["delta-storage"]


def test_strangers_are_refused(home: Home) -> None:
    run_command("-e", "select 1", home=home.root)
    endpoint = endpoint_of(home)
    for token in (None, "", "x" * 43):
        stranger = Session(
            home,
            load_config(home),
            remote=Remote("localhost", endpoint.connect_port, token),
        )
        with pytest.raises(ServerError, match="token"):
            stranger.execute("select 1")
    wrong = with_token(endpoint, "wrong")
    with pytest.raises(ServerError, match="401"):
        ControlClient(wrong).stop()
    assert is_locked(home.supervisor_lock)
    listening = [
        c.laddr.ip
        for pid in (endpoint.pid, endpoint.jvm_pid)
        for c in psutil.Process(pid).net_connections("tcp")
        if c.status == psutil.CONN_LISTEN
    ]
    assert listening
    assert {ip.removeprefix("::ffff:") for ip in listening} == {"127.0.0.1"}
    arguments = " ".join(psutil.Process(endpoint.jvm_pid).cmdline())
    assert endpoint.token not in arguments
    assert home.server_json.stat().st_mode & 0o077 == 0


def test_the_server_stops_when_nobody_is_left(home: Home) -> None:
    home.create()
    home.settings_file.write_text("[server]\nauto_stop_minutes = 0.02\n", encoding="utf-8")
    session = Session(home, load_config(home))
    session.execute("select 1")
    time.sleep(3)
    assert is_locked(home.supervisor_lock), "it stopped under an attached shell"
    session.close()
    wait_until(lambda: not is_locked(home.supervisor_lock))
    assert read_endpoint(home) is None


@pytest.mark.timeout(300)
def test_two_homes_side_by_side(home: Home, tmp_path: Path) -> None:
    other = Home(tmp_path / "other")
    for where, number in ((home, 1), (other, 2)):
        done = run_command("-e", f"create table t as select {number} as id", home=where.root)
        assert done.code == 0, done.stderr
    for where, number in ((home, 1), (other, 2)):
        done = run_command("--format", "csv", "-e", "select * from t", home=where.root)
        assert done.stdout == f"id\n{number}\n"
    from lakeshell.session.launch import stop_server

    assert stop_server(other)


@pytest.mark.timeout(600)
def test_kills_during_merge_leave_the_table_before_or_after(home: Home) -> None:
    """The rows are those of one commit or the other, none lost, none doubled."""
    done = run_command(
        "-e", "create table t as select id, 0 as round from range(20000)", home=home.root
    )
    assert done.code == 0, done.stderr
    for number in range(1, rounds(20, short=2) + 1):
        merge = (
            f"merge into t using (select id, {number} as round from range(20000)) s on t.id = s.id "
            "when matched then update set round = s.round"
        )
        run_command("-e", "select 1", home=home.root)
        victim = endpoint_of(home)
        writer = subprocess.Popen(
            [sys.executable, "-m", "lakeshell", "--home", str(home.root), "-e", merge],
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        time.sleep(0.6 + 0.6 * (number % 3))
        kill(victim.pid if number % 2 else victim.jvm_pid)
        writer.wait(timeout=120)
        check = run_command(
            "--format",
            "csv",
            "-e",
            "select count(*), count(distinct id), count(distinct round) from t",
            home=home.root,
        )
        assert check.stdout.splitlines()[1:] == ["20000,20000,1"], check.stderr


def test_ctrl_c_stops_the_job_on_the_server(home: Home, start_lakeshell: Start) -> None:
    run_command("-e", "select 1", home=home.root)
    control = ControlClient(endpoint_of(home))
    script = start_lakeshell("-e", LONG)
    wait_until(lambda: len(control.jobs()) > 0)
    script.send_signal(signal.SIGINT)
    out, err = script.communicate(timeout=20)
    assert (script.returncode, out) == (130, "")
    assert "Cancelled" in err
    wait_until(lambda: control.jobs() == [], 5)


def test_sigterm_stops_the_job_too(home: Home, start_lakeshell: Start) -> None:
    run_command("-e", "select 1", home=home.root)
    control = ControlClient(endpoint_of(home))
    script = start_lakeshell("-e", LONG)
    wait_until(lambda: len(control.jobs()) > 0)
    script.terminate()
    script.communicate(timeout=20)
    assert script.returncode == 128 + signal.SIGTERM
    wait_until(lambda: control.jobs() == [], 5)
