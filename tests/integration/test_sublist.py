"""A sub-group's own stream: read by those on its list, carried by a hub that cannot open it."""

import sqlite3

import pytest

from harness import tocsin

STREAM = "framework.highways"
TITLE = "Resurfacing of Quarry Lane"


@pytest.fixture
def region(groups):
    """leeds and york are on the list `highways`; hull and the hub are not."""
    group = groups(councils=("leeds", "york", "hull")).start()
    change_list(group, "leeds", "york")
    return group


def make_list(group, *members, expect=0):
    return tocsin("group", "list", "highways", *members, "--dir", group.authority, expect=expect)


def change_list(group, *members):
    make_list(group, *members)
    version = group.adopt()["roster_version"]
    for member in group.members.values():
        member.wait(lambda: member.status()["roster_version"] == version, what="the roster")


def publish(member, *references):
    for reference in references:
        member.run("framework", "add", "--reference", reference, "--title", f"{TITLE} {reference}",
                   "--kind", "framework", "--list", "highways")
    return member.json("publish")


def listed(member):
    return [(one["stream"], one["publisher"], one["reference"])
            for one in member.json("framework", "list")["frameworks"]]


def files(member):
    return [path.read_bytes() for path in member.store.rglob("*") if path.is_file()]


def keys(member):
    """Of the sub-group's logs, as far as the member holds them."""
    with sqlite3.connect(member.store / "group.db") as store:
        return store.execute("SELECT key FROM epoch JOIN log ON log.id = epoch.log "
                             "WHERE stream = ?", (STREAM,)).fetchall()


def test_the_relay_holds_no_byte_that_opens(region):
    leeds, york, hull, hub = (region.members[name] for name in ("leeds", "york", "hull", "spg"))
    leeds.run("framework", "add", "--reference", "F-0", "--title", "For all", "--kind", "framework")
    publish(leeds, "F-1", "F-2")
    york.wait_sequence("leeds", 3, stream=STREAM)
    for reader in (york, hull, hub):
        reader.wait_sequence("leeds", 2)
    [carried] = hub.logs("leeds", STREAM)
    assert carried["next_sequence"] == 3, "the hub carries it"
    assert listed(york) == [("framework", "leeds", "F-0"), (STREAM, "leeds", "F-1"),
                            (STREAM, "leeds", "F-2")]
    assert "highways" in york.run("framework", "list").out
    assert york.json("framework", "show", "leeds/highways/2")["reference"] == "F-2"
    for other in (hull, hub):
        assert listed(other) == [("framework", "leeds", "F-0")]
    assert hull.logs(stream=STREAM) == [], "it is not even named to who is not on the list"
    for member in region.members.values():
        member.stop()
    [(key,)] = keys(leeds)
    assert key is not None and keys(york) == [(key,)]
    assert keys(hub) == [(None,)] and keys(hull) == []
    assert any(key in data for data in files(york)), "the test can see"
    assert not any(TITLE.encode() in data for data in files(york)), "and it stays sealed there"
    for relay in (hub, hull):
        for data in files(relay):
            assert key not in data and TITLE.encode() not in data
    with sqlite3.connect(hub.store / "group.db") as store:
        wraps = store.execute("SELECT member FROM wrap JOIN log ON log.id = wrap.log "
                              "WHERE stream = ? ORDER BY member", (STREAM,)).fetchall()
    assert wraps == [("leeds",), ("york",)], "and no key is sealed to the hub"


def test_who_comes_onto_the_list_reads_what_went_before(region):
    leeds, hull, hub = region.leeds, region.hull, region.hub
    publish(leeds, "F-1")
    hub.wait(lambda: hub.next_sequence("leeds", STREAM) == 2, what="the sealed log")
    change_list(region, "leeds", "york", "hull")
    hull.wait_sequence("leeds", 2, stream=STREAM)
    assert listed(hull) == [(STREAM, "leeds", "F-1")]
    # A hub has carried the log all along, and goes back to what it could not read.
    change_list(region, "leeds", "spg")
    publish(leeds, "F-2")
    hub.wait(lambda: len(listed(hub)) == 2, what="both records")
    assert [one["sequence"] for one in hub.records("leeds", STREAM)] == [1, 2], "each once"
    # And whoever is off it reads nothing new, keeping what it has.
    assert listed(hull) == [(STREAM, "leeds", "F-1")]
    change_list(region, "leeds", "york", "spg")
    publish(leeds, "F-3")
    hub.wait(lambda: len(listed(hub)) == 3, what="the third record")
    region.york.wait_sequence("leeds", 4, stream=STREAM)
    assert [one["sequence"] for one in hub.records("leeds", STREAM)] == [1, 2, 3]


def test_withdrawing_and_ending(region):
    leeds, york = region.leeds, region.york
    publish(leeds, "F-1")
    york.wait_sequence("leeds", 2, stream=STREAM)
    leeds.run("framework", "withdraw", "F-1")
    preview = leeds.json("preview")
    assert [(one["stream"], one["action"]) for one in preview["records"]] == [(STREAM, "withdraw")]
    assert preview["recipients"] == [{"stream": STREAM, "members": ["york"]}]
    leeds.run("publish")
    york.wait(lambda: listed(york) == [], what="the withdrawal")
    change_list(region)
    refused = leeds.run("framework", "add", "--reference", "F-2", "--title", TITLE, "--kind",
                        "framework", "--list", "highways", expect=3)
    assert STREAM in refused.err


def test_importing_for_a_sub_group(region, tmp_path):
    register = tmp_path / "register.csv"
    register.write_text("ContractReference,ContractTitle,ContractType,SupplierName\n"
                        "L-1,Gritting,Framework agreement,Aire Surfacing Limited\n")
    report = region.leeds.json("import", "contracts", register, "--list", "highways")
    assert report["stream"] == STREAM and report["staged"] == 1
    preview = region.leeds.json("preview")
    assert {one["stream"] for one in preview["records"]} == {STREAM}
    assert preview["recipients"] == [{"stream": STREAM, "members": ["york"]}]
    region.leeds.run("import", "contracts", "-", "--list", "No List", expect=2)


def test_the_signers_desk_refuses(groups):
    group = groups(councils=("leeds",))
    make_list(group, expect=1)  # there is nothing to end
    make_list(group, "atlantis", expect=1)
    make_list(group, "leeds", "leeds", expect=2)
    tocsin("group", "list", "High Ways", "leeds", "--dir", group.authority, expect=2)
    tocsin("group", "list", "x", "leeds", "--stream", "risk", "--dir", group.authority, expect=2)
    before = group.roster.read_bytes()
    make_list(group, "leeds")
    make_list(group, "leeds", expect=1)  # it is so already
    shown = tocsin("--json", "group", "show", group.roster).json
    assert shown["lists"] == [{"list": "highways", "members": ["leeds"]}]
    assert shown["streams"][-1]["audience"] == "highways" and shown["version"] == 3
    assert "highways" in tocsin("group", "show", group.roster).out
    make_list(group)
    assert tocsin("--json", "group", "show", group.roster).json["lists"] == []
    assert group.roster.read_bytes().startswith(before)
