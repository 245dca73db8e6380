"""Who leaves, who comes, and whose keys change."""

import time

import zmq

import wire
from harness import references, tocsin
from raw import Raw, server_key


def submit(member, *names):
    for name in names:
        member.submit(name, wire.framework(name, f"Framework {name}"))


def test_a_removed_member_gets_nothing_new_on_an_open_connection(groups):
    group = groups(councils=("leeds", "york", "hull"))
    group.start("spg", "leeds", "hull")
    roster = wire.RosterFile(group.roster)
    key, expected = wire.MemberKey(group.york.key), server_key(roster, "spg")
    submit(group.leeds, "a-1")
    group.hull.wait_sequence("leeds", 2)
    with Raw(group.hub.session, expected, key) as session, \
            Raw(group.hub.feed, expected, key, zmq.SUB) as feed:
        session.greet(roster, "york")
        session.want_all("leeds")
        assert wire.field(session.await_kind(wire.GIVE), 4), "wraps come first"
        feed.event(zmq.EVENT_HANDSHAKE_SUCCEEDED)
        submit(group.leeds, "a-2")
        session.await_kind(wire.GIVE)
        assert feed.socket.poll(60000), "the feed brings it too"
        names = ["a-1", "a-2"]

        group.remove("york")
        removed = time.monotonic()
        received_late = []

        def take():
            """What has come until now; later it would seem to have come later."""
            for peer in (session, feed):
                while peer.socket.poll(100):
                    peer.socket.recv_multipart()
                    received_late.append(time.monotonic() - removed)

        take()
        number = 0
        while time.monotonic() < removed + 8:
            number += 1
            names.append(f"b-{number}")
            submit(group.leeds, names[-1])
            take()
            group.hull.wait_sequence("leeds", len(names) + 1)
            session.send(wire.want("leeds", "framework", 1))
            take()
        assert not [late for late in received_late if late > 5], received_late
    assert references(group.hull.records("leeds")) == names, "the others lose nothing"
    group.leeds.wait(lambda: group.leeds.status()["roster_version"] == 5, what="the roster")
    # What is sealed after the publisher heard of it is under a key york has no wrap for.
    submit(group.leeds, "c-1")
    group.hub.wait_sequence("leeds", len(names) + 2)
    for member in (group.leeds, group.hub):
        member.stop()
        wraps = member.rows("SELECT epoch, member FROM wrap")
        newest = max(epoch for epoch, _ in wraps)
        assert newest > 1 and (newest, "hull") in wraps and (newest, "york") not in wraps


def test_a_removed_member_is_refused_and_its_log_is_closed(groups):
    group = groups(councils=("leeds", "york", "hull")).start()
    submit(group.york, "y-1", "y-2")
    for member in (group.leeds, group.hull):
        member.wait_sequence("york", 3)
    group.remove("york")
    group.york.wait_peer("spg", "refused")
    submit(group.leeds, "a-1")
    group.hull.wait_sequence("leeds", 2)
    assert group.york.next_sequence("leeds") == 1
    # It does not know yet that it is out, and signs; nobody takes it.
    group.york.call("submit", [wire.framework("y-3", "late")], stream="framework", id="y-3")
    for member in (group.hub, group.leeds, group.hull):
        member.wait(lambda: [log["state"] for log in member.logs("york")] == ["ended"], what="closing")
        assert references(member.records("york")) == ["y-1", "y-2"]
        assert member.status()["evidence"] == 0


def test_a_member_admitted_later_gets_the_whole_history(group):
    submit(group.leeds, *(f"a-{number}" for number in range(20)))
    group.york.wait_sequence("leeds", 21)
    hull = group.join("hull").start()
    hull.wait_sequence("leeds", 21)
    assert references(hull.records("leeds")) == [f"a-{number}" for number in range(20)]
    submit(hull, "h-1")
    group.leeds.wait_sequence("hull", 2)


def test_who_came_and_went_within_an_epoch_has_no_key_of_the_next(group):
    """Its keys are of an epoch that was opened before it came, and that lasts a month."""
    submit(group.leeds, "a-1")
    hull = group.join("hull").start()
    hull.wait_sequence("leeds", 2)
    group.remove("hull")
    group.leeds.wait(lambda: group.leeds.status()["roster_version"] == 5, what="the roster")
    submit(group.leeds, "b-1")
    group.hub.wait_sequence("leeds", 3)
    hull.stop()
    for member in (group.leeds, group.hub):
        member.stop()
        wraps = member.rows("SELECT epoch, member FROM wrap")
        assert (2, "york") in wraps and (2, "hull") not in wraps


def test_history_from_admission_begins_at_admission(groups):
    group = groups()
    roster = wire.RosterFile(group.roster)
    roster.sign(group.signer_key, wire.stream_rule("framework", history=1))
    roster.save()
    for member in group.members.values():
        roster.save(member.folder / f"{group.name}.roster")
    group.start()
    submit(group.leeds, "a-1", "a-2")
    group.york.wait_sequence("leeds", 3)
    hull = group.join("hull").start()
    group.leeds.wait(lambda: group.leeds.status()["roster_version"] == 5, what="the roster")
    submit(group.leeds, "b-1")
    hull.wait_sequence("leeds", 4)
    assert references(hull.records("leeds")) == ["b-1"]
    group.york.wait_sequence("leeds", 4)
    assert references(group.york.records("leeds")) == ["a-1", "a-2", "b-1"]


def test_a_replaced_key(group):
    submit(group.leeds, "a-1", "a-2")
    group.york.wait_sequence("leeds", 3)
    group.leeds.stop()
    old_key = group.leeds.key.read_text()
    group.leeds.key.unlink()
    group.request(group.leeds).unlink()
    group.make_keys(group.leeds)
    refused = group.admit("leeds", expect=3)
    assert "--replace" in refused.err
    group.admit("leeds", "--replace")
    group.adopt()
    # The old key gets in nowhere any more.
    new_key = group.leeds.key.read_text()
    group.leeds.key.write_text(old_key)
    group.leeds.start()
    group.leeds.wait_peer("spg", "refused")
    group.leeds.stop()
    group.leeds.key.write_text(new_key)
    (group.leeds.folder / f"{group.name}.roster").write_bytes(group.roster.read_bytes())
    group.leeds.start()
    group.leeds.wait_peer("spg")
    group.leeds.wait(lambda: group.leeds.logs("leeds")[0]["state"] == "ended", what="the closing")
    group.leeds.wait_proven()
    # The next generation counts on from where the hub closed the old key's.
    reply = group.leeds.submit("b-1", wire.framework("b-1", "b"))
    assert reply["first_sequence"] == 3
    for member in group.members.values():
        member.wait_sequence("leeds", 4)
        lines = member.records("leeds")
        assert [line["sequence"] for line in lines] == [1, 2, 3]
        assert references(lines) == ["a-1", "a-2", "b-1"]
        assert member.status()["evidence"] == 0


def test_three_ways_to_adopt(group):
    group.make("hull")
    group.admit("hull")
    assert group.adopt(group.hub) == {"roster_version": 4, "adopted": 1}
    for member in group.members.values():
        if member.running:
            member.wait(lambda: member.status()["roster_version"] == 4, what="it by session")
            saved = member.folder / f"{group.name}.roster"
            member.wait(lambda: saved.read_bytes() == group.roster.read_bytes(), what="the file")
    assert group.adopt(group.hub)["adopted"] == 0, "again is nothing new"
    group.make("derby")
    group.admit("derby")
    (group.york.folder / f"{group.name}.roster").write_bytes(group.roster.read_bytes())
    group.york.reload()
    for member in (group.york, group.hub, group.leeds):
        member.wait(lambda: member.status()["roster_version"] == 5, what="it by file and signal")


def test_a_threshold_of_signers(tmp_path):
    """Two of three keys must sign; one signature is not yet a version."""
    for name, *options in (("spg", "--role", "hub"), ("leeds",)):
        tocsin("key", "new", "--member", name, "--name", name, *options, "--dir", tmp_path / name)
    authority = tmp_path / "authority"
    tocsin("group", "new", "pair", "--hub", tmp_path / "spg" / "spg.request", "--dir", authority,
           "--signers", "2/3")
    keys = sorted(authority.glob("*.key"))
    assert len(keys) == 3
    away = tmp_path / "away"
    away.mkdir()
    for key in keys[1:]:
        key.rename(away / key.name)
    waiting = tocsin("--json", "group", "admit", tmp_path / "leeds" / "leeds.request", "--dir",
                     authority).json
    assert not waiting["complete"] and waiting["signatures"] == 1
    shown = tocsin("--json", "group", "show", "--dir", authority).json
    assert [one["member"] for one in shown["members"]] == ["spg"]
    tocsin("group", "sign", "--key", keys[0], "--dir", authority, expect=1)
    done = tocsin("--json", "group", "sign", "--key", away / keys[2].name, "--dir", authority).json
    assert done["complete"]
    shown = tocsin("--json", "group", "show", "--dir", authority).json
    assert [one["member"] for one in shown["members"]] == ["leeds", "spg"]
