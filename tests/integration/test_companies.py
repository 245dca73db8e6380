"""`tocsin import companies` and `import gazette`: what public registers say of a council's own
suppliers, from the file to the daemon's answers."""

import csv
import io
import json

import pytest

from spending import own_suppliers

SPEND = """Payment Date,Supplier Name,Company No,Net Amount
2015-10-01,Acme Surfacing Ltd,1234567,1200.00
2015-10-02,Beacon Care Limited,,2500.00
2015-10-03,Calder Trees Ltd,,900.00
2015-10-04,Dale Supplies Limited,,800.00
2015-10-05,Old Name Ltd,,700.00
"""
COLUMNS = ("CompanyName, CompanyNumber,RegAddress.CareOf,CompanyStatus,Accounts.NextDueDate,"
           "SICCode.SicText_1,PreviousName_1.CONDATE, PreviousName_1.CompanyName,"
           "ConfStmtNextDueDate, ConfStmtLastMadeUpDate")
FUTURE, PAST = "31/12/2999", "31/12/2015"


def company(name, number, status="Active", accounts=FUTURE, sic="None Supplied", former=""):
    row = io.StringIO()
    csv.writer(row, quoting=csv.QUOTE_ALL).writerow(
        [name, number, "", status, accounts, sic, "", former, FUTURE, ""])
    return row.getvalue()


def snapshot(path, *rows):
    path.write_text(COLUMNS + "\r\n" + "".join(rows))
    return path


USUAL = [
    company("ACME SURFACING LIMITED", "01234567", accounts=PAST,
            sic="42110 - Construction of roads and motorways"),
    company("BEACON CARE LTD", "07654321", status="In Administration",
            sic="87300 - Residential care activities for the elderly and disabled"),
    company("CALDER TREES LTD", "07654322"), company("CALDER TREES LIMITED", "07654323"),
    company("NEW NAME LTD", "07654324", former="OLD NAME LTD"),
    company("SOMEBODY ELSE LTD", "07654325", status="Liquidation", accounts=PAST),
]


@pytest.fixture
def leeds(groups, tmp_path):
    """A council that nobody answers, with five suppliers."""
    group = groups(councils=("leeds",))
    group.leeds.start("--alone")
    spend = tmp_path / "spend.csv"
    spend.write_text(SPEND)
    group.leeds.run("import", "spend", spend)
    return group.leeds


def suppliers(member):
    return {one["name"]: one for one in own_suppliers(member)}


def events(member, state="proposed"):
    return {(one["name"], one["code"]): one
            for one in member.call("event_list", state=state)["events"]}


def test_a_snapshot_fills_what_is_certain(leeds, tmp_path):
    path = snapshot(tmp_path / "companies.csv", *USUAL)
    before = suppliers(leeds)
    assert leeds.json("import", "companies", path, "--dry-run")["filled"] == 1
    assert suppliers(leeds) == before and events(leeds) == {}

    said = leeds.json("import", "companies", path)
    assert (said["rows_read"], said["rows_used"], said["rows_screened"]) == (6, 5, 1)
    assert said["screened"] == [{"reason": "not_ours", "rows": 1}]
    assert said["filled"] == 1 and said["events_added"] == 2
    assert {(one["reason"], tuple(one["numbers"])) for one in said["ambiguous"]} == {
        ("several_companies", ("GB-COH-07654322", "GB-COH-07654323")),
        ("former_name", ("GB-COH-07654324",))}

    found = suppliers(leeds)
    assert len(found) == 5
    assert found["Beacon Care Limited"]["number"] == "GB-COH-07654321"
    assert found["Beacon Care Limited"]["number_basis"] == "filled"
    assert found["Calder Trees Ltd"]["number"] is None
    assert found["Old Name Ltd"]["number"] is None
    assert set(events(leeds)) == {("Acme Surfacing Ltd", "F10"), ("Beacon Care Limited", "F14")}
    shown = leeds.call("supplier_show", supplier=found["Beacon Care Limited"]["id"])
    assert shown["company"]["status"] == "In Administration"
    # The industry code stands in for the category that the payments do not have.
    records = json.dumps(leeds.call("preview", limit=100)["records"])
    assert "sic-87" in records and "sic-42" in records and "07654321" in records

    again = leeds.json("import", "companies", path)
    assert (again["filled"], again["events_added"], again["events_known"]) == (0, 0, 2)
    assert suppliers(leeds) == found


def test_what_no_longer_holds_is_cleared(leeds, tmp_path):
    leeds.run("import", "companies", snapshot(tmp_path / "june.csv", *USUAL))
    later = [company("ACME SURFACING LIMITED", "01234567"), *USUAL[1:]]
    said = leeds.json("import", "companies", snapshot(tmp_path / "july.csv", *later))
    assert said["events_cleared"] == 1
    assert set(events(leeds)) == {("Beacon Care Limited", "F14")}
    assert ("Acme Surfacing Ltd", "F10") in events(leeds, "cleared")


def test_a_petition_is_kept_and_dismissed(leeds, tmp_path):
    feed = tmp_path / "data.json"

    def notice(code, title, number, **more):
        return {"id": f"https://www.thegazette.co.uk/id/notice/{number}", "f:notice-code": code,
                "title": title, "published": "2026-05-20T00:00:00", **more}

    feed.write_text(json.dumps({"entry": [
        notice("2450", "BEACON CARE LTD", 4100001),
        notice("2452", "RENAMED LTD", 4100002, content="(Company Number 01234567)"),
        notice("2503", "JANE EXAMPLE", 4100003), notice("2450", "SOMEBODY ELSE LTD", 4100004),
    ]}))
    said = leeds.json("import", "gazette", feed)
    assert (said["rows_used"], said["rows_screened"], said["events_added"]) == (2, 2, 2)
    assert "JANE" not in json.dumps(said)
    found = events(leeds)
    assert set(found) == {("Beacon Care Limited", "F13"), ("Acme Surfacing Ltd", "F14")}
    assert found["Beacon Care Limited", "F13"]["reference"] == "4100001"

    feed.write_text(json.dumps({"entry": notice("2461", "BEACON CARE LTD", 4100005)}))
    assert leeds.json("import", "gazette", feed)["events_cleared"] == 1
    assert set(events(leeds)) == {("Acme Surfacing Ltd", "F14")}


def test_odd_files_are_said_in_a_line(leeds, tmp_path):
    path = snapshot(tmp_path / "companies.csv", *USUAL, '"BEACON CARE LTD","not a number"\r\n')
    rejects = tmp_path / "rejects.csv"
    said = leeds.run("import", "companies", path, "--rejects", rejects, expect=5)
    assert "1 rejected" in said.out
    assert rejects.read_text().splitlines()[1:] == [
        '8,rejected,"CompanyNumber","is not a company number"']
    other = tmp_path / "other.csv"
    other.write_text("a,b\n1,2\n")
    for kind in ("companies", "gazette"):
        said = leeds.run("import", kind, other, expect=None)
        assert said.status != 0 and said.err.count("\n") == 1, said
    leeds.stop()
    assert leeds.run("import", "companies", path, expect=4).err.count("\n") == 1
