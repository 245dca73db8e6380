"""Sweeps of real processes: a plan in a mapped file says which call fails (tests/fault/fault_plan.h)
and counts them; trace_calls fails system calls of the shipped programs, tocsind_faulty, which is
tocsind with a linker in between, messages and allocations.

Each sweep begins at the first call and ends when the plan was not met any more. TOC_FAULT_STRIDE=1
tries every call (scripts/prove does); else each sweep has a stride that keeps it short."""

import ctypes
import errno
import mmap
import os
import pathlib
import shutil

import harness

TRACE_CALLS = os.environ.get("TRACE_CALLS", "")
TOCSIND_FAULTY = os.environ.get("TOCSIND_FAULTY", "")
# LeakSanitizer is a tracer itself, and there can be only one.
TRACED = {**os.environ, "ASAN_OPTIONS": "detect_leaks=0"}

CALL, CHANGE, MESSAGE, PART, MEMORY = 1, 2, 3, 4, 5


class _Fields(ctypes.Structure):
    _fields_ = [("kind", ctypes.c_uint32), ("forever", ctypes.c_uint32),
                ("error", ctypes.c_int32), ("pid", ctypes.c_uint32), ("at", ctypes.c_int64),
                ("calls", ctypes.c_int64), ("fired", ctypes.c_int64)]


class Plan:
    """One process's plan. Nothing fails until it is armed."""

    def __init__(self, path):
        self.path = pathlib.Path(path)
        self.path.write_bytes(bytes(ctypes.sizeof(_Fields)))
        with open(self.path, "r+b") as file:
            self._fields = _Fields.from_buffer(mmap.mmap(file.fileno(), 0))

    def arm(self, kind, at, forever=False, error=errno.EIO):
        """`at`: 1 is the first call from now on, 0 none (they are counted); `error` 0: SIGKILL."""
        self.disarm()
        fields = self._fields
        fields.at, fields.forever, fields.error = at, forever, error
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


def sweep(plan, usual, forever=(False, True)):
    """Yields (at, forever) for the body to arm the plan with, until a body's plan was not met."""
    for always in forever:
        at, count = 1, 0
        while True:
            yield at, always
            plan.disarm()
            if plan.fired == 0:
                break
            at += stride(usual)
            count += 1
        print(f"{'for ever' if always else 'once'}: {count} places, of {plan.calls}")
        assert count > 0, "nothing failed"


def one_line(result):
    """What a person reads: one line that says what, where and why."""
    lines = result.err.splitlines()
    assert result.status in (1, 3, 4) and len(lines) == 1, result
    assert len(lines[0]) > 20 and "rror 5" not in lines[0], result
    return lines[0]


def copy(kept, folder):
    """`folder` as `kept` is."""
    shutil.rmtree(folder, ignore_errors=True)
    shutil.copytree(kept, folder)
