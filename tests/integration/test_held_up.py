"""A hub whose disk stands still: its ticks do not end and nobody's frames are read, while libzmq's own
thread goes on. What members do meanwhile, and that they give it up and dial again, must not end it."""

import subprocess

import pytest

import wire
from raw import Raw, server_key
from test_durable import HOLD

# Members' pings are not answered, and they dial again; libzmq 4.3.4 aborted then, or at the next ping of
# a listener, which came within 15 s.
PINGED_WITHIN = 17


def test_a_member_that_floods_and_breaks_off(groups):
    group = groups(councils=("leeds", "york", "hull"))
    group.start("spg", "leeds", "york")
    hold = group.hub.folder / "hold"
    group.hub.restart(env={"LD_PRELOAD": HOLD, "HOLD_SYNC_FILE": str(hold),
                           "ASAN_OPTIONS": "verify_asan_link_order=0"})
    group.leeds.wait_peer("spg")
    for number in range(20):  # what hull will not have read: its end is a reset then
        names = [f"big-{number}-{which}" for which in range(50)]
        group.leeds.submit(names[0], *(wire.framework(name, "t" * 290, "x" * 480)
                                       for name in names))
    group.york.wait_sequence("leeds", 1001, 30)
    roster = wire.RosterFile(group.roster)
    with Raw(group.hub.session, server_key(roster, "spg"), wire.MemberKey(group.hull.key), SNDHWM=0,
             RCVHWM=1, RCVBUF=4096) as peer:
        peer.greet(roster, "hull")
        peer.want_all("leeds")
        peer.await_kind(wire.GIVE)
        hold.touch()
        group.leeds.local.send("submit", [wire.framework("held", "held")], stream="framework",
                               id="held")
        group.hub.wait((group.hub.folder / "hold.held").exists, 20, "the sync")
        for _ in range(3000):
            peer.send(bytes(2000))
    with pytest.raises(subprocess.TimeoutExpired):
        group.hub.process.wait(PINGED_WITHIN)
    hold.unlink()
    group.york.wait_sequence("leeds", 1002, 60)
    assert len(group.york.records("leeds")) == 1001
