"""Messages that libzmq does not take: each one of publisher, hub and reader in turn, once, and all of
them for a while. Nothing is lost: what was published is applied by everybody soon after, once and in
order, and the peers are connected again."""

import errno

import pytest

import faults
import wire
from harness import references


def applied(group, reader):
    """How far leeds knows the reader to be: without a question to whom cannot answer."""
    for log in group.leeds.logs("leeds"):
        for one in log["applied"]:
            if one["member"] == reader:
                return one["sequence"]
    return 0


def publish(group, name):
    """The answer may be what is not sent, so it is not waited for."""
    group.leeds.local.send("submit", [wire.framework(name, "Highways")], stream="framework", id=name)


def await_everywhere(group, names):
    for member in group.members.values():
        member.wait_sequence("leeds", len(names) + 1, 30)


def check(group, names):
    for member in group.members.values():
        assert references(member.records("leeds")) == names, member.name
    group.leeds.wait_peer("spg")
    group.york.wait_peer("spg")
    assert group.hub.status()["evidence"] == 0


CASES = [("leeds", errno.EAGAIN), ("spg", errno.EHOSTUNREACH), ("york", errno.ENOTSOCK)]
if faults.EVERY:
    CASES = [(role, error) for role in ("leeds", "spg", "york")
             for error in (errno.EAGAIN, errno.EHOSTUNREACH, errno.ENOTSOCK)]


@pytest.mark.parametrize("role, error", CASES)
def test_sends(groups, tmp_path, role, error):
    group = groups()
    member = group.members[role]
    plan = faults.replace(member, tmp_path)
    group.start()
    names, enough = [], 12 if faults.EVERY else 4

    def met(way):
        """Who publishes and who reads say a few things for a record, and then little."""
        if plan.fired > 2 * (way == faults.FOREVER):
            return True
        return applied(group, "york") == len(names) if role == "spg" else plan.calls > enough

    for at, way in faults.sweep(plan, 6):
        names.append(f"F-{at}-{way}")
        plan.arm(faults.MESSAGE, at, way, error)
        publish(group, names[-1])
        watching = group.leeds if role == "spg" else group.hub
        watching.wait(lambda: met(way), 30, "the fault, or that everybody was told")
        plan.disarm()
        await_everywhere(group, names)
    check(group, names)
