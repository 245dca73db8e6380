"""The golden vectors, read in another language: every file, every hash of the story, every
signature, and what both readers make of them.
"""

import pytest

import crypto
import group
import judges
import logs
import member
import messages
import nacl.bindings as sodium


def hashes():
    """Comment -> bytes, of hashes.hex."""
    lines = (judges.VECTORS / "hashes.hex").read_text().splitlines()[1:]
    return {lines[at][2:]: bytes.fromhex(lines[at + 1]) for at in range(0, len(lines), 2)}


@pytest.mark.parametrize("name", judges.KINDS)
def test_both_readers_understand_the_same(name):
    [both] = judges.both([judges.line(name)])
    assert both.ours.startswith("accept ") and both.ours == both.theirs


def test_no_vector_is_left_out():
    files = {path.stem for path in judges.VECTORS.glob("*.hex")}
    assert files - {"hashes", "batch_header"} == set(judges.KINDS)


def test_the_story():
    vector, said = judges.vector, hashes()
    rosters = group.Rosters()
    assert rosters.adopt(vector("roster_1")) and rosters.adopt(vector("roster_2"))
    assert rosters.group == said["group: hash of roster version 1"]
    assert rosters.hash(rosters.current) == said["hash of roster version 2"]
    log = logs.Log(rosters, "leeds", "framework")
    assert log.head == said["log leeds/framework: head before its first batch"]
    assert rosters.current.audience(log) == {"leeds", "spg"}
    first = logs.Batch(vector("batch_1"))
    assert log.take(first) and log.head == said["head after batch 1"]
    assert not log.take(first), "held already"
    assert log.take(logs.Batch(vector("batch_2"))) and log.head == said["head after batch 2"]
    assert log.commitments[1, 1] == said["commitment to the key of generation 1, epoch 1"]
    _, box = sodium.crypto_box_seed_keypair(b"\x11" * 32)
    log.take_wrap(vector("wrap"), "spg", member.Keys(b"\x21" * 32, b"\x01" * 32, box))
    assert log.key(1, 1) == said["key of generation 1, epoch 1"]
    plain = messages.enlist([data for _, opened in log.open("spg", 1) for data in opened])
    assert plain == 2 * said["plaintext: a list of two records"]
    for name, kind in (("heartbeat", logs.HEARTBEAT), ("receipt", logs.RECEIPT)):
        assert log.take_statement(vector(name)).kind == kind
    # A hub's last word: version 2 brought the publisher's keys, so it may close what went before.
    log.take_statement(vector("closing"))
    assert log.next_sequence == log.closed_at == 5


def test_every_word():
    """Each number that has a name, and those next to them, which have none."""
    lines = []
    for name, field, last in (
            ("flag", "event", 100), ("flag", "source", 6), ("flag", "clause", 7), ("flag", "action", 7),
            ("flag", "status", 9), ("exposure", "norm", 129), ("exposure", "route", 8),
            ("exposure", "id_basis", 4), ("framework", "kind", 9), ("framework", "method", 5),
            ("framework", "fee", 5), ("framework", "status", 7)):
        for value in range(last):
            record = messages.CLASSES["Record"].FromString(judges.vector(f"record_{name}"))
            setattr(getattr(record, name), field, value)
            lines.append(judges.line(f"record_{name}", record.SerializeToString()))
    for one in judges.both(lines):
        assert one.ours == one.theirs or one.ours[:6] == one.theirs[:6] == "reject", one


def test_the_header_of_a_later_generation():
    header = logs.read_header(judges.vector("batch_header"))
    assert header.generation > 1 and [end.stands for end in header.abandons].count(True) == 1


def test_the_key_must_fit_its_commitment():
    rosters = group.Rosters()
    rosters.adopt(judges.vector("roster_1")), rosters.adopt(judges.vector("roster_2"))
    log = logs.Log(rosters, "leeds", "framework")
    log.take(logs.Batch(judges.vector("batch_1")))
    log.wraps[1, 1] = b"\x5f" * 32
    with pytest.raises(messages.Refused, match="badsig"):
        list(log.open("spg", 1))


@pytest.mark.parametrize("key", [bytes(32), b"\1" + bytes(31), b"\xec" + b"\xff" * 30 + b"\x7f"])
def test_keys_of_small_order_are_refused(key):
    with pytest.raises(messages.Refused):
        crypto.check_sign_key(key)
    with pytest.raises(messages.Refused):
        crypto.check_box_key(key)
