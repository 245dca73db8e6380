"""Peers that are not Tocsin: plain ZeroMQ sockets that speak the protocol by hand, or misbehave."""

import time

import nacl.bindings
import zmq
from zmq.utils import z85

import wire
from harness import PATIENCE

# ZMTP 3.0, of a client that speaks CURVE.
GREETING = b"\xff" + bytes(8) + b"\x7f" + b"\x03\x00" + b"CURVE".ljust(20, b"\0") + bytes(32)


def curve_hello(server_key_bytes):
    """CURVE's HELLO by a key of the moment, as it lies on the wire. It can be said again and again."""
    public, secret = nacl.bindings.crypto_box_keypair()
    nonce = (1).to_bytes(8, "big")
    box = nacl.bindings.crypto_box(bytes(64), b"CurveZMQHELLO---" + nonce, server_key_bytes, secret)
    body = b"\x05HELLO\x01\x00" + bytes(72) + public + nonce + box
    return b"\x04" + bytes([len(body)]) + body


class Raw:
    """A CURVE client of one daemon. `key` is a MemberKey, or None for a key nobody knows."""

    def __init__(self, endpoint, server_key, key=None, kind=zmq.DEALER, **options):
        self.context = zmq.Context()
        self.socket = self.context.socket(kind)
        public, secret = (key.public, key.secret) if key else zmq.curve_keypair()
        self.socket.curve_publickey, self.socket.curve_secretkey = public, secret
        self.socket.curve_serverkey = z85.encode(server_key)
        self.socket.setsockopt(zmq.LINGER, 0)
        for name, value in options.items():
            self.socket.setsockopt(getattr(zmq, name), value)
        self.stamp = 0  # the newest that was received
        self.monitor = self.socket.get_monitor_socket()
        if kind == zmq.SUB:
            self.socket.setsockopt(zmq.INVERT_MATCHING, 1)  # without a subscription: everything
        self.socket.connect(endpoint)

    def close(self):
        self.socket.disable_monitor()
        self.context.destroy(linger=0)

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.close()

    def event(self, wanted, timeout=PATIENCE):
        """Waits for one of the monitor's events (a mask)."""
        end = time.monotonic() + timeout
        seen = []
        while self.monitor.poll(max(0, end - time.monotonic()) * 1000):
            frames = self.monitor.recv_multipart()
            number = int.from_bytes(frames[0][:2], "little")
            seen.append(number)
            if number & wanted:
                return number
        raise AssertionError(f"no event of {wanted:#x} in {timeout} s, but {seen}")

    def send(self, *parts):
        """False when it cannot go: no connection, or too much on its way."""
        try:
            self.socket.send_multipart(parts, flags=zmq.NOBLOCK)
            return True
        except zmq.Again:
            return False

    def receive(self, timeout):
        """(kind, fields) of the next session message, or None."""
        if not self.socket.poll(max(0, timeout) * 1000):
            return None
        frame = self.socket.recv()
        self.stamp = wire.stamp_of(frame) or self.stamp
        return wire.kind_of(frame)

    def await_kind(self, kind, timeout=PATIENCE, check=lambda fields: True):
        end = time.monotonic() + timeout
        while True:
            got = self.receive(end - time.monotonic())
            assert got is not None, f"no message of kind {kind} in {timeout} s"
            if got[0] == kind and check(got[1]):
                return got[1]

    def greet(self, roster, member, timeout=PATIENCE):
        """Hello and the answer; the session is open after it."""
        self.event(zmq.EVENT_HANDSHAKE_SUCCEEDED, timeout)
        self.send(wire.hello(roster.group, member, roster.version, roster.head))
        return self.await_kind(wire.HELLO, timeout)

    def want_all(self, publisher, stream="framework", start=1):
        """A standing Want with all the credit there is, by one that has read what it received."""
        self.send(wire.saying_seen(wire.want(publisher, stream, start), self.stamp))


class LyingServer:
    """What has a hub's transport keys and its address, and is no hub: it hears one caller's first words
    and then says whatever it is told to. `domain` is "session" or "feed"."""

    def __init__(self, member, domain, **options):
        self.context = zmq.Context()
        self.feed = domain == "feed"
        self.socket = self.context.socket(zmq.XPUB if self.feed else zmq.ROUTER)
        key = wire.MemberKey(member.key)
        self.socket.curve_server = True
        self.socket.curve_publickey, self.socket.curve_secretkey = key.public, key.secret
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.SNDHWM, 0)
        if self.feed:
            self.socket.setsockopt(zmq.INVERT_MATCHING, 1)
        for name, value in options.items():
            self.socket.setsockopt(getattr(zmq, name), value)
        self.monitor = self.socket.get_monitor_socket()
        self.socket.bind(member.feed if self.feed else member.session)
        self.routing = []

    def __enter__(self):
        return self

    def __exit__(self, *_):
        self.socket.disable_monitor()
        self.context.destroy(linger=0)

    def await_caller(self, timeout):
        """Its hello, or its subscription."""
        assert self.socket.poll(timeout * 1000), "nobody dialled"
        caller = self.socket.recv_multipart()[0]
        self.routing = [] if self.feed else [caller]

    def send(self, frame):
        """On the feed with the names that a subscription filters by before it."""
        self.socket.send_multipart([*self.routing, b"liar\0framework\0" + frame if self.feed else frame])


def server_key(roster, member):
    return wire.field(roster.member(member), 5)
