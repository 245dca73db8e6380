"""Disks that go back in time, and keys that are in two places."""

import shutil

import wire
from harness import references, tocsind


def submit(member, *names):
    for name in names:
        member.submit(name, wire.framework(name, f"Framework {name}"))


def names_of(prefix, count):
    return [f"{prefix}-{number}" for number in range(count)]


def check_same(group, names):
    """Everybody has exactly these, under one head, and nobody saw anything signed twice."""
    heads = set()
    for member in group.members.values():
        member.wait_sequence("leeds", len(names) + 1)
        lines = member.records("leeds")
        assert [line["sequence"] for line in lines] == list(range(1, len(names) + 1))
        assert references(lines) == names
        assert member.status()["evidence"] == 0
        heads.add(member.logs("leeds")[-1]["head"])
    assert len(heads) == 1


def back_up(member):
    copy = member.folder / "backup"
    shutil.copytree(member.store, copy)
    return copy


def restore(member, copy):
    shutil.rmtree(member.store)
    shutil.copytree(copy, member.store)


def test_a_restored_publisher_takes_its_log_back_and_goes_on(group):
    leeds = group.leeds
    names = names_of("a", 20)
    submit(leeds, *names)
    leeds.stop()
    copy = back_up(leeds)
    leeds.start()
    leeds.wait_peer("spg")
    names += names_of("b", 20)
    submit(leeds, *names[20:])
    group.york.wait_sequence("leeds", 41)
    leeds.stop()
    restore(leeds, copy)
    leeds.start()
    leeds.wait_sequence("leeds", 41)
    submit(leeds, "c-1")
    check_same(group, names + ["c-1"])


def test_a_restored_publisher_signs_nothing_before_its_hub_is_there(group):
    leeds = group.leeds
    submit(leeds, "a-1")
    leeds.stop()
    copy = back_up(leeds)
    leeds.start()
    leeds.wait_proven()
    submit(leeds, "a-2", "a-3")
    group.york.wait_sequence("leeds", 4)
    leeds.stop()
    group.hub.stop()
    restore(leeds, copy)
    leeds.start()
    reply = leeds.submit("b-1", wire.framework("b-1", "b"))
    assert reply["state"] == "unproven" and leeds.next_sequence("leeds") == 2
    group.hub.start()
    leeds.wait(lambda: leeds.status()["waiting"] == 0, what="the signature")
    check_same(group, ["a-1", "a-2", "a-3", "b-1"])
    # A submission that the restored disk had forgotten is not known any more; its id may come again.
    assert leeds.submit("b-1", wire.framework("b-1", "b"))["repeated"]


def test_an_empty_store_takes_everything_back(group):
    names = names_of("a", 30)
    submit(group.leeds, *names)
    group.york.wait_sequence("leeds", 31)
    group.leeds.stop()
    shutil.rmtree(group.leeds.store)
    group.leeds.start()
    group.leeds.wait_sequence("leeds", 31)
    submit(group.leeds, "b-1")
    check_same(group, names + ["b-1"])


def test_a_restored_hub_and_reader_get_it_again(group):
    names = names_of("a", 10)
    submit(group.leeds, *names)
    group.york.wait_sequence("leeds", 11)
    for member in (group.hub, group.york):
        member.stop()
    copies = {member: back_up(member) for member in (group.hub, group.york)}
    for member in copies:
        member.start()
    names += names_of("b", 10)
    submit(group.leeds, *names[10:])
    group.york.wait_sequence("leeds", 21)
    for member, copy in copies.items():
        member.stop()
        restore(member, copy)
        member.start()
    check_same(group, names)


def test_a_copied_key_is_found_out_and_the_log_goes_on(group):
    """Two daemons with leeds' key and store: the second is told to sign without its hub."""
    leeds = group.leeds
    submit(leeds, "a-1")
    group.york.wait_sequence("leeds", 2)
    leeds.stop()
    copy = back_up(leeds)
    leeds.start()
    leeds.wait_peer("spg")
    submit(leeds, "a-2")
    group.york.wait_sequence("leeds", 3)
    leeds.stop()
    group.hub.stop()
    restore(leeds, copy)
    leeds.start("--alone")
    submit(leeds, "other-2")
    assert leeds.next_sequence("leeds") == 3, "alone, it signs at once"
    group.hub.start()
    for member in (group.hub, leeds):
        member.wait(lambda: member.status()["evidence"] > 0, what="evidence")
        assert [log["state"] for log in member.logs("leeds")] == ["stopped"]
        assert any("leeds" in warning for warning in member.status()["warnings"]), member.status()
        assert "stopped" in member.run("status").out
    refused = leeds.call("submit", [wire.framework("b", "b")], stream="framework", id="b")
    assert not refused["ok"] and refused["result"] == "denied"
    assert "rotate --log" in refused["message"]
    leeds.restart()  # no longer alone
    leeds.wait_peer("spg")
    leeds.run("rotate", "--log", "leeds/framework")
    submit(leeds, "b-1")
    for member in group.members.values():
        member.wait_sequence("leeds", 4)
        current = {row["reference"]: row["sequence"]
                   for row in member.json("framework", "list")["frameworks"]}
        assert current["a-1"] == 1 and current["b-1"] == 3 and len(current) == 3
        assert "other-2" in current, "what its publisher holds stands"


def test_a_store_of_another_group_or_member_is_not_taken(groups):
    one, other = groups(councils=("leeds",)), groups(councils=("leeds", "york"), name="other")
    one.start()
    submit(one.leeds, "a-1")
    one.leeds.stop()
    shutil.copytree(one.leeds.store, other.leeds.store)
    shutil.copytree(one.leeds.store, other.york.store)
    for member in (other.leeds, other.york):
        said = tocsind("-c", member.conf, expect=1)
        assert said.err.count("\n") == 1 and "store" in said.err, said
