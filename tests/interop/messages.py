"""Bytes and messages: PROTOCOL.md sections 2, 3 and 13. Google's protobuf reads and writes; what the
protocol asks for beyond it (one form only, names, texts, limits) is checked here.
"""

import importlib
import pathlib
import re
import struct
import subprocess
import sys
import tempfile
import unicodedata
import warnings

from google.protobuf.message import DecodeError

PROTO = pathlib.Path(__file__).resolve().parents[2] / "proto"
# independent.py: names are folded and screened there, by the tables of the same page.
sys.path.append(str(PROTO.parent / "tests" / "integration"))

# ---- section 13 ----

FRAME, BATCH, HEADER, PLAIN, RECORD, RECORDS = 1_048_576, 69_888, 4_096, 65_536, 16_384, 512
SIGNED, REQUEST, ROSTER = 1_024, 65_536, 786_432
SEQUENCE, TIME = 2**53 - 1, 253_402_300_799_999


class Refused(Exception):
    """What a reader does not take. `result` is a name of section 14."""

    def __init__(self, result, why):
        super().__init__(f"{result}: {why}")
        self.result = result


def need(holds, why, result="invalid"):
    if not holds:
        raise Refused(result, why)


# ---- section 2 ----


def _compile():
    """The classes of proto/*.proto, by message name."""
    classes = {}
    with tempfile.TemporaryDirectory() as folder:
        files = sorted(PROTO.glob("*.proto"))
        subprocess.run(["protoc", f"--proto_path={PROTO}", f"--python_out={folder}", *files], check=True)
        sys.path.insert(0, folder)
        for file in files:
            module = importlib.import_module(f"{file.stem}_pb2")
            classes |= {name: getattr(module, name) for name in module.DESCRIPTOR.message_types_by_name}
        sys.path.remove(folder)
    return classes


CLASSES = _compile()
FORBIDDEN = {0x61C, 0x200E, 0x200F, *range(0x2028, 0x202F), *range(0x2066, 0x206A)}


def is_text(text):
    return not any(unicodedata.category(one) == "Cc" or ord(one) in FORBIDDEN for one in text)


def _unknown_fields(message):
    try:
        return message.UnknownFields()
    except AttributeError:  # protobuf 4.26 and later
        return importlib.import_module("google.protobuf.unknown_fields").UnknownFieldSet(message)


def has_newer(message, number):
    """A field of bytes, text or a message that is not known, from that number on?"""
    return any(one.field_number >= number and one.wire_type == 2 for one in _unknown_fields(message))


def _check_inside(message):
    """What protobuf takes and the protocol does not, in a message and all it holds."""
    name, known = message.DESCRIPTOR.name, message.DESCRIPTOR.fields_by_number
    for stray in _unknown_fields(message):
        need(stray.field_number not in known, f"{name}: a field of another type", "malformed")
        need(stray.wire_type in (0, 1, 2, 5), f"{name}: a group", "malformed")
    for field, value in message.ListFields():
        for one in value if field.label == field.LABEL_REPEATED else [value]:
            if field.message_type:
                _check_inside(one)
            elif field.enum_type:
                need(one in field.enum_type.values_by_number, f"{name}.{field.name} = {one}")
            elif field.type == field.TYPE_STRING:
                need("\0" not in one, f"{name}.{field.name} has a NUL", "malformed")
                need(is_text(one), f"{name}.{field.name} is no text")


def read(kind, data, limit):
    """The message of that name, from its canonical form."""
    need(len(data) <= limit, f"{kind} has {len(data)} bytes", "toobig")
    message = CLASSES[kind]()
    try:
        with warnings.catch_warnings():
            # What follows the end of a group is not read: it is missed when it is written again.
            warnings.simplefilter("ignore")
            message.ParseFromString(data)
    except DecodeError as error:
        raise Refused("malformed", f"{kind}: {error}") from None
    need(message.SerializeToString() == data, f"{kind} is not in canonical form", "malformed")
    _check_inside(message)
    return message


def write(kind, /, **fields):
    return CLASSES[kind](**fields).SerializeToString()


# ---- section 3, and what most fields are ----

NAME = re.compile(r"[a-z][a-z0-9-]{0,30}(?<!-)")
STREAM = re.compile(r"(?!.*\.\.)[a-z][a-z0-9.-]{0,63}(?<![.-])")
# The beginning of a stream, possibly empty, and a star.
PATTERN = re.compile(r"(?!.*\.\.)([a-z][a-z0-9.-]{0,62})?\*")
GSS = re.compile(r"[EWSN][0-9]{8}")


def size(data, length, what):
    need(len(data) == length, f"{what} has {len(data)} bytes, not {length}", "malformed")


def within(value, least, most, what):
    need(least <= value <= most, f"{what} is {value}")


def at_most(items, limit, what):
    need(len(items) <= limit, f"{len(items)} of {what}", "toobig")


def text(value, least, most, what):
    need(least <= len(value.encode()) <= most, f"{what} has {len(value.encode())} bytes")


def name(value, what="a name"):
    need(NAME.fullmatch(value), f"{what} is {value!r}")


def log_names(message):
    """The three fields that name a log."""
    name(message.publisher, "publisher")
    need(STREAM.fullmatch(message.stream), f"stream is {message.stream!r}")
    within(message.generation, 1, 2**32 - 1, "generation")


def unlist(data):
    """A list (section 5): u32(length) and that many bytes for each item."""
    items = []
    while data:
        need(len(data) >= 4, "a list ends inside a length", "malformed")
        (length,) = struct.unpack(">I", data[:4])
        need(len(data) >= 4 + length, "a list ends inside an item", "malformed")
        items.append(data[4 : 4 + length])
        data = data[4 + length :]
    return items


def enlist(items):
    return b"".join(struct.pack(">I", len(item)) + item for item in items)
