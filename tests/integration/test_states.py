"""What `status` calls a peer: each condition has a word of its own, within ten seconds of it."""

import datetime
import time

import pytest
import zmq

import wire
from harness import address, references, tocsin

SOON = 10  # promised; the way back to `connected` is not, and has the harness's patience


def in_seconds(seconds):
    when = datetime.datetime.now(datetime.timezone.utc) + datetime.timedelta(seconds=seconds)
    return when.strftime("%Y-%m-%dT%H:%M:%SZ")


def dial(member, name, endpoint):
    """Puts another address into the configuration."""
    lines = member.conf.read_text()
    start = lines.index(f"peer {name}")
    member.conf.write_text(lines[:start] + f'peer {name} {{ session = "{endpoint}" }}\n')


def test_a_key_the_hub_does_not_know_is_refused(group):
    """hull has a roster in which it is, and the hub has not heard of that one."""
    group.join("hull", adopt=False).start()
    group.hull.wait_peer("spg", "refused", SOON)
    assert group.hub.status()["roster_version"] == 3, "who is refused cannot bring a roster"
    assert "refused" in group.hull.run("status").out
    group.hub.wait_log("peer.denied")
    group.adopt()
    group.hull.wait_peer("spg", "connected")


def test_a_server_with_another_key(group):
    context = zmq.Context()
    server = context.socket(zmq.ROUTER)
    server.curve_server = True
    server.curve_publickey, server.curve_secretkey = zmq.curve_keypair()
    endpoint = f"tcp://{address()}:7101"
    server.bind(endpoint)
    try:
        dial(group.leeds, "spg", endpoint)
        group.leeds.reload()
        group.leeds.wait_peer("spg", "wrong_server_key", SOON)
        dial(group.leeds, "spg", group.hub.session)
        group.leeds.reload()
        group.leeds.wait_peer("spg", "connected")
    finally:
        context.destroy(linger=0)


def test_an_address_where_nobody_is(group):
    dial(group.leeds, "spg", f"tcp://{address()}:7101")
    group.leeds.reload()
    group.leeds.wait_peer("spg", "unreachable", SOON)
    group.hub.stop()
    group.york.wait_peer("spg", "unreachable", SOON)


def test_a_peer_that_stands_still_is_lagging(group):
    group.leeds.submit("a", wire.framework("a", "a"))
    group.york.wait_sequence("leeds", 2)
    group.hub.pause()
    try:
        group.leeds.wait_peer("spg", "lagging", 3 + SOON)
        group.york.wait_peer("spg", "lagging", 3 + SOON)
    finally:
        group.hub.resume()
    group.leeds.wait_peer("spg", "connected")
    group.leeds.pause()
    try:
        group.hub.wait_peer("leeds", "lagging", 3 + SOON)
        group.hub.wait_peer("york", "connected")
    finally:
        group.leeds.resume()
    group.hub.wait_peer("leeds", "connected")


def without_grace(fields):
    return [item for item in fields if item[0] != 7]


def expire(group, seconds, grace):
    """The group adopts a roster that is over in so many seconds; it may be over on the way."""
    renew(group, in_seconds(seconds))
    if not grace:
        roster = wire.RosterFile(group.roster)
        roster.sign(group.signer_key, without_grace)
        roster.save()
    group.adopt()


def renew(group, expires=None):
    tocsin("group", "renew", "--dir", group.authority,
           *(["--expires", expires] if expires else ["--days", "365"]))


def test_an_expired_group_comes_back_with_a_renewal_at_the_hub_alone(groups):
    group = groups().start()
    group.leeds.submit("a", wire.framework("a", "a"))
    group.york.wait_sequence("leeds", 2)
    expire(group, 2, grace=False)
    for member, peer in ((group.leeds, "spg"), (group.york, "spg"), (group.hub, "leeds")):
        member.wait_peer(peer, "roster_expired", 2 + SOON)
        assert member.status()["roster_state"] == "expired"
    said = group.leeds.call("submit", [wire.framework("b", "b")], stream="framework", id="b")
    assert not said["ok"] and said["result"] == "denied"
    # Also for one that comes back only now.
    group.york.restart()
    group.york.wait_peer("spg", "roster_expired", SOON)
    renew(group)
    group.adopt()
    for member in (group.leeds, group.york):
        member.wait_peer("spg", "connected")
        assert member.status()["roster_state"] == "valid"
    group.leeds.submit("b", wire.framework("b", "b"))
    group.york.wait_sequence("leeds", 3)
    assert references(group.york.records("leeds")) == ["a", "b"]


def test_in_the_grace_only_corrections_are_signed(groups):
    group = groups().start()
    leeds = group.leeds
    leeds.publish_one("A-1")
    leeds.publish_one("A-2")
    group.york.wait_sequence("leeds", 3)
    expire(group, 2, grace=True)
    leeds.wait(lambda: leeds.status()["roster_state"] == "in_grace", 2 + SOON, "the grace")
    assert leeds.status()["warnings"], "somebody must be told"
    leeds.run("framework", "add", "--reference", "A-3", "--title", "late", "--kind", "dps")
    assert leeds.run("publish", expect=3).err.count("\n") == 1
    leeds.call("unstage", stream="framework", key="A-3")
    leeds.run("framework", "withdraw", "A-1")
    assert leeds.json("publish")["published"] == 1
    group.york.wait_sequence("leeds", 4)
    assert [one["reference"] for one in group.york.json("framework", "list")["frameworks"]] == \
        ["A-2"]
    leeds.wait_peer("spg")


@pytest.mark.parametrize("days", [50, 20, 5])
def test_a_roster_that_ends_soon_is_warned_of(groups, days):
    group = groups(councils=(), expires=in_seconds(days * 24 * 3600)).start()
    status = group.hub.status()
    assert status["roster_state"] == "expires_soon" and status["warnings"], status


def test_time_is_counted_from_the_condition(group):
    """A state does not come and go while nothing happens: four heartbeats later it is the same. (Of a
    machine that stood still for three heartbeats that cannot be said; it is looked at again then.)"""

    def four_heartbeats_later():
        since = {peer["member"]: peer["since"] for peer in group.hub.status()["peers"]}
        end = time.monotonic() + 4
        group.hub.wait(lambda: time.monotonic() > end)
        return {peer["member"]: peer["since"] for peer in group.hub.status()["peers"]} == since

    group.hub.wait(four_heartbeats_later, what="four heartbeats without a change")
    group.leeds.wait_peer("spg")
