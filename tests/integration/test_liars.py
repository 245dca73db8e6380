"""Authenticated members that lie, against real daemons: what they say is well formed and truly signed
with their own keys, and false. Each test has a liar of its own, whose lies may cost it its own log;
the others' must go on, and be served, as if it were not there."""

import contextlib
import itertools
import os
import random
import time

import nacl.exceptions
import pytest

import forge
import wire
from harness import references, tocsin
from raw import Raw, server_key

SERVED_WITHIN = 8  # seconds, for a record from one council through the hub to another
SOON = 60  # it takes ten seconds; and a machine may be busy
LIARS = ["derby", "hull", "wigan", "selby", "otley", "ripon", "thirsk", "filey", "goole", "ilkley",
         "whitby", "malton", "batley", "settle", "skipton", "haworth",
         "keighley", "shipley"]


@pytest.fixture(scope="module")
def town(shared_groups):
    """leeds listens, too, so that a liar can speak to it without the hub between. The liars' daemons
    never run."""
    group = shared_groups(councils=["leeds", "york", *LIARS])
    group.leeds.conf.unlink()
    group.init(group.leeds, listen=True)
    group.start("spg", "leeds", "york")
    group.file = wire.RosterFile(group.roster)
    group.liars, group.numbers = iter(LIARS), itertools.count(1)
    good(group)
    return group


def good(town):
    name = f"good-{next(town.numbers)}"
    began = time.monotonic()
    reply = town.leeds.submit(name, wire.framework(name, name), timeout=SERVED_WITHIN)
    assert reply["state"] != "unproven", reply
    town.york.wait_sequence("leeds", reply["first_sequence"] + 1, SERVED_WITHIN)
    return time.monotonic() - began


@pytest.fixture(autouse=True)
def unharmed(town):
    yield
    good(town)
    for member in (town.hub, town.leeds, town.york):
        assert member.running
        for log in member.status()["logs"]:
            assert log["state"] == "open" or log["publisher"] in LIARS, (member.name, log)


class Liar:
    """One member's keys, and a greeted connection to one daemon at a time."""

    def __init__(self, town):
        self.town, self.name = town, next(town.liars)
        self.author = forge.Author(town.members[self.name], town.file)
        everybody = [wire.field(wire.decode(value), 1).decode()
                     for number, value in wire.decode(town.file.body(town.file.signed[-1]))
                     if number == 10]
        self.log = forge.Log(self.author, readers=everybody)
        self.peer = None

    def speak_to(self, member):
        self.hush()
        self.peer = Raw(member.session, server_key(self.town.file, member.name), self.author.curve)
        self.peer.greet(self.town.file, self.name)
        return self.peer

    def hush(self):
        if self.peer:
            self.peer.close()
            self.peer = None

    def say(self, *messages):
        for message in messages:
            assert self.peer.send(message)

    def records(self, count, first=0):
        return [wire.framework(f"{self.name}-{number}", "true") for number in
                range(first, first + count)]

    def publish(self, count=1):
        """A true batch; the first one with its wraps."""
        wraps = [self.log.wrap(reader) for reader in self.log.readers] if self.log.next == 1 else []
        batch = self.log.add(*self.records(count, self.log.next))
        self.say(self.log.have(), self.log.give(batch, wraps=wraps))
        return batch

    def in_sync(self):
        """Until the peer has taken all that was said: its answer to a hello comes after."""
        self.greet_again()
        self.await_answer()

    def greet_again(self):
        roster = self.town.file
        self.say(wire.hello(roster.group, self.name, roster.version, roster.head))

    def await_answer(self, **options):
        self.peer.await_kind(wire.HELLO, check=lambda fields: wire.field(fields, 7), **options)

    def state_at(self, member):
        return [log["state"] for log in member.logs(self.name)]


@pytest.fixture
def liar(town):
    one = Liar(town)
    one.speak_to(town.hub)
    yield one
    one.hush()


def read_by_york(town, liar, count):
    town.york.wait_sequence(liar.name, count + 1)
    return town.york.records(liar.name)


def counted(member, name):
    return member.status()["counters"][name]


# ---- what proves that the rest proves something ----


def test_what_is_made_up_here_is_taken_when_it_is_true(town, liar):
    liar.publish(2)
    liar.publish(3)
    liar.say(forge.statements(liar.log.heartbeat()))
    lines = read_by_york(town, liar, 5)
    assert [line["sequence"] for line in lines] == [1, 2, 3, 4, 5]
    assert town.hub.status()["evidence"] == town.york.status()["evidence"] == 0


# ---- heads ----


def test_forged_heads(town, liar):
    """Of its own log, of others', of logs that nobody has, as far ahead as numbers go."""
    far = 2**53 - 1
    liar.publish()
    liar.say(liar.log.have(next_sequence=far, head=os.urandom(32)))
    leeds = forge.Log(liar.author, publisher="leeds")
    for next_sequence in (1, 2, 1000, far):
        liar.say(leeds.have(next_sequence=next_sequence, head=os.urandom(32)))
    for stream in ("framework", "alert", "exposure", "distress", "nothing"):
        for publisher in ("york", "spg", "nobody", liar.name):
            other = forge.Log(liar.author, stream=stream, publisher=publisher)
            liar.say(other.have(next_sequence=far, head=os.urandom(32)))
    liar.in_sync()
    good(town)
    assert read_by_york(town, liar, 1)
    assert town.hub.status()["evidence"] == 0, "a head is nobody's signature"


def test_a_publisher_does_not_wait_for_what_a_member_says_it_holds(town, liar):
    """Before a council signs, its hub shows it its own heads. Another member's word must not hold it
    up: one unsigned sentence would silence it."""
    liar.speak_to(town.leeds)
    mine = forge.Log(liar.author, publisher="leeds")
    liar.say(mine.have(next_sequence=10**6, head=os.urandom(32), complete=True))
    liar.in_sync()
    assert good(town) < SERVED_WITHIN


def test_after_a_start_a_member_s_word_holds_a_publisher_up_for_three_heartbeats_once(town, liar):
    """Its disk may have been put back, and the member may hold what is lost: so long it is asked."""
    leeds = town.leeds
    town.hub.pause()
    leeds.set(heartbeat=3)  # nine seconds for what follows until the submission
    leeds.restart()
    liar.speak_to(leeds)
    mine = forge.Log(liar.author, publisher="leeds")
    word = mine.have(next_sequence=10**6, head=os.urandom(32), complete=True)
    liar.say(word)
    liar.in_sync()
    town.hub.resume()
    leeds.wait_peer("spg")
    name = f"good-{next(town.numbers)}"
    assert leeds.submit(name, wire.framework(name, name))["state"] == "unproven"
    leeds.wait_log(f"peer={liar.name} has=1000000")
    leeds.wait(lambda: leeds.status()["waiting"] == 0, SOON, "the end of its patience")
    leeds.wait_log("log.unmet")
    leeds.set(heartbeat=1)
    leeds.reload()
    liar.say(word)
    liar.in_sync()
    assert good(town) < SERVED_WITHIN


# ---- batches ----


def test_replayed_and_reordered_batches(town, liar):
    chance = random.Random(17)
    first = liar.publish()
    rest = [liar.log.add(*liar.records(2, liar.log.next)) for _ in range(12)]
    said = rest * 4 + [first] * 4
    chance.shuffle(said)
    for batch in said:
        liar.say(liar.log.give(batch))
    liar.say(liar.log.give(*reversed(rest)))
    liar.in_sync()
    for batch in rest:  # in the end in order: what came too early was not kept
        liar.say(liar.log.give(batch))
    lines = read_by_york(town, liar, liar.log.next - 1)
    assert [line["sequence"] for line in lines] == list(range(1, liar.log.next))
    assert town.hub.status()["evidence"] == 0 and liar.state_at(town.hub) == ["open"]


def test_batches_in_another_s_name(town, liar):
    """Signed by the liar as if it were leeds; and leeds' own, changed by one bit."""
    before = counted(town.hub, "signatures_bad")
    leeds = forge.Log(liar.author, publisher="leeds")
    held = town.hub.logs("leeds")[0]
    place = {7: held["next_sequence"], 9: bytes.fromhex(held["head"]), 12: b"", 13: b""}
    liar.say(leeds.give(leeds.make(*liar.records(1), change=place)))
    liar.say(leeds.give(leeds.make(*liar.records(1))))  # a second beginning
    liar.say(forge.statements(leeds.heartbeat(), leeds.heartbeat(10**6, os.urandom(32))))
    liar.peer.send(wire.want("leeds", "framework", 1))
    given = liar.peer.await_kind(wire.GIVE, check=lambda fields: wire.field(fields, 5))
    [batch] = [value for number, value in given if number == 5][:1]
    for at in range(0, len(batch), 7):
        spoilt = bytearray(batch)
        spoilt[at] ^= 1 << at % 8
        liar.say(wire.message(wire.GIVE, [(1, "leeds"), (2, "framework"), (3, 1),
                                          (5, bytes(spoilt))]))
    liar.in_sync()
    good(town)
    assert town.hub.status()["evidence"] == 0, "bytes nobody signed prove nothing about leeds"
    assert counted(town.hub, "signatures_bad") > before


def test_streams_and_places_it_may_not_publish(town, liar):
    refused = counted(town.hub, "frames_refused")
    for stream in ("alert", "region", "framework.secret", "x"):
        log = forge.Log(liar.author, stream=stream, readers=liar.log.readers)
        liar.say(log.have(), log.give(log.make(b"record")))
    liar.in_sync()
    streams = {log["stream"] for log in town.hub.status()["logs"]
               if log["publisher"] == liar.name}
    assert not streams, streams
    assert counted(town.hub, "frames_refused") > refused


@pytest.fixture
def opened(town, liar):
    """A liar whose first batch was taken."""
    liar.publish()
    town.hub.wait_sequence(liar.name, 2)
    return liar


FALSE_HEADERS = {
    "no records": {8: 0}, "513 records": {8: 513}, "2^32 - 1 records": {8: 2**32 - 1},
    "a sequence past the last": {7: 2**53}, "sequence 0": {7: 0}, "a far sequence": {7: 2**53 - 1},
    "epoch 3": {11: 3}, "epoch 2 unopened": {11: 2}, "epoch 0": {11: 0},
    "opened twice": {12: os.urandom(32), 13: os.urandom(32)}, "commitment alone": {12: bytes(32)},
    "roster 0": {6: 0}, "a roster to come": {6: 10**6}, "the first roster": {6: 1},
    "format 2": {1: 2}, "another group": {2: bytes(32)}, "generation 40": {5: 40},
    "a time after the last": {10: 253402300800000}, "a long nonce": {15: bytes(13)},
}


def test_headers_that_keep_no_rule(town, opened):
    for change in FALSE_HEADERS.values():
        opened.say(opened.log.give(opened.log.make(*opened.records(1, 9), change=change)))
    opened.in_sync()
    [log] = town.hub.logs(opened.name)
    assert log["next_sequence"] == 2 and log["state"] == "open"
    assert opened.publish() and len(read_by_york(town, opened, 2)) == 2, "and a true one goes on"


def test_counts_that_do_not_fit_what_is_inside(town, opened):
    """Only a reader sees it, and passes over what is not there; it never stops a log."""
    log = opened.log
    invalid = counted(town.york, "records_invalid")
    for records, change in ((opened.records(1, 10), {8: 512}), (opened.records(4, 20), {8: 1}),
                            ([], {8: 3}), ([b"\xff" * 9, b"", wire.framework("x", "")], {})):
        plain = wire.listed(records) or b"\0\0\0\1"
        batch = log.make(*records, change=change, plain=plain)
        # `sealed` has to have room for its count, or it is refused before anything is opened.
        if len(plain) >= 4 * batch.next - 4 * batch.first:
            log.batches.append(batch)
        opened.say(log.give(batch))
    opened.say(log.give(log.add(*opened.records(1, 30))))
    town.york.wait_sequence(opened.name, log.next)
    assert f"{opened.name}-30" in references(town.york.records(opened.name))
    assert counted(town.york, "records_invalid") > invalid
    assert town.york.status()["evidence"] == 0


# ---- keys ----


def test_wrong_wraps(town, liar):
    """A key that is not the one committed to is not used, and a true wrap may still come."""
    log = liar.log
    batch = log.add(*liar.records(1))
    false = [log.wrap("york", key=os.urandom(32)), log.wrap("york", context_of="leeds"),
             log.wrap("york", epoch=2), log.wrap("york", epoch=5000)]
    true = [log.wrap(reader) for reader in log.readers if reader != "york"]
    with pytest.raises(nacl.exceptions.BadSignatureError):  # signed by nobody
        liar.author.key.verify_key.verify(b"tocsin wrap 1", bytes(64))
    spoilt = bytearray(false[0])
    spoilt[-1] ^= 1
    liar.say(log.have(), log.give(batch, wraps=[*false[1:], *true, false[0], bytes(spoilt)]))
    town.york.wait(lambda: [one["state"] for one in town.york.logs(liar.name)] and
                   town.york.logs(liar.name)[0]["next_sequence"] == 2, SOON, "the batch")
    assert town.york.records(liar.name) == []
    assert town.york.status()["evidence"] == 0
    assert any(liar.name in warning for warning in town.york.status()["warnings"])
    town.hub.wait_sequence(liar.name, 2)


def test_a_flood_of_wraps_that_nobody_signed(town, liar):
    """Each is dear to check: the first that is false ends its frame, and a tick takes few frames."""
    liar.publish()
    spoilt = [bytearray(liar.log.wrap("york", epoch=2 + number)) for number in range(512)]
    for wrap in spoilt:
        wrap[-1] ^= 1
    flood = liar.log.give(wraps=[bytes(wrap) for wrap in spoilt])
    refused, sent = counted(town.hub, "frames_refused"), 0
    for _ in range(4):
        sent += sum(liar.peer.send(flood) for _ in range(25))
        good(town)
    # As long as too much waits, its hello is lost, too.
    for _ in range(60):
        liar.greet_again()
        with contextlib.suppress(AssertionError):
            liar.await_answer(timeout=1)
            break
    else:
        raise AssertionError("the hub does not come to the end of the flood")
    assert sent > 50, "it is not held up by its own socket"
    # What was more than its link may have waiting was lost.
    assert 0 < counted(town.hub, "frames_refused") - refused <= sent, "one of a frame was looked at"


def test_wraps_far_ahead(town, liar):
    """A log's newest epoch is 1: 4,096 beyond it are kept for the batches that are to open them."""
    liar.publish()
    refused = counted(town.hub, "frames_refused")
    liar.say(liar.log.give(wraps=[liar.log.wrap("york", epoch=4097)]))
    liar.in_sync()
    assert counted(town.hub, "frames_refused") == refused
    liar.say(liar.log.give(wraps=[liar.log.wrap("york", epoch=4098)]))
    liar.in_sync()
    assert counted(town.hub, "frames_refused") == refused + 1


def test_a_commitment_to_another_key(town, liar):
    log = liar.log
    log.add(*liar.records(1), change={12: os.urandom(32)})
    liar.say(log.have(), log.give(*log.batches, wraps=[log.wrap(one) for one in log.readers]))
    for member in (town.hub, town.york):
        member.wait(lambda: member.next_sequence(liar.name) == 2, SOON, "the batch")
        assert member.records(liar.name) == []
        warnings = [one for one in member.status()["warnings"] if liar.name in one]
        assert len(warnings) == 1 and "key" in warnings[0], member.status()["warnings"]


# ---- two stories: evidence ----


def bare_verify(path, group, expect=0):
    """On a machine with nothing but the command and the file."""
    return tocsin("--json", "verify", path, "--group", group.status()["group_fingerprint"],
                  expect=expect, env={"PATH": "/nowhere", "HOME": "/nowhere"}, cwd=path.parent)


def proves(town, member, tmp_path, *expected):
    """What the operator reads, and what anybody can check: exactly these contradictions."""
    status = member.status()
    assert status["evidence"] >= len(expected)
    place = tmp_path / member.name
    place.mkdir()
    member.run("export", place / "evidence")
    found = bare_verify(place / "evidence", member).json["contradictions"]
    for wanted in expected:
        assert any(wanted.items() <= one.items() for one in found), (wanted, found)
    for one in found:
        assert one["member"] in LIARS or one["kind"] == "two_rosters", one


def test_two_batches_at_one_place(town, opened, tmp_path):
    log = opened.log
    other = log.make(*opened.records(1, 50))
    opened.publish()
    town.hub.wait_sequence(opened.name, 3)
    opened.say(log.give(other))
    town.hub.wait(lambda: opened.state_at(town.hub) == ["stopped"], SOON, "the end of the log")
    town.hub.wait_log("log.conflict")
    assert opened.name in town.hub.log()
    assert any(opened.name in one and "conflict" in one for one in town.hub.status()["warnings"])
    for member in (town.leeds, town.york):  # who had only one of the stories gets the other
        member.wait(lambda: opened.state_at(member) == ["stopped"], SOON, "the other story")
        assert member.status()["evidence"] > 0
    assert "stopped by a conflict" in town.hub.run("doctor", expect=None).out
    assert "stopped" in town.hub.run("status").out
    proves(town, town.hub, tmp_path, {"kind": "two_batches", "member": opened.name,
                                      "stream": "framework", "sequence": 2})


def test_a_batch_behind_another_history(town, opened, tmp_path):
    """The second batch of a history whose first was never shown."""
    hidden = forge.Log(opened.author, readers=opened.log.readers)
    hidden.add(*opened.records(1, 70))
    opened.say(hidden.give(hidden.make(*opened.records(1, 71))))
    town.hub.wait(lambda: opened.state_at(town.hub) == ["stopped"], SOON, "the end of the log")
    proves(town, town.hub, tmp_path, {"kind": "two_batches", "member": opened.name,
                                      "sequence": 2})


def test_two_heartbeats_and_a_receipt_off_the_chain(town, opened, tmp_path):
    log = opened.log
    york = opened.author.statement(forge.RECEIPT, "york", "framework", 1, os.urandom(32))
    leeds = opened.author.statement(forge.RECEIPT, "leeds", "framework", 2, os.urandom(32))
    opened.say(forge.statements(york, leeds))
    town.hub.wait(lambda: "receipt.conflict" in town.hub.log(), SOON, "the receipt")
    opened.say(forge.statements(log.heartbeat(9, os.urandom(32))))
    opened.say(forge.statements(log.heartbeat(9, os.urandom(32))))
    town.hub.wait(lambda: opened.state_at(town.hub) == ["stopped"], SOON, "the end of the log")
    assert town.hub.logs("leeds")[0]["state"] == "open", "a reader's word stops nobody's log"
    town.york.wait(lambda: opened.state_at(town.york) == ["stopped"], SOON, "the other story")
    proves(town, town.hub, tmp_path,
           {"kind": "receipt", "member": opened.name, "publisher": "leeds"},
           {"kind": "two_heartbeats", "member": opened.name, "sequence": 9})


def test_lies_without_end_leave_room_for_what_matters(town, opened, tmp_path):
    """A thousand small lies do not push the one that counts out of what is exported."""
    publishers = [log["publisher"] for log in town.hub.status()["logs"] if log["state"] == "open"]
    before = town.hub.status()["evidence"]

    def lied():
        opened.say(*(forge.statements(opened.author.statement(
            forge.RECEIPT, publisher, "framework", 2, os.urandom(32))) for publisher in publishers))
        opened.in_sync()
        return town.hub.status()["evidence"] - before >= 80

    town.hub.wait(lied, SOON, "a crowd of lies")
    log = opened.log
    other = log.make(*opened.records(1, 50))
    opened.publish()
    opened.say(log.give(other))
    town.hub.wait(lambda: opened.state_at(town.hub) == ["stopped"], SOON, "the end of the log")
    proves(town, town.hub, tmp_path, {"kind": "two_batches", "member": opened.name, "sequence": 2})


def test_two_rosters_of_one_version(town, opened, tmp_path):
    """A signer signs two, and gives them to different people: a member brings the other one."""
    one, other = (wire.RosterFile(town.roster) for _ in range(2))
    one.sign(town.signer_key, lambda fields: fields)
    other.sign(town.signer_key, lambda fields: [item for item in fields if item[0] != 7])
    one.save()
    town.adopt()
    for member in (town.leeds, town.york):
        member.wait(lambda: member.status()["roster_version"] == one.version, SOON, "the roster")
    opened.say(wire.message(wire.ROSTERS, [(1, other.signed[-1])]))
    town.hub.wait(lambda: "roster.conflict" in town.hub.log(), SOON, "the second roster")
    assert town.hub.status()["roster_version"] == one.version, "what is held stays"
    town.file = one
    proves(town, town.hub, tmp_path, {"kind": "two_rosters", "sequence": one.version})


def test_evidence_that_was_tampered_with_proves_nothing(town, tmp_path):
    """After all the lies above: one bit anywhere in the evidence, or a pair that agrees."""
    town.hub.run("export", tmp_path / "whole")
    data = (tmp_path / "whole").read_bytes()
    magic = b"tocsin-export 1\n"
    items = wire.unlisted(data[len(magic):])
    at = [number for number, item in enumerate(items) if item[:1] == b"E"]
    assert len(at) >= 8 and len(at) % 2 == 0

    def written(changed):
        path = tmp_path / "changed"
        path.write_bytes(magic + wire.listed(changed))
        return path

    assert bare_verify(written(items), town.hub).json["evidence"] == len(at) // 2
    for number in at[:8]:
        spoilt = bytearray(items[number])
        spoilt[-1] ^= 1
        said = bare_verify(written([*items[:number], bytes(spoilt), *items[number + 1:]]), town.hub,
                           expect=1)
        assert "evidence" in said.err and said.err.count("\n") == 1, said
    twice = [*items[: at[0]], items[at[0]], items[at[0]], *items[at[1] + 1:]]
    assert "evidence" in bare_verify(written(twice), town.hub, expect=1).err
    odd = [*items[: at[1]], *items[at[1] + 1:]]
    assert bare_verify(written(odd), town.hub, expect=1).err.count("\n") == 1
    assert tocsin("verify", tmp_path / "whole", "--group", "0000 " * 10, expect=1).err
