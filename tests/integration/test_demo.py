"""scripts/demo-region, as a newcomer runs it: its figures are those of the independent count, it is plain
text in a pipe, and nothing is left of it when it ends or is broken off."""

import contextlib
import os
import pathlib
import pty
import shutil
import signal
import subprocess
import tempfile

import pytest

import independent
import region_files
from harness import TOCSIN, TOCSIND, address

SCRIPT = pathlib.Path(__file__).resolve().parents[2] / "scripts" / "demo-region"


@pytest.fixture
def demo():
    """Starts the story in a folder of its own; at the end its daemons are stopped whatever happened."""
    place = pathlib.Path(tempfile.mkdtemp(prefix="demo-"))  # short: a socket's path has 107 bytes
    environment = {**os.environ, "TOCSIND": os.path.abspath(TOCSIND),
                   "TOCSIN": os.path.abspath(TOCSIN), "XDG_RUNTIME_DIR": str(place),
                   "TOCSIN_DEMO_ADDRESS": address()}

    def start(*arguments, **options):
        return subprocess.Popen([SCRIPT, *arguments], env={**environment, **options.pop("env", {})},
                                **{"text": True, "stdout": subprocess.PIPE,
                                   "stderr": subprocess.PIPE, **options})

    start.place = place
    yield start
    subprocess.run([SCRIPT, "--stop"], env=environment, stdout=subprocess.DEVNULL, check=True)
    shutil.rmtree(place)


def left_in(place):
    """Programs that run on a file of the folder."""
    found = []
    for entry in pathlib.Path("/proc").glob("[0-9]*/cmdline"):
        try:
            words = entry.read_bytes()
        except OSError:
            continue
        if str(place).encode() in words or b"tocsind" in words and is_within(entry, place):
            found.append(words)
    return found


def is_within(entry, place):
    try:
        return pathlib.Path(os.readlink(entry.parent / "cwd")).is_relative_to(place)
    except OSError:
        return False


def test_the_story_comes_out_right(demo):
    process = demo("--once")
    out, err = process.communicate(timeout=900)
    assert process.returncode == 0, out[-3000:] + err
    assert err == "" and "\x1b" not in out
    picture = independent.Region(region_files.whole() or region_files.excerpts()).picture(2015)
    for least in (2, 3, 4):
        shared = [paid for paid in picture.values() if len(paid) >= least]
        pounds = sum(independent.thousands(pence) for paid in shared for pence in paid.values())
        assert f"{len(shared)} of {len(picture)} suppliers are paid by {least} councils or more" in out
        [said] = [line for line in out.splitlines() if f"by {least} councils or more" in line]
        assert abs(int(said.split("£")[1].replace(",", "")) - pounds) <= 2000, said
    for told in ("Bradford, which has it too, was warned", "saw a sealed record go by and nothing in it",
                 "the hub, which made the alert, cannot name the supplier", "three shares make a name: ",
                 "it is disputed at every council that has the supplier", "Sheffield sees that it stands",
                 "All 4 members that are told have applied it."):
        assert told in out, told
    assert "The story came out right." in out
    assert list(demo.place.iterdir()) == [] and left_in(demo.place) == []


def test_on_a_terminal_it_asks_nothing_and_has_colour(demo):
    master, slave = pty.openpty()
    process = demo("--once", stdin=slave, stdout=slave, stderr=slave, env={"TERM": "xterm"})
    os.close(slave)
    said = b""
    with contextlib.suppress(OSError):  # how a terminal says that nobody is there any more
        while part := os.read(master, 65536):
            said += part
    os.close(master)
    assert process.wait(300) == 0, said[-3000:]
    assert b"\x1b[1m" in said and b"The story came out right." in said and b"[y/N]" not in said


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_broken_off_nothing_is_left(demo, number):
    process = demo()
    for line in process.stdout:
        if "leeds is ready" in line:
            break
    assert left_in(demo.place), "its daemons run, and this can see them"
    process.send_signal(number)
    out, err = process.communicate(timeout=300)
    assert process.returncode == 130, (out[-2000:], err)
    assert list(demo.place.iterdir()) == [] and left_in(demo.place) == []
