"""What lies in a member's folder, read by somebody who has a copy of it and no daemon: the databases, the
batches, and the records in those that a key in the same folder opens. The shapes of records come from
the .proto files themselves, so that a new one is read, too."""

import collections
import contextlib
import pathlib
import re
import sqlite3

from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import wire

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
Field = collections.namedtuple("Field", "name type repeated")
Record = collections.namedtuple("Record", "publisher stream sequence body plain")


# ---- shapes ----


def shapes():
    """message -> {number: Field}, of all messages that records are made of."""
    found = {}
    for path in sorted(PROTO.glob("*.proto")):
        text = re.sub(r"//[^\n]*", "", path.read_text(encoding="utf-8"))
        for message in re.finditer(r"^message (\w+) \{(.*?)^\}", text, re.M | re.S):
            found[message.group(1)] = {
                int(field.group(4)): Field(field.group(3), field.group(2), bool(field.group(1)))
                for field in re.finditer(r"(repeated )?\b(\w+) (\w+) = (\d+);", message.group(2))}
    return found


SHAPES = shapes()
assert len(SHAPES["Record"]) >= 10 and "Flag" in SHAPES, "the .proto files were not understood"


def leaves(data, message, path=()):
    """(path of names, type, value) of all fields that are no messages; what no shape has, as bytes."""
    for at, value in wire.decode(data):
        field = SHAPES[message].get(at, Field(f"?{at}", "bytes", False))
        if field.type in SHAPES and isinstance(value, bytes):
            yield from leaves(value, field.type, (*path, field.name))
        else:
            yield (*path, field.name), field.type, value


def tree(data, message):
    """A message as a dictionary: texts as str, what is repeated as a list, defaults left out."""
    found = {}
    for at, value in wire.decode(data):
        field = SHAPES[message][at]
        if field.type in SHAPES:
            value = tree(value, field.type)
        elif field.type == "string":
            value = value.decode()
        if field.repeated:
            found.setdefault(field.name, []).append(value)
        else:
            found[field.name] = value
    return found


def type_of(record):
    """The name of a record's body, or None of a withdrawal."""
    return next((name for name in record if name not in ("supersedes", "withdraws", "reason")), None)


# ---- a folder ----


def _rows(path, query):
    with contextlib.closing(sqlite3.connect(path)) as store:
        return store.execute(query).fetchall()


class Folder:
    """A copy of a member's folder, or the folder itself once its daemon has ended. `with_key`: whether
    whoever reads it has member.key, too."""

    def __init__(self, path, with_key=True):
        self.path, self.with_key = pathlib.Path(path), with_key
        self.secrets = {}
        if with_key:
            lines = (self.path / "member.key").read_text().splitlines()[1:]
            self.secrets = {name: bytes.fromhex(value)
                            for name, value in (line.split(" = ") for line in lines)
                            if name != "member"}

    def group(self, query):
        return _rows(self.path / "store" / "group.db", query)

    def local(self, query):
        return _rows(self.path / "store" / "local.db", query)

    def files(self):
        """name -> bytes of all there is, the databases with what is in their logs."""
        return {path.name: path.read_bytes() for path in self.path.rglob("*")
                if path.is_file() and (self.with_key or path.name != "member.key")}

    def epoch_keys(self):
        return {(log, epoch): key for log, epoch, key in
                self.group("SELECT log, epoch, key FROM epoch WHERE key IS NOT NULL") if any(key)}

    def batches(self):
        """(publisher, stream, first sequence, bytes, key or None)"""
        keys = self.epoch_keys()
        for log, publisher, stream, first, epoch, data in self.group(
                "SELECT l.id, publisher, stream, b.first_sequence, b.epoch, b.bytes"
                " FROM batch b JOIN log l ON l.id = b.log ORDER BY l.id, b.first_sequence"):
            yield publisher, stream, first, bytes(data), keys.get((log, epoch))

    def records(self):
        """All that can be opened here."""
        for publisher, stream, first, data, key in self.batches():
            for at, plain in enumerate(opened_batch(data, key) if key else []):
                yield Record(publisher, stream, first + at, tree(plain, "Record"), plain)

    def blobs(self):
        """Every value in a column of bytes, of both databases."""
        for name in ("group.db", "local.db"):
            path = self.path / "store" / name
            for (table,) in _rows(path, "SELECT name FROM sqlite_master WHERE type = 'table'"):
                for row in _rows(path, f'SELECT * FROM "{table}"'):
                    yield from (value for value in row if isinstance(value, bytes))


def opened_batch(data, key):
    """The records of a batch."""
    batch = wire.decode(data)
    header, sealed = wire.field(batch, 1), wire.field(batch, 2)
    nonce = wire.field(wire.decode(header), 15)
    return wire.unlisted(AESGCM(key).decrypt(nonce, sealed, header))
