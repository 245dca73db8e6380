"""SIGKILL between any two system calls of a whole tocsind, in whichever of its threads, from the moment
that a publish is asked for until the hub has it. The drafts leave together or stay together; what was
acknowledged is there; whoever publishes again sends nothing twice; and the log verifies."""

import pytest

import faults
import wire
from harness import references

pytestmark = pytest.mark.skipif(not faults.TRACE_CALLS, reason="trace_calls writes registers of x86-64")


def publish_until_killed(group, plan, at, count):
    """Is it acknowledged? `count`: how many records there are before."""
    leeds, hub = group.leeds, group.hub
    plan.arm(faults.CALL, at, faults.KILL)
    tag = leeds.local.send("publish")
    acknowledged = None
    while leeds.running and hub.next_sequence("leeds") < count + 4:
        got = leeds.local.receive(0.02)
        if got is not None and got[0]["tag"] == tag:
            acknowledged = got[0]
    plan.disarm()
    if plan.fired:
        leeds.kill()
    assert acknowledged is None or acknowledged["ok"], acknowledged
    return acknowledged is not None


def test_between_any_two_calls_of_a_publish(groups, tmp_path):
    group = groups(councils=("leeds",))
    leeds, names = group.leeds, []
    plan = faults.trace(leeds, tmp_path)
    group.hub.start()
    for at, _ in faults.sweep(plan, 23, ways=(faults.KILL,)):
        if not leeds.running:
            faults.start(leeds)
            leeds.wait_peer("spg")
        fresh = [f"F-{at:04}-{number}" for number in range(3)]
        for name in fresh:
            leeds.call("stage", [wire.framework(name, "Highways")], stream="framework", source="test",
                       withdraw=False)
        acknowledged = publish_until_killed(group, plan, at, len(names))
        if plan.fired:
            faults.start(leeds)
            leeds.wait_peer("spg")
            leeds.wait(lambda: leeds.status()["waiting"] == 0, 20, "everything signed")
            there = set(references(leeds.records("leeds"))) - set(names)
            assert there in (set(), set(fresh)), f"at call {at} a part of it: {there}"
            assert there or not acknowledged, f"at call {at} it was acknowledged, and is lost"
            # They go from the other database a tick after their records are stored, so they may
            # still be there: who publishes them again publishes nothing.
            drafts = leeds.status()["drafts"]
            assert drafts == 3 or there and drafts == 0, f"at call {at}"
            if drafts:
                leeds.wait(lambda: leeds.call("publish")["ok"], 20, "publish")
            leeds.wait(lambda: leeds.status()["drafts"] == 0, 20, "the drafts sent")
        names += fresh
        group.hub.wait_sequence("leeds", len(names) + 1, 30)
    faults.check_log(group, set(names))
