"""A member that reads: PROTOCOL.md sections 10 to 12, without a socket and without a clock. Frames and
the time go in; frames to send come back; `lines` grows by what was opened.
"""

import crypto
import logs
import messages
import nacl.bindings as sodium
import nacl.utils
import records
import session
from messages import Refused, need

CREDIT = 262_144
# Settings, with the values of section 11.
RECEIPT_MS = 10_000
SIGN_OF_LIFE_MS = 10_000
DAY_MS = 86_400_000


class Keys:
    """The secrets of a member: transport, signature, box, and the token keys that no reader uses."""

    def __init__(self, curve, sign_seed, box):
        self.curve_secret, self.sign_seed, self.box_secret = curve, sign_seed, box
        self.sign_public, self.sign_secret = sodium.crypto_sign_seed_keypair(sign_seed)
        self.box_public = sodium.crypto_scalarmult_base(box)
        self.curve_public = sodium.crypto_scalarmult_base(curve)

    @classmethod
    def new(cls):
        return cls(*(nacl.utils.random(32) for _ in range(3)))

    def save(self, path):
        path.touch(0o600)
        secrets = (self.curve_secret, self.sign_seed, self.box_secret)
        path.write_text("\n".join(one.hex() for one in secrets))

    @classmethod
    def load(cls, path):
        return cls(*map(bytes.fromhex, path.read_text().split()))

    def public(self):
        """The fields of a Member."""
        return {"curve_public": self.curve_public, "sign_public": self.sign_public,
                "box_public": self.box_public,
                "token_public": [crypto.element_pair()[1], crypto.element_pair()[1]]}


class Reader:
    """One session with `peer`, a hub."""

    def __init__(self, keys, me, rosters, peer, receipt_ms=RECEIPT_MS):
        self.keys, self.me, self.rosters, self.peer = keys, me, rosters, peer
        self.logs = {}  # (publisher, stream) -> Log
        self.applied = {}  # the same -> the sequence that comes next
        self.heartbeats = {}  # (publisher, stream) -> the newest, as it came
        self.lines = []
        self.records = {}  # (publisher, stream, sequence) -> the Record that a line shows
        self.refused = []  # what was not taken: (about, why)
        self.named = set()  # every log that the peer has named
        self.receipt_ms, self.receipts = receipt_ms, 0
        self.unsaid, self.said_ms = set(), {}  # logs whose receipt is due; when the last one was said
        self.is_open = self.listed = False
        self.spoke_ms = 0
        self.seen = 0  # the newest stamp that was read

    # ---- hello (section 11) ----

    def hello(self, answer=False):
        current = self.rosters.current
        return session.write("hello", protocol=1, group=self.rosters.group, member=self.me,
                             roster_version=current.version, roster_hash=self.rosters.hash(current),
                             software="tocsin-interop 1", answer=answer)

    def receive(self, frame, now_ms):
        """Frames to send. A stamp is said back at once, with them or with a sign of life."""
        unsaid, send = False, []
        try:
            kind, body, stamp, _ = session.read_all(frame)
            unsaid, self.seen = stamp != 0, stamp or self.seen
            need(kind != "newer", "a message of a kind that is not known")
            if kind not in ("hello", "rosters", "refusal"):
                need(self.is_open, f"{kind} before a hello", "denied")
            send = getattr(self, f"on_{kind}")(body, now_ms)
        except Refused as error:
            self.refused.append(("frame", str(error)))
        if unsaid and self.is_open and not send:
            send = [session.write("have")]
        return [session.with_seen(one, self.seen) for one in send] if self.seen else send

    def on_hello(self, hello, now_ms):
        need(hello.protocol == 1, "another protocol")
        need(hello.group == self.rosters.group, "another group", "denied")
        need(hello.member == self.peer, "not who was dialled", "denied")
        self.listed, says = False, self.rosters.current.says
        # After the grace a session carries hellos and rosters alone, so that a renewal gets through.
        self.is_open = now_ms <= says.expires_ms + says.grace_days * DAY_MS
        version = self.rosters.current.version
        send = []
        if not hello.answer or hello.roster_version > version:
            send.append(self.hello(answer=True))
        if hello.roster_version < version:
            newer = [one.data for one in self.rosters.versions[hello.roster_version :]]
            send += [session.write("rosters", rosters=[one]) for one in newer]
        return send + (self._open(now_ms) if self.is_open else [])

    def _open(self, now_ms):
        """What a side says first in a session that is open."""
        send = []
        heads = [messages.CLASSES["LogHead"](publisher=log.publisher, stream=log.stream, head=log.head,
                                             generation=log.generation, next_sequence=log.next_sequence)
                 for log in self.logs.values()]
        send += [session.write("have", heads=heads[at : at + 256]) for at in range(0, len(heads), 256)]
        beats = list(self.heartbeats.values())
        send += [session.write("statements", statements=beats[at : at + 16])
                 for at in range(0, len(beats), 16)]
        send.append(session.write("have", complete=True))
        return send + [self._receipt(key, now_ms) for key in self.applied if self.applied[key] > 1]

    def on_rosters(self, run, now_ms):
        new = [self._try("roster", self.rosters.adopt, data) for data in run.rosters]
        return [self.hello()] if any(new) else []

    def on_refusal(self, refusal, now_ms):
        raise Refused(str(refusal.code), f"{self.peer} refused: {refusal.about}")

    def on_time(self, now_ms):
        """What is due by the clock: receipts that had to wait, and a sign of life."""
        if not self.is_open:
            return []
        due = [key for key in self.unsaid if now_ms >= self.said_ms.get(key, 0) + self.receipt_ms]
        send = [self._receipt(key, now_ms) for key in due]
        if not send and now_ms >= self.spoke_ms + SIGN_OF_LIFE_MS:
            self.spoke_ms = now_ms
            send.append(session.write("have"))
        return send

    # ---- logs ----

    def _try(self, about, take, *arguments):
        """One bad item spoils itself. What it returns, or None."""
        try:
            return take(*arguments)
        except Refused as error:
            self.refused.append((about, str(error)))
            return None

    def log(self, name):
        """Kept when it may be read here; on the word of its publisher or of a hub."""
        key = (name.publisher, name.stream)
        self.named.add(key)
        if key not in self.logs:
            log = logs.Log(self.rosters, *key)
            roster = self.rosters.current
            need(self.peer in roster.hubs() | {name.publisher}, "no word to go by", "denied")
            need(roster.may_carry(self.me, log), "not for us", "denied")
            self.logs[key], self.applied[key] = log, 1
        return self.logs[key]

    def want(self, log, **fields):
        values = {"generation": log.generation, "from_sequence": log.next_sequence, "credit": CREDIT,
                  "wraps_held": len(log.wraps), **fields}
        return session.write("want", publisher=log.publisher, stream=log.stream, **values)

    def on_have(self, have, now_ms):
        send = []
        for head in have.heads:
            log = self._try("have", self.log, head)
            if log is None:
                continue
            held = log.heads.get(head.next_sequence, head.head)
            if head.generation == log.generation and held != head.head:
                # The batch before it would be evidence; the head is none.
                send.append(self.want(log, from_sequence=max(1, head.next_sequence - 1),
                                      until_sequence=head.next_sequence))
            else:
                send.append(self.want(log, generation=max(log.generation, head.generation)))
        self.listed = self.listed or have.complete
        return send

    def on_want(self, want, now_ms):
        return []  # a reader has nothing that its hub lacks

    def on_give(self, give, now_ms):
        log = self.log(give)
        for data in give.wraps:
            self._try("wrap", log.take_wrap, data, self.me, self.keys)
        again = False
        for data in give.batches:
            again |= not self._take(log, data)
        more = self.want(log, credit=sum(map(len, give.batches)), more=True)
        return [self.want(log) if again else more] + self._apply(log, now_ms)

    def _take(self, log, data):
        """False when something must come before it."""
        try:
            batch = logs.Batch(data)
            need(batch.log[:2] == (log.publisher, log.stream), "a batch of another log")
            before = log.next_sequence
            log.take(batch)
            if log.generation > 1 and batch.stands and batch.header.first_sequence < before:
                self._void(log, batch.header.first_sequence)
        except Refused as error:
            self.refused.append(("batch", str(error)))
            return error.result != "again"
        return True

    def on_feed(self, frame, now_ms):
        """A hint: what follows is taken, and anything else is left to the session. The batch itself says
        whose and what it is."""
        _, _, data = self._try("feed", session.read_feed, frame) or (None, None, b"")
        batch = data and self._try("feed", logs.Batch, data)
        key = batch and batch.log[:2]
        if not self.is_open or key not in self.logs or not self._take(self.logs[key], data):
            return []
        return self._apply(self.logs[key], now_ms)

    def on_statements(self, run, now_ms):
        send = []
        for data in run.statements:
            send += self._try("statement", self._statement, data, now_ms) or []
        return send

    def _statement(self, data, now_ms):
        log = self.log(logs.read_statement(data)[1])
        body = log.take_statement(data)
        if body.kind == logs.HEARTBEAT:
            self.heartbeats[log.publisher, log.stream] = data
            if body.next_sequence > log.next_sequence:
                return [self.want(log, generation=max(log.generation, body.generation))]
        if body.kind == logs.CLOSING:
            self._void(log, log.next_sequence)
        return []

    # ---- records ----

    def _void(self, log, start):
        """What was applied from there on counts no more."""
        key = (log.publisher, log.stream)
        if self.applied[key] > start:
            self.applied[key] = start
            self.lines = [one for one in self.lines if (one["publisher"], one["stream"]) != key
                          or one["sequence"] < start]
            self.records = {name: one for name, one in self.records.items()
                            if name[:2] != key or name[2] < start}

    def _apply(self, log, now_ms):
        key = (log.publisher, log.stream)
        before, seen = self.applied[key], len(self.lines)
        for batch, opened in self._try("open", lambda: list(log.open(self.me, before))) or []:
            expired = batch.header.time_ms > self.rosters.at(batch.header.roster_version).says.expires_ms
            for at, data in enumerate(opened or []):
                record = self._try("record", records.read, data, log.stream)
                if record and not (expired and not records.may_be_late(record)):
                    self._line(log, batch.header.first_sequence + at, batch.header.time_ms, record)
            self.applied[key] = batch.next_sequence
        if self.applied[key] > before:
            self.unsaid.add(key)
        if any(line["record"]["type"] == "withdrawal" for line in self.lines[seen:]):
            return [self._receipt(key, now_ms)]
        return self.on_time(now_ms)

    def _line(self, log, sequence, time_ms, record):
        self.records[log.publisher, log.stream, sequence] = record
        self.lines.append({"stream": log.stream, "publisher": log.publisher, "sequence": sequence,
                           "time": records.show_time(time_ms), "record": records.shown(record)})

    def _receipt(self, key, now_ms):
        log, at = self.logs[key], self.applied[key]
        body = messages.write("StatementBody", kind=logs.RECEIPT, group=self.rosters.group,
                              author=self.me, publisher=log.publisher, stream=log.stream,
                              generation=log.generation,
                              next_sequence=at, head=log.heads[at], time_ms=now_ms,
                              roster_version=self.rosters.current.version)
        tag = logs.TAGS[logs.RECEIPT]
        signature = crypto.sign(tag, self.rosters.group, body, self.keys.sign_secret)
        self.receipts += 1
        self.unsaid.discard(key)
        self.said_ms[key] = self.spoke_ms = now_ms
        signed = messages.write("Signed", body=body, signature=signature)
        return session.write("statements", statements=[signed])

    def view(self, stream):
        """What stands: records that no author and no successor took back (section 12)."""
        succeeds = {one.id: set(one.succeeds) for one in self.rosters.current.says.members}
        gone = set()
        for line in self.lines:
            for word in ("supersedes", "withdraws"):
                if word in line["record"]:
                    reference = line["record"][word]
                    author = reference.get("publisher", line["publisher"])
                    if author == line["publisher"] or author in succeeds.get(line["publisher"], ()):
                        gone.add((author, line["stream"], reference["sequence"]))
        return [line for line in self.lines
                if line["stream"] == stream and line["record"]["type"] != "withdrawal"
                and (line["publisher"], stream, line["sequence"]) not in gone]
