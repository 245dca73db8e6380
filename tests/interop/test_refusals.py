"""What a reader does not take: the session of a real hub is heard once, and played to fresh readers
with one thing changed. And who leaves gets no more.
"""

import pytest

import group as rosters
import logs
import messages
import session
import wire
from joining import Probe, batches, first_batch, forge, sign_secret, wrap
from raw import Raw, server_key

NOW = 1_800_000_000_000


class Heard:
    """A session as a body had it, with leeds' three frameworks, and the keys to forge with."""

    def __init__(self, group, probe, frames):
        self.group, self.probe, self.frames = group, probe, frames
        self.leeds, self.york = sign_secret(group.leeds.key), sign_secret(group.york.key)
        self.batches = [logs.Batch(data) for data in self.gives("batches")]

    def gives(self, field):
        return [item for frame in self.frames for kind, body in [session.read(frame)]
                if kind == "give" and (body.publisher, body.stream) == ("leeds", "framework")
                for item in getattr(body, field)]

    def play(self, **give):
        """A fresh reader that was shown all of it. `give`: what Gives of leeds' frameworks hold."""
        one = self.probe.reader()
        for frame in self.frames:
            kind, body = session.read(frame)
            if kind == "give" and (body.publisher, body.stream) == ("leeds", "framework"):
                for field, change in give.items():
                    items = [change(item) for item in getattr(body, field)]
                    del getattr(body, field)[:]
                    getattr(body, field).extend(item for item in items if item)
                if not (body.wraps or body.batches):
                    continue
            one.receive(messages.write("Message", **{kind: body}), NOW)
        return one


@pytest.fixture(scope="module")
def heard(shared_groups):
    group = shared_groups()
    probe = Probe(group, "probe", "body")
    group.start()
    for name in ("L-1", "L-2", "L-3"):
        group.leeds.publish_one(name)
    group.hub.wait_sequence("leeds", 4)
    frames = []
    with probe.link(feed=False, heard=frames) as link:
        link.until(lambda: len(link.reader.lines) == 3)
    return Heard(group, probe, frames)


def titles(one):
    return [line["record"]["title"] for line in one.lines]


def flip(data, at=-1):
    data = bytearray(data)
    data[at] ^= 1
    return bytes(data)


def first(change):
    """Only the log's first batch is changed."""
    def changed(data):
        batch = logs.Batch(data)
        return change(batch) if batch.header.first_sequence == 1 else data
    return changed


def test_nothing_changed(heard):
    one = heard.play()
    assert titles(one) == ["L-1", "L-2", "L-3"] and one.refused == [] and one.receipts > 0


def test_after_the_grace(heard):
    """A session carries hellos and rosters alone: nothing is read, nothing but a hello is said."""
    one = heard.probe.reader()
    late = one.rosters.current.says.expires_ms + one.rosters.current.says.grace_days * 86_400_000 + 1
    for frame in heard.frames:
        kinds = [session.read(answer)[0] for answer in one.receive(frame, late)]
        assert set(kinds) <= {"hello", "rosters"}
    assert one.lines == [] and one.logs == {} and one.on_time(late) == []


def test_receipts_are_few(heard):
    """One of a log in each interval, however much comes in it; at once what was withdrawn."""
    one = heard.play()
    one.receipt_ms = 10_000
    assert one.receipts == 1 + len(one.unsaid)


def case(change, why):
    return pytest.param(change, why, id=why)


@pytest.mark.parametrize("change, why", [
    case(lambda h: lambda b: forge(b, time_ms=b.header.time_ms + 1), "badsig"),
    case(lambda h: lambda b: forge(b, sealed=flip(b.sealed)), "badsig: tocsin batch 1"),
    case(lambda h: lambda b: flip(b.data), "badsig: tocsin batch"),
    case(lambda h: lambda b: forge(b, h.york, time_ms=NOW), "badsig: tocsin batch 1: the"),
    case(lambda h: lambda b: forge(b, h.york, publisher="york"), "a batch of another log"),
    case(lambda h: lambda b: forge(b, h.leeds, group=b"\1" * 32), "another group"),
    case(lambda h: lambda b: forge(b, h.leeds, audience_hash=b"\1" * 32), "another audience"),
    case(lambda h: lambda b: forge(b, h.leeds, epoch=2), "another epoch than the next"),
    case(lambda h: lambda b: forge(b, h.leeds, commitment=b"", audience_hash=b""), "another epoch"),
    case(lambda h: lambda b: forge(b, h.leeds, roster_version=99), "its roster is not held"),
    case(lambda h: lambda b: forge(b, h.leeds, roster_version=1), "leeds may not publish framework"),
    case(lambda h: lambda b: forge(b, h.leeds, previous_head=b"\1" * 32), "it follows another batch"),
    case(lambda h: lambda b: b.data + b"\x22\x01x" + b"\x0a\x00", "not in canonical form"),
    case(lambda h: lambda b: None, "batches between are missing"),
])
def test_a_batch_that_was_changed(heard, change, why):
    one = heard.play(batches=first(change(heard)))
    assert titles(one) == [] and why in str(one.refused), one.refused


def test_a_seal_the_publisher_broke(heard):
    """Signed well, stored as the chain wants it, and nothing of it is opened."""
    one = heard.play(batches=first(lambda b: forge(b, heard.leeds, sealed=flip(b.sealed))))
    assert titles(one) == [] and "the seal does not open" in str(one.refused)


def test_a_commitment_to_another_key(heard):
    one = heard.play(batches=first(lambda b: forge(b, heard.leeds, commitment=b"\1" * 32)))
    assert titles(one) == [] and "the key does not fit" in str(one.refused)


def test_two_histories_are_a_conflict(heard):
    one = heard.play()
    last = heard.batches[-1]
    other = forge(last, heard.leeds, time_ms=last.header.time_ms + 1)
    one.receive(session.write("give", publisher="leeds", stream="framework", generation=1,
                              batches=[other]), NOW)
    assert "conflict" in str(one.refused) and one.logs["leeds", "framework"].stopped
    # Bytes that anybody could have made stop nobody's log.
    one = heard.play()
    one.receive(session.write("give", publisher="leeds", stream="framework", generation=1,
                              batches=[flip(other)]), NOW)
    assert "badsig" in str(one.refused) and not one.logs["leeds", "framework"].stopped


def test_wraps(heard):
    """Without one, or with one that is changed or somebody else's: all is stored, nothing is opened."""
    wraps = heard.gives("wraps")
    other = messages.CLASSES["Signed"].FromString(wraps[0])
    body = messages.CLASSES["WrapBody"].FromString(other.body)
    body.member = "leeds"
    other.body = body.SerializeToString()
    for change, why in ((lambda data: None, "[]"), (flip, "tocsin wrap 1"),
                        (lambda data: other.SerializeToString(), "for somebody else")):
        one = heard.play(wraps=change)
        assert titles(one) == [] and why in str(one.refused)
        assert one.logs["leeds", "framework"].next_sequence == 4


def test_rosters(heard):
    """Signed by who may not; one that names no version before it; one that is missed out."""
    file = wire.RosterFile(heard.group.roster)
    for key, change, why in ((heard.group.leeds.key, lambda fields: fields, "badsig"),
                             (heard.group.signer_key, None, "previous"),
                             (heard.group.signer_key, lambda fields: [
                                 item for item in fields if item[0] != 8] + [(8, 2)], "threshold")):
        forged = wire.RosterFile(heard.group.roster)
        if change is None:  # the version after next, said to be the next
            forged.sign(heard.group.signer_key, lambda fields: fields)
            body = messages.CLASSES["Roster"].FromString(wire.RosterFile.body(forged.signed[-1]))
            body.previous = b"\1" * 32
            forged.signed[-1] = messages.write("SignedRoster", body=body.SerializeToString())
        else:
            forged.sign(key, change)
        one = heard.play()
        sent = one.receive(session.write("rosters", rosters=[forged.signed[-1]]), NOW)
        assert sent == [] and why in str(one.refused), one.refused
        assert one.rosters.current.version == file.version
    with pytest.raises(messages.Refused, match="again"):
        rosters.Rosters(rosters.MAGIC + messages.enlist(file.signed[1:]))
    other = wire.RosterFile(heard.group.roster)
    other.signed.pop()
    other.sign(heard.group.signer_key, lambda fields: fields)
    one = heard.play()
    one.receive(session.write("rosters", rosters=[other.signed[-1]]), NOW)
    assert "two rosters of one version" in str(one.refused)


def test_what_a_hub_takes_from_this_side(group):
    """A batch made in Python is taken by a daemon, and one for another audience is not."""
    group.leeds.stop()
    chain = rosters.Rosters(group.roster.read_bytes())
    key, secret = wire.MemberKey(group.leeds.key), sign_secret(group.leeds.key)
    record = wire.framework("L-1", "Made in Python")
    good, other = (first_batch(chain, "leeds", "framework", secret, [record], **changes)
                   for changes in ({}, {"audience_hash": b"\1" * 32}))
    roster = wire.RosterFile(group.roster)
    with Raw(group.hub.session, server_key(roster, "spg"), key) as leeds:
        leeds.greet(roster, "leeds")
        for batch in (other, good):
            leeds.send(session.write("give", publisher="leeds", stream="framework", generation=1,
                                     batches=[batch]))
        group.hub.wait(lambda: group.hub.next_sequence("leeds") == 2, what="the good one")
    [held] = batches(group.hub, "leeds")
    assert held.data == good and group.hub.status()["evidence"] == 0


def test_records_that_count_for_nothing(group):
    """Rubbish, and a withdrawal of what another said, inside a good batch: they are counted, and
    passed over; what stands beside them counts."""
    group.york.publish_one("Y-1")
    group.hub.wait_sequence("york", 2)
    group.leeds.stop()
    chain = rosters.Rosters(group.roster.read_bytes())
    secret = sign_secret(group.leeds.key)
    theft = messages.write("Record", withdraws={"publisher": "york", "sequence": 1}, reason="mine")
    batch = first_batch(chain, "leeds", "framework", secret,
                        [b"rubbish", wire.framework("L-1", "Made in Python"), theft])
    with Raw(group.hub.session, server_key(wire.RosterFile(group.roster), "spg"),
             wire.MemberKey(group.leeds.key)) as leeds:
        leeds.greet(wire.RosterFile(group.roster), "leeds")
        leeds.send(session.write("give", publisher="leeds", stream="framework", generation=1,
                                 wraps=[wrap(chain, "leeds", "framework", secret, "spg")],
                                 batches=[batch]))
        group.hub.wait_sequence("leeds", 4)
    [log] = group.hub.logs("leeds")
    assert (log["state"], log["invalid_records"]) == ("open", 2)
    assert {line["reference"] for line in group.hub.json("framework", "list")["frameworks"]} == {
        "L-1", "Y-1"}
    assert group.hub.status()["evidence"] == 0


def test_a_council_that_is_removed(groups):
    """The hub's closing ends its log, here as everywhere."""
    group = groups()
    probe = Probe(group, "probe", "body")
    group.start()
    group.york.publish_one("Y-1")
    group.hub.wait_sequence("york", 2)
    with probe.link() as link:
        one = link.reader
        link.until(lambda: len(one.lines) == 1)
        group.remove("york")
        log = one.logs["york", "framework"]
        link.until(lambda: log.closed_at == 2)
        assert one.rosters.current.version == 5 and "york" not in one.rosters.current.members
        [batch] = batches(group.hub, "york")
        late = forge(batch, sign_secret(group.york.key), first_sequence=2, previous_head=batch.head,
                     commitment=b"", audience_hash=b"", roster_version=4)
        one.receive(session.write("give", publisher="york", stream="framework", generation=1,
                                  batches=[late]), NOW)
        assert "past a closing" in str(one.refused[-1]) and titles(one) == ["Y-1"]
    group.hub.run("verify")


def test_a_reader_that_is_removed(groups):
    """It hears no more; and what it is shown by somebody else it cannot open."""
    group = groups()
    probe = Probe(group, "probe", "body")
    group.start()
    group.leeds.publish_one("L-1")
    group.hub.wait_sequence("leeds", 2)
    with probe.link() as link:
        one = link.reader
        link.until(lambda: len(one.lines) == 1)
        group.remove("probe")
        group.leeds.wait(lambda: group.leeds.status()["roster_version"] == 5, what="the roster")
        group.leeds.publish_one("L-2")
        group.york.wait_sequence("leeds", 3)
        for _ in range(10):
            link.step()
        assert titles(one) == ["L-1"]
    # Somebody passes on all that the hub holds.
    for roster in wire.RosterFile(group.roster).signed[4:]:
        one.rosters.adopt(roster)
    log = one.logs["leeds", "framework"]
    for batch in batches(group.hub, "leeds"):
        log.take(batch)
    assert log.next_sequence == 3 and log.epoch == 2
    assert log.key(1, 1) is not None and log.key(1, 2) is None
    [old, new] = log.open("probe", 1)
    assert old[1] is not None and new[1] is None
    group.hub.run("verify")
