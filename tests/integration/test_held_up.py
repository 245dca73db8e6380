"""A daemon whose disk stands still: its ticks do not end and nobody's frames are read, while libzmq's own
thread goes on. What others do meanwhile, and that they break off, must not end it: members to their
hub, and a hub to a member that dialled it."""

import resource
import socket
import subprocess

import pytest
import zmq

import wire
from harness import references
from raw import LyingServer, Raw, server_key
from test_durable import HOLD

# Members' pings are not answered, and they dial again; libzmq 4.3.4 aborted then, or at the next ping of
# a listener, which came within 15 s.
PINGED_WITHIN = 17
# A dialler pings each 3 s: the first ping finds that nobody is there, libzmq aborted at the second.
PINGED_TWICE_WITHIN = 8
# docs/limits.md, Memory: 4 MiB wait of each connection, and beside that what comes in within two tenths of
# a second, with the sanitizer's own share; a small part of what is sent. (30 to 60 MiB: how much comes
# in depends on the machine, and on whether the thread that takes it gets its turn.)
FLOOD = 256 * 1024 * 1024
GROWTH_MAX = 160 * 1024 * 1024


def held_up(member):
    """Starts it again in such a way that `hold` holds its syncs up; returns that file."""
    hold = member.folder / "hold"
    member.restart(env={"LD_PRELOAD": HOLD, "HOLD_SYNC_FILE": str(hold),
                        "HOLD_SYNC_LOG": "group.db-wal",
                        "ASAN_OPTIONS": "verify_asan_link_order=0:quarantine_size_mb=4"})
    return hold


def test_a_member_that_floods_and_breaks_off(groups):
    group = groups(councils=("leeds", "york", "hull"))
    group.start("spg", "leeds", "york")
    hold = held_up(group.hub)
    group.leeds.wait_peer("spg")
    for number in range(20):  # what hull will not have read: its end is a reset then
        names = [f"big-{number}-{which}" for which in range(50)]
        group.leeds.submit(names[0], *(wire.framework(name, "t" * 290, "x" * 480)
                                       for name in names))
    group.york.wait_sequence("leeds", 1001)
    roster = wire.RosterFile(group.roster)
    with Raw(group.hub.session, server_key(roster, "spg"), wire.MemberKey(group.hull.key), SNDHWM=0,
             RCVHWM=1, RCVBUF=4096) as peer:
        peer.greet(roster, "hull")
        peer.want_all("leeds")
        peer.await_kind(wire.GIVE)
        hold.touch()
        group.leeds.local.send("submit", [wire.framework("held", "held")], stream="framework",
                               id="held")
        group.hub.wait((group.hub.folder / "hold.held").exists, what="the sync")
        for _ in range(3000):
            peer.send(bytes(2000))
    with pytest.raises(subprocess.TimeoutExpired):
        group.hub.process.wait(PINGED_WITHIN)
    hold.unlink()
    group.york.wait_sequence("leeds", 1002, 60)
    assert len(group.york.records("leeds")) == 1001


def test_a_member_that_sends_as_fast_as_it_can(groups):
    """Its hub's disk stands still: what waits has a bound, and the others lose nothing."""
    group = groups(councils=("leeds", "york", "hull"))
    group.start("spg", "leeds", "york")
    hold = held_up(group.hub)
    group.leeds.wait_peer("spg")
    group.leeds.submit("before", wire.framework("before", "before"))
    group.york.wait_sequence("leeds", 2)
    roster = wire.RosterFile(group.roster)
    with Raw(group.hub.session, server_key(roster, "spg"), wire.MemberKey(group.hull.key), SNDHWM=8,
             SNDTIMEO=60000) as peer:
        peer.greet(roster, "hull")
        hold.touch()
        group.leeds.local.send("submit", [wire.framework("held", "held")], stream="framework",
                               id="held")
        group.hub.wait((group.hub.folder / "hold.held").exists, what="the sync")
        before = most = resident(group.hub)
        for _ in range(FLOOD // 65536):
            peer.socket.send(bytes(65536))
            most = max(most, resident(group.hub))
        print(f"grew by {(most - before) / 2**20:.0f} MiB")
        assert most - before < GROWTH_MAX, f"it grew by {(most - before) / 2**20:.0f} MiB"
        hold.unlink()
        group.york.wait_sequence("leeds", 3, 60)
    assert references(group.york.records("leeds")) == ["before", "held"]
    group.hub.wait(lambda: "session.frame" in group.hub.log(), what="a line of what was lost")


@pytest.fixture
def lied_to(groups):
    """leeds, whose hub's keys are in bad hands, and what a liar is to have waiting at its socket."""
    group = groups(councils=("leeds", "york"))
    group.start("spg", "leeds", "york")
    group.hold = held_up(group.leeds)
    group.leeds.wait_peer("spg")
    group.leeds.submit("before", wire.framework("before", "before"))
    group.york.wait_sequence("leeds", 2)
    group.hub.stop()
    group.york.stop()
    yield group


def resident(member):
    with open(f"/proc/{member.process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def connections_to(member):
    """Of anybody, as the kernel has them."""
    place = socket.inet_aton(member.address)[::-1].hex().upper() + ":"
    with open("/proc/net/tcp") as table:
        rows = [line.split() for line in table.readlines()[1:]]
    return [row for row in rows if row[2].startswith(place) and row[3] != "06"]  # TIME_WAIT


def stand_still(group):
    """leeds' tick does not end until `hold` is gone."""
    group.hold.touch()
    group.leeds.local.send("submit", [wire.framework("held", "held")], stream="framework", id="held")
    group.leeds.wait((group.leeds.folder / "hold.held").exists, what="the sync")


def goes_on(group):
    """With its honest hub again leeds has lost nothing."""
    group.hold.unlink(missing_ok=True)
    group.hub.start()
    group.york.start()
    group.leeds.wait_peer("spg", "connected", 60)
    group.leeds.submit("after", wire.framework("after", "after"))
    group.york.wait_sequence("leeds", 4, 60)
    assert references(group.york.records("leeds")) == ["before", "held", "after"]


@pytest.mark.parametrize("domain", ["session", "feed"])
def test_a_hub_that_floods_and_breaks_off(lied_to, domain):
    group = lied_to
    with LyingServer(group.hub, domain) as liar:
        liar.await_caller(20)
        group.leeds.wait_peer("spg", "connected" if domain == "session" else "unreachable")
        stand_still(group)
        for _ in range(3000):
            liar.send(bytes(2000))
    with pytest.raises(subprocess.TimeoutExpired):
        group.leeds.process.wait(PINGED_TWICE_WITHIN)
    goes_on(group)


@pytest.mark.parametrize("domain", ["session", "feed"])
def test_a_hub_that_floods_with_pings_and_breaks_off(lied_to, domain):
    """A ping that waits among its frames was answered when they were read, when it had gone by then."""
    group = lied_to
    with LyingServer(group.hub, domain, HEARTBEAT_IVL=1, HEARTBEAT_TIMEOUT=30000) as liar:
        liar.await_caller(20)
        stand_still(group)
        group.leeds.pause()  # so that it takes frames and pings in one piece
        for _ in range(100):
            for _ in range(30):
                liar.send(bytes(20))
            liar.socket.poll(1)  # a ping falls between them
        group.leeds.resume()
    group.leeds.wait(lambda: not connections_to(group.hub), what="the end of the connection")
    group.hold.unlink()
    with pytest.raises(subprocess.TimeoutExpired):
        group.leeds.process.wait(2)
    goes_on(group)


@pytest.mark.parametrize("domain", ["session", "feed"])
def test_a_hub_that_sends_as_fast_as_it_can(lied_to, domain):
    group = lied_to
    # A small mark, and nothing is dropped at it: whoever sent all has seen all taken but the last few.
    whole = {"session": {"ROUTER_MANDATORY": 1}, "feed": {"XPUB_NODROP": 1}}[domain]
    with LyingServer(group.hub, domain, SNDHWM=8, SNDTIMEO=60000, **whole) as liar:
        liar.await_caller(20)
        stand_still(group)
        before = most = resident(group.leeds)
        for _ in range(FLOOD // 65536):
            liar.send(bytes(65536))
            most = max(most, resident(group.leeds))
    print(f"grew by {(most - before) / 2**20:.0f} MiB")
    assert most - before < GROWTH_MAX, f"it grew by {(most - before) / 2**20:.0f} MiB"
    goes_on(group)


def test_what_an_honest_hub_sends_meanwhile(groups):
    """A member whose disk stands still keeps its connection, and misses nothing that was sent."""
    group = groups(councils=("leeds", "york"))
    group.start("spg", "leeds", "york")
    hold = held_up(group.leeds)
    group.leeds.wait_peer("spg")
    group.leeds.submit("before", wire.framework("before", "before"))
    group.york.wait_sequence("leeds", 2)
    hold.touch()
    group.leeds.local.send("submit", [wire.framework("held", "held")], stream="framework", id="held")
    group.leeds.wait((group.leeds.folder / "hold.held").exists, what="the sync")
    said = group.leeds.log().count("peer.state")
    for number in range(40):
        names = [f"big-{number}-{which}" for which in range(50)]
        group.york.submit(names[0], *(wire.framework(name, "t" * 290, "x" * 480) for name in names))
    group.hub.wait_sequence("york", 2001, 60)
    hold.unlink()
    group.leeds.wait_sequence("york", 2001, 60)
    group.york.wait_sequence("leeds", 3, 60)
    assert len(group.leeds.records("york")) == 2000
    assert group.leeds.log().count("peer.state") == said, "the connection was lost"
