"""Everything that a council holds on one supplier, in one list, for who answers a request."""

from spending import meet
from test_flags import PUBLIC, SHARED, wait_status
from test_tokens import publish, wait_tokens

NUMBER, OTHER = "01234567", "Calder Works Ltd"


def test_all_that_is_held_and_nothing_else(groups):
    group = groups().start()
    for member in (group.leeds, group.york):
        publish(member, SHARED)
        wait_tokens(member, ready=3, waiting=0, lacking=0)
    leeds = group.leeds
    flag = leeds.json("flag", "raise", NUMBER, *PUBLIC, "--text", "hearing in December")["flag"]
    other = leeds.json("flag", "raise", OTHER, *PUBLIC)["flag"]
    for member in (leeds, group.york):
        member.wait(lambda: len(member.json("region", "alerts")["alerts"]) == 2, what="both alerts")
    meet(group)
    leeds.wait(lambda: [one["applied"] for one in
                        leeds.json("supplier", "disclose", NUMBER)["flags"][0]["applied"]] ==
               [True, True], what="the receipts of the hub and of york")

    held = leeds.json("supplier", "disclose", NUMBER)
    assert held["member"] == "leeds" and held["supplier"]["name"] == SHARED[0][0]
    assert [(one["flag"], one["text"]) for one in held["flags"]] == [(flag, "hearing in December")]
    assert held["flags"][0]["applied"] == [{"member": "spg", "applied": True},
                                           {"member": "york", "applied": True}]
    assert {"raised", "sent", "alert"} <= {one["what"] for one in held["flags"][0]["history"]}
    assert [(one["status"], one["own_flags"]) for one in held["alerts"]] == [("raised", [flag])]
    assert {one["member"] for one in held["published"]} == {"leeds"}
    assert {one["member"] for one in held["region"]["members"]} == {"leeds", "york"}
    assert all(told["member"] in ("spg", "york") for one in held["published"]
               for told in one["told"])
    assert any(row["command"] == "flag_raise" and flag in row["detail"] for row in held["audit"])
    assert not any(other in row["detail"] for row in held["audit"])
    assert {one["part"] for one in held["consider"]} == \
        {"supplier", "region", "flags", "alerts", "audit", ""}
    assert held["not_shown"]

    text = leeds.run("supplier", "disclose", NUMBER).out
    for words in ("What leeds holds on", "Flags that we raised", flag[:8], "hearing in December",
                  "Alerts that we hold", "s.43(2)", "not shown", "flag_raise"):
        assert words in text, text
    assert other[:8] not in text

    # York holds an alert, and no flag; nobody holds anything on a stranger.
    held = group.york.json("supplier", "disclose", NUMBER)
    assert held["flags"] == [] and [one["own_flags"] for one in held["alerts"]] == [[]]
    leeds.run("supplier", "disclose", "Nobody & Sons Ltd", expect=1)
    leeds.run("supplier", "disclose", expect=2)


def test_of_a_supplier_that_others_have(groups):
    group = groups().start()
    publish(group.leeds, SHARED)
    publish(group.york, [("Ouse Paving Ltd", "07654321")])
    group.leeds.wait(lambda: group.leeds.json("region", "suppliers")["total"] == 3)
    held = group.leeds.json("supplier", "disclose", "07654321")
    assert held["supplier"] is None and held["published"] == [] and held["audit"] == []
    assert [one["member"] for one in held["region"]["members"]] == ["york"]
    assert {one["part"] for one in held["consider"]} == {"region", ""}
    assert "not among our own suppliers" in group.leeds.run("supplier", "disclose", "07654321").out


def test_a_drop_waits_for_the_flag_to_be_withdrawn(groups):
    group = groups().start()
    for member in (group.leeds, group.york):
        publish(member, SHARED)
        wait_tokens(member, ready=3, waiting=0, lacking=0)
    leeds = group.leeds
    flag = leeds.json("flag", "raise", NUMBER, *PUBLIC)["flag"]
    wait_status(group.york, "raised")
    assert flag[:8] in leeds.run("supplier", "drop", NUMBER, expect=None).err
    leeds.run("flag", "withdraw", flag, "--reason", "another company")
    leeds.run("supplier", "drop", NUMBER)
    assert leeds.json("flag", "list")["flags"][0]["name"] == ""
    leeds.run("publish")
    leeds.wait(lambda: leeds.json("supplier", "disclose", NUMBER)["published"] == [],
               what="what was published is withdrawn")
    held = leeds.json("supplier", "disclose", NUMBER)  # york still publishes spend with it
    assert held["supplier"] is None and held["flags"] == [] and held["alerts"] == []
    wait_status(group.york, "withdrawn")
