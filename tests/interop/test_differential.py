"""Bytes that were changed a little, shown to both readers: they accept the same, understand the same,
and refuse the same. By default a few thousand from a fixed seed; longer on request:

    DIFFERENTIAL_ROUNDS=200000 DIFFERENTIAL_SEED=7 ctest -R interop_differential
"""

import os
import random

import nacl.bindings as sodium
import pytest

import crypto
import judges
import logs
import messages
import mutate
import verdict

ROUNDS = int(os.environ.get("DIFFERENTIAL_ROUNDS", "300"))
SEED = os.environ.get("DIFFERENTIAL_SEED", "1")


def disagreements(all):
    """A reader may run out of memory where another does not (section 2): that is no difference."""
    def word(said):
        return "reject" if said.startswith("reject") else said

    return [one for one in all if word(one.ours) != word(one.theirs) and one.theirs != "reject nomem"]


def check(lines):
    all = judges.both(lines)
    wrong = disagreements(all)
    assert not wrong, f"{len(wrong)} of {len(all)}:\n" + "\n".join(
        f"...{one.line[-600:]}\n  ours   {one.ours[:600]}\n  theirs {one.theirs[:600]}"
        for one in wrong[:5])
    return all


def joined(several):
    return ",".join(one.hex() for one in several)


def seeded(first):
    return sodium.crypto_sign_seed_keypair(bytes([first]) * 32)


def test_changed_rosters_that_are_signed():
    """A second version that is changed and signed again: by the signer, or by who may not."""
    dice = random.Random(f"{SEED} rosters")
    first, second = judges.vector("roster_1"), judges.vector("roster_2")
    signer, other = seeded(3), seeded(1)
    lines = []
    for number in range(ROUNDS):
        changed = mutate.fields_of(dice, "roster", second) if number else second
        changed = messages.CLASSES["SignedRoster"].FromString(changed)
        scope = verdict.adopted([first]).group if dice.random() < 0.95 else crypto.NO_GROUP
        if dice.random() < 0.9:
            del changed.signatures[:]
            for public, secret in dice.choice([[signer], [signer], [signer], [other], [signer, other]]):
                signature = crypto.sign("tocsin roster 1", scope, changed.body, secret)
                changed.signatures.add(signer=public, signature=signature)
        run = dice.choice([[first, changed.SerializeToString()], [changed.SerializeToString(), first],
                           [first, second, changed.SerializeToString()]]) if number else [first, second]
        lines.append(f"rosters {joined(run)}")
    all = check(lines)
    assert any(one.ours.startswith("accept 2 ") for one in all[1:])


def test_changed_logs_that_are_signed():
    """Two batches of leeds, one of them changed and signed again, in any order."""
    dice = random.Random(f"{SEED} logs")
    rosters = joined([judges.vector("roster_1"), judges.vector("roster_2")])
    good = [logs.Batch(judges.vector(name)) for name in ("batch_1", "batch_2")]
    lines = [f"log {rosters} {joined(one.data for one in good)}"]
    for _ in range(ROUNDS):
        at = dice.randrange(2)
        changed = messages.CLASSES["Batch"].FromString(mutate.fields_of(dice, "batch", good[at].data))
        length = len(changed.header).to_bytes(4, "big")
        head = crypto.digest("tocsin head 1", good[0].header.group, length, changed.header,
                             changed.sealed)
        _, secret = seeded(dice.choice([2, 2, 2, 2, 1]))
        changed.signature = crypto.sign("tocsin batch 1", good[0].header.group, head, secret)
        run = [one.data for one in good]
        run[at] = changed.SerializeToString()
        if dice.random() < 0.2:
            dice.shuffle(run)
        lines.append(f"log {rosters} {joined(run[:dice.choice([1, 2, 2])])}")
    all = check(lines)
    assert all[0].ours.startswith("accept 5 ") and any(one.ours.startswith("accept") for one in all[1:])


@pytest.mark.parametrize("name", judges.KINDS)
def test_changed_bytes(name):
    dice = random.Random(f"{SEED} {name}")
    data = judges.vector(name)
    all = check([judges.line(name, mutate.bytes_of(dice, data)) for _ in range(ROUNDS)])
    assert any(one.ours.startswith("reject") for one in all)


@pytest.mark.parametrize("name", judges.KINDS)
def test_changed_fields(name):
    """What stays in canonical form, so that the rules of the fields decide."""
    dice = random.Random(f"{SEED} {name}")
    data = judges.vector(name)
    kind = judges.KINDS[name].split()[0]
    all = check([judges.line(name, mutate.fields_of(dice, kind, data)) for _ in range(ROUNDS)])
    assert any(one.ours.startswith("accept") for one in all), "some changes are harmless"
