"""Peers that misbehave on purpose, against the real daemon. In the middle of each abuse a council
submits a record and another applies it: nobody else may notice."""

import contextlib
import itertools
import os
import random
import resource
import socket
import threading
import time

import pytest
import zmq
from zmq.utils import z85

import wire
from harness import PATIENCE, SERVED_WITHIN, Local, good, resident
from raw import GREETING, Raw, curve_hello, server_key

GROWTH_MAX = 128 * 1024 * 1024


@pytest.fixture(scope="module")
def town(shared_groups):
    """hull is a member whose daemon never runs: its key is the abuser's."""
    resource.setrlimit(resource.RLIMIT_NOFILE, (4096, resource.getrlimit(resource.RLIMIT_NOFILE)[1]))
    # The sanitizer keeps what was freed; so little that growth means something.
    os.environ["ASAN_OPTIONS"] = "quarantine_size_mb=4"
    group = shared_groups(councils={"leeds": (), "york": (), "hull": (),
                                    "guest": ("--role", "observer")})
    group.start("spg", "leeds", "york")
    group.members_roster = wire.RosterFile(group.roster)
    group.server_key = server_key(group.members_roster, "spg")
    group.bad_key = wire.MemberKey(group.hull.key)
    group.numbers = itertools.count(1)
    good(group)
    return group


@pytest.fixture(autouse=True)
def unharmed(town):
    """After each abuse all daemons are the same processes, served, and no fatter than allowed."""
    before = {member: (member.process.pid, resident(member))
              for member in (town.hub, town.leeds, town.york)}
    yield
    good(town)
    for member, (pid, memory) in before.items():
        assert member.running and member.process.pid == pid
        grown = resident(member) - memory
        assert grown < GROWTH_MAX, f"{member.name} grew by {grown} bytes"
        assert member.status()["evidence"] == 0


def member(town, **options):
    """A connection with a key that is let in."""
    return Raw(town.hub.session, town.server_key, town.bad_key, **options)


def greeted(town, **options):
    peer = member(town, **options)
    peer.greet(town.members_roster, "hull")
    return peer


def is_served(town):
    """Does a newcomer get what it asks for before others of its key push it out?"""
    try:
        with member(town) as peer:
            peer.greet(town.members_roster, "hull", timeout=10)
            peer.want_all("leeds")
            peer.await_kind(wire.GIVE, timeout=10)
            return True
    except AssertionError:
        return False


# ---- who is not let in ----


@pytest.mark.parametrize("kind, socket_of", [(zmq.DEALER, "session"), (zmq.SUB, "feed"),
                                             (zmq.REQ, "session")])
def test_a_key_nobody_knows(town, kind, socket_of):
    endpoint = getattr(town.hub, socket_of)
    with Raw(endpoint, town.server_key, None, kind) as stranger:
        stranger.event(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        for _ in range(100):
            if kind == zmq.DEALER:
                stranger.send(os.urandom(100))
        good(town)
        assert not stranger.socket.poll(100), "a stranger hears nothing"


def plain_socket(mechanism):
    context = zmq.Context()
    client = context.socket(zmq.DEALER)
    client.setsockopt(zmq.LINGER, 0)
    if mechanism == "plain":
        client.plain_username, client.plain_password = b"leeds", b"leeds"
    return context, client


@pytest.mark.parametrize("mechanism", ["null", "plain"])
@pytest.mark.parametrize("socket_of", ["session", "feed"])
def test_a_client_without_curve(town, mechanism, socket_of):
    context, client = plain_socket(mechanism)
    monitor = client.get_monitor_socket()
    client.connect(getattr(town.hub, socket_of))
    seen = set()
    while not seen & {zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL, zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL,
                      zmq.EVENT_DISCONNECTED}:
        assert monitor.poll(PATIENCE * 1000), f"it was not turned away: {seen}"
        seen.add(int.from_bytes(monitor.recv_multipart()[0][:2], "little"))
    assert zmq.EVENT_HANDSHAKE_SUCCEEDED not in seen
    good(town)
    client.disable_monitor()
    context.destroy(linger=0)


def test_an_observer_gets_a_session_and_no_feed(town):
    key = wire.MemberKey(town.guest.key)
    with Raw(town.hub.session, town.server_key, key) as session, \
            Raw(town.hub.feed, town.server_key, key, zmq.SUB) as feed:
        session.greet(town.members_roster, "guest")
        feed.event(zmq.EVENT_HANDSHAKE_FAILED_AUTH)
        good(town)
        assert not feed.socket.poll(100)


def test_a_client_that_expects_another_server(town):
    with Raw(town.hub.session, os.urandom(32), town.bad_key) as peer:
        peer.event(zmq.EVENT_HANDSHAKE_FAILED_NO_DETAIL | zmq.EVENT_HANDSHAKE_FAILED_PROTOCOL |
                   zmq.EVENT_DISCONNECTED)
    good(town)


# ---- below the protocol ----

def tcp(endpoint):
    host, port = endpoint[len("tcp://"):].rsplit(":", 1)
    return socket.create_connection((host, int(port)), timeout=PATIENCE)


@pytest.mark.parametrize("socket_of", ["session", "feed"])
def test_rubbish_instead_of_a_handshake(town, socket_of):
    chance = random.Random(7)
    endpoint = getattr(town.hub, socket_of)
    starts = (b"", b"GET / HTTP/1.1\r\n\r\n", GREETING, GREETING[:12], b"\xff" * 64,
              GREETING + b"\x04\xc8\x05HELLO", GREETING + b"\x06" + b"\x7f" * 8,
              GREETING + b"\x06" + (1 << 30).to_bytes(8, "big"))
    for number in range(64):
        with tcp(endpoint) as stream, contextlib.suppress(OSError):
            stream.sendall(starts[number % len(starts)] + chance.randbytes(chance.randrange(4096)))
        if number % 16 == 0:
            good(town)


def test_a_crowd_of_half_open_connections(town):
    crowd = [tcp(town.hub.session) for _ in range(300)]
    try:
        for number, stream in enumerate(crowd):
            stream.sendall(GREETING[: number % len(GREETING)])
        good(town)
        # A handshake has a limit: they are shown out, and do not keep the descriptors.
        end = time.monotonic() + PATIENCE
        for stream in crowd:
            stream.settimeout(max(0.1, end - time.monotonic()))
            with contextlib.suppress(ConnectionError):
                while stream.recv(4096):
                    pass
        good(town)
    finally:
        for stream in crowd:
            stream.close()


def test_a_flood_of_handshakes(town):
    """True beginnings of a handshake, which the server has to answer with its own keys, from nobody."""
    hello = curve_hello(town.server_key)
    made = 0
    for _ in range(4):
        crowd = []
        for _ in range(250):
            with contextlib.suppress(OSError):
                crowd.append(tcp(town.hub.session))
                crowd[-1].sendall(GREETING + hello)
        made += len(crowd)
        good(town)
        for stream in crowd:
            with stream, contextlib.suppress(ConnectionError):
                while stream.recv(4096) == GREETING[:12]:  # the server takes the trouble of a WELCOME
                    pass
    assert made > 900


class Between:
    """A man in the middle who forwards a handshake, and then says something of his own."""

    def __init__(self, endpoint):
        self.endpoint = endpoint
        self.listener = socket.create_server(("127.0.0.1", 0))
        self.threads = []
        self.up = None
        self.closed = threading.Event()
        self._run(self._accept)

    def _run(self, target, *arguments):
        thread = threading.Thread(target=target, args=arguments, daemon=True)
        thread.start()

    @property
    def address(self):
        return f"tcp://127.0.0.1:{self.listener.getsockname()[1]}"

    def _accept(self):
        with contextlib.suppress(OSError):
            down, _ = self.listener.accept()
            self.up = tcp(self.endpoint)
            self.up.settimeout(None)
            self._run(self._forward, self.up, down)
            self._forward(down, self.up)

    def _forward(self, source, sink):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                sink.sendall(data)
        if source is self.up:
            self.closed.set()

    def close(self):
        self.listener.close()
        if self.up:
            self.up.close()


@pytest.mark.parametrize("announced", [
    b"\x02" + (1 << 30).to_bytes(8, "big"), b"\x02" + (1 << 63).to_bytes(8, "big"),
    b"\x06" + (1 << 30).to_bytes(8, "big"), b"\x00\x20\x07MESSAGE" + b"\0" * 24, b"\xff" * 300,
    b"\x00\x08\x07MESSAGE",
], ids=["1 GiB", "2^63", "1 GiB command", "forged", "flags", "short"])
def test_rubbish_inside_a_session(town, announced):
    between = Between(town.hub.session)
    try:
        with Raw(between.address, town.server_key, town.bad_key) as peer:
            peer.greet(town.members_roster, "hull")
            before = resident(town.hub)
            with contextlib.suppress(OSError):
                between.up.sendall(announced)
                for _ in range(64):
                    between.up.sendall(os.urandom(16384))
            good(town)
            assert resident(town.hub) - before < 64 * 1024 * 1024, "nothing is kept ready for it"
            assert between.closed.wait(PATIENCE), "the connection ends"
    finally:
        between.close()


# ---- a member that misbehaves ----


def test_a_frame_over_the_limit_ends_the_connection(town):
    with greeted(town) as peer:
        peer.send(b"\x22" + bytes(wire.FRAME_MAX))
        peer.event(zmq.EVENT_DISCONNECTED)
    with greeted(town, RECONNECT_IVL=-1) as peer:  # one of the limit itself is only rubbish
        peer.send(b"\x22" + bytes(wire.FRAME_MAX - 1))
        peer.send(wire.hello(town.members_roster.group, "hull", town.members_roster.version,
                             town.members_roster.head))
        peer.await_kind(wire.HELLO)
    good(town)


def test_rubbish_in_frames_and_parts(town):
    chance = random.Random(11)
    roster = town.members_roster
    with greeted(town) as peer:
        for number in range(600):
            if number % 3 == 0:
                parts = [chance.randbytes(chance.randrange(300))
                         for _ in range(chance.randrange(2, 40))]
                peer.send(*parts)
            elif number % 3 == 1:
                peer.send(chance.randbytes(chance.randrange(2000)))
            else:
                whole = bytearray(wire.want("leeds", "framework", 1))
                whole[chance.randrange(len(whole))] ^= 1 << chance.randrange(8)
                peer.send(bytes(whole))
            if number % 150 == 0:
                good(town)
        peer.send(b"")
        peer.send(wire.message(wire.GIVE, [(1, "leeds"), (2, "framework"), (3, 1), (5, b"\n\0")]))
        # A message that would decode to a hundred times its size.
        peer.send(wire.encode([(wire.HAVE, b"\n\0" * 300000)]))
        good(town)
    with greeted(town) as peer:  # it may come again, and is served
        peer.want_all("leeds")
        peer.await_kind(wire.GIVE)
    assert roster.version == town.hub.status()["roster_version"]


def test_a_message_of_parts_without_end(town):
    """libzmq keeps a message until its last part is there."""
    with greeted(town) as peer:
        with contextlib.suppress(zmq.Again):
            for _ in range(20000):
                peer.socket.send(os.urandom(1024), flags=zmq.SNDMORE | zmq.NOBLOCK)
        good(town)


def test_lies_in_a_hello(town):
    roster = town.members_roster
    group, version, head = roster.group, roster.version, roster.head
    refused = [wire.hello(os.urandom(32), "hull", version, head),
               wire.hello(group, "leeds", version, head),
               wire.hello(group, "spg", version, head), wire.hello(group, "nobody", version, head)]
    for lie in refused:
        with member(town) as peer:
            peer.event(zmq.EVENT_HANDSHAKE_SUCCEEDED)
            peer.send(lie)
            assert wire.field(peer.await_kind(wire.REFUSAL), 1) == 5  # denied
    with member(town) as peer:
        peer.event(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        peer.send(wire.hello(group, "hull", 2**40, os.urandom(32)))
        peer.await_kind(wire.HELLO)
        peer.send(wire.message(wire.ROSTERS, [(1, os.urandom(500))]))
        good(town)
    assert town.hub.status()["roster_version"] == version


def test_wants_before_hello_get_nothing(town):
    with member(town) as peer:
        peer.event(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        for start in range(1, 20):
            peer.send(wire.want("leeds", "framework", start))
        good(town)
        roster = town.members_roster
        peer.send(wire.hello(roster.group, "hull", roster.version, roster.head))
        assert peer.receive(PATIENCE)[0] == wire.HELLO, "the first thing it hears"


def test_another_members_routing_id(town):
    """A second connection that claims the first one's routing id silences nobody."""
    with greeted(town, ROUTING_ID=b"the-same") as first:
        with Raw(town.hub.session, town.server_key, town.bad_key, ROUTING_ID=b"the-same") as second:
            for _ in range(100):
                second.send(wire.want("leeds", "framework", 1))
            good(town)
            first.want_all("leeds")
            first.await_kind(wire.GIVE)
    # As a made-up one that looks like those a ROUTER gives.
    ids = [b"\x00" + number.to_bytes(4, "big") for number in range(8)]
    for made_up in [ids[1][1:], b"\x01", b"x" * 255]:
        with greeted(town, ROUTING_ID=made_up):
            good(town)


def test_a_flood_of_wants_and_haves(town):
    """More than anybody could answer, of logs that are there and logs that are not."""
    group_hash = os.urandom(32)
    with greeted(town) as peer:
        end = time.monotonic() + 4
        sent = rounds = 0
        while time.monotonic() < end or rounds < 2:
            for number in range(200):
                sent += peer.send(wire.want("leeds", "framework", 1 + number % 7))
                sent += peer.send(wire.want("york", f"x{sent}", 1))
                sent += peer.send(wire.have([[(1, "hull"), (2, "framework"), (3, 1 + sent % 5000),
                                              (4, 2), (5, group_hash)]], complete=number % 2 == 0))
            while peer.socket.poll(0):
                peer.socket.recv()
            assert good(town) < SERVED_WITHIN
            rounds += 1
        assert sent > 300 and rounds >= 2
    assert len(town.hub.status()["logs"]) < 10, "what nobody signed makes no log"


def fill_log(town, records):
    """Something worth not reading."""
    for number in range(records):
        names = [f"big-{next(town.numbers)}" for _ in range(40)]
        town.leeds.submit(names[0], *(wire.framework(name, name, "x" * 480) for name in names))


def test_a_member_that_never_reads(town):
    fill_log(town, 100)
    peers = [greeted(town, RCVHWM=1, RCVBUF=4096) for _ in range(3)]
    try:
        before = resident(town.hub)
        for _ in range(20):
            for peer in peers:
                peer.send(wire.want("leeds", "framework", 1))
            assert good(town) < SERVED_WITHIN
        assert resident(town.hub) - before < GROWTH_MAX
    finally:
        for peer in peers:
            peer.close()


def test_floods_with_pings_that_break_off(town):
    """libzmq 4.3.4 aborts when it has to answer a ping of a connection that broke while its frames waited
    for room: so its frames never wait inside libzmq. Seconds of this were enough."""
    fill_log(town, 20)
    roster, greetings = town.members_roster, 0
    hello = wire.hello(roster.group, "hull", roster.version, roster.head)
    end = time.monotonic() + 12
    while time.monotonic() < end or (greetings == 0 and time.monotonic() < end + 2 * PATIENCE):
        # It waits a millisecond for the answer to a ping, then breaks off and comes again.
        with member(town, RCVHWM=1, RCVBUF=4096, SNDHWM=0, HEARTBEAT_IVL=1) as peer:
            peer.send(hello)
            peer.want_all("leeds")
            greetings += peer.receive(1) is not None
            for _ in range(60):
                for _ in range(50):
                    peer.send(b"x" * 20)
                peer.monitor.poll(1)  # a ping falls between them
        assert good(town) < SERVED_WITHIN
    assert greetings > 0


def test_more_than_a_link_may_have_waiting(town):
    """What is over is lost; nobody else waits for it, and memory stays."""
    with greeted(town, SNDHWM=0) as peer:
        large = wire.have([[(1, "hull"), (2, "framework"), (3, 1), (4, 2), (5, os.urandom(32))]] * 256)
        for _ in range(4):
            for _ in range(3000):
                peer.send(large)
            assert good(town) < SERVED_WITHIN
    with greeted(town) as peer:  # it may come again, and is served
        peer.want_all("leeds")
        peer.await_kind(wire.GIVE)


def test_a_subscriber_that_says_what_is_no_subscription(town):
    """XPUB would take such frames for grants of others; and a table of subscriptions may not grow
    for ever."""
    context = zmq.Context()
    client = context.socket(zmq.XSUB)
    client.setsockopt(zmq.LINGER, 0)
    client.curve_publickey, client.curve_secretkey = town.bad_key.public, town.bad_key.secret
    client.curve_serverkey = z85.encode(town.server_key)
    client.connect(town.hub.feed)
    try:
        for number in range(5000):
            with contextlib.suppress(zmq.Again):
                client.send(b"\x01" + number.to_bytes(4, "big") + os.urandom(20), zmq.NOBLOCK)
                client.send(os.urandom(1 + number % 200), zmq.NOBLOCK)
                client.send(b"\x00never subscribed", zmq.NOBLOCK)
            if number % 1000 == 0:
                good(town)
    finally:
        context.destroy(linger=0)


def test_a_thousand_sessions_of_one_member(town):
    """Four of one key are heard at a time (net_links.h), the newest; the others cost a socket each."""
    context = zmq.Context()
    roster = town.members_roster
    hello = wire.hello(roster.group, "hull", roster.version, roster.head)
    try:
        crowd = []
        for _ in range(1000):
            one = context.socket(zmq.DEALER)
            one.linger = 0
            one.curve_publickey, one.curve_secretkey = town.bad_key.public, town.bad_key.secret
            one.curve_serverkey = z85.encode(town.server_key)
            one.connect(town.hub.session)
            one.send(hello)
            one.send(wire.want("leeds", "framework", 1))
            crowd.append(one)
        town.hub.wait(lambda: sum(bool(one.poll(0)) for one in crowd) >= 4, what="an answer")
        assert good(town) < SERVED_WITHIN
        for council in (town.leeds, town.york):
            council.wait_peer("spg")
        # Whoever comes last is served: while the crowd still shakes hands, that is one of them.
        town.hub.wait(lambda: is_served(town), 2 * PATIENCE, "the last comer's turn")
    finally:
        context.destroy(linger=0)
    good(town)


def test_connections_that_come_and_go(town):
    for number in range(60):
        with member(town) as peer:
            if number % 2:
                peer.event(zmq.EVENT_HANDSHAKE_SUCCEEDED)
                peer.send(wire.want("leeds", "framework", 1))
        if number % 20 == 0:
            good(town)


# ---- the local socket ----


def test_the_local_socket_is_the_groups_alone(town):
    path = town.leeds.folder / "tocsin.sock"
    assert path.stat().st_mode & 0o777 == 0o660


def test_rubbish_on_the_local_socket(town):
    chance = random.Random(13)
    client = Local(town.leeds.folder / "tocsin.sock")
    try:
        for request in (b"", b"{", b"[]", b"null", b'{"request": 1}', b'{"request": "nothing"}',
                        b'{"request": "status", "request": "status"}', chance.randbytes(500),
                        b'{"request": "submit", "stream": "framework", "id": "../x"}',
                        b'{"request": "want", "cursor": -1}', b'{"request":"want","limit":1e99}',
                        b"[" * 100000, b'{"request": "status", "tag": "' + b"x" * 65 + b'"}'):
            client.socket.send(request)
            got = client.receive(PATIENCE)
            assert got and got[0]["ok"] is False and got[0]["result"], (request, got)
        for parts in (513, 1025):
            client.send("submit", [wire.framework("a", "a")] * parts, stream="framework", id="many")
            assert client.receive(PATIENCE)[0]["ok"] is False
        long = wire.framework("a", "a") + bytes(17000)
        assert client.call("submit", [long], stream="framework", id="long")["result"] == "toobig"
        assert client.call("submit", [b"\xff"], stream="framework", id="bad")["result"] == "malformed"
        assert client.call("submit", [wire.framework("a", "a")], stream="risk",
                           id="other")["ok"] is False
        good(town)
    finally:
        client.close()


def test_a_program_with_many_requests_under_way_gets_every_answer(town):
    client = Local(town.leeds.folder / "tocsin.sock")
    try:
        tags = {client.send("submit", [wire.framework(f"many-{number}", "many")],
                            stream="framework", id=f"many-{number}") for number in range(900)}
        while tags:
            got = client.receive(PATIENCE)
            assert got, f"{len(tags)} answers are missing"
            assert got[0]["ok"], got
            tags.remove(got[0]["tag"])
        good(town)
    finally:
        client.close()


def test_many_watchers_on_the_local_socket(town):
    watchers = [Local(town.york.folder / "tocsin.sock") for _ in range(100)]
    try:
        for watcher in watchers:
            for _ in range(5):
                watcher.send("want", wait_ms=60000)
        good(town)
    finally:
        for watcher in watchers:
            watcher.close()
