"""A council's own contracts register: in, listed, and out again as open data."""

import csv
import datetime
import io
import json
import os
import shutil

import pytest

from harness import DATA, tocsin
from test_spend import sheet

jsonschema = pytest.importorskip("jsonschema")

REGISTER = DATA / "csv" / "register_full.csv"
SCHEMA = json.loads((DATA / "ocds" / "schema" / "release_package.json").read_text())
WALES = DATA / "ocds" / "wales_excerpt.json"
PERSONS = ("Officer", "example.org", "P Person", "Q Tutor", "Tuition", "AB123456C")


@pytest.fixture
def leeds(groups):
    return groups(councils={"leeds": ("--name", "Leeds City Council", "--gss", "E08000035")}).start().leeds


def import_register(member, path=REGISTER, **options):
    report = json.loads(member.run("--json", "import", "contracts", path, expect=5, **options).out)
    parts = ("rows_used", "rows_rejected", "rows_screened", "rows_held")
    assert report["rows_read"] == sum(report[part] for part in parts)
    return report


def listed(member, *words):
    return member.json("contract", *words)["contracts"]


def test_import_lists_and_again(leeds, tmp_path):
    rejects = tmp_path / "rejects.csv"
    report = json.loads(leeds.run("--json", "import", "contracts", REGISTER, "--dry-run",
                                  expect=5).out)
    assert report["state"] == "dry_run" and listed(leeds, "list") == []
    assert leeds.json("preview")["total"] == 0
    report = json.loads(leeds.run("--json", "import", "contracts", REGISTER, "--rejects", rejects,
                                  expect=5).out)
    assert report["rows_read"] == 9 and report["rows_used"] == 4 and report["rows_held"] == 1
    assert report["state"] == "live" and report["source"] == "register"
    assert report["contracts"] == 5 and report["suppliers"] == 4 and report["suppliers_held"] == 1
    [rejected] = report["rejected"]
    assert rejected["row"] == 9 and rejected["column"] == "StartDate"
    assert {one["reason"]: one["rows"] for one in report["screened"]} == {
        "person": 1, "national_insurance": 1, "other_buyer": 1}
    assert [row["fate"] for row in csv.DictReader(rejects.open())] == ["held", "rejected"]
    assert not any(word in rejects.read_text() for word in PERSONS)
    rows = {(row["reference"], row["name"]): row for row in listed(leeds, "list")}
    assert set(rows) == {("L-1", "Clean Works Ltd"), ("L-2", "Acme Roads Ltd"),
                         ("L-2", "Beacon Roads plc"), ("L-3", "Acme Roads Ltd"),
                         ("L-5", "Hilltop Growers")}
    first = rows["L-1", "Clean Works Ltd"]
    assert first["number"] == "GB-COH-01234567" and first["value"] == 120000
    assert first["extension"] == "2033-03-31" and first["route"] == "quote"
    assert first["missing"] == [] and first["sme"] is True and first["vcse"] is False
    assert rows["L-5", "Hilltop Growers"]["state"] == "held"
    # Nothing of a person or a contact is anywhere in what the daemon keeps.
    assert not any(word in json.dumps(list(rows.values())) for word in PERSONS)
    # The framework is a draft of the group's, as before.
    [draft] = leeds.json("preview", "--stream", "framework")["records"]
    assert draft["key"] == "L-3"
    # The same file again is nothing to do; another takes its place as a whole.
    assert import_register(leeds)["state"] == "same"
    shorter = tmp_path / "shorter.csv"
    shorter.write_text("ContractReference,ContractTitle,SupplierName\nN-1,New,Acme Roads Ltd\n")
    report = leeds.json("import", "contracts", shorter)
    assert report["state"] == "live" and report["rows_replaced"] == 5
    assert [row["reference"] for row in listed(leeds, "list")] == ["N-1"]
    # Another source is another list.
    leeds.run("import", "contracts", shorter, "--source", "schools")
    assert len(listed(leeds, "list")) == 2


def test_exposures_say_how_many_until_when_and_how(leeds, tmp_path):
    spend = tmp_path / "spend.csv"
    spend.write_text("Payment Date,Supplier Name,Company Number,Net Amount\n"
                     "01/05/2025,Clean Works Ltd,01234567,5000.00\n")
    leeds.run("import", "spend", spend)
    import_register(leeds)
    drafts = leeds.json("preview", "--stream", "exposure")["records"]
    of_clean = next(one["record"] for one in drafts if one["record"]["name"] == "Clean Works Ltd")
    assert of_clean["contracts"] == 1 and of_clean["earliest_end"] == "2031-Q1"
    assert of_clean["route"] == "quote" and of_clean["spend"] == 5000
    assert not any("Hilltop" in one["key"] for one in drafts), "what is held is not told"
    rows = {row["name"]: row for row in listed(leeds, "list")}
    assert all(row["supplier"].startswith("s") for row in rows.values())
    of_one = leeds.json("contract", "list", "--supplier", rows["Clean Works Ltd"]["supplier"])
    assert [row["reference"] for row in of_one["contracts"]] == ["L-1"]


def test_tables_csv_and_gaps(leeds):
    assert "no contracts yet" in leeds.run("contract", "list").out
    import_register(leeds)
    text = leeds.run("contract", "list").out
    assert "Office cleaning" in text and "£120,000" in text and "2033-03-31" in text
    assert "ROUTE" not in text  # at 80 columns; where there is room, that too
    wide = leeds.run("contract", "list", env={**os.environ, "COLUMNS": "140"}).out
    assert "quote" in wide and "2030-10-01" in wide
    ends = [row["end"] for row in listed(leeds, "list")]
    assert ends == sorted(end for end in ends if end) + [None]
    rows = list(csv.DictReader(io.StringIO(leeds.run("contract", "list", "--csv").out)))
    assert len(rows) == 5 and {row["reference"] for row in rows} == {"L-1", "L-2", "L-3", "L-5"}
    assert next(row for row in rows if row["reference"] == "L-1")["cpv"] == "90910000"
    assert leeds.json("contract", "expiring", "--months", "0")["contracts"] == []
    soon = leeds.json("contract", "expiring", "--months", "600")
    assert len(soon["contracts"]) == 4 and soon["of"] == 5
    gaps = leeds.json("contract", "incomplete")
    assert {row["reference"] for row in gaps["contracts"]} == {"L-2", "L-3", "L-5"}
    counts = {one["field"]: one["contracts"] for one in gaps["fields"]}
    assert counts["ReviewDate"] == 4 and counts["OrganisationalUnit"] == 1
    assert "ContractTitle" not in counts
    of_acme = leeds.json("contract", "list", "--supplier", "Acme Roads Limited")["contracts"]
    assert {row["reference"] for row in of_acme} == {"L-2", "L-3"}
    assert leeds.json("contract", "list", "--supplier", "01234567")["of"] == 1
    text = leeds.run("contract", "incomplete").out
    assert "ReviewDate" in text and "4 of 5 contracts" in text
    assert leeds.run("contract", "list", "--csv", "--months", "1", expect=2).err.count("\n") == 1
    leeds.run("--json", "contract", "list", "--csv", expect=2)


def moments(value, name=""):
    """Every value of a field whose name ends in "date"."""
    if isinstance(value, dict):
        return [one for key, inner in value.items() for one in moments(inner, key)]
    if isinstance(value, list):
        return [one for inner in value for one in moments(inner, name)]
    return [value] if name.lower().endswith("date") else []


def check_package(path):
    package = json.loads(path.read_text())
    jsonschema.Draft7Validator(SCHEMA).validate(package)
    for moment in moments(package):
        datetime.datetime.strptime(moment, "%Y-%m-%dT%H:%M:%SZ")  # a day that exists, too
    for release in package["releases"]:
        parties = {party["id"] for party in release["parties"]}
        assert release["buyer"]["id"] in parties
        awards = {award["id"] for award in release.get("awards", [])}
        for award in release.get("awards", []):
            assert {one["id"] for one in award.get("suppliers", [])} <= parties
        assert {one["awardID"] for one in release.get("contracts", [])} <= awards
    keys = [(release["ocid"], release["buyer"]["id"]) for release in package["releases"]]
    assert len(set(keys)) == len(keys)
    assert package["publishedDate"] == max(one["date"] for one in package["releases"])
    return package


def test_open_data(leeds, tmp_path):
    refused = leeds.run("export", tmp_path / "none.json", "--ocds", expect=1)
    assert "nothing to write" in refused.err and not (tmp_path / "none.json").exists()
    import_register(leeds)
    leeds.json("publish")
    path = tmp_path / "leeds.json"
    report = leeds.json("export", path, "--ocds")
    package = check_package(path)
    assert report["releases"] == len(package["releases"]) == 3 and report["left_out"] == 1
    by_title = {one["tender"]["title"]: one for one in package["releases"]}
    assert set(by_title) == {"Office cleaning", "Gritting", "Surfacing framework"}
    assert by_title["Office cleaning"]["ocid"] == "ocds-h6vhtk-012345"
    assert by_title["Gritting"]["ocid"].startswith("ocds-tocsin-leeds-")
    [award] = by_title["Gritting"]["awards"]
    assert [one["name"] for one in award["suppliers"]] == ["Acme Roads Ltd", "Beacon Roads plc"]
    assert by_title["Surfacing framework"]["tender"]["techniques"]["hasFrameworkAgreement"] is True
    text = path.read_text()
    assert not any(word in text for word in PERSONS) and "Hilltop" not in text
    # The same data is the same bytes, and a file that is there stays.
    assert leeds.run("export", "-", "--ocds").out.strip() == text.strip()
    assert leeds.run("export", path, "--ocds", expect=None).status != 0 and path.read_text() == text
    other = tmp_path / "other.json"
    leeds.run("export", other, "--ocds", "--ocid-prefix", "ocds-abc123")
    assert "ocds-abc123-leeds-" in other.read_text() and "ocds-tocsin" not in other.read_text()
    leeds.run("export", tmp_path / "x.json", "--ocds", "--ocid-prefix", "abc", expect=2)
    leeds.run("export", tmp_path / "x.json", "--ocid-prefix", "ocds-abc123", expect=2)


def test_imported_notices_keep_their_ocids(groups, tmp_path):
    council = ("--name", "City & County of Swansea", "--gss", "W06000011")
    swansea = groups(councils={"swansea": council}).start().swansea
    swansea.run("import", "ocds", WALES)
    swansea.run("publish")
    held = {one["ocid"]: one for one in swansea.json("framework", "list")["frameworks"]}
    path = tmp_path / "swansea.json"
    swansea.run("export", path, "--ocds")
    package = check_package(path)
    assert {one["ocid"] for one in package["releases"]} == set(held) and held
    # Back in, nothing about which process is whose has changed.
    report = swansea.json("import", "ocds", path, "--dry-run")
    assert report["rows_used"] == len(package["releases"]) and report["rows_rejected"] == 0


def test_template_reads_back(leeds, tmp_path):
    template = tocsin("import", "contracts", "--template", conf=leeds.conf).out
    path = tmp_path / "template.csv"
    path.write_text(template, newline="")
    report = leeds.json("import", "contracts", path)
    assert report["rows_read"] == 0
    assert "Dynamic purchasing system" in template


def test_own_headings_by_a_map(leeds, tmp_path):
    path, mapping = tmp_path / "own.csv", tmp_path / "own.map"
    path.write_text("Ref,What,Who\nC-1,Meals,Acme Ltd\n")
    assert "--map" in leeds.run("import", "contracts", path, expect=1).err
    mapping.write_text("ContractTitle = What\nContractReference = Ref\nSupplierName = Who\n")
    assert leeds.json("import", "contracts", path, "--map", mapping)["state"] == "live"
    [row] = listed(leeds, "list")
    assert (row["reference"], row["title"], row["name"]) == ("C-1", "Meals", "Acme Ltd")
    # Read otherwise it is not the same.
    mapping.write_text("ContractTitle = Ref\nContractReference = What\nSupplierName = Who\n")
    assert leeds.json("import", "contracts", path, "--map", mapping)["state"] == "live"
    assert listed(leeds, "list")[0]["title"] == "C-1"
    mapping.write_text("ContactName = Who\n")
    assert "is no field" in leeds.run("import", "contracts", path, "--map", mapping, expect=1).err


@pytest.mark.parametrize("content, words", [
    (b"", "empty"),
    (b"PK\x03\x04xxxx", "xlsx"),
    (b"Name,Amount\nA,1\n", "headings"),
    ("ContractTitle,SupplierName\n".encode("utf-16"), "UTF-16"),
])
def test_files_that_are_none(leeds, tmp_path, content, words):
    path = tmp_path / "file.csv"
    path.write_bytes(content)
    refused = leeds.run("import", "contracts", path, expect=None)
    assert refused.status == 1 and refused.err.count("\n") == 1 and words in refused.err
    assert listed(leeds, "list") == []


@pytest.mark.skipif(shutil.which("xlsx2csv") is None, reason="xlsx2csv is not installed")
def test_a_register_as_a_spreadsheet(leeds, tmp_path):
    """The register's columns as an office has them: the same contracts as from CSV."""
    path = tmp_path / "register.xlsx"
    with REGISTER.open(encoding="utf-8", errors="replace", newline="") as file:
        rows = [[cell.replace("&", "&amp;").replace("<", "&lt;") for cell in row]
                for row in csv.reader(file)]
    sheet(path, rows)
    from_sheet = import_register(leeds, path)
    contracts = listed(leeds, "list")
    assert len(contracts) == 5
    from_csv = import_register(leeds)
    parts = ("rows_read", "rows_used", "rows_rejected", "rows_screened", "rows_held", "contracts")
    assert [from_sheet[part] for part in parts] == [from_csv[part] for part in parts]

    def without_ids(rows):
        return sorted(json.dumps({key: value for key, value in row.items() if key != "id"})
                      for row in rows)

    assert without_ids(contracts) == without_ids(listed(leeds, "list"))
