"""Sweeps of real processes: a plan in a mapped file says which call fails (tests/fault/fault_plan.h)
and counts them; trace_calls fails system calls of the shipped programs, tocsind_faulty, which is
tocsind with a linker in between, messages and allocations.

Each sweep begins at the first call and ends when the plan was not met any more. TOC_FAULT_STRIDE=1
tries every call (scripts/prove does); else each sweep has a stride that keeps it short."""

import contextlib
import ctypes
import errno
import mmap
import os
import pathlib
import shutil
import signal
import time

import harness
from harness import references

TRACE_CALLS = os.environ.get("TRACE_CALLS", "")
TOCSIND_FAULTY = os.environ.get("TOCSIND_FAULTY", "")
# LeakSanitizer is a tracer itself, and there can be only one.
TRACED = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}

CALL, CHANGE, MESSAGE, PART, MEMORY = 1, 2, 3, 4, 5
ONCE, FOREVER, KILL = "once", "forever", "killed"
EVERY = os.environ.get("TOC_FAULT_STRIDE") == "1"


class _Fields(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_uint32), ("forever", ctypes.c_uint32),
                ("error", ctypes.c_int32), ("pid", ctypes.c_uint32), ("at", ctypes.c_int64),
                ("calls", ctypes.c_int64), ("fired", ctypes.c_int64)]


class Plan:
    """One process's plan. Nothing fails until it is armed."""

    def __init__(self, path):
        self.before = 0  # how often the plan of the time before was met
        self.path = pathlib.Path(path)
        self.path.write_bytes(bytes(ctypes.sizeof(_Fields)))
        with open(self.path, "r+b") as file:
            self._fields = _Fields.from_buffer(mmap.mmap(file.fileno(), 0))

    def arm(self, kind, at, way, error=errno.EIO):
        """`at`: 1 is the first call from now on."""
        self.disarm()
        fields = self._fields
        self.before = fields.fired
        fields.at, fields.forever = at, way == FOREVER
        fields.error = 0 if way == KILL else error
        fields.calls = fields.fired = 0
        fields.kind = kind

    def disarm(self):
        """What was counted stays to be read."""
        self._fields.kind = 0

    @property
    def calls(self):
        return self._fields.calls

    @property
    def fired(self):
        return self._fields.fired

    @property
    def pid(self):
        return self._fields.pid

    @property
    def runner(self):
        return [TRACE_CALLS, str(self.path)]


def stride(usual):
    return int(os.environ.get("TOC_FAULT_STRIDE", usual))


def sweep(plan, usual, ways=(ONCE, FOREVER)):
    """Yields (at, way) for the body to arm the plan with, until a body's plan was not met."""
    for way in ways:
        at, count = 1, 0
        while True:
            yield at, way
            plan.disarm()
            if plan.fired == 0:
                break
            at += stride(usual)
            count += 1
        print(f"{way}: {count} places, of {plan.calls}")
        assert count > 0, "nothing failed"


def trace(member, folder):
    """The member's plan; its daemon runs traced from its next start on."""
    plan = Plan(folder / f"{member.name}.plan")
    member.program = [*plan.runner, harness.TOCSIND]

    def kill():
        """The daemon itself: after the runner's death it would live on for a moment."""
        member.stopped_on_purpose = True
        if member.running:
            # The plan may have ended it, and its runner has yet to say so.
            with contextlib.suppress(ProcessLookupError):
                os.kill(plan.pid, signal.SIGKILL)
        member.forget_local()
        member.process.wait(30)

    member.kill = kill
    return plan


def replace(member, folder):
    """The member's plan; its daemon is tocsind_faulty from its next start on."""
    plan = Plan(folder / f"{member.name}.plan")
    member.program = ["/usr/bin/env", f"TOC_FAULT_PLAN={plan.path}", TOCSIND_FAULTY]
    return plan


def one_line(result):
    """What a person reads: one line that says what, where and why."""
    lines = result.err.splitlines()
    assert result.status in (1, 3, 4) and len(lines) == 1, result
    assert len(lines[0]) > 20 and "rror 5" not in lines[0], result
    return lines[0]


def copy(kept, folder):
    """`folder` as `kept` is; sockets are no files."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder, ignore=shutil.ignore_patterns("tocsin.sock", "notify"))


# ---- a daemon that fails ----


def ready_or_ended(member, ready):
    """True when it is ready; False when it ended instead, by its own decision."""
    try:
        member.await_ready(ready)
        return True
    except AssertionError:
        if member.process.wait(30) != 1:
            raise
    member.stopped_on_purpose = True
    return False


def last_line(member, since, begin=""):
    """What an ended daemon said last: words for a person, and no sanitizer's report."""
    said = member.log()[since:]
    harness.check_sanitizers(said, member.name)
    assert said, "it ended without a word"
    line = said.splitlines()[-1]
    assert line.startswith(begin) and len(line) > 30, line
    return line


def ask(member, request, parts=(), patience=60, **fields):
    """The reply; None when the daemon ended instead, or said nothing in `patience` seconds."""
    tag = None if member.local.broken else member.local.send(request, parts, **fields)
    end = time.monotonic() + patience
    while time.monotonic() < end:
        got = member.local.receive(min(0.1, patience))
        if got is not None and got[0].get("tag", tag) == tag:  # none: it was not even read
            return got[0]
        if got is None and (member.local.broken or not member.running):
            assert member.process.wait(30) == 1, member.log()[-4000:]
            member.stopped_on_purpose = True
            member.forget_local()
            return None
    return None


def ended(member):
    """Has it ended by its own decision? Nothing fails any more, so it answers else. Its process may
    live on for a moment after its last answer, so that this cannot be seen from its process."""
    if member.running and ask(member, "status") is not None:
        return False
    assert not member.running, f"{member.name} neither answers nor ends"
    member.stopped_on_purpose = True
    member.forget_local()
    return True


def start(member, *arguments):
    """One that is traced."""
    return member.start(*arguments, env=TRACED)


def check_log(group, expected):
    """Hub and leeds have these references, in this order or, where it is a set, in any, once each; also
    after kill -9, and the log verifies."""
    leeds, hub = group.leeds, group.hub
    leeds.wait(lambda: leeds.status()["waiting"] == 0, 30, "everything signed")
    hub.wait_sequence("leeds", len(expected) + 1, 30)
    for member in (hub, leeds):
        found = references(member.records("leeds"))
        assert (set(found) if isinstance(expected, set) else found) == expected, member.name
        assert len(found) == len(expected), f"{member.name}: twice"
    leeds.kill()
    start(leeds)
    leeds.wait_peer("spg")
    assert len(references(leeds.records("leeds"))) == len(expected)
    path = leeds.folder / "leeds.export"
    leeds.run("export", path)
    logs = leeds.run("--json", "verify", path).json["logs"]
    assert [log["next_sequence"] for log in logs if log["stream"] == "framework"] == [len(expected) + 1]
