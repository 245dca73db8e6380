"""What becomes of a flag: others see it and speak against it, its reporter answers and takes it back,
and can show afterwards who has heard of that."""

import json

import pytest

from test_flags import PUBLIC, SHARED, alerts, wait_status
from test_tokens import publish, wait_tokens


@pytest.fixture
def four(groups):
    """Leeds, york and bath have the supplier, hull does not."""
    group = groups(("leeds", "york", "bath", "hull")).start()
    for member in (group.leeds, group.york, group.bath):
        publish(member, SHARED)
    for member in (group.leeds, group.york, group.bath):
        wait_tokens(member, ready=3, waiting=0, lacking=0)
    return group


def history(member, flag):
    return member.json("flag", "history", flag)


def applied(member, flag):
    return {one["member"]: one["applied"] for one in history(member, flag)["applied"]}


def wait_applied(member, flag, **expected):
    member.wait(lambda: applied(member, flag) == expected, what=f"applied {expected}")


def test_a_flags_life(four):
    leeds, york, bath = four.leeds, four.york, four.bath
    flag = leeds.json("flag", "raise", "01234567", *PUBLIC, "--text", "hearing in December")
    assert (flag["state"], flag["other_users"]) == ("sent", 2)
    first = wait_status(york, "raised")
    bath.json("flag", "raise", "01234567", *PUBLIC, "--severity", "5")
    assert wait_status(york, "corroborated")["alert"] == first["alert"]

    # York knows better.
    york.run("flag", "dispute", first["alert"][:8], "--text", "the petition was dismissed")
    for member in (leeds, york, bath):
        wait_status(member, "disputed")
    assert "disputed by us" in york.run("region", "alerts").out
    assert "by us" not in bath.run("region", "alerts").out
    row = leeds.json("flag", "list")["flags"][0]
    assert row["disputed"] and row["alert_status"] == "disputed"
    shown = leeds.run("flag", "list").out
    assert "disputed: confirm it, withdraw it or say how it is now" in shown
    york.run("flag", "dispute", first["alert"], expect=2)
    bath.run("flag", "dispute", first["alert"], expect=2)  # its own flag is in it
    four.hull.run("flag", "dispute", first["alert"], expect=1)  # it cannot open it
    assert "dismissed" not in json.dumps(alerts(leeds)), "a reason stays where it was given"

    # Each of the reporters answers for itself.
    leeds.run("flag", "confirm", flag["flag"][:8])
    assert [one["status"] for one in alerts(york)] == ["disputed"]
    bath.run("flag", "mitigate", bath.json("flag", "list")["flags"][0]["flag"])
    for member in (york, leeds):
        wait_status(member, "corroborated")
    leeds.run("flag", "confirm", flag["flag"], expect=2)  # nobody disputes it any more
    bath.run("flag", "withdraw", bath.json("flag", "list")["flags"][0]["flag"], "--reason",
             "another company")
    wait_status(york, "raised")
    wait_applied(leeds, flag["flag"], spg=True, york=True, bath=True, hull=True)

    # Bath is away when it is taken back, and hears of it later.
    bath.stop()
    leeds.run("flag", "withdraw", flag["flag"], "--reason", "the petition was dismissed")
    wait_status(york, "withdrawn")
    wait_applied(leeds, flag["flag"], spg=True, york=True, bath=False, hull=True)
    shown = leeds.run("flag", "history", flag["flag"][:8]).out
    assert "1 of 4 members have not applied it yet: bath" in shown
    assert "the petition was dismissed" in shown
    bath.start()
    wait_applied(leeds, flag["flag"], spg=True, york=True, bath=True, hull=True)
    assert "All 4 members that are told have applied it." in leeds.run("flag", "history",
                                                                       flag["flag"]).out
    for member in (bath, leeds):
        wait_status(member, "withdrawn")

    past = history(leeds, flag["flag"])["history"]
    own = [one["what"] for one in past if one["what"] != "alert"]
    assert own == ["raised", "sent", "confirmed", "withdrawn"]
    said = [one["status"] for one in past if one["what"] == "alert"]
    assert said[0] == "raised" and "disputed" in said and said[-1] == "withdrawn"
    assert all(one["by"] is not None for one in past if one["what"] in ("raised", "withdrawn"))
    audit = [one["command"] for one in leeds.json("audit")["audit"]]
    assert audit[:3] == ["flag_withdraw", "flag_confirm", "flag_raise"]
    assert york.json("audit")["audit"][0]["command"] == "flag_dispute"
    for member in four.members.values():
        assert "surfacing" not in member.log().lower() and "dismissed" not in member.log()


def test_a_dispute_is_taken_back(groups):
    group = groups().start()
    for member in (group.leeds, group.york):
        publish(member, SHARED)
        wait_tokens(member, ready=3, waiting=0, lacking=0)
    group.leeds.json("flag", "raise", "01234567", *PUBLIC)
    alert = wait_status(group.york, "raised")["alert"]
    group.york.run("flag", "dispute", alert)
    wait_status(group.leeds, "disputed")
    group.york.run("flag", "dispute", alert, "--take-back")
    wait_status(group.leeds, "raised")


def test_a_parent_and_an_embargo(groups):
    holding = [("Aire Holdings Plc", "07654321")]
    group = groups().start()
    publish(group.leeds, SHARED + holding)
    publish(group.york, holding)
    wait_tokens(group.leeds, ready=5, waiting=0, lacking=0)
    wait_tokens(group.york, ready=2, waiting=0, lacking=0)
    observed = ("--event", "F22", "--source", "council_observation", "--may-identify")
    group.leeds.set(second_person=False)
    group.leeds.restart()
    group.leeds.wait_peer("spg")
    group.leeds.wait_proven()
    refused = group.leeds.run("flag", "raise", "01234567", *observed, "--parent", expect=2)
    assert "supplier parent" in refused.err
    group.leeds.run("supplier", "parent", "01234567", "07654321")
    group.leeds.wait(lambda: group.leeds.json("flag", "raise", "01234567", *observed, "--parent")
                     ["state"] == "sent", what="the flag")
    seen = wait_status(group.york, "raised")
    assert (seen["name"], seen["relation"]) == ("Aire Holdings Plc", "parent")
    assert "whose parent it is" in group.york.run("region", "alerts").out

    group.leeds.run("flag", "raise", "01234567", *PUBLIC, "--embargo-until", "2027-01-01", expect=2)
