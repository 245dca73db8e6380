"""Members that ask and do not read: fifty of them, each asking from the beginning again and again, in
every way there is. What one is given is bounded by what it has shown to have read (PROTOCOL.md section
11), so the hub's memory is, too; and nobody else notices."""

import itertools
import os
import pathlib
import resource
import time

import pytest
import zmq

import wire
from harness import SERVED_WITHIN, good, resident, tocsin
from raw import Raw, server_key

DEAF = 50
ROUNDS = 40  # Wants of each
# docs/limits.md, Memory: a window of 128 KiB and a batch for each that never reads; and as much again for
# each copy on the way (store to outbox, outbox to libzmq, the tick before), and the sanitizer.
WINDOW = 128 * 1024 + 70 * 1024
GROWTH_MAX = 4 * DEAF * WINDOW


@pytest.fixture(scope="module")
def town(shared_groups):
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    os.environ["ASAN_OPTIONS"] = "quarantine_size_mb=4"
    group = shared_groups(councils=("leeds", "york"))
    group.deaf = [group.make(f"deaf-{number:02}") for number in range(DEAF)]
    tocsin("group", "admit", *map(group.request, group.deaf), "--dir", group.authority)
    group.start("spg", "leeds", "york")
    group.adopt()
    group.members_roster = wire.RosterFile(group.roster)
    group.server_key = server_key(group.members_roster, "spg")
    group.numbers = itertools.count(1)
    for number in range(120):  # 3 MiB: three times all the credit there is
        names = [f"big-{number}-{which}" for which in range(50)]
        group.leeds.submit(names[0], *(wire.framework(name, "t" * 290, "x" * 480)
                                       for name in names))
    group.york.wait_sequence("leeds", 120 * 50 + 1, 120)
    group.hub.status()  # the tests' own connection to its local socket is there, too
    group.sockets = sockets(group.hub)
    return group


class Deaf(Raw):
    """Once greeted it never reads again; it does not even take from its own socket."""

    def __init__(self, town, member):
        super().__init__(town.hub.session, town.server_key, wire.MemberKey(member.key), RCVHWM=1,
                         RCVBUF=4096, SNDHWM=0)
        self.name, self.roster = member.name, town.members_roster
        self.greet(self.roster, self.name)

    def hello(self):
        return wire.hello(self.roster.group, self.name, self.roster.version, self.roster.head)


def from_the_start(peer, number):
    return [wire.want("leeds", "framework", 1)]


def with_more(peer, number):
    return [wire.want("leeds", "framework", 1 + number % 5, more=number % 2 == 1)]


def with_hellos(peer, number):
    return [peer.hello(), wire.want("leeds", "framework", 1)]


def with_guesses(peer, number):
    guess = int.from_bytes(os.urandom(8), "big")
    return [wire.saying_seen(wire.want("leeds", "framework", 1), guess)]


def with_what_it_read_at_first(peer, number):
    return [wire.saying_seen(wire.want("leeds", "framework", 1), peer.stamp)]


@pytest.mark.parametrize("words", [from_the_start, with_more, with_hellos, with_guesses,
                                   with_what_it_read_at_first])
def test_fifty_that_ask_and_never_read(town, words):
    good(town)
    before = most = resident(town.hub)
    asked = town.hub.status()["counters"]["batches_given"]
    crowd = [Deaf(town, member) for member in town.deaf]
    try:
        for number in range(ROUNDS):
            for peer in crowd:
                for frame in words(peer, number):
                    peer.send(frame)
            if number % 10 == 0:
                assert good(town) < SERVED_WITHIN
            most = max(most, resident(town.hub))
        assert good(town) < SERVED_WITHIN
        most = max(most, resident(town.hub))
        assert most - before < GROWTH_MAX, f"it grew by {(most - before) / 2**20:.1f} MiB"
        # They were given something, each of them; and nobody who reads lost anything.
        town.hub.wait(lambda: town.hub.status()["counters"]["batches_given"] - asked >= DEAF,
                      what="something for each")
        assert town.york.next_sequence("leeds") == town.leeds.next_sequence("leeds")
        assert town.hub.status()["evidence"] == 0
    finally:
        for peer in crowd:
            peer.close()


def sockets(member):
    """How many the daemon has open; one that closes between the listing and the look is none."""
    def opened(descriptor):
        try:
            return os.readlink(descriptor)
        except FileNotFoundError:
            return ""
    return sum(opened(one).startswith("socket:")
               for one in pathlib.Path(f"/proc/{member.process.pid}/fd").iterdir())


def test_who_takes_nothing_is_cut_off(town):
    """After half a minute; so what waited for it is freed, however many it opened."""
    town.hub.wait(lambda: sockets(town.hub) == town.sockets, 120, "the end of those before")
    crowd = [Deaf(town, member) for member in town.deaf[:10]]
    try:
        for peer in crowd:
            peer.send(wire.want("leeds", "framework", 1))
        assert sockets(town.hub) == town.sockets + len(crowd)
        town.hub.wait(lambda: sockets(town.hub) == town.sockets, 120, "the end of their connections")
        good(town)
        for council in (town.leeds, town.york):
            council.wait_peer("spg")
    finally:
        for peer in crowd:
            peer.close()


def test_one_that_reads_is_given_everything(town):
    """By hand, as a program in another language would: each stamp is said back."""
    wanted, got = town.leeds.next_sequence("leeds"), 1
    with Raw(town.hub.session, town.server_key, wire.MemberKey(town.deaf[0].key)) as peer:
        peer.greet(town.members_roster, "deaf-00")
        peer.want_all("leeds")
        while got < wanted:
            batches = [value for number, value in peer.await_kind(wire.GIVE) if number == 5]
            for batch in batches:
                header = wire.decode(wire.field(wire.decode(batch), 1))
                assert wire.field(header, 7) == got
                got += wire.field(header, 8)
            more = wire.want("leeds", "framework", got, credit=sum(map(len, batches)), more=True)
            peer.send(wire.saying_seen(more, peer.stamp))
    assert got == wanted
