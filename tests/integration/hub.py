"""A hub that is not Tocsin, with the hub's own keys: it stores and forwards as PROTOCOL.md says, and then
does what a test tells it to do otherwise. Real daemons dial it."""

import contextlib
import threading
import time

import zmq

import forge
import wire


def head_after(group, batch):
    fields = wire.decode(batch)
    header, sealed = wire.field(fields, 1), wire.field(fields, 2)
    return forge.digest(b"tocsin head 1", group, forge.u32(len(header)), header, sealed)


class Held:
    """One log of somebody's, as it was given."""

    def __init__(self, start):
        self.batches, self.wraps, self.heartbeat = [], {}, None  # batches: (first, next, head, bytes)
        self.start = start

    @property
    def next(self):
        return self.batches[-1][1] if self.batches else 1

    @property
    def head(self):
        return self.batches[-1][2] if self.batches else self.start


class BadHub:
    """What it does otherwise is in its attributes; set them before or while it runs:

    withheld   {(reader, publisher)}: batches it does not give
    hidden     {(reader, publisher)}: logs it does not even name
    silent     {reader}: who gets no complete listing, and so no proof
    receipts   whether receipts are passed on
    beats      whether there are heartbeats of its own logs
    rewrite    reader, publisher, bytes of a batch -> bytes
    own        reader -> forge.Log: its own log, as that reader is to see it
    """

    def __init__(self, member, roster):
        self.author = forge.Author(member, roster)
        self.name, self.roster, self.group = member.name, roster, roster.group
        self.withheld, self.hidden, self.silent = set(), set(), set()
        self.receipts, self.rewrite, self.own = True, lambda reader, publisher, batch: batch, {}
        self.beats = True
        self.logs = {}  # (publisher, stream) -> Held
        self.peers = {}  # connection -> member
        self.stamps = {}  # connection -> the newest that was read
        self.heard = {}  # (publisher, stream, reader) -> its last receipt
        self.wants = {}  # (connection, publisher, stream) -> next sequence
        self.lock = threading.RLock()
        self.context = zmq.Context()
        self.socket = self.context.socket(zmq.ROUTER)
        self.socket.curve_server = True
        self.socket.curve_publickey = self.author.curve.public
        self.socket.curve_secretkey = self.author.curve.secret
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.bind(member.session)
        self.ended = False
        self.error = None
        self.thread = threading.Thread(target=self._run, daemon=True)
        self.thread.start()

    def close(self):
        self.ended = True
        self.thread.join()
        self.context.destroy(linger=0)
        assert self.error is None, self.error

    def _run(self):
        beat = time.monotonic() + 1
        try:
            while not self.ended:
                if self.socket.poll(50):
                    connection, frame = self.socket.recv_multipart()
                    with self.lock:
                        stamp = wire.stamp_of(frame)
                        self.stamps[connection] = stamp or self.stamps.get(connection, 0)
                        self._take(connection, *wire.kind_of(frame))
                        if stamp:  # so that whoever gives goes on
                            self._send(connection, wire.have([]))
                if time.monotonic() >= beat:  # each session hears something in each interval
                    beat += 1
                    with self.lock:
                        self._beat()
        except Exception as error:  # pylint: disable=broad-except
            self.error = error
            raise

    def _send(self, connection, frame):
        said = wire.saying_seen(frame, self.stamps.get(connection, 0))
        with contextlib.suppress(zmq.ZMQError):
            self.socket.send_multipart([connection, said])

    # ---- what is honest ----

    def _take(self, connection, kind, fields):
        if kind == wire.HELLO:
            self._greet(connection, fields)
        elif kind == wire.HAVE:
            self._follow(connection, fields)
        elif kind == wire.GIVE:
            self._store(fields)
        elif kind == wire.WANT:
            publisher, stream = (wire.field(fields, number).decode() for number in (1, 2))
            if not wire.field(fields, 7):  # more credit: nobody here wants so much
                self._want(connection, publisher, stream, wire.field(fields, 4, 0),
                           wire.field(fields, 5, 0))
        elif kind == wire.STATEMENTS:
            for number, item in fields:
                if number == 1:
                    self._hear(connection, item)

    def _greet(self, connection, fields):
        self.peers[connection] = wire.field(fields, 3).decode()
        if not wire.field(fields, 7):
            self._send(connection, wire.hello(self.group, self.name, self.roster.version,
                                              self.roster.head, answer=True))
        self._offer(connection)
        if self.peers[connection] not in self.silent:
            self._send(connection, wire.have([], complete=True))

    def _seen_by(self, reader):
        """(publisher, stream) -> what that reader is shown."""
        shown = {key: held for key, held in self.logs.items()
                 if (reader, key[0]) not in self.hidden and key[1] == "framework"}
        if reader in self.own:
            log = self.own[reader]
            held = Held(log.start)
            held.batches = [(one.first, one.next, one.head, one.bytes) for one in log.batches]
            held.wraps = {reader: [log.wrap(reader)]}
            held.heartbeat = log.heartbeat() if self.beats else None
            shown[self.name, log.stream] = held
        return shown

    def _offer(self, connection):
        heads = [[(1, publisher), (2, stream), (3, 1), (4, held.next), (5, held.head)]
                 for (publisher, stream), held in self._seen_by(self.peers[connection]).items()]
        self._send(connection, wire.have(heads))

    def _beat(self):
        for connection in self.peers:
            self._offer(connection)
            for held in self._seen_by(self.peers[connection]).values():
                if held.heartbeat:
                    self._send(connection, forge.statements(held.heartbeat))
            for (publisher, _, author), receipt in self.heard.items():
                # Those of its own logs go to all that read them, of others' to their publisher.
                reader = self.peers[connection]
                if self.receipts and publisher in (self.name, reader) and author != reader:
                    self._send(connection, forge.statements(receipt))

    def _follow(self, connection, fields):
        """Takes a log from its publisher alone."""
        for number, value in fields:
            head = wire.decode(value) if number == 1 else []
            if head and wire.field(head, 1).decode() == self.peers.get(connection):
                publisher, stream = wire.field(head, 1).decode(), wire.field(head, 2).decode()
                held = self._held(publisher, stream)
                self._send(connection, wire.want(publisher, stream, held.next))

    def _held(self, publisher, stream):
        start = forge.digest(b"tocsin log 1", self.group,
                             publisher.encode() + b"\0" + stream.encode())
        return self.logs.setdefault((publisher, stream), Held(start))

    def _store(self, fields):
        publisher, stream = (wire.field(fields, number).decode() for number in (1, 2))
        held = self._held(publisher, stream)
        for number, value in fields:
            if number == 4:
                body = wire.decode(wire.field(wire.decode(value), 1))
                held.wraps.setdefault(wire.field(body, 6).decode(), []).append(value)
            elif number == 5:
                header = wire.decode(wire.field(wire.decode(value), 1))
                first = wire.field(header, 7)
                if first == held.next:
                    held.batches.append((first, first + wire.field(header, 8),
                                         head_after(self.group, value), value))
        self._serve()

    def _want(self, connection, publisher, stream, start, until):
        self.wants.pop((connection, publisher, stream), None)
        if until == 0:
            self.wants[connection, publisher, stream] = start
        self._give(connection, publisher, stream, start, until, True)

    def _give(self, connection, publisher, stream, start, until, with_wraps):
        """Returns the next sequence that was not given."""
        reader = self.peers.get(connection)
        held = self._seen_by(reader).get((publisher, stream))
        if held is None or (reader, publisher) in self.withheld:
            return start
        batches = [(after, self.rewrite(reader, publisher, batch))
                   for _, after, _, batch in held.batches
                   if after > start and (until == 0 or after <= until)]
        wraps = held.wraps.get(reader, []) if with_wraps else []
        if batches or wraps:
            self._send(connection, wire.message(wire.GIVE, [
                (1, publisher), (2, stream), (3, 1), *((4, wrap) for wrap in wraps),
                *((5, batch) for _, batch in batches[:16])]))
        return batches[:16][-1][0] if batches else start

    def _serve(self):
        for (connection, publisher, stream), start in list(self.wants.items()):
            self.wants[connection, publisher, stream] = self._give(
                connection, publisher, stream, start, 0, True)

    def _hear(self, connection, item):
        body = wire.decode(wire.field(wire.decode(item), 1))
        kind, publisher = wire.field(body, 1), wire.field(body, 4).decode()
        stream = wire.field(body, 5).decode()
        if kind == forge.HEARTBEAT and (publisher, stream) in self.logs:
            self.logs[publisher, stream].heartbeat = item
        if kind == forge.RECEIPT:
            self.heard[publisher, stream, self.peers.get(connection)] = item

    # ---- what a test has it do ----

    def relent(self):
        """From now on it is as honest as a hub can be, and serves what it kept back."""
        with self.lock:
            self.withheld, self.hidden, self.silent = set(), set(), set()
            self.rewrite = lambda reader, publisher, batch: batch
            for connection in self.peers:
                self._offer(connection)
                self._send(connection, wire.have([], complete=True))
            self._serve()

    def say(self, reader, frame):
        with self.lock:
            [connection] = [one for one, member in self.peers.items() if member == reader][-1:]
            self._send(connection, frame)
