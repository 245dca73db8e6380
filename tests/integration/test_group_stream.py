"""What the signers set of a stream: who reads flags, how long records are kept, what newcomers
read."""

from harness import tocsin
from test_flags import PUBLIC, SHARED
from test_tokens import publish, wait_tokens


def stream(document, name):
    return next(one for one in document["streams"] if one["stream"] == name)


def test_flags_to_everybody_from_the_founding_on(groups):
    group = groups(distress="group").start()
    for member in (group.leeds, group.york):
        publish(member, SHARED)
        wait_tokens(member, ready=3, waiting=0, lacking=0)
    assert stream(group.york.json("group", "show"), "distress")["audience"] == "group"
    assert "everybody sees who raised them" in group.york.run("group", "show").out

    group.leeds.run("flag", "raise", "01234567", *PUBLIC)
    group.york.wait(lambda: [one["name"] for one in group.york.json("region", "alerts")["alerts"]]
                    == [SHARED[0][0]], what="the flag is read at york")


def test_how_long_and_what_newcomers_read(groups):
    group = groups().start()
    where = ("--dir", group.authority)
    assert "go to the hub" in group.york.run("group", "show").out
    for words, status in (
            (("framework",), 2),
            (("framework", "--history", "some"), 2),
            (("framework", "--retention", "36526"), 2),
            (("framework", "--retention", "-1"), 2),
            (("nothing", "--retention", "5"), 1)):
        tocsin("group", "stream", *words, *where, expect=status)
    assert stream(group.york.json("group", "show"), "framework")["retention_days"] == 0

    tocsin("group", "stream", "framework", "--retention", "730", "--history", "from_admission",
           *where)
    group.hub.run("group", "adopt", group.roster)
    group.york.wait(lambda: group.york.json("status")["roster_version"] == 4, what="the roster")
    shown = tocsin("--json", "group", "show", *where).json
    assert stream(shown, "framework") | {"retention_days": 730, "history": "from_admission"} == \
        stream(shown, "framework")
    text = tocsin("group", "show", *where).out
    assert [line.split()[-4:] for line in text.splitlines() if line.startswith("framework")] == \
        [["730", "days", "from", "admission"]]
