#!/usr/bin/python3
"""A reader of Tocsin's protocol that shares no line with Tocsin, written from proto/PROTOCOL.md. It
joins a group by a hub, checks all that it is given, and prints each record as a line of JSON.

    reader.py keys DIR --member probe --name "A Probe" --role body    # DIR/probe.keys, DIR/probe.request
    reader.py read DIR --member probe --roster FILE --hub spg=HOST:PORT[,HOST:PORT]

Debian's python3-zmq, python3-nacl, python3-cryptography, python3-protobuf, protobuf-compiler. What it
leaves out: it publishes nothing and keeps nothing on disk. test_warning.py asks for tokens with it, and
opens a warning.
"""

import argparse
import json
import pathlib
import sys
import time

import zmq
from zmq.utils import z85

import group
import member

ROLES = {"council": group.COUNCIL, "body": group.BODY, "observer": group.OBSERVER}
SERVER_KEY_PATIENCE = 3  # seconds, before the server's other key is tried


class Link:
    """The two sockets of a dialler (section 1)."""

    def __init__(self, reader, session_endpoint, feed_endpoint=None):
        self.reader, self.endpoints = reader, {zmq.DEALER: session_endpoint, zmq.SUB: feed_endpoint}
        self.context, self.poller, self.sockets = zmq.Context(), zmq.Poller(), {}
        self.tries, self.dialled, self.from_feed, self.monitor = 0, 0.0, 0, None

    def __enter__(self):
        self._dial()
        return self

    def __exit__(self, *_):
        self.context.destroy(linger=0)

    def _dial(self):
        hub = self.reader.rosters.current.members[self.reader.peer]
        servers = [key for key in (hub.curve_public, hub.curve_next_public) if key]
        for kind, endpoint in self.endpoints.items():
            if endpoint is None:
                continue
            if kind in self.sockets:
                self.poller.unregister(self.sockets[kind])
                self.sockets[kind].disable_monitor()
                self.sockets[kind].close(linger=0)
            socket = self.sockets[kind] = self.context.socket(kind)
            socket.curve_serverkey = z85.encode(servers[self.tries % len(servers)])
            socket.curve_publickey = z85.encode(self.reader.keys.curve_public)
            socket.curve_secretkey = z85.encode(self.reader.keys.curve_secret)
            if kind == zmq.SUB:
                socket.setsockopt(zmq.INVERT_MATCHING, 1)  # without a subscription: everything
            if kind == zmq.DEALER:
                self._watch(socket)
            socket.connect(endpoint)
            self.poller.register(socket, zmq.POLLIN)
        self.tries, self.dialled = self.tries + 1, time.monotonic()

    def _watch(self, socket):
        """libzmq connects again by itself, and each connection begins with a hello."""
        if self.monitor is not None:
            self.poller.unregister(self.monitor)
        events = zmq.EVENT_HANDSHAKE_SUCCEEDED | zmq.EVENT_DISCONNECTED
        self.monitor = socket.get_monitor_socket(events)
        self.poller.register(self.monitor, zmq.POLLIN)

    def _connection(self, event):
        self.reader.is_open = False
        if event == zmq.EVENT_HANDSHAKE_SUCCEEDED:
            self.send([self.reader.hello()])

    def send(self, frames):
        for frame in frames:
            self.sockets[zmq.DEALER].send(frame)

    def step(self, timeout=0.2):
        """Takes what has come, and answers."""
        if not self.reader.is_open and time.monotonic() > self.dialled + SERVER_KEY_PATIENCE:
            self._dial()
        self.send(self.reader.on_time(int(time.time() * 1000)))
        for socket, _ in self.poller.poll(int(timeout * 1000)):
            frames, now_ms = socket.recv_multipart(), int(time.time() * 1000)
            if socket is self.monitor:
                self._connection(int.from_bytes(frames[0][:2], sys.byteorder))
            elif socket is self.sockets[zmq.DEALER]:
                self.send(self.reader.receive(frames[0], now_ms))
            elif len(frames) == 1:
                self.from_feed += 1
                self.send(self.reader.on_feed(frames[0], now_ms))

    def until(self, holds, timeout=60):
        end = time.monotonic() + timeout
        while not holds():
            if time.monotonic() > end:
                raise TimeoutError(f"not in {timeout} s; refused: {self.reader.refused[-5:]}")
            self.step()


def make_keys(options):
    options.folder.mkdir(parents=True, exist_ok=True)
    keys = member.Keys.new()
    keys.save(options.folder / f"{options.member}.keys")
    request, fingerprint = group.make_request(keys, int(time.time() * 1000), id=options.member,
                                              name=options.name, roles=[ROLES[options.role]])
    (options.folder / f"{options.member}.request").write_bytes(request)
    print(fingerprint)


def read(options):
    keys = member.Keys.load(options.folder / f"{options.member}.keys")
    hub, addresses = options.hub.split("=", 1)
    endpoints = [f"tcp://{one}" for one in addresses.split(",")]
    rosters = group.Rosters(options.roster.read_bytes())
    reader = member.Reader(keys, options.member, rosters, hub)
    end, shown = time.monotonic() + options.timeout, 0
    with Link(reader, *endpoints) as link:
        while time.monotonic() < end and (options.count is None or shown < options.count):
            link.step()
            for line in reader.lines[shown:]:
                print(json.dumps(line, ensure_ascii=False), flush=True)
            shown = len(reader.lines)
        for _ in range(3):  # what was answered last is on its way
            link.step()
    for about, why in reader.refused:
        print(f"reader.py: {about}: {why}", file=sys.stderr)
    return 0 if options.count is None or shown >= options.count else 1


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n")[0])
    commands = parser.add_subparsers(dest="command", required=True)
    keys, reading = commands.add_parser("keys"), commands.add_parser("read")
    for one in (keys, reading):
        one.add_argument("folder", type=pathlib.Path)
        one.add_argument("--member", required=True)
    keys.add_argument("--name", required=True)
    keys.add_argument("--role", choices=ROLES, default="body")
    reading.add_argument("--roster", type=pathlib.Path, required=True)
    reading.add_argument("--hub", required=True, metavar="ID=SESSION[,FEED]")
    reading.add_argument("--count", type=int)
    reading.add_argument("--timeout", type=float, default=60)
    options = parser.parse_args()
    return make_keys(options) if options.command == "keys" else read(options)


if __name__ == "__main__":
    sys.exit(main())
