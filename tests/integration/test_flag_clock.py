"""What time does to a flag that nobody attends to, on real daemons whose calendar is moved on."""

import datetime

import pytest

from harness import tocsin
from test_flags import PUBLIC, SHARED, alerts, wait_status
from test_secrecy import DAYS, SHIFTED
from test_tokens import publish, wait_tokens

OBSERVED = ("--event", "F22", "--source", "council_observation", "--may-identify")


def warned(groups, distress="hub", rules=()):
    """Leeds and york have the suppliers; nobody needs a second person."""
    group = groups(distress=distress)
    if rules:
        tocsin("group", "rules", *rules, "--dir", group.authority)
    for member in (group.leeds, group.york):
        member.set(second_person=False)
    group.start()
    if rules:
        group.adopt()
    for member in (group.leeds, group.york):
        publish(member, SHARED)
        wait_tokens(member, ready=3, waiting=0, lacking=0)
    return group


def after(group, days):
    """Everybody again, so many days later."""
    for member in group.members.values():
        member.stop()
    for member in group.members.values():
        member.start(env={**SHIFTED, "SHIFT_CLOCK_S": str(days * DAYS)})


def this_quarter():
    """Its name, and how many days are left of it."""
    now = datetime.datetime.now(datetime.timezone.utc)
    quarter = (now.month + 2) // 3
    end = datetime.datetime(now.year + quarter // 4, quarter % 4 * 3 + 1, 1, tzinfo=now.tzinfo)
    return f"{now.year}-Q{quarter}", (end - now).days


@pytest.mark.parametrize("distress", ["hub", "group"])
def test_unattended_it_expires_everywhere(groups, distress):
    group = warned(groups, distress)
    quarter, days = this_quarter()
    group.leeds.run("flag", "raise", "01234567", *OBSERVED, "--expires", quarter)
    assert wait_status(group.york, "raised")["expires"] == quarter
    after(group, days + 2)
    assert wait_status(group.york, "expired")["expires"] == quarter
    assert "not cleared" in group.york.run("region", "alerts").out
    if distress == "hub":
        assert wait_status(group.leeds, "expired") and wait_status(group.hub, "expired")


def test_a_dispute_that_nobody_answers(groups):
    """What the council itself saw is withdrawn by the hub; what a public register says is not."""
    group = warned(groups, rules=("--dispute-days", "1"))
    group.leeds.run("flag", "raise", "01234567", *OBSERVED)
    group.leeds.run("flag", "raise", "Calder Works Ltd", *PUBLIC)
    group.york.wait(lambda: len(alerts(group.york)) == 2, what="both alerts")
    for one in alerts(group.york):
        group.york.run("flag", "dispute", one["alert"])
    for member in (group.leeds, group.york, group.hub):
        member.wait(lambda: {one["status"] for one in alerts(member)} == {"disputed"},
                    what="both disputed")
    after(group, 5)  # at least one working day is over, and at least one midnight more
    for member in (group.leeds, group.york, group.hub):
        member.wait(lambda: {one["event"]: one["status"] for one in alerts(member)} ==
                    {"F22": "withdrawn", "F13": "disputed"}, what="the hub's withdrawal")
    assert {one["state"] for one in group.leeds.json("flag", "list")["flags"]} == {"sent"}
