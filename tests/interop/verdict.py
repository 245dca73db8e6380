"""What this reader says to bytes, in the words of verdict.c: the same lines in, the same lines out.

    /usr/bin/python3 tests/interop/verdict.py < LINES
"""

import json
import sys

import group
import logs
import messages
import records
import session
from messages import Refused


def joined(*values):
    return " ".join(str(int(one) if isinstance(one, bool) else one) for one in values)


def log_of(message):
    return joined(message.publisher, message.stream, message.generation)


def batch(data):
    one = logs.Batch(data)
    header = one.header
    return joined(log_of(header), header.roster_version, header.first_sequence, header.count,
                  header.time_ms, header.epoch, one.opens, len(header.abandons), one.head.hex())


def wrap(data):
    _, body = logs.read_wrap(data)
    return joined(log_of(body), body.epoch, body.member, body.sealer, body.roster_version,
                  body.sealed.hex())


def statement(data):
    _, body = logs.read_statement(data)
    return joined(body.kind, body.author, log_of(body), body.next_sequence, body.roster_version,
                  body.time_ms, body.head.hex())


def roster(data):
    one = group.Roster(data)
    says = one.says
    group.check_together(says)
    counts = map(len, (says.signers, says.members, says.streams, says.lists, says.pins, one.signatures))
    members = [f"{member.id}:{sum(1 << role for role in member.roles):x}" for member in says.members]
    return joined(says.group, says.version, says.threshold, *counts, says.token_epoch.epoch, *members)


def request(data):
    body = group.read_request(data)
    return joined(body.member.id, body.time_ms)


def message(data):
    kind, body, stamp, seen = session.read_all(data)
    if kind == "newer":
        return joined(0, stamp, seen)
    if kind == "hello":
        words = (body.member, body.roster_version, body.answer)
    elif kind == "have":
        words = [body.complete]
        for head in body.heads:
            words += [log_of(head), head.next_sequence, head.head.hex()]
    elif kind == "want":
        words = (log_of(body), body.from_sequence, body.until_sequence, body.credit, body.more,
                 body.wraps_held)
    elif kind == "give":
        words = (log_of(body), len(body.wraps), len(body.batches))
    elif kind == "refusal":
        words = (body.code, len(body.about.encode()))
    else:
        words = (len(getattr(body, kind)),)
    return joined(session.KINDS.index(kind) + 1, stamp, seen, *words)


def feed(data):
    publisher, stream, held = session.read_feed(data)
    return joined(publisher, stream, held.hex())


def record(stream, data):
    shown = records.shown(records.read(data, stream))
    return json.dumps(shown, separators=(",", ":"), sort_keys=True)


def adopted(several):
    chain = group.Rosters()
    for one in several:
        try:
            chain.adopt(one)
        except Refused:
            pass
    messages.need(chain.versions, "none was adopted")
    return chain


def rosters(several):
    chain = adopted(several)
    return joined(len(chain.versions), chain.group.hex(), chain.hash(chain.current).hex())


def log(several, batches):
    chain = adopted(several)
    held = None
    for data in batches:
        one = logs.Batch(data)
        held = held or logs.Log(chain, one.log.publisher, one.log.stream)
        messages.need(one.log == (held.publisher, held.stream, 1), "another log, or a later generation")
        messages.need(one.header.first_sequence == held.next_sequence, "not the next")
        held.take(one)
    messages.need(held, "no batch")
    return joined(held.next_sequence, held.head.hex())


ONE = {"batch": batch, "wrap": wrap, "statement": statement, "roster": roster, "request": request,
       "message": message, "feed": feed}
SEVERAL = {"rosters": rosters, "log": log}


def judge(line):
    kind, *rest = line.split(" ")
    try:
        if kind == "record":
            said = record(rest[0], bytes.fromhex(rest[1]))
        elif kind in SEVERAL:
            said = SEVERAL[kind](*([bytes.fromhex(one) for one in run.split(",") if one] for run in rest))
        else:
            said = ONE[kind](bytes.fromhex(rest[0]))
    except Refused as error:
        return f"reject {error.result}"
    return f"accept {said}"


if __name__ == "__main__":
    for line in sys.stdin:
        print(judge(line.rstrip("\n")), flush=True)
