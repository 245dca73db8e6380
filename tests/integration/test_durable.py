"""Nothing is said before it is on disk: while the disk holds a commit up, nobody hears of it, neither
its submitter nor a peer; and the daemon goes on deciding about what comes meanwhile."""

import os

import pytest

import wire

HOLD = os.environ.get("HOLD_SYNC", "build/tests/integration/hold_sync.so")


def records(number, text):
    return [wire.framework(f"{text}-{i}", text, "x" * 400) for i in range(number)]


@pytest.mark.parametrize("large", [True, False], ids=["large", "small"])
def test_a_commit_that_is_held_up_is_not_spoken_of(groups, large):
    group = groups(councils=("leeds", "york")).start()
    leeds = group.leeds
    hold = leeds.folder / "hold"
    held = leeds.folder / "hold.held"
    leeds.restart(env={"LD_PRELOAD": HOLD, "HOLD_SYNC_FILE": str(hold),
                       "ASAN_OPTIONS": "verify_asan_link_order=0"})
    leeds.submit("first", *records(1, "first"))
    group.hub.wait(lambda: group.hub.next_sequence("leeds") == 2, 60, "the first")
    hold.touch()
    leeds.local.send("submit", records(500 if large else 1, "held"), stream="framework", id="held")
    leeds.wait(held.exists, 60, "the sync")
    # What a peer could have heard it has heard by the time that it has answered us twice.
    for _ in range(2):
        assert group.hub.next_sequence("leeds") == 2
    assert leeds.local.receive(1) is None, "acknowledged before it is on disk"
    assert group.hub.next_sequence("leeds") == 2, "given before it is on disk"
    hold.unlink()
    [reply, *_] = leeds.local.receive(60)
    assert reply["ok"] and reply["first_sequence"] == 2
    count = 502 if large else 3
    group.york.wait_sequence("leeds", count)
    assert len(group.york.records("leeds")) == count - 1
