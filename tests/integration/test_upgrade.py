"""A daemon of one version ago among newer ones, and what its upgrade brings. It is the real one but for
what it reads of records: no exposures, no dynamic markets (tests/lib/older_program.h)."""

import os

import harness
import wire
from harness import tocsind

OLDER = os.environ.get("TOCSIND_OLDER", "build/tests/integration/tocsind_older")
DYNAMIC_MARKET = 4


def publish(member):
    """Three that an older program understands, and three that it does not; one of each goes."""
    for number in range(3):
        member.submit(f"k-{number}", wire.framework(f"K{number}", "Roads"))
        member.submit(f"n-{number}", wire.framework(f"N{number}", "Bridges", kind=DYNAMIC_MARKET))
    member.submit("w-1", wire.withdrawal(1))
    member.submit("w-2", wire.withdrawal(2))


def listed(member):
    return [one["reference"] for one in member.json("framework", "list")["frameworks"]]


def passed_over(member):
    return member.logs("leeds")[-1]["invalid_records"]


def test_an_upgrade_applies_what_was_kept(group):
    hull = group.join("hull")
    hull.program = [OLDER]
    hull.start()
    publish(group.leeds)
    hull.wait_sequence("leeds", 9)
    group.york.wait_sequence("leeds", 9)
    assert passed_over(hull) == 3
    assert sorted(listed(hull)) == ["K1", "K2"]
    assert hull.logs("leeds")[-1]["head"] == group.york.logs("leeds")[-1]["head"], "kept whole"
    hull.stop()
    assert "record.invalid" in hull.log() and "views.renewed" not in hull.log()

    hull.program = [harness.TOCSIND]
    hull.start()
    assert sorted(listed(hull)) == ["K1", "K2", "N1", "N2"], "ready, and so upgraded"
    hull.wait(lambda: "views.renewed" in hull.log(), what="what the log says of it")
    assert listed(hull) == listed(group.york)
    assert passed_over(hull) == 0
    digest = hull.json("rebuild")["digest"]
    assert digest == group.york.json("rebuild")["digest"]
    hull.stop()

    refused = tocsind("-c", str(hull.conf), program=OLDER, expect=1)
    assert refused.err.count("\n") == 1 and "written by a newer Tocsin" in refused.err
    assert str(hull.store) in refused.err
    hull.start()
    assert sorted(listed(hull)) == ["K1", "K2", "N1", "N2"]
