"""A running tocsind whose allocations fail, each in turn, once and for a while: those of its own code,
of SQLite and of jansson. It says so to who asked, or ends with one clear line; what it acknowledged is
there, once."""

import errno

import pytest

import faults
import wire
from harness import references


@pytest.mark.parametrize("way", (faults.ONCE, faults.FOREVER))
def test_start(groups, tmp_path, way):
    leeds = groups(councils=("leeds",)).leeds
    plan = faults.replace(leeds, tmp_path)
    leeds.start("--alone")
    leeds.submit("one", wire.framework("F1", "Highways"))
    leeds.stop()
    for at, _ in faults.sweep(plan, 1201, ways=(way,)):
        since = len(leeds.log())
        plan.arm(faults.MEMORY, at, way, errno.ENOMEM)
        ready = leeds.spawn("--alone")
        started = faults.ready_or_ended(leeds, ready)
        plan.disarm()
        if not started:
            assert "memory" in faults.last_line(leeds, since, "tocsind: "), f"at {at}"
            leeds.start("--alone")
        assert references(leeds.records()) == ["F1"]
        leeds.stop()


def test_submissions(groups, tmp_path):
    leeds = groups(councils=("leeds",)).leeds
    plan = faults.replace(leeds, tmp_path)
    leeds.start("--alone")
    names = []
    for at, way in faults.sweep(plan, 33):
        name, since = f"F-{at}-{way}", len(leeds.log())
        request = {"parts": [wire.framework(name, "Highways")], "stream": "framework", "id": name}
        plan.arm(faults.MEMORY, at, way, errno.ENOMEM)
        # Who has no memory for an answer gives none, so that is not waited for.
        reply = faults.ask(leeds, "submit", patience=0.2, **request)
        plan.disarm()
        if reply is None and faults.ended(leeds):
            faults.last_line(leeds, since)
            leeds.start("--alone")
        if reply is None or not reply["ok"]:
            assert plan.fired, reply
            leeds.wait(lambda: leeds.call("submit", **request)["ok"], 20, "memory again")
        names.append(name)
    assert references(leeds.records()) == names
    leeds.kill()
    leeds.start("--alone")
    assert references(leeds.records()) == names


def test_applying(groups, tmp_path):
    """At the hub, what a peer sends: it is asked for again."""
    group = groups(councils=("leeds",))
    plan = faults.replace(group.hub, tmp_path)
    group.start()
    names = []
    for at, way in faults.sweep(plan, 29):
        names.append(f"F-{at}-{way}")
        since = len(group.hub.log())
        plan.arm(faults.MEMORY, at, way, errno.ENOMEM)
        group.leeds.submit(names[-1], wire.framework(names[-1], "Highways"))
        group.leeds.wait(lambda: plan.fired or len(names) == receipts(group.leeds) or
                         not group.hub.running, 30, "the fault, or a receipt")
        plan.disarm()
        if faults.ended(group.hub):
            faults.last_line(group.hub, since)
            group.hub.start()
        group.hub.wait_sequence("leeds", len(names) + 1, 30)
    assert references(group.hub.records("leeds")) == names


def receipts(leeds):
    """How far the hub has applied the log, as it says itself."""
    return max((one["sequence"] for log in leeds.logs("leeds") for one in log["applied"]
                if one["member"] == "spg"), default=0)
