"""Nothing is said before it is on disk: while the disk holds a commit up, nobody hears of it, neither
its submitter nor a peer; and the daemon goes on deciding about what comes meanwhile. What people
are told of others' alerts is the exception: it is found again after a power cut (test_notify)."""

import contextlib
import os
import shutil
import sqlite3

import pytest

import wire
from test_notify import children, raise_flag, script, start, told, wait_told

HOLD = os.environ.get("HOLD_SYNC", "build/tests/integration/hold_sync.so")


def records(number, text):
    return [wire.framework(f"{text}-{i}", text, "x" * 400) for i in range(number)]


class Held:
    """A member that was restarted so that the syncs of one of its two logs can be held up."""

    def __init__(self, member, log):
        self.member, self.hold = member, member.folder / "hold"
        self.held = member.folder / "hold.held"
        member.restart(env={"LD_PRELOAD": HOLD, "HOLD_SYNC_FILE": str(self.hold),
                            "HOLD_SYNC_LOG": log, "ASAN_OPTIONS": "verify_asan_link_order=0"})

    def wait(self):
        self.member.wait(self.held.exists, 60, "the sync")

    def release(self):
        self.hold.unlink()


def signed(member, stream):
    """How far the store says that the member has signed, though the daemon runs."""
    for name in ("group.db", "group.db-wal"):
        shutil.copy(member.store / name, member.folder / name)
    with contextlib.closing(sqlite3.connect(member.folder / "group.db")) as store:
        rows = store.execute("SELECT next_sequence FROM log WHERE publisher = ? AND stream = ?",
                             (member.name, stream)).fetchall()
    return rows[0][0] if rows else 1


@pytest.mark.parametrize("large", [True, False], ids=["large", "small"])
def test_a_commit_that_is_held_up_is_not_spoken_of(groups, large):
    group = groups(councils=("leeds", "york")).start()
    leeds = group.leeds
    disk = Held(leeds, "group.db-wal")
    leeds.submit("first", *records(1, "first"))
    group.hub.wait(lambda: group.hub.next_sequence("leeds") == 2, 60, "the first")
    disk.hold.touch()
    leeds.local.send("submit", records(500 if large else 1, "held"), stream="framework", id="held")
    disk.wait()
    # What a peer could have heard it has heard by the time that it has answered us twice.
    for _ in range(2):
        assert group.hub.next_sequence("leeds") == 2
    assert leeds.local.receive(1) is None, "acknowledged before it is on disk"
    assert group.hub.next_sequence("leeds") == 2, "given before it is on disk"
    disk.release()
    [reply, *_] = leeds.local.receive(60)
    assert reply["ok"] and reply["first_sequence"] == 2
    count = 502 if large else 3
    group.york.wait_sequence("leeds", count)
    assert len(group.york.records("leeds")) == count - 1


def test_the_group_has_no_flag_that_its_council_could_forget(groups):
    group = start(groups)
    leeds = group.leeds
    disk = Held(leeds, "local.db-wal")
    leeds.wait_peer("spg")
    leeds.wait_proven()
    raise_flag(leeds, "Calder Works Ltd")  # SQLite syncs the head of a new log in any case
    leeds.wait(lambda: len(leeds.call("want", alerts=0, streams=["alert"])["alerts"]) == 1,
               what="word of its own flag")
    assert leeds.json("flag", "list")["flags"][0]["state"] == "sent"
    disk.hold.touch()
    leeds.local.send("flag_raise", supplier="01234567", event="F13",
                     source_class="public_register")
    disk.wait()
    assert leeds.local.receive(1) is None, "acknowledged before it is on disk"
    assert signed(leeds, "distress") == 2, "signed before its own row is on disk"
    disk.release()
    [reply, *_] = leeds.local.receive(60)
    assert reply["ok"], reply
    group.hub.wait_sequence("leeds", 3, stream="distress")
    assert signed(leeds, "distress") == 3


def test_people_are_told_before_it_is_on_disk_and_a_program_after(groups):
    group = start(groups)
    york = group.york
    script(york, "")
    disk = Held(york, "local.db-wal")
    york.wait_peer("spg")
    raise_flag(group.leeds)  # as there
    wait_told(york, 1)
    york.wait(lambda: not children(york), what="the end of the run")
    cursor = york.call("want", alerts=-1, streams=["alert"])["alerts_cursor"]
    disk.hold.touch()
    york.local.send("want", alerts=cursor, streams=["alert"], wait_ms=60000)
    raise_flag(group.leeds, "Calder Works Ltd")
    [reply, *_] = york.local.receive(60)
    assert [one["record"]["name"] for one in reply["alerts"]] == ["Calder Works Ltd"], reply
    disk.wait()
    assert york.local.receive(1) is None and len(told(york)) == 1
    disk.release()
    wait_told(york, 2)
