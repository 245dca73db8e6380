"""A hub that does not pass flags on: the reporter's daemon says so."""

import sqlite3

from test_flags import PUBLIC, SHARED, alerts, wait_status
from test_tokens import publish, wait_tokens


def warned(member):
    return [one for one in member.json("status")["warnings"] if "shows no alert that says it" in one]


def lie(hub, words):
    """A real daemon that forgets what it was to look at: flags are stored, and nothing is said."""
    hub.stop()
    with sqlite3.connect(hub.store / "group.db") as database:
        database.execute(words)
    database.close()
    hub.start()


def test_a_flag_that_is_kept_back(groups):
    group = groups().start()
    for member in (group.leeds, group.york):
        publish(member, SHARED)
        wait_tokens(member, ready=3, waiting=0, lacking=0)
    lie(group.hub, "CREATE TRIGGER lie AFTER INSERT ON hub_look BEGIN DELETE FROM hub_look; END")

    flag = group.leeds.json("flag", "raise", "01234567", *PUBLIC)["flag"]
    group.leeds.wait(lambda: warned(group.leeds), 90, "leeds is told that the hub hides its flag")
    assert flag[:8] in warned(group.leeds)[0] and "Aire" not in warned(group.leeds)[0]
    assert group.leeds.json("flag", "list")["flags"][0]["warning"] == warned(group.leeds)[0]
    assert "hub differs" in group.leeds.run("flag", "list").out
    assert "shows no alert" in group.leeds.run("doctor", expect=None).out
    assert warned(group.york) == [] and alerts(group.york) == []

    lie(group.hub, "DROP TRIGGER lie")
    group.york.run("flag", "raise", "01234567", *PUBLIC)
    group.leeds.wait(lambda: not warned(group.leeds), 90, "the hub shows it")
    wait_status(group.york, "corroborated")
