"""A group from nothing, as the README has it: a hub and three councils of Wales, on real notices."""

import json
import subprocess

import pytest

from harness import DATA, TOCSIN, tocsin

WALES = DATA / "ocds" / "wales_excerpt.json"
COUNCILS = {
    "anglesey": ("--name", "Isle of Anglesey County Council", "--gss", "W06000001"),
    "carmarthen": ("--name", "Carmarthenshire County Council", "--gss", "W06000010"),
    "swansea": ("--name", "City & County of Swansea", "--gss", "W06000011"),
}


@pytest.fixture
def wales(groups):
    return groups(councils=COUNCILS, name="wales").start()


def catalogue(member):
    rows = member.json("framework", "list")["frameworks"]
    return sorted((row["publisher"], row["reference"], row["title"]) for row in rows)


def import_own(member):
    """Imports the excerpt at one council; what is another buyer's is nobody's mistake."""
    report = member.json("import", "ocds", WALES)
    parts = ("rows_used", "rows_rejected", "rows_screened", "rows_held")
    assert report["rows_read"] == sum(report[part] for part in parts) == 21
    assert report["rows_rejected"] == report["rows_held"] == 0 and report["rejected"] == []
    screened = {one["reason"]: one["rows"] for one in report["screened"]}
    assert screened["other_buyer"] > 0
    assert report["staged"] == report["records"] > 0
    return report


def publish_previewed(member):
    preview = member.json("preview")
    assert {one["action"] for one in preview["records"]} == {"add"}
    assert preview["total"] == len(preview["records"])
    [recipients] = preview["recipients"]
    assert recipients["stream"] == "framework"
    assert set(recipients["members"]) == {"spg", *COUNCILS} - {member.name}
    wrong = member.run("publish", "--expect", "0" * 64, expect=None)
    assert wrong.status in (1, 3) and wrong.err.count("\n") == 1
    assert member.next_sequence(member.name) == 1, "the wrong digest must publish nothing"
    published = member.json("publish", "--expect", preview["digest"])
    assert published["published"] == preview["total"]
    return preview["total"]


def test_region_from_nothing(wales):
    total = 0
    for name in COUNCILS:
        import_own(wales.members[name])
        total += publish_previewed(wales.members[name])
    everyone = list(wales.members.values())
    for member in everyone:
        for name in COUNCILS:
            member.wait_sequence(name, wales.members[name].next_sequence(name))
    whole = catalogue(wales.hub)
    assert len(whole) == total and {row[0] for row in whole} == set(COUNCILS)
    assert all(catalogue(member) == whole for member in everyone)
    lines = wales.swansea.run("--json", "watch", "--from", "start", "--count", total,
                              "--timeout", 60).out.splitlines()
    watched = [json.loads(line) for line in lines]
    assert len(watched) == total
    assert all({"stream", "publisher", "sequence", "record"} <= set(line) for line in watched)
    # A second identical import has nothing to do, and neither has publish.
    again = wales.anglesey.json("import", "ocds", WALES)
    assert again["staged"] == 0 and again["unchanged"] == again["records"] > 0
    assert wales.anglesey.json("preview")["total"] == 0
    assert wales.anglesey.json("publish")["published"] == 0
    assert "Nothing" in wales.anglesey.run("publish").out


def test_add_list_show_expiring(wales):
    swansea = wales.swansea
    swansea.run("framework", "add", "--reference", "SW-1", "--title", "Grounds maintenance",
                "--kind", "dps", "--open-to", "region", "--start", "2020-01-01",
                "--end", "2031-03-31", "--cpv", "77310000")
    swansea.run("framework", "add", "--reference", "SW-2", "--title", "Ends soon", "--kind",
                "framework", "--open-to", "owner_only", "--months", "12")
    drafts = swansea.json("preview")["records"]
    assert [one["key"] for one in drafts] == ["SW-1", "SW-2"]
    published = swansea.json("publish")
    assert [one["sequence"] for one in published["records"]] == [1, 2]
    anglesey = wales.anglesey
    anglesey.wait_sequence("swansea", 3)
    listed = {one["reference"]: one for one in anglesey.json("framework", "list")["frameworks"]}
    assert listed["SW-1"]["kind"] == "dps" and listed["SW-1"]["buyer"] == "City & County of Swansea"
    assert listed["SW-1"]["publisher"] == "swansea" and listed["SW-1"]["sequence"] == 1
    assert set(listed["SW-1"]["basis"]["stated"]) >= {"title", "period_end", "cpv"}
    for name in ("swansea/1", "SW-1", "Grounds maintenance"):
        assert anglesey.json("framework", "show", name)["reference"] == "SW-1"
    only_open = anglesey.json("framework", "list", "--open")["frameworks"]
    assert [one["reference"] for one in only_open] == ["SW-1"]
    soon = anglesey.json("framework", "expiring", "--months", "600")["frameworks"]
    assert [one["reference"] for one in soon] == ["SW-1"]
    assert anglesey.json("framework", "expiring", "--months", "1")["frameworks"] == []
    text = anglesey.run("framework", "list").out
    assert "Grounds maintenance" in text and "2031-03-31" in text


def applied(member, publisher):
    [log] = member.logs(publisher)
    return {one["member"]: one["sequence"] for one in log["applied"]}


def test_withdrawal_reaches_everyone_and_shows_it(wales):
    swansea, everyone = wales.swansea, list(wales.members.values())
    swansea.publish_one("SW-1")
    swansea.publish_one("SW-2")
    for member in everyone:
        member.wait_sequence("swansea", 3)
        assert len(member.json("framework", "list")["frameworks"]) == 2
    swansea.run("framework", "withdraw", "SW-1")
    [change] = swansea.json("preview")["records"]
    assert change["action"] == "withdraw" and change["key"] == "SW-1"
    swansea.run("publish")
    for member in everyone:
        member.wait_sequence("swansea", 4)
        [left] = member.json("framework", "list")["frameworks"]
        assert left["reference"] == "SW-2"
    names = {member.name for member in everyone}
    swansea.wait(lambda: applied(swansea, "swansea") == dict.fromkeys(names, 3), 60,
                 "everybody's receipt of the withdrawal")


def test_status_has_its_fixed_keys(wales):
    wales.swansea.publish_one("SW-1")
    wales.anglesey.wait_sequence("swansea", 2)
    status = wales.anglesey.json("status")
    assert status["member"] == "anglesey" and status["group"] == "wales"
    assert status["roster_version"] == 4
    assert status["peers"] == [{**status["peers"][0], "member": "spg", "state": "connected"}]
    [log] = status["logs"]
    assert log["publisher"] == "swansea" and log["stream"] == "framework"
    assert log["next_sequence"] == 2 and len(bytes.fromhex(log["head"])) == 32
    assert {"member": "anglesey", "sequence": 1} in log["applied"]
    text = wales.anglesey.run("status").out
    assert "wales" in text and "swansea" in text and "connected" in text
    doctor = wales.anglesey.json("doctor")
    assert {check["state"] for check in doctor["checks"]} <= {"ok", "warn"}, doctor


def test_watch_sees_what_comes(wales):
    anglesey = wales.anglesey
    watch = subprocess.Popen([TOCSIN, "-c", str(anglesey.conf), "--json", "watch", "--stream",
                              "framework", "--from", "start", "--count", "2", "--timeout", "60"],
                             stdout=subprocess.PIPE, text=True)
    wales.swansea.publish_one("SW-1")
    first = json.loads(watch.stdout.readline())
    assert first["record"]["reference"] == "SW-1" and first["sequence"] == 1
    wales.carmarthen.publish_one("CA-1")
    second = json.loads(watch.stdout.readline())
    assert second["publisher"] == "carmarthen" and second["record"]["reference"] == "CA-1"
    assert watch.wait(60) == 0
    assert anglesey.run("watch", "--from", "start", "--count", "3", "--timeout", "1",
                        expect=1).err.count("\n") == 1


def test_register_with_rows_that_cannot_be_used(wales):
    report = wales.swansea.run("--json", "import", "contracts", DATA / "csv" / "register_messy.csv",
                               expect=5).json
    parts = ("rows_used", "rows_rejected", "rows_screened", "rows_held")
    assert report["rows_read"] == sum(report[part] for part in parts)
    assert report["rows_rejected"] == len(report["rejected"]) > 0
    assert all({"row", "column", "reason"} <= set(one) for one in report["rejected"])


def test_roster_is_shown_and_verified(wales):
    shown = tocsin("--json", "group", "show", wales.roster).json
    assert [one["member"] for one in shown["members"]] == ["anglesey", "carmarthen", "spg", "swansea"]
    assert all(len(one["curve_public_key"]) == 40 for one in shown["members"])
    assert next(one["roles"] for one in shown["members"] if one["member"] == "spg") == ["hub"]
    verified = tocsin("--json", "group", "verify", wales.roster).json
    assert [one["version"] for one in verified["versions"]] == [1, 2, 3, 4]
    assert tocsin("group", "verify", wales.roster, "--group", verified["fingerprint"]).status == 0
    tocsin("group", "verify", wales.roster, "--group", "0000 " * 10, expect=1)


@pytest.mark.parametrize("words, status", [
    (["frobnicate"], 2), (["framework"], 2), (["framework", "add"], 2), (["status", "extra"], 2),
    (["publish", "--nonsense"], 2), (["import", "ocds", "/nowhere.json"], 1),
    (["framework", "show", "nothing-like-it"], 1),
])
def test_exit_statuses(groups, words, status):
    group = groups(councils=())
    group.start()
    said = group.hub.run(*words, expect=status)
    assert said.err.startswith("tocsin: ") and said.err.count("\n") == 1, said


def test_no_daemon_is_exit_4(groups):
    said = groups(councils=()).hub.run("status", expect=4, timeout=30)
    assert said.err.count("\n") == 1, said
