"""Bytes that were changed a little, shown to both readers: they accept the same, understand the same,
and refuse the same. By default a few thousand from a fixed seed; longer on request:

    DIFFERENTIAL_ROUNDS=200000 DIFFERENTIAL_SEED=7 ctest -R interop_differential
"""

import os
import random

import pytest

import judges
import mutate

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
        f"{one.line}\n  ours   {one.ours[:600]}\n  theirs {one.theirs[:600]}" for one in wrong[:5])
    return all


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
