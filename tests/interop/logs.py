"""Logs: batches, epochs, wraps, statements. PROTOCOL.md sections 5, 6 and 7."""

import collections

import crypto
import messages
from messages import Refused, need, within

LogName = collections.namedtuple("LogName", "publisher stream generation")
HEARTBEAT, RECEIPT, CLOSING = 1, 2, 3
TAGS = {HEARTBEAT: "tocsin heartbeat 1", RECEIPT: "tocsin receipt 1", CLOSING: "tocsin closing 1"}


def name_of(message):
    return LogName(message.publisher, message.stream, message.generation)


def read_header(data):
    header = messages.read("BatchHeader", data, messages.HEADER)
    need(header.format == 1, f"the format is {header.format}")
    messages.size(header.group, 32, "group")
    messages.log_names(header)
    within(header.roster_version, 1, messages.SEQUENCE, "roster_version")
    within(header.first_sequence, 1, messages.SEQUENCE, "first_sequence")
    need(header.count <= messages.RECORDS, f"{header.count} records", "toobig")
    within(header.count, 1, messages.RECORDS, "count")
    within(header.first_sequence + header.count, 1, messages.SEQUENCE, "where the next batch begins")
    messages.size(header.previous_head, 32, "previous_head")
    within(header.time_ms, 1, messages.TIME, "time_ms")
    within(header.epoch, 1, 2**32 - 1, "epoch")
    need(bool(header.commitment) == bool(header.audience_hash), "a commitment without an audience hash")
    if header.commitment:
        messages.size(header.commitment, 32, "commitment")
        messages.size(header.audience_hash, 32, "audience_hash")
    messages.size(header.nonce, 12, "nonce")
    messages.at_most(header.abandons, 8, "abandoned ends")
    for end in header.abandons:
        within(end.generation, 1, header.generation - 1, "an abandoned generation")
        within(end.next_sequence, 1, messages.SEQUENCE, "an abandoned end")
        messages.size(end.head, 32, "an abandoned head")
    stands = [end for end in header.abandons if end.stands]
    need(len(stands) == bool(header.abandons), "one end stands")
    need(all(end.generation == header.generation - 1 for end in stands), "an older generation stands")
    return header


class Batch:
    def __init__(self, data):
        outer = messages.read("Batch", data, messages.BATCH)
        messages.size(outer.signature, 64, "a signature")
        self.data, self.header_bytes, self.sealed = data, outer.header, outer.sealed
        self.signature = outer.signature
        header = self.header = read_header(outer.header)
        need(len(self.sealed) <= messages.PLAIN + 16, "sealed is too long", "toobig")
        need(len(self.sealed) >= 16 + 4 * header.count, "sealed is too short", "malformed")
        self.log = name_of(header)
        self.next_sequence = header.first_sequence + header.count
        self.opens = bool(header.commitment)
        length = len(self.header_bytes).to_bytes(4, "big")
        self.head = crypto.digest("tocsin head 1", header.group, length, self.header_bytes,
                                  self.sealed)

    @property
    def stands(self):
        """The end of the generation before that this one goes on from, or None."""
        return next((end for end in self.header.abandons if end.stands), None)

    def open(self, key):
        """The records' bytes, in order."""
        plain = crypto.open_seal(key, self.header.nonce, self.sealed, self.header_bytes)
        records = messages.unlist(plain)
        need(len(records) == self.header.count, "another number of records", "malformed")
        need(all(len(one) <= messages.RECORD for one in records), "a record is too long", "toobig")
        return records


def read_signed(data):
    signed = messages.read("Signed", data, messages.SIGNED)
    messages.size(signed.signature, 64, "a signature")
    return signed


def read_wrap(data):
    signed = read_signed(data)
    body = messages.read("WrapBody", signed.body, messages.SIGNED)
    messages.size(body.group, 32, "group")
    messages.log_names(body)
    within(body.epoch, 1, 2**32 - 1, "epoch")
    messages.name(body.member)
    messages.name(body.sealer)
    within(body.roster_version, 1, messages.SEQUENCE, "roster_version")
    messages.size(body.sealed, 112, "sealed")
    return signed, body


def read_statement(data):
    signed = read_signed(data)
    body = messages.read("StatementBody", signed.body, messages.SIGNED)
    within(body.kind, 1, 3, "kind")
    messages.size(body.group, 32, "group")
    messages.name(body.author)
    messages.log_names(body)
    need(body.kind != HEARTBEAT or body.author == body.publisher, "a heartbeat is its publisher's")
    within(body.next_sequence, 1, messages.SEQUENCE, "next_sequence")
    messages.size(body.head, 32, "head")
    within(body.roster_version, 1, messages.SEQUENCE, "roster_version")
    within(body.time_ms, 1, messages.TIME, "time_ms")
    return signed, body


class Log:
    """What is held of one publisher's records on one stream, through its generations."""

    def __init__(self, rosters, publisher, stream):
        self.rosters, self.publisher, self.stream = rosters, publisher, stream
        self.generation, self.roster_version, self.epoch = 1, 0, 0
        start = crypto.digest("tocsin log 1", rosters.group, crypto.log_bytes(self))
        self.heads = {1: start}  # next_sequence -> head: every place the chain runs through
        self.next_sequence = 1
        self.batches = {}  # first_sequence -> Batch
        self.commitments = {}  # by (generation, epoch)
        self.wraps = {}  # those that came for us, unopened: by (generation, epoch)
        self.closed_at = None
        self.stopped = False

    @property
    def head(self):
        return self.heads[self.next_sequence]

    # ---- batches ----

    def take(self, batch):
        """Follows what is held. False: it was held. Refused: `again` (something must come first),
        `conflict` (evidence, the log stops), or it is wrong."""
        header = batch.header
        need(header.group == self.rosters.group, "another group")
        need(not self.stopped, "the log is stopped", "conflict")
        later = header.generation > self.generation
        need(header.generation >= self.generation, "an older generation", "stale")
        roster = self.rosters.at(header.roster_version)
        if later:
            return self._begin_generation(batch, roster)
        if self.closed_at is not None:
            need(batch.next_sequence <= self.closed_at, "past a closing", "stale")
        if header.first_sequence < self.next_sequence:
            held = self.batches.get(header.first_sequence)
            if held is not None and held.data == batch.data:
                return False
            self._verify(batch, roster)
            self.stopped = True
            raise Refused("conflict", "two batches that cannot lie on one chain")
        need(header.first_sequence == self.next_sequence, "batches between are missing", "again")
        need(roster is not None, "its roster is not held", "again")
        if header.previous_head != self.head:
            self._verify(batch, roster)
            self.stopped = True
            raise Refused("conflict", "it follows another batch")
        need(header.roster_version >= self.roster_version, "its roster is older than the last")
        need(header.epoch == self.epoch + batch.opens, "another epoch than the next")
        need(not header.abandons, "abandons in the middle of a generation")
        self._verify(batch, roster)
        self._store(batch, roster)
        return True

    def _verify(self, batch, roster):
        need(roster is not None, "its roster is not held", "again")
        need(roster.may_publish(self), f"{self.publisher} may not publish {self.stream}", "denied")
        crypto.verify("tocsin batch 1", self.rosters.group, batch.head, batch.signature,
                      roster.members[self.publisher].sign_public)

    def _begin_generation(self, batch, roster):
        need(roster is not None, "its roster is not held", "again")
        end = batch.stands
        need(end and batch.header.generation == self.generation + 1, "not its beginning", "again")
        need((end.next_sequence, end.head) == (batch.header.first_sequence, batch.header.previous_head),
             "it does not go on from the end that stands")
        need(batch.header.epoch == 1, "a generation's first epoch is 1")
        need(batch.header.roster_version >= self.roster_version, "its roster is older than the last")
        need(self.heads.get(end.next_sequence) == end.head, "our copy does not run through it", "again")
        self._verify(batch, roster)
        self.cut(end.next_sequence)
        self.generation, self.epoch, self.closed_at = batch.header.generation, 0, None
        self._store(batch, roster)
        return True

    def _store(self, batch, roster):
        header = batch.header
        if batch.opens:
            audience = b"".join(id.encode() + crypto.NUL for id in sorted(roster.audience(self)))
            audience = crypto.digest("tocsin audience 1", self.rosters.group, audience)
            need(header.audience_hash == audience, "another audience")
            self.commitments[header.generation, header.epoch] = header.commitment
        self.batches[header.first_sequence] = batch
        self.next_sequence, self.epoch = batch.next_sequence, header.epoch
        self.roster_version = header.roster_version
        self.heads[self.next_sequence] = batch.head

    def cut(self, next_sequence):
        """What lies beyond is void."""
        self.heads = {at: head for at, head in self.heads.items() if at <= next_sequence}
        self.batches = {at: one for at, one in self.batches.items() if at < next_sequence}
        self.next_sequence = max(self.heads)
        last = max(self.batches.values(), key=lambda one: one.next_sequence, default=None)
        if last is not None:
            self.epoch, self.roster_version = last.header.epoch, last.header.roster_version

    # ---- keys ----

    def take_wrap(self, data, me, keys):
        """Keeps the epoch's key, once its commitment is here."""
        signed, body = read_wrap(data)
        need((body.publisher, body.stream) == (self.publisher, self.stream), "a wrap of another log")
        need(body.group == self.rosters.group and body.member == me, "a wrap for somebody else")
        roster = self.rosters.at(body.roster_version)
        need(roster is not None, "its roster is not held", "again")
        need(body.sealer in roster.members, "its sealer is no member", "denied")
        need(body.sealer == self.publisher
             or body.sealer in roster.hubs() & roster.audience(self), "nobody who may seal it", "denied")
        need(me in self.rosters.current.audience(self), "not in the audience", "denied")
        need(body.roster_version >= self.rosters.current.members[me].admitted_version, "for older keys")
        crypto.verify("tocsin wrap 1", self.rosters.group, signed.body, signed.signature,
                      roster.members[body.sealer].sign_public)
        content = crypto.open_box(body.sealed, keys.box_public, keys.box_secret)
        names = crypto.log_bytes(self, body.generation, body.epoch)
        need(content[:32] == crypto.digest("tocsin wrap-context 1", self.rosters.group, names,
                                           me.encode()), "a wrap of another key", "badsig")
        self.wraps[body.generation, body.epoch] = content[32:]

    def key(self, generation, epoch):
        """None: no wrap of it came. Nobody opens a batch with a key that does not fit."""
        key = self.wraps.get((generation, epoch))
        if key is None:
            return None
        commitment = crypto.digest("tocsin commitment 1", self.rosters.group,
                                   crypto.log_bytes(self, generation, epoch), key)
        need(commitment == self.commitments[generation, epoch], "the key does not fit", "badsig")
        return key

    def is_due(self, me, batch):
        """Whether `me` is to get the key of its epoch (section 6)."""
        now = self.rosters.current
        if me not in now.audience(self):
            return False
        if self.publisher not in now.members and not now.hubs() & now.audience(self):
            return False
        opened = min(one.header.roster_version for one in self.batches.values()
                     if one.header.generation == batch.header.generation
                     and one.header.epoch == batch.header.epoch)
        return not now.rule(self.stream).history or opened >= now.members[me].admitted_version

    def open(self, me, start):
        """(batch, its records' bytes) from that sequence on, up to the first whose key is still to
        come; of one that `me` is not due the records are None."""
        for first in sorted(at for at in self.batches if at >= start):
            batch = self.batches[first]
            key = self.key(batch.header.generation, batch.header.epoch)
            if key is not None:
                yield batch, batch.open(key)
            elif self.is_due(me, batch):
                return
            else:
                yield batch, None

    # ---- statements ----

    def take_statement(self, data):
        """Returns the verified body."""
        signed, body = read_statement(data)
        need(body.group == self.rosters.group, "another group")
        roster = self.rosters.at(body.roster_version)
        need(roster is not None and body.author in roster.members, "its author is not known", "again")
        crypto.verify(TAGS[body.kind], self.rosters.group, signed.body, signed.signature,
                      roster.members[body.author].sign_public)
        known = self.heads.get(body.next_sequence)
        if body.generation == self.generation and body.next_sequence <= self.next_sequence:
            if known != body.head:
                self.stopped = self.stopped or body.kind == HEARTBEAT
                raise Refused("conflict", f"{body.author} says another head")
        if body.kind == CLOSING:
            self._close(body, roster)
        return body

    def _close(self, body, roster):
        need(body.author in roster.hubs(), "only a hub closes", "denied")
        member = self.rosters.current.members.get(self.publisher)
        then = roster.members.get(self.publisher)
        need(member is None or then is None or then.admitted_version == body.roster_version,
             "its publisher is still there", "denied")
        if body.generation == self.generation:
            self.closed_at = min(self.closed_at or body.next_sequence, body.next_sequence)
            self.cut(self.closed_at)
