"""Warnings: a flag of one council reaches, through the hub, those that have the supplier, and tells
the others nothing but that an alert went by."""

import json

import pytest

from test_tokens import publish, wait_tokens

SHARED = [("Aire Surfacing Limited", "01234567"), ("Calder Works Ltd", "")]
OTHER = [("Ouse Paving Ltd", "07654321")]
PUBLIC = ("--event", "F13", "--source", "public_register")


def alerts(member):
    return member.json("region", "alerts")["alerts"]


def wait_status(member, status):
    member.wait(lambda: [one["status"] for one in alerts(member)] == [status],
                what=f"an alert that is {status}")
    return alerts(member)[0]


@pytest.fixture(params=["hub", "group"])
def distress(request):
    """Who reads flags: the hub, which makes alerts of them, or every member."""
    return request.param


def test_raised_seen_cleared_and_withdrawn(groups, distress):
    group = groups(("leeds", "york", "hull"), distress=distress).start()
    for member in (group.leeds, group.york):
        publish(member, SHARED)
    publish(group.hull, OTHER)
    for member, inputs in ((group.leeds, 3), (group.york, 3), (group.hull, 2)):
        wait_tokens(member, ready=inputs, waiting=0, lacking=0)

    flag = group.leeds.json("flag", "raise", "01234567", *PUBLIC, "--text", "hearing in December",
                            "--reference", "CR-1", "--date", "2026-12-03")
    assert set(flag) >= {"flag", "state", "sequence", "other_users"}
    seen = wait_status(group.york, "raised")
    assert (seen["event"], seen["severity"]) == ("F13", 4)
    assert seen["name"] == "Aire Surfacing Limited" and not seen["named"]
    assert seen["details"] == [{"text": "hearing in December", "reference": "CR-1",
                                "event_date": "2026-12-03"}]
    check_who_sees_whom(group, seen)
    shown = group.york.run("region", "alerts").out
    assert "a reporter says: hearing in December" in shown and "no exclusion decision" in shown

    group.leeds.run("flag", "clear", flag["flag"][:8])
    wait_status(group.york, "cleared")
    group.leeds.run("flag", "withdraw", flag["flag"], "--reason", "another company")
    if distress == "hub":
        wait_status(group.york, "withdrawn")
    else:  # no hub says what became of it: it is there no more
        group.york.wait(lambda: alerts(group.york) == [], what="the end of the flag")
    assert [one["state"] for one in group.leeds.json("flag", "list")["flags"]] == ["withdrawn"]
    for member in group.members.values():
        assert "surfacing" not in member.log().lower()


def check_who_sees_whom(group, seen):
    """Who raised it is for the hub alone, or for everybody; what it is about is for neither the hub nor
    a council without the supplier."""
    stream, publisher = ("alert", "spg") if group.distress == "hub" else ("distress", "leeds")
    at_hub = alerts(group.hub)
    if group.distress == "hub":
        assert seen["reporters"] == "under 3"
        assert "leeds" not in json.dumps(seen), "nobody says who raised it"
        assert [one["name"] for one in at_hub] == [None] and at_hub[0]["alert"] == seen["alert"]
    else:
        assert seen["publisher"] == "leeds" and at_hub == []
    group.hull.wait(lambda: group.hull.next_sequence(publisher, stream) == 2, what="it goes by")
    assert alerts(group.hull) == []
    for member in (group.hub, group.hull):
        passed = json.dumps([alerts(member), member.records(publisher, stream)])
        assert "Aire" not in passed and "hearing" not in passed


def test_a_second_person(groups, distress):
    group = groups(distress=distress).start()
    publish(group.leeds, SHARED)
    wait_tokens(group.leeds, ready=3)
    flag = group.leeds.json("flag", "raise", "Calder Works Ltd", "--event", "F22", "--source",
                            "council_observation")
    assert (flag["state"], flag["sequence"]) == ("waiting_approval", None)
    group.leeds.run("flag", "approve", flag["flag"], expect=3)
    group.leeds.run("flag", "withdraw", flag["flag"], "--reason", "mistaken")
    assert group.leeds.json("flag", "list")["flags"] == []
    assert alerts(group.hub) == alerts(group.york) == []
    assert group.hub.next_sequence("leeds", "distress") == 1, "nobody heard of it"


def test_what_is_refused(groups):
    group = groups(("leeds",)).start()
    publish(group.leeds, SHARED)
    group.leeds.run("flag", "raise", "Nobody Ltd", *PUBLIC, expect=1)
    group.leeds.run("flag", "raise", "01234567", "--event", "F99", "--source", "public_register",
                    expect=2)
    group.leeds.run("flag", "clear", "00000000", expect=1)
