"""Session messages: PROTOCOL.md section 10."""

import messages
from messages import need, size, within

KINDS = ["hello", "rosters", "have", "want", "give", "statements", "refusal"]
CREDIT = 3_145_728


def check_hello(hello):
    messages.within(hello.protocol, 1, 2**32 - 1, "protocol")
    size(hello.group, 32, "group")
    messages.name(hello.member)
    within(hello.roster_version, 1, messages.SEQUENCE, "roster_version")
    size(hello.roster_hash, 32, "roster_hash")
    messages.at_most(hello.software, 64, "letters of software")
    need(all(" " <= one <= "~" for one in hello.software), "software is not printable ASCII")


def check_have(have):
    messages.at_most(have.heads, 256, "heads")
    for head in have.heads:
        messages.log_names(head)
        within(head.next_sequence, 1, messages.SEQUENCE, "next_sequence")
        size(head.head, 32, "head")


def check_want(want):
    messages.log_names(want)
    within(want.from_sequence, 1, messages.SEQUENCE, "from_sequence")
    within(want.until_sequence, 0, messages.SEQUENCE, "until_sequence")
    need(want.credit <= CREDIT, "credit", "toobig")


def check_give(give):
    messages.log_names(give)
    messages.at_most(give.wraps, 512, "wraps")
    messages.at_most(give.batches, 16, "batches")
    need(give.wraps or give.batches, "a Give of nothing")
    need(all([*give.wraps, *give.batches]), "an empty item", "malformed")


def check_run(items):
    messages.at_most(items, 16, "items")
    need(items, "a run of nothing")
    need(all(items), "an empty item", "malformed")


def check_refusal(refusal):
    need(refusal.code, "a refusal without a code")
    messages.text(refusal.about, 0, 200, "about")


CHECKS = {"hello": check_hello, "have": check_have, "want": check_want, "give": check_give,
          "refusal": check_refusal, "rosters": lambda body: check_run(body.rosters),
          "statements": lambda body: check_run(body.statements)}


def read_all(frame):
    """(kind, the message in it, stamp, seen). Of the kind "newer", None: one that is not known."""
    message = messages.read("Message", frame, messages.FRAME)
    kind = message.WhichOneof("kind")
    if kind is None and messages.has_newer(message, 16):
        return "newer", None, message.stamp, message.seen
    need(kind, "a message of no kind")
    CHECKS[kind](getattr(message, kind))
    return kind, getattr(message, kind), message.stamp, message.seen


def read(frame):
    """(kind, the message in it)"""
    return read_all(frame)[:2]


def with_seen(frame, stamp):
    """The same, saying which stamp was read last (section 11)."""
    message = messages.read("Message", frame, messages.FRAME)
    message.seen = stamp
    return message.SerializeToString(deterministic=True)


def write(kind, /, **fields):
    return messages.write("Message", **{kind: messages.CLASSES[kind.capitalize()](**fields)})


def read_feed(frame):
    """Publisher, stream and batch of a frame on the feed (section 1)."""
    parts = frame.split(b"\0", 2)
    need(len(parts) == 3 and parts[2], "no names, or no batch", "malformed")
    publisher, stream = (one.decode("latin-1") for one in parts[:2])
    messages.name(publisher, "publisher")
    need(messages.STREAM.fullmatch(stream), f"stream is {stream!r}")
    return publisher, stream, parts[2]
