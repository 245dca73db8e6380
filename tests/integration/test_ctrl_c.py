"""An import that is broken off half-way: nothing of it counts, and the next one works."""

import os
import signal
import subprocess

import pytest

from harness import TOCSIN, check_sanitizers
from spending import HEADINGS, load, publish, spend, write

ROWS = 400_000


@pytest.fixture
def leeds(groups):
    return groups(councils=("leeds",)).start().leeds


def rows(first, last):
    return "".join(f"Supplier {number % 3000} Ltd,,2018-{1 + number % 12:02}-{1 + number % 28:02},"
                   f"{1000 + number % 777}.00\n" for number in range(first, last)).encode()


def break_off(leeds, number):
    """Feeds the command half of a large file, and then the signal. A pipe holds little, so when all of
    the half is written the command has read nearly all of it."""
    process = subprocess.Popen([TOCSIN, "-c", str(leeds.conf), "import", "spend", "-"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stdin.write(",".join(HEADINGS).encode() + b"\n" + rows(0, ROWS // 2))
    process.stdin.flush()
    assert process.poll() is None
    process.send_signal(number)
    try:
        out, err = process.communicate(timeout=300)
    except BrokenPipeError:
        out, err = process.stdout.read(), process.stderr.read()
    check_sanitizers(err.decode(), "the import")
    return process.returncode, out.decode(), err.decode()


def nothing_counts(leeds):
    assert leeds.json("supplier", "list")["suppliers"] == []
    assert leeds.call("import_list")["imports"] == []
    assert leeds.json("preview")["total"] == 0
    assert spend(leeds) == {}


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_broken_off_half_way(leeds, tmp_path, number):
    status, out, err = break_off(leeds, number)
    assert out == ""
    if number != signal.SIGKILL:
        assert status == 1 and err == "tocsin: interrupted: nothing was imported\n"
    nothing_counts(leeds)
    path = write(tmp_path / "next.csv", [("Acme Ltd", "", "2018-10-01", "5000.00")])
    assert load(leeds, path)["state"] == "live"
    assert publish(leeds) == 1
    assert spend(leeds) == {"name:acme ltd": 5_000}
    leeds.restart()
    assert [one["name"] for one in leeds.json("supplier", "list")["suppliers"]] == ["Acme Ltd"]


def test_the_daemon_dies_half_way(leeds, tmp_path):
    """The command says so; what it had sent is gone when the daemon is back."""
    process = subprocess.Popen([TOCSIN, "-c", str(leeds.conf), "import", "spend", "-"],
                               stdin=subprocess.PIPE, stdout=subprocess.PIPE,
                               stderr=subprocess.PIPE)
    process.stdin.write(",".join(HEADINGS).encode() + b"\n" + rows(0, ROWS // 4))
    process.stdin.flush()
    leeds.kill()
    try:
        process.stdin.write(rows(ROWS // 4, ROWS // 2))
        process.stdin.close()
    except BrokenPipeError:
        pass
    process.stdin = None
    out, err = process.communicate(timeout=120)
    assert process.returncode == 4 and out == b"", (process.returncode, err)
    assert err.startswith(b"tocsin: ") and err.count(b"\n") == 1
    leeds.start()
    nothing_counts(leeds)
    path = write(tmp_path / "next.csv", [("Acme Ltd", "", "2018-10-01", "5000.00")])
    assert load(leeds, path)["state"] == "live"


def test_all_of_a_large_file(leeds, tmp_path):
    """The same file whole, so that the size is no reason to fail."""
    path = tmp_path / "large.csv"
    path.write_bytes(",".join(HEADINGS).encode() + b"\n" + rows(0, ROWS))
    report = load(leeds, path)
    assert report["rows_used"] == ROWS and report["suppliers"] == 3000
    assert os.path.getsize(path) > 10_000_000
