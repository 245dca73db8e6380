"""What cannot be opened: by a relay outside the audience, by a member that is not entitled, and by
anybody once retention has destroyed the keys, with every key file still there."""

import os

import pytest

import wire
from harness import references
from raw import Raw, server_key

MARKER = "Quinquereme of Nineveh"
DAYS = 24 * 3600
# The preloaded clock comes before the sanitizer's own library, which it would otherwise refuse.
SHIFTED = {
    "LD_PRELOAD": os.environ.get("SHIFT_CLOCK", "build/tests/integration/shift_clock.so"),
    "SHIFT_CLOCK_S": str(2 * DAYS),
    "ASAN_OPTIONS": "verify_asan_link_order=0",
}


def with_roster(groups, councils, *changes):
    """A group whose roster has rules that `group new` has no words for."""
    group = groups(councils=councils)
    roster = wire.RosterFile(group.roster)
    for change in changes:
        roster.sign(group.signer_key, change)
    roster.save()
    for member in group.members.values():
        roster.save(member.folder / f"{group.name}.roster")
    return group.start()


def submit(member, *names):
    for name in names:
        member.submit(name, wire.framework(name, f"{MARKER} {name}"))


def files_hold(member, secret):
    """The files of a member's store (its key file is not one) in which the bytes occur."""
    return [path.name for path in member.store.iterdir()
            if path.is_file() and secret in path.read_bytes()]


def epoch_keys(member):
    return [bytes(key) for (key,) in member.rows("SELECT key FROM epoch WHERE key IS NOT NULL")
            if any(key)]


@pytest.fixture
def inner(groups):
    """`framework` goes to leeds and york alone; the hub relays what it cannot open."""
    return with_roster(groups, ("leeds", "york", "hull"),
                       wire.member_list("inner", ["leeds", "york"]),
                       wire.stream_rule("framework", audience=6, list="inner"))


def test_a_relay_outside_the_audience_holds_no_byte_that_opens(inner):
    names = [f"a-{number}" for number in range(20)]
    inner.york.stop()
    submit(inner.leeds, *names)
    inner.hub.wait(lambda: inner.hub.next_sequence("leeds") == 21, 60, "the log")
    inner.york.start()
    inner.york.wait_sequence("leeds", 21)
    assert references(inner.york.records("leeds")) == names, "york had it from the hub"
    assert inner.hub.records() == [] and inner.hub.json("framework", "list")["frameworks"] == []
    assert inner.hull.logs() == [], "a log is not even named outside its audience"
    inner.finish()
    keys = epoch_keys(inner.leeds)
    for reader in (inner.leeds, inner.york):
        assert keys and files_hold(reader, keys[0])
        assert not files_hold(reader, MARKER.encode()), "what is opened is not written down"
    for outsider in (inner.hub, inner.hull):
        assert not epoch_keys(outsider)
        for secret in (MARKER.encode(), *keys):
            assert not files_hold(outsider, secret), f"{outsider.name} holds what opens"
    assert inner.hub.rows("SELECT count(*) FROM batch") == [(20,)]
    assert {name for (name,) in inner.hub.rows("SELECT DISTINCT member FROM wrap")} == \
        {"leeds", "york"}


def test_a_log_is_not_offered_given_or_named_outside_its_audience(inner):
    """hull asks for it by hand. What it may see comes after what it may not, so that silence about
    the first is an answer."""
    submit(inner.leeds, "a-1")
    inner.hub.wait(lambda: inner.hub.next_sequence("leeds") == 2, 60, "the log")
    inner.hull.stop()
    roster = wire.RosterFile(inner.roster)
    with Raw(inner.hub.session, server_key(roster, "spg"), wire.MemberKey(inner.hull.key)) as hull:
        hull.greet(roster, "hull")
        heads = []
        while True:
            listing = hull.await_kind(wire.HAVE)
            heads += [value for number, value in listing if number == 1]
            if wire.field(listing, 2):
                break
        assert heads == []
        for start in (1, 2, 1000):
            hull.send(wire.want("leeds", "framework", start))
        # The answer to a second hello comes after whatever the Wants brought.
        hull.send(wire.hello(roster.group, "hull", roster.version, roster.head))
        seen = []
        while not seen or seen[-1] != wire.HELLO:
            kind, fields = hull.receive(60) or (None, None)
            assert kind is not None, "no answer to hello"
            seen.append(kind)
            if kind == wire.STATEMENTS:
                assert not any(b"leeds" in value for _, value in fields)
        assert wire.GIVE not in seen, seen


def test_after_retention_nothing_opens_with_every_key_file_there(groups):
    group = with_roster(groups, ("leeds", "york"),
                        wire.stream_rule("framework", retention_days=1))
    # Enough for rows to be moved between pages, some corrected, and some still waiting for the hub.
    group.hub.stop()
    group.leeds.restart()
    submit(group.leeds, *(f"b-{number}" for number in range(150)))
    group.hub.start()
    group.leeds.wait_proven()
    submit(group.leeds, *(f"a-{number}" for number in range(150)))
    group.leeds.run("framework", "add", "--reference", "a-1", "--title", f"{MARKER} again",
                    "--kind", "dps")
    group.leeds.run("publish")
    members = list(group.members.values())
    for member in members:  # all of them before any stops: who stops gives nothing to the rest
        member.wait_sequence("leeds", 302)
    for member in members:
        assert len(member.json("framework", "list")["frameworks"]) == 300
        member.stop()
    [key] = {key for member in members for key in epoch_keys(member)}
    wraps = [bytes(wrap) for (wrap,) in group.leeds.rows("SELECT bytes FROM wrap")]
    assert len(wraps) == 3
    for member in members:
        assert files_hold(member, key)
        assert files_hold(member, wraps[0][-40:]) or member is group.york
        # Opened it was only ever written where it waited unsigned, or as a draft.
        assert member is group.leeds or not files_hold(member, MARKER.encode())
    # The reader alone first: its peers would give it the wraps again.
    group.hub.start()
    group.york.start(env=SHIFTED)
    group.york.wait_peer("spg")
    check_gone(group, [group.york], key, wraps)
    group.hub.stop()
    for member in members:
        member.start(env=SHIFTED)
    group.leeds.wait_peer("spg")
    check_gone(group, members, key, wraps)


def check_gone(group, members, key, wraps):
    for member in members:
        member.wait(lambda: member.records() == [], 60, "the end of the records")
        assert member.json("framework", "list")["frameworks"] == []
        [log] = member.logs("leeds")
        assert log["next_sequence"] == 302 and log["state"] == "open"
        assert member.run("verify").status == 0, "the chain still verifies"
        member.kill()  # so that nothing is tidied up that was not tidied up before
        for secret in (key, MARKER.encode(), *(wrap[-40:] for wrap in wraps)):
            held = files_hold(member, secret)
            assert not held, f"{member.name} still holds {secret[:24]!r} in {held}"
        assert member.key.exists() and epoch_keys(member) == []
        assert member.rows("SELECT count(*) FROM wrap") == [(0,)]
