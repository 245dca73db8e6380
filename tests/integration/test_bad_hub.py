"""A hub that withholds, delays, rewrites or splits the view, with the hub's own keys, between real
daemons: what honest members still have, in what time, what they read, and what proves it."""

import os
import shutil
import time

import pytest

import forge
import wire
from harness import check_sanitizers, references, tocsin
from hub import BadHub

SOON = 60  # it takes ten seconds; and a machine may be busy
# Three heartbeats (of a second here, of 30 as it is installed), and a machine that is busy.
LAGGING_WITHIN = 3 + SOON


@pytest.fixture(scope="module")
def members(shared_groups):
    """Keys and a roster for all tests of this file. No daemon of Tocsin's is the hub."""
    group = shared_groups(feed=False)
    group.file = wire.RosterFile(group.roster)
    group.confs = {member: member.conf.read_text() for member in (group.leeds, group.york)}
    return group


@pytest.fixture
def town(members):
    """leeds and york as they were installed, and what has the hub's keys."""
    for member, text in members.confs.items():
        if member.running:
            member.stop()
            check_sanitizers(member.log(), member.name)
        member.conf.write_text(text)
        member.log_path.unlink(missing_ok=True)
        shutil.rmtree(member.store, ignore_errors=True)
    members.bad = BadHub(members.hub, members.file)
    yield members
    members.bad.close()


def start(town, *, direct=False):
    """`direct`: york dials leeds, too."""
    if direct:
        town.leeds.conf.unlink()
        town.init(town.leeds, listen=True)
        text = town.york.conf.read_text()
        town.york.conf.write_text(f'{text}\npeer leeds {{ session = "{town.leeds.session}" }}\n')
    for member, ready in [(member, member.spawn()) for member in (town.leeds, town.york)]:
        member.await_ready(ready)
        member.wait_peer("spg")
    return town.bad


def publish(town, *names):
    town.leeds.wait(lambda: not any(one.startswith("Nothing is signed")
                                    for one in town.leeds.status()["warnings"]), SOON, "the proof")
    for name in names:
        assert town.leeds.submit(name, wire.framework(name, name))["state"] != "unproven"


def applied_by(member, publisher, stream="framework"):
    """Who has said that it applied that log, as the member's `status` has it."""
    [log] = member.logs(publisher, stream)
    return {one["member"]: one["sequence"] for one in log["applied"]}


def doctor(member):
    return member.run("doctor", expect=None).out


def proven_elsewhere(town, member, tmp_path):
    """The contradictions, by a command that has nothing but the file and the fingerprint."""
    place = tmp_path / member.name
    place.mkdir()
    said = member.run("export", place / "evidence").out
    assert "pieces of evidence" in said
    fingerprint = member.status()["group_fingerprint"]
    return tocsin("--json", "verify", place / "evidence", "--group", fingerprint, cwd=place,
                  env={"PATH": "/nowhere", "HOME": "/nowhere"}).json["contradictions"]


def test_a_hub_that_only_stores_and_forwards(town):
    """What proves that the rest proves something."""
    start(town)
    publish(town, "a-1", "a-2")
    town.york.wait_sequence("leeds", 3)
    assert references(town.york.records("leeds")) == ["a-1", "a-2"]
    town.leeds.wait(lambda: applied_by(town.leeds, "leeds").get("york") == 2, SOON, "the receipt")
    assert town.leeds.status()["evidence"] == town.york.status()["evidence"] == 0
    town.york.wait_peer("spg")


def test_it_withholds_batches(town):
    """Whoever hears the publisher's heartbeats knows that something is kept from it."""
    bad = start(town)
    publish(town, "a-1")
    town.york.wait_sequence("leeds", 2)
    bad.withheld = {("york", "leeds")}
    began = time.monotonic()
    publish(town, "a-2", "a-3")
    town.york.wait_peer("spg", "lagging", LAGGING_WITHIN)
    print(f"york says that the hub lags after {time.monotonic() - began:.1f} s")
    assert any("spg is lagging" in one for one in town.york.status()["warnings"])
    assert "spg: lagging: it is slow or held back" in doctor(town.york)
    # And the publisher reads who has not got it.
    town.leeds.wait(lambda: applied_by(town.leeds, "leeds").get("york") == 1, SOON, "the receipt")
    assert "york" in town.leeds.run("status").out
    assert references(town.york.records("leeds")) == ["a-1"], "what was there is there"
    bad.relent()
    town.york.wait_sequence("leeds", 4)
    town.york.wait_peer("spg", "connected", LAGGING_WITHIN)
    assert town.york.status()["evidence"] == 0


def test_it_withholds_that_there_is_anything(town):
    """Without batches, heads and heartbeats york cannot know; leeds reads that york has not it."""
    bad = start(town)
    publish(town, "a-1")
    town.york.wait_sequence("leeds", 2)
    town.leeds.wait(lambda: applied_by(town.leeds, "leeds").get("york") == 1, SOON, "the receipt")
    bad.hidden = {("york", "leeds")}
    publish(town, "a-2")
    town.leeds.wait(lambda: len(bad.logs["leeds", "framework"].batches) == 2, SOON, "the hub")
    assert applied_by(town.leeds, "leeds")["york"] == 1
    assert "york" in town.leeds.run("status").out
    bad.relent()
    town.york.wait_sequence("leeds", 3)


def test_what_it_withholds_comes_by_another_way(town):
    """Members that dial each other need no hub."""
    bad = start(town, direct=True)
    town.york.wait_peer("leeds")
    bad.withheld = bad.hidden = {("york", "leeds")}
    publish(town, "a-1", "a-2")
    town.york.wait_sequence("leeds", 3)
    assert references(town.york.records("leeds")) == ["a-1", "a-2"]


def test_it_delays(town):
    bad = start(town)
    bad.withheld = {("york", "leeds"), ("leeds", "york")}
    publish(town, *(f"a-{number}" for number in range(40)))
    for number in range(5):
        town.york.submit(f"y-{number}", wire.framework(f"y-{number}", "y"))
    town.york.wait_peer("spg", "lagging", LAGGING_WITHIN)
    bad.relent()
    town.york.wait_sequence("leeds", 41)
    town.leeds.wait_sequence("york", 6)
    lines = town.york.records("leeds")
    assert [line["sequence"] for line in lines] == list(range(1, 41))
    assert town.leeds.status()["evidence"] == town.york.status()["evidence"] == 0


def spoilt(at):
    def rewrite(_reader, _publisher, batch):
        out = bytearray(batch)
        out[at % len(out)] ^= 1
        return bytes(out)
    return rewrite


def resigned(town):
    """Changed inside, and signed by the hub."""
    def rewrite(_reader, _publisher, batch):
        header, sealed = (wire.field(wire.decode(batch), number) for number in (1, 2))
        sealed = sealed[:-1] + bytes([sealed[-1] ^ 1])
        head = forge.digest(b"tocsin head 1", town.file.group, forge.u32(len(header)), header, sealed)
        return wire.encode([(1, header), (2, sealed),
                            (3, town.bad.author.sign(b"tocsin batch 1", head))])
    return rewrite


@pytest.mark.parametrize("how", ["signature", "inside", "signed again"])
def test_it_rewrites_a_batch(town, how):
    bad = start(town)
    bad.rewrite = {"signature": spoilt(-1), "inside": spoilt(-100),
                   "signed again": resigned(town)}[how]
    publish(town, "a-1")
    town.york.wait(lambda: town.york.status()["counters"]["signatures_bad"] > 0, SOON, "the lie")
    assert town.york.records("leeds") == []
    town.york.wait_log("result=badsig")
    assert "member=spg" in town.york.log()
    assert town.york.status()["evidence"] == 0, "what leeds did not sign says nothing about leeds"
    bad.relent()
    town.york.wait_sequence("leeds", 2)
    assert references(town.york.records("leeds")) == ["a-1"]
    assert [log["state"] for log in town.york.logs("leeds")] == ["open"]


def test_it_ends_the_log_of_a_member_that_is_there(town):
    bad = start(town)
    publish(town, "a-1")
    town.york.wait_sequence("leeds", 2)
    for next_sequence, head in ((1, forge.Log(bad.author, publisher="leeds").start),
                                (2, bad.logs["leeds", "framework"].head), (1, os.urandom(32))):
        for reader in ("leeds", "york"):
            bad.say(reader, forge.statements(bad.author.statement(
                forge.CLOSING, "leeds", "framework", next_sequence, head)))
    publish(town, "a-2")
    town.york.wait_sequence("leeds", 3)
    for member in (town.leeds, town.york):
        assert [log["state"] for log in member.logs("leeds")] == ["open"]
        assert references(member.records("leeds")) == ["a-1", "a-2"]


def test_it_does_not_show_a_publisher_its_heads(town):
    """Nothing is signed then, nothing is lost, and it says why."""
    town.bad.silent = {"leeds"}
    bad = start(town)
    reply = town.leeds.submit("a-1", wire.framework("a-1", "a-1"))
    assert reply["state"] == "unproven"
    said = [one for one in town.leeds.status()["warnings"] if one.startswith("Nothing is signed")]
    assert said and "1 record" in said[0], town.leeds.status()["warnings"]
    assert "Nothing is signed until the hub" in doctor(town.leeds)
    bad.relent()
    town.york.wait_sequence("leeds", 2)
    assert references(town.york.records("leeds")) == ["a-1"]


# ---- two views ----


def two_views(town):
    """Its alerts, one way for leeds and another for york."""
    bad = town.bad
    for reader in ("leeds", "york"):
        log = bad.own[reader] = forge.Log(bad.author, stream="alert",
                                          readers=["leeds", "spg", "york"])
        log.add(f"as {reader} is to see it".encode())


def stopped(member, publisher, stream):
    return [log["state"] for log in member.logs(publisher, stream)] == ["stopped"]


def test_two_views_meet_in_the_receipts_it_passes_on(town, tmp_path):
    two_views(town)
    start(town)
    for member in (town.leeds, town.york):
        member.wait(lambda: member.status()["evidence"] > 0, SOON, "the other's receipt")
        found = proven_elsewhere(town, member, tmp_path)
        other = "york" if member is town.leeds else "leeds"
        assert [(one["kind"], one["member"], one["publisher"], one["stream"]) for one in found] == [
            ("receipt", other, "spg", "alert")], found
        member.wait_log(f"receipt.conflict reader={other} publisher=spg")
        assert "contradiction" in member.run().out
    publish(town, "a-1")
    town.york.wait_sequence("leeds", 2)


def test_two_views_without_receipts_show_as_a_reader_that_reads_nothing(town):
    """It can keep the receipts back, too: then each reads that the other has applied nothing."""
    town.bad.receipts = False
    two_views(town)
    start(town)
    for member, other in ((town.leeds, "york"), (town.york, "leeds")):
        member.wait_sequence("spg", 2, stream="alert")
        assert applied_by(member, "spg", "alert")[other] == 0
        status = member.run("status").out
        assert any("alert" in line and other in line for line in status.splitlines()), status


def test_two_views_meet_where_members_meet(town, tmp_path):
    """Two that dial each other compare heads, and one batch of each proves it. (So would a heartbeat,
    which they pass on, too, and which may come first.)"""
    town.bad.receipts = town.bad.beats = False
    two_views(town)
    start(town, direct=True)
    began = time.monotonic()
    for member in (town.leeds, town.york):
        member.wait(lambda: stopped(member, "spg", "alert"), SOON, "the end of the log")
        print(f"{member.name} knows after {time.monotonic() - began:.1f} s")
        assert any("spg/alert" in one and "conflict" in one for one in member.status()["warnings"])
        assert "spg/alert is stopped by a conflict" in doctor(member)
        [found] = proven_elsewhere(town, member, tmp_path)
        assert (found["kind"], found["member"], found["stream"], found["sequence"]) == (
            "two_batches", "spg", "alert", 1)
        assert found["text"] == "spg signed two histories of spg/alert that part at record 1"
    publish(town, "a-1")
    town.york.wait_sequence("leeds", 2)
    assert references(town.york.records("leeds")) == ["a-1"], "no other log is touched"
