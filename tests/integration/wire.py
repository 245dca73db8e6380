"""What the tests must be able to say by themselves on the wire: the canonical form of PROTOCOL.md
section 2, records, session messages, and rosters signed with a group's own signer key."""

import hashlib
import struct

import nacl.bindings
import nacl.signing
from zmq.utils import z85

FRAME_MAX = 1024 * 1024


# ---- the canonical form: a message is a list of (number, value), in order ----


def varint(value):
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    out.append(value)
    return bytes(out)


def encode(fields):
    """Ints are varints; bytes and text are lengths with content; defaults are left out."""
    out = b""
    for number, value in fields:
        if isinstance(value, str):
            value = value.encode()
        if isinstance(value, bytes):
            out += varint(number << 3 | 2) + varint(len(value)) + value
        elif value:
            out += varint(number << 3) + varint(int(value))
    return out


def _take_varint(data, at):
    value = shift = 0
    while True:
        byte = data[at]
        value |= (byte & 0x7F) << shift
        at, shift = at + 1, shift + 7
        if byte < 0x80:
            return value, at


def decode(data):
    """The fields of a message, as encode() takes them."""
    fields, at = [], 0
    while at < len(data):
        key, at = _take_varint(data, at)
        value, at = _take_varint(data, at)
        if key & 7 == 2:
            value, at = data[at : at + value], at + value
        fields.append((key >> 3, value))
    return fields


def field(fields, number, default=None):
    return next((value for found, value in fields if found == number), default)


def listed(items):
    """A list in a file or a batch: u32(length) and that many bytes each."""
    return b"".join(struct.pack(">I", len(item)) + item for item in items)


def unlisted(data):
    items = []
    while data:
        (length,) = struct.unpack(">I", data[:4])
        items.append(data[4 : 4 + length])
        data = data[4 + length :]
    return items


# ---- records ----


def framework(reference, title, description="", buyer="Test Council", kind=1):
    """A framework record; kind 1 is a plain framework."""
    body = encode([(1, reference), *([(4, title)]), *([(5, description)] if description else []),
                   (6, kind), (8, buyer)])
    return encode([(16, body)])


def withdrawal(sequence):
    """Of a record of the publisher's own, on the same stream."""
    return encode([(2, encode([(3, sequence)]))])


# ---- sessions ----

HELLO, ROSTERS, HAVE, WANT, GIVE, STATEMENTS, REFUSAL = range(1, 8)
STAMP, SEEN = 14, 15  # of any message


def message(kind, fields):
    return encode([(kind, encode(fields))])


def hello(group, member, version, roster_hash, answer=False):
    return message(HELLO, [(1, 1), (2, group), (3, member), (4, version), (5, roster_hash),
                           (6, "test 1"), (7, answer)])


def want(publisher, stream, start=1, credit=FRAME_MAX, until=0, more=False, wraps_held=0):
    return message(WANT, [(1, publisher), (2, stream), (3, 1), (4, start), (5, until), (6, credit),
                          (7, more), (8, wraps_held)])


def have(heads, complete=False):
    return message(HAVE, [*((1, encode(head)) for head in heads), (2, complete)])


def saying_seen(frame, stamp):
    """The same, of a peer that has read the frame with this stamp (0: none)."""
    return frame + encode([(SEEN, stamp)])


def stamp_of(frame):
    """The stamp that is to be said back, or 0."""
    return field(decode(frame), STAMP, 0)


def kind_of(frame):
    """(number of the kind, its fields)"""
    number, body = decode(frame)[0]
    return number, decode(body)


# ---- keys ----


class MemberKey:
    """The CURVE pair of a member.key file, as libzmq takes it."""

    def __init__(self, path):
        lines = dict(line.split(" = ") for line in path.read_text().splitlines()[1:])
        secret = bytes.fromhex(lines["curve"])
        self.secret = z85.encode(secret)
        self.public_bytes = nacl.bindings.crypto_scalarmult_base(secret)
        self.public = z85.encode(self.public_bytes)


# ---- rosters ----

ROSTER_MAGIC = b"tocsin-roster 1\n"
ROSTER_TAG = b"tocsin roster 1\0"


class RosterFile:
    """A roster file, and versions of it that `tocsin group` has no words for."""

    def __init__(self, path):
        data = path.read_bytes()
        assert data.startswith(ROSTER_MAGIC)
        self.path = path
        self.signed = unlisted(data[len(ROSTER_MAGIC) :])

    @staticmethod
    def body(signed):
        return field(decode(signed), 1)

    @property
    def version(self):
        return len(self.signed)

    @property
    def group(self):
        return hashlib.sha256(ROSTER_TAG + bytes(32) + self.body(self.signed[0])).digest()

    @property
    def head(self):
        scope = bytes(32) if self.version == 1 else self.group
        return hashlib.sha256(ROSTER_TAG + scope + self.body(self.signed[-1])).digest()

    def member(self, name):
        for number, value in decode(self.body(self.signed[-1])):
            if number == 10 and field(decode(value), 1) == name.encode():
                return decode(value)
        return None

    def sign(self, signer_key, change):
        """Adds the next version: `change` maps the list of fields of the newest to the new ones."""
        lines = dict(line.split(" = ") for line in signer_key.read_text().splitlines()[1:])
        key = nacl.signing.SigningKey(bytes.fromhex(lines["sign"]))
        previous = [(3, self.version + 1), (4, self.head)]
        old = [item for item in decode(self.body(self.signed[-1])) if item[0] not in (3, 4)]
        fields = sorted(change(old) + previous, key=lambda item: item[0])
        body = encode(fields)
        signature = key.sign(ROSTER_TAG + self.group + body).signature
        entry = encode([(1, bytes(key.verify_key)), (2, signature)])
        self.signed.append(encode([(1, body), (2, entry)]))

    def save(self, path=None):
        (path or self.path).write_bytes(ROSTER_MAGIC + listed(self.signed))


def stream_rule(stream, **rules):
    """A change for RosterFile.sign: sets audience, list, history or retention_days of a stream."""
    numbers = {"audience": 3, "list": 4, "history": 5, "retention_days": 6}

    def change(fields):
        out = []
        for number, value in fields:
            if number == 11 and field(decode(value), 1) == stream.encode():
                kept = [item for item in decode(value)
                        if item[0] not in {numbers[name] for name in rules}]
                added = [(numbers[name], rule) for name, rule in rules.items()]
                value = encode(sorted(kept + added, key=lambda item: item[0]))
            out.append((number, value))
        return out

    return change


def member_list(name, members):
    def change(fields):
        entry = encode([(1, name), *((2, member) for member in sorted(members))])
        return fields + [(12, entry)]

    return change
