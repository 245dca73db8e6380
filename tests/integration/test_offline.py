"""Members that are away: everything arrives all the same, once and in order."""

import wire
from harness import references


def submit_many(member, prefix, count, start=0):
    names = [f"{prefix}-{number:04}" for number in range(start, start + count)]
    for name in names:
        member.submit(name, wire.framework(name, f"Framework {name}"))
    return names


def check_same(members, publisher, names):
    """Every one of them applied exactly these, in this order."""
    for member in members:
        member.wait_sequence(publisher, len(names) + 1)
        lines = member.records(publisher)
        assert [line["sequence"] for line in lines] == list(range(1, len(names) + 1))
        assert references(lines) == names


def test_a_reader_that_was_stopped_half_way_catches_up(group):
    names = submit_many(group.leeds, "a", 40)
    group.york.wait_sequence("leeds", 41)
    group.york.stop()
    names += submit_many(group.leeds, "b", 300)
    group.york.start()
    names += submit_many(group.leeds, "c", 40)
    check_same(group.members.values(), "leeds", names)


def test_a_publisher_signs_while_its_hub_is_away(group):
    names = submit_many(group.leeds, "a", 5)
    group.york.wait_sequence("leeds", 6)
    group.hub.stop()
    names += submit_many(group.leeds, "b", 50)
    assert group.leeds.next_sequence("leeds") == 56, "it was proven, so it goes on signing"
    assert group.york.next_sequence("leeds") == 6, "nothing else joins the two"
    group.hub.start()
    check_same(group.members.values(), "leeds", names)


def test_unproven_submissions_are_stored_and_signed_later(group):
    names = submit_many(group.leeds, "a", 5)
    group.york.wait_sequence("leeds", 6)
    group.hub.stop()
    group.leeds.restart()
    published = group.leeds.publish_one("b-0")
    assert published["state"] == "unproven" and published["records"][0]["sequence"] is None
    names.append("b-0")
    # What was published before may be changed by what comes next, so the next one stays a draft.
    group.leeds.run("framework", "add", "--reference", "b-9", "--title", "b-9", "--kind", "dps")
    said = group.leeds.run("publish", expect=4)
    assert said.err.count("\n") == 1 and group.leeds.status()["drafts"] == 1
    for name in ("b-1", "b-2", "b-3"):
        reply = group.leeds.submit(name, wire.framework(name, name))
        assert reply["state"] == "unproven" and reply["first_sequence"] is None
        names.append(name)
    status = group.leeds.status()
    assert status["waiting"] == 4 and status["logs"][0]["next_sequence"] == 6
    assert status["logs"][0]["state"] == "unproven"
    group.leeds.kill()
    group.leeds.start()
    assert group.leeds.status()["waiting"] == 4, "an acknowledged submission survives kill -9"
    again = group.leeds.submit("b-1", wire.framework("b-1", "b-1"))
    assert again["repeated"] and group.leeds.status()["waiting"] == 4
    group.hub.start()
    check_same(group.members.values(), "leeds", names)
    assert group.leeds.status()["waiting"] == 0
    late = group.leeds.submit("b-1", wire.framework("b-1", "b-1"))
    assert late["repeated"] and late["state"] == "stored" and late["first_sequence"] == 7
    assert group.leeds.json("publish")["published"] == 1
    check_same(group.members.values(), "leeds", names + ["b-9"])


def test_the_hub_gives_what_it_holds_of_a_publisher_that_is_gone(groups):
    group = groups(feed=False)
    group.start("spg", "leeds")
    names = submit_many(group.leeds, "a", 100)
    group.hub.wait_sequence("leeds", 101)
    group.leeds.stop()
    group.york.start()
    check_same([group.hub, group.york], "leeds", names)
    assert group.york.status()["counters"]["feed_heard"] == 0


def test_the_feed_is_heard_again_after_its_hub_was_away(group):
    """A subscriber says its subscriptions again only while its owner looks after it."""
    names = []

    def one_more_is_heard(heard):
        names.extend(submit_many(group.leeds, "a", 1, len(names)))
        group.york.wait_sequence("leeds", len(names) + 1)
        return group.york.status()["counters"]["feed_heard"] > heard

    # Each time it may come up after the session.
    group.york.wait(lambda: one_more_is_heard(0), what="the feed")
    heard = group.york.status()["counters"]["feed_heard"]
    group.hub.restart()
    group.york.wait(lambda: one_more_is_heard(heard), what="the feed again")
    check_same(group.members.values(), "leeds", names)


def test_one_outbound_port_is_enough(groups):
    group = groups(feed=False).start()
    names = submit_many(group.leeds, "a", 30)
    submit_many(group.york, "y", 30)
    check_same(group.members.values(), "leeds", names)
    group.leeds.wait_sequence("york", 31)


def test_councils_that_reach_each_other_need_no_hub_for_it(groups):
    group = groups()
    group.york.conf.unlink()
    group.init(group.york, listen=True)
    group.leeds.conf.write_text(group.leeds.conf.read_text() +
                                f'peer york {{ session = "{group.york.session}" }}\n')
    group.start()
    group.leeds.wait_peer("york")
    names = submit_many(group.leeds, "a", 3)
    group.york.wait_sequence("leeds", 4)
    group.hub.stop()
    names += submit_many(group.leeds, "b", 20)
    check_same([group.leeds, group.york], "leeds", names)
    group.hub.start()
    check_same([group.hub], "leeds", names)


def test_with_two_hubs_both_must_prove(groups):
    group = groups(councils=("leeds",))
    second = group.make("spare", "--role", "hub")
    group.admit("spare")
    for member in group.members.values():
        member.conf.unlink(missing_ok=True)
        (member.folder / f"{group.name}.roster").unlink(missing_ok=True)
        group.init(member, listen=member is not group.leeds)
    group.leeds.conf.write_text(group.leeds.conf.read_text() +
                                f'peer spare {{ session = "{second.session}" }}\n')
    group.start("spg", "leeds", proven=False)
    reply = group.leeds.submit("a", wire.framework("a", "a"))
    assert reply["state"] == "unproven", "one hub of two says nothing of what the other holds"
    second.start()
    group.leeds.wait_peer("spare")
    check_same(group.members.values(), "leeds", ["a"])
