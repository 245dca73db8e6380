"""A running tocsind, with every system call that changes a file failing in turn, once and for ever,
while it starts, adopts a roster, stores, imports, publishes, rotates and applies. It goes on, or ends
with one clear line; what it acknowledged is there, once, and what it refused can be asked again."""

import pytest

import faults
import harness
import spending
import wire
from harness import references

pytestmark = pytest.mark.skipif(not faults.TRACE_CALLS, reason="trace_calls writes registers of x86-64")


# ---- starting, without a hub ----


def sweep_start(plan, member, kept, whole, usual):
    for at, way in faults.sweep(plan, usual):
        faults.copy(kept, member.folder)
        plan.arm(faults.CHANGE, at, way)
        since = len(member.log())
        started = faults.ready_or_ended(member, member.spawn("--alone", env=faults.TRACED))
        plan.disarm()
        assert started or plan.fired
        if not started:
            faults.last_line(member, since, "tocsind: ")
            faults.start(member, "--alone")
        whole()
        member.kill()


def test_first_start(groups, tmp_path):
    """Nothing is there but configuration, key and roster."""
    leeds, kept = groups(councils=("leeds",)).leeds, tmp_path / "kept"
    plan = faults.trace(leeds, tmp_path)
    faults.copy(leeds.folder, kept)

    def whole():
        assert leeds.status()["roster_version"] == 2
        assert leeds.submit("one", wire.framework("F1", "Highways"))["first_sequence"] == 1
        assert references(leeds.records()) == ["F1"]

    sweep_start(plan, leeds, kept, whole, 83)


def test_start_after_kill_9(groups, tmp_path):
    """With a write-ahead log to read back."""
    leeds, kept = groups(councils=("leeds",)).leeds, tmp_path / "kept"
    plan = faults.trace(leeds, tmp_path)
    faults.start(leeds, "--alone")
    for number in range(30):
        leeds.submit(f"s-{number}", wire.framework(f"F{number}", "Highways"))
    leeds.kill()
    faults.copy(leeds.folder, kept)

    def whole():
        assert references(leeds.records()) == [f"F{number}" for number in range(30)]

    sweep_start(plan, leeds, kept, whole, 14)


# ---- while it runs ----


def ask(member, request, parts=(), **fields):
    """The reply; None when the daemon ended instead, in which case it said why in one line."""
    since = len(member.log())
    reply = faults.ask(member, request, parts, **fields)
    if reply is None:
        assert not member.running, f"{member.name} neither answers {request} nor ends"
        assert "daemon.stopped" in faults.last_line(member, since)
        said = member.log()[since:]
        assert " error store.failed " in said or " error store.lost " in said, said
    return reply


def running_again(member):
    if not member.running:
        faults.start(member)
        if member.name != "spg":
            member.wait_peer("spg")


def done(member, request, parts=(), **fields):
    """Until it is done, as a user would: once more, and after a restart where the daemon has ended."""
    for _ in range(4):
        running_again(member)
        reply = ask(member, request, parts, **fields)
        if reply is not None and reply["ok"]:
            return reply
    raise AssertionError(reply)


def refused(reply):
    """It says so in words for a person."""
    assert reply is None or reply["result"] in ("store", "io", "again") and len(reply["message"]) > 20, reply


def under(plan, at, way, member, request, parts=(), **fields):
    """Asks while the plan is armed. What was refused is asked again without it."""
    plan.arm(faults.CHANGE, at, way)
    reply = ask(member, request, parts, **fields)
    plan.disarm()
    if reply is None and plan.before and not plan.fired:
        # What failed the time before was a sync behind the reply, and the daemon has ended since.
        running_again(member)
        plan.arm(faults.CHANGE, at, way)
        reply = ask(member, request, parts, **fields)
        plan.disarm()
    if reply is None or not reply["ok"]:
        assert plan.fired, reply
        refused(reply)
        return done(member, request, parts, **fields)
    return reply


def pair(groups, tmp_path, traced="leeds", **options):
    """A hub and leeds, one of them traced."""
    group = groups(councils=("leeds",), **options)
    member = group.members[traced]
    plan = faults.trace(member, tmp_path)
    for other in group.members.values():
        other.start(env=faults.TRACED)
    group.leeds.wait_peer("spg")
    return group, plan


def test_submissions(groups, tmp_path):
    group, plan = pair(groups, tmp_path)
    names = []
    for at, way in faults.sweep(plan, 1):
        names.append(f"F-{at}-{way}")
        under(plan, at, way, group.leeds, "submit", [wire.framework(names[-1], "Highways")],
              stream="framework", id=names[-1])
    faults.check_log(group, names)


def test_a_large_submission(groups, tmp_path):
    """Whose commit is synced by a thread of its own, while nothing is said yet: when that fails the
    daemon ends, because nobody knows what the disk holds."""
    group, plan = pair(groups, tmp_path)
    leeds, names = group.leeds, []

    def submit(at, way):
        """Did its sync fail?"""
        fresh = [f"F-{len(names)}-{number}" for number in range(400)]
        records = [wire.framework(name, "Highways", "x" * 400) for name in fresh]
        since = len(leeds.log())
        under(plan, at, way, leeds, "submit", records, stream="framework", id=f"S-{len(names)}")
        names.extend(fresh)
        return " error store.lost " in leeds.log()[since:]

    ended = sum(submit(at, way) for at, way in faults.sweep(plan, 3))
    tries = 40 if faults.EVERY and not ended else 0
    for number in range(tries):
        # A commit that begins the log anew after a checkpoint is synced in place, and then the sweep may
        # have met no other: a small one goes first.
        small = f"F-small-{number}"
        done(leeds, "submit", [wire.framework(small, "Highways")], stream="framework", id=small)
        names.append(small)
        if submit(3 + number % 3, faults.ONCE):
            break
    else:
        assert tries == 0, "no sync of a large commit failed"
    faults.check_log(group, names)


def test_imports(groups, tmp_path):
    """By the command, into the database of what the council keeps to itself: all of a file counts or
    nothing of it, and the suppliers follow. Each file takes the place of the one before."""
    group, plan = pair(groups, tmp_path)
    leeds, path, pounds = group.leeds, tmp_path / "spend.csv", 600
    names = [f"Bolt {number} Ltd" for number in range(40)]

    def spent():
        return [one["pence"] // 4000 for one in leeds.call("import_list")["imports"]]

    for at, way in faults.sweep(plan, 9):
        before, pounds = spent(), pounds + 1
        spending.write(path, [(name, "", "2018-10-02", f"{pounds}.00") for name in names])
        plan.arm(faults.CHANGE, at, way)
        result = leeds.run("import", "spend", path, expect=None)
        plan.disarm()
        if result.status != 0:
            faults.one_line(result)
            if faults.ended(leeds):
                faults.start(leeds)
                leeds.wait_peer("spg")
            assert spent() in (before, [pounds]), "a part of a file"
            leeds.run("import", "spend", path)
        assert spent() == [pounds]
        suppliers = spending.own_suppliers(leeds)
        assert sorted(one["name"] for one in suppliers) == sorted(names)
        assert {one["spend"] for one in suppliers} == {pounds}


@pytest.mark.skipif(not faults.EVERY, reason="its pauses grow: ten seconds and more")
def test_a_disk_that_stays_away(groups, tmp_path):
    """After ten commits in a row the daemon ends; what it had acknowledged is there."""
    group, plan = pair(groups, tmp_path)
    leeds = group.leeds
    leeds.submit("first", wire.framework("first", "Highways"))
    plan.arm(faults.CHANGE, 1, faults.FOREVER)
    refusals = 0
    while leeds.running:
        refusals += faults.ask(leeds, "submit", [wire.framework("F", "Highways")], patience=5,
                               stream="framework", id="F") is not None
    plan.disarm()
    leeds.stopped_on_purpose = True
    leeds.forget_local()
    assert refusals >= 8 and leeds.log().count(" error store.failed ") == 10
    assert "daemon.stopped" in faults.last_line(leeds, 0)
    done(leeds, "submit", [wire.framework("F", "Highways")], stream="framework", id="F")
    faults.check_log(group, ["first", "F"])


def test_publishing(groups, tmp_path):
    """Three drafts leave together or stay together."""
    group, plan = pair(groups, tmp_path)
    leeds, names = group.leeds, set()

    def gone():
        """Of the drafts none is left, or the daemon ended instead. One failure is enough."""
        if plan.fired:
            plan.disarm()
        status = ask(leeds, "status")
        return status is None or status["drafts"] == 0

    for at, way in faults.sweep(plan, 2):
        fresh = [f"F-{at}-{way}-{number}" for number in range(3)]
        for name in fresh:
            plan.disarm()
            done(leeds, "stage", [wire.framework(name, "Highways")], stream="framework", source="test",
                 withdraw=False)
        plan.arm(faults.CHANGE, at, way)
        reply = ask(leeds, "publish")
        if reply is not None and reply["ok"]:
            # They leave the drafts a tick later, which can fail as well, and is tried again.
            leeds.wait(gone, 20, "the end of the drafts")
        else:
            refused(reply)
        plan.disarm()
        if not leeds.running:
            faults.start(leeds)
            leeds.wait_peer("spg")
        left = leeds.status()["drafts"]
        assert left in (0, 3), "a part of it left"
        if left:
            done(leeds, "publish")
        leeds.wait(lambda: leeds.status()["drafts"] == 0, 20, "the drafts sent")
        names |= set(fresh)
    faults.check_log(group, names)


def test_rotation(groups, tmp_path):
    """New keys for every log: what is published under them is read, whichever call failed."""
    group, plan = pair(groups, tmp_path)
    leeds, names = group.leeds, []
    for at, way in faults.sweep(plan, 2):
        plan.arm(faults.CHANGE, at, way)
        rotated = ask(leeds, "rotate")
        names.append(f"F-{at}-{way}")
        record = {"parts": [wire.framework(names[-1], "Highways")], "stream": "framework",
                  "id": names[-1]}
        submitted = ask(leeds, "submit", **record) if rotated else None
        plan.disarm()
        if rotated is None or not rotated["ok"]:
            refused(rotated)
            done(leeds, "rotate")
        if submitted is None or not submitted["ok"]:
            refused(submitted)
            done(leeds, "submit", **record)
    faults.check_log(group, names)


def test_adopting_a_roster(groups, tmp_path):
    """By hand, on the hub: it has the old version or the new one, in memory and on disk, and the file
    beside the store is one that a daemon can start from."""
    group, plan = pair(groups, tmp_path, traced="spg")
    hub = group.hub
    group.make("york")
    version = hub.status()["roster_version"]
    for at, way in faults.sweep(plan, 2):
        if version % 2 == 0:
            group.admit("york")
        else:
            harness.tocsin("group", "remove", "york", "--dir", group.authority)
        version += 1
        reply = under(plan, at, way, hub, "adopt", [group.roster.read_bytes()])
        assert reply["roster_version"] == version
        group.leeds.wait(lambda: group.leeds.status()["roster_version"] == version, 20, "the roster")
        harness.tocsin("group", "verify", hub.folder / "yh-spg.roster")
    hub.kill()
    faults.start(hub)
    assert hub.status()["roster_version"] == version


def test_applying_at_the_hub(groups, tmp_path):
    """What a peer sends, while the hub's disk fails: it is asked for again."""
    group, plan = pair(groups, tmp_path, traced="spg")
    hub, names = group.hub, []
    for at, way in faults.sweep(plan, 2):
        names.append(f"F-{at}-{way}")
        plan.arm(faults.CHANGE, at, way)
        group.leeds.submit(names[-1], wire.framework(names[-1], "Highways"))

        def settled():
            if plan.fired:
                return True
            status = faults.ask(hub, "status")
            return status is None or (status["ok"] and any(log["next_sequence"] > len(names)
                                                           for log in status["logs"]))

        hub.wait(settled, 20, "the record or the fault")
        plan.disarm()
        if faults.ended(hub):
            faults.start(hub)
        hub.wait_sequence("leeds", len(names) + 1, 30)
    faults.check_log(group, names)
