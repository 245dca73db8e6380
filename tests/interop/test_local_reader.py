"""The program of the README: what it prints is what was applied, once and in order, whoever stops in
between.
"""

import contextlib
import json
import os
import pathlib
import selectors
import subprocess
import sys
import time

from test_offline import submit_many

HERE = pathlib.Path(__file__).resolve().parent
PROGRAM = HERE / "local_reader.py"
README = HERE.parent.parent / "README.md"


@contextlib.contextmanager
def running(daemon, cursor=0):
    words = [sys.executable, PROGRAM, daemon.folder / "tocsin.sock", str(cursor)]
    program = subprocess.Popen(words, stdout=subprocess.PIPE, stderr=subprocess.PIPE)
    try:
        yield program
    finally:
        program.kill()
        program.communicate()


def lines(program, count, timeout=60):
    """So many lines, as they come."""
    end, got = time.monotonic() + timeout, b""
    with selectors.DefaultSelector() as selector:
        selector.register(program.stdout, selectors.EVENT_READ)
        while got.count(b"\n") < count:
            assert selector.select(max(0, end - time.monotonic())), got
            data = os.read(program.stdout.fileno(), 65536)
            assert data, program.stderr.read()
            got += data
    return [json.loads(line) for line in got.splitlines()]


def names(read):
    return [line["record"]["reference"] for line in read]


def test_nothing_is_lost_whoever_stops(group):
    expected = submit_many(group.leeds, "a", 30)
    with running(group.york) as program:
        read = lines(program, 30)
    expected += submit_many(group.leeds, "b", 20)
    with running(group.york, read[-1]["cursor"]) as program:
        read += lines(program, 20)
        group.york.restart()  # in the middle of a question
        expected += submit_many(group.leeds, "c", 20)
        read += lines(program, 20)
    assert names(read) == expected
    assert [line["cursor"] for line in read] == sorted({line["cursor"] for line in read})


def test_a_cursor_ahead_of_the_daemon_is_said(group):
    """As after a store was restored: not silence, and not the same records again."""
    with running(group.york, 10**12) as program:
        assert program.wait(30) == 1 and program.stderr.read().strip()


def test_the_readme_shows_this_program():
    code = PROGRAM.read_text().split('"""\n', 1)[1]
    assert code in README.read_text()
