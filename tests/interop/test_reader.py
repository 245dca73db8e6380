"""A reader in Python among real daemons: as a body it reads what a council reads, as an observer
frameworks and not a word of anything else. What is not right is refused: test_refusals.py.
"""

import json

import session
from joining import Probe, listed, run_reader, sorted_lines, watched
from test_flags import PUBLIC, SHARED, alerts
from test_tokens import publish, wait_tokens


def busy(groups):
    """A hub and two councils with frameworks, exposures and an alert; a body and an observer that
    are this reader. All that is published is at the hub."""
    group = groups()
    body, observer = Probe(group, "probe", "body"), Probe(group, "watcher", "observer")
    group.start()
    for council in (group.leeds, group.york):
        publish(council, SHARED)
        wait_tokens(council, ready=3)
    group.leeds.publish_one("L-1")
    group.leeds.publish_one("L-2")
    group.leeds.publish_one("L-1", title="L-1 again")
    group.york.publish_one("Y-1")
    group.leeds.json("flag", "raise", "01234567", *PUBLIC, "--text", "hearing in December")
    group.york.wait(lambda: alerts(group.york), what="the alert")
    group.york.wait_sequence("leeds", 4)
    group.york.wait_sequence("leeds", 3, stream="exposure")
    return group, body, observer


def test_a_body_reads_what_a_council_reads(groups):
    group, probe, _ = busy(groups)
    streams = ("alert", "exposure", "framework")
    expected = watched(group.york, *streams)
    assert {line["stream"] for line in expected} == set(streams) and len(expected) == 2 * 2 + 4 + 1
    with probe.link() as link:
        one = link.reader
        link.until(lambda: len(one.lines) >= len(expected))
        assert sorted_lines(one.lines) == expected
        # What comes later comes too, by the feed or the session, once.
        group.york.publish_one("Y-2")
        link.until(lambda: len(one.lines) > len(expected))
        assert one.lines[-1]["record"]["reference"] == "Y-2"
        standing = [{**line, "time": None} for line in one.view("framework")]
        assert sorted_lines(standing) == listed(group.york)
        titles = {line["record"]["title"] for line in one.view("framework")}
        assert titles == {"L-1 again", "L-2", "Y-1", "Y-2"}, "what was replaced stands no more"

        def told():
            """The publisher knows that this reader has applied all of its log."""
            link.step(0.05)
            [log] = group.leeds.logs("leeds")
            return {"member": "probe", "sequence": 3} in log["applied"]

        group.leeds.wait(told, what="the reader's receipt")
        # The feed is a hint: it may miss what was sent before it was there, not all that follows.
        for number in range(200):
            if not link.from_feed:
                group.york.publish_one(f"Y-{number + 3}")
                link.until(lambda: one.lines[-1]["record"]["title"] == f"Y-{number + 3}")
        assert link.from_feed > 0 and one.refused == []
        # The confidential streams are not even named to a body that has no part in them.
        assert {stream for _, stream in one.named} == set(streams)
    assert group.hub.status()["evidence"] == 0


def test_an_observer_hears_of_frameworks_alone(groups):
    group, _, watcher = busy(groups)
    expected = watched(group.york, "framework")
    frames = []
    with watcher.link(feed=False, heard=frames) as link:
        link.until(lambda: len(link.reader.lines) >= len(expected) and link.reader.listed)
        assert sorted_lines(link.reader.lines) == expected and link.reader.refused == []
        # Asked by name for what it was never told of, the hub says nothing at all.
        for stream in ("exposure", "alert", "distress"):
            link.send([session.write("want", publisher="leeds", stream=stream, generation=1,
                                     from_sequence=1, credit=1000)])
        group.york.publish_one("Y-2")
        link.until(lambda: link.reader.lines[-1]["record"].get("reference") == "Y-2")
        assert {stream for _, stream in link.reader.named} == {"framework"}
    kinds = [session.read(frame) for frame in frames]
    assert {body.stream for kind, body in kinds if kind == "give"} == {"framework"}
    assert not [body for kind, body in kinds if kind == "refusal"]
    # No other stream's name is anywhere in what the hub sent, but for the roster's rules.
    rest = b"".join(frame for frame, (kind, _) in zip(frames, kinds) if kind != "rosters")
    for stream in (b"exposure", b"alert", b"distress", b"token"):
        assert stream not in rest


def test_an_observer_gets_no_feed(groups):
    group, _, watcher = busy(groups)
    with watcher.link() as link:
        link.until(lambda: link.reader.listed)
        group.york.publish_one("Y-2")
        link.until(lambda: "Y-2" in [line["record"]["title"] for line in link.reader.lines])
        assert link.from_feed == 0


def test_the_command(groups):
    group, probe, _ = busy(groups)
    expected = watched(group.york, "alert", "exposure", "framework")
    hub = group.hub
    done = run_reader("read", probe.folder, "--member", "probe", "--roster", group.roster, "--hub",
                      f"spg={hub.address}:7101,{hub.address}:7102", "--count", len(expected))
    assert sorted_lines(map(json.loads, done.stdout.splitlines())) == expected and done.stderr == ""
