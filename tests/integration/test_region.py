"""The regional picture and one's own suppliers, as people see them: three councils whose small files
share suppliers by number, by name, and not at all."""

import csv
import io

import pytest

from spending import own_suppliers

HEADINGS = "Organisational Unit,Payment Date,Amount,Beneficiary Name,Company Number,CPV Code\n"
YEAR = 2015
FILLERS = 600  # more than one page of the local socket


def spend(*rows):
    return HEADINGS + "".join(f'Highways,{day},{amount},"{name}",{number},{cpv}\n'
                              for day, amount, name, number, cpv in rows)


LEEDS = [
    ("2015-10-05", "12345.00", "Aire Surfacing Limited", "01234567", "45233000"),
    ("2015-11-09", "7655.00", "Aire Surfacing Limited", "01234567", "45233000"),
    ("2015-12-30", "40000.00", "Calder Works Ltd", "", "45000000"),
    ("2015-12-01", "5000.00", "Ridings Care Ltd", "02345678", "85000000"),
    ("2015-12-02", "6000.00", "Wharfe Travel Ltd", "04567890", "60000000"),
    ("2015-12-03", "7000.00", "Wharfe Travel Ltd", "05678901", "60000000"),
    ("2015-12-04", "9000.00", "Northern Ballet", "", "92000000"),
    ("2015-12-04", "3000.00", "=Formula Ltd", "", "92000000"),
    ("2015-12-05", "800.00", "Mrs J Smith", "", "85000000"),
]
YORK = [
    ("2015-10-06", "30000.00", "AIRE SURFACING LTD", "1234567", "45233000"),
    ("2015-11-30", "2000.00", "Calder Works Limited", "", "45000000"),
    ("2015-12-11", "4000.00", "Ridings Care Ltd", "03456789", "85000000"),
    ("2015-12-12", "1000.00", "Northern Ballet", "", "92000000"),
]
HULL = [
    ("2015-10-20", "8000.00", "Aire Surfacing Ltd", "", "45233000"),
    ("2015-10-21", "2000.00", "Ridings Care Ltd", "", "85000000"),
    ("2015-10-22", "100000.00", "Humber Marine plc", "06789012", "50000000"),
]


QUARTER = ("--covers", "2015-10-01,2015-12-31")


def imported(member, rows, *options, expect=0):
    path = member.folder / "spend.csv"
    path.write_text(spend(*rows))
    return member.json("import", "spend", path, *options, expect=expect)


def publish(group, *members):
    """What is drafted goes out, and has arrived everywhere."""
    for member in members:
        member.run("publish")
        member.wait_proven()
    for member in members:
        end = member.next_sequence(member.name, "exposure")
        for other in group.members.values():
            other.wait_sequence(member.name, end, stream="exposure")


def region_of(group):
    imported(group.leeds, LEEDS + [("2015-12-06", "1000.00", f"Filler {i:03} Ltd", "", "39000000")
                                   for i in range(FILLERS)], *QUARTER, expect=5)
    imported(group.york, YORK, *QUARTER, expect=5)
    imported(group.hull, HULL)
    publish(group, group.leeds, group.york, group.hull)
    return group


@pytest.fixture(scope="module")
def region(shared_groups):
    """For tests that only look."""
    return region_of(shared_groups(councils=("leeds", "york", "hull")).start())


def suppliers(member, *words):
    return {one["id"]: one for one in member.json("region", "suppliers", *words)["suppliers"]}


def rows_of(text):
    return list(csv.DictReader(io.StringIO(text)))


AIRE = "GB-COH-01234567"


def test_who_shares_whom(region):
    picture = region.spg.json("region", "suppliers")
    assert picture["year"] == YEAR
    found = {one["id"]: one for one in picture["suppliers"]}
    assert picture["total"] == len(found) == len(picture["suppliers"])
    aire = found[AIRE]
    assert (aire["councils"], aire["spend"]) == (3, 20000 + 30000 + 8000)
    assert aire["number"] == AIRE and aire["matched_on"] == "both" and aire["months_differ"]
    assert aire["categories"] == ["cpv-45"]
    [calder] = [one for one in found.values() if one["name"].startswith("Calder Works")]
    assert calder["id"].startswith("name:") and calder["number"] is None
    assert (calder["councils"], calder["spend"]) == (2, 42000)
    assert calder["matched_on"] == "name" and not calder["months_differ"]
    assert found["GB-COH-06789012"]["councils"] == 1
    ridings = [one for one in found.values() if one["name"] == "Ridings Care Ltd"]
    assert len(ridings) == 3 and picture["ambiguous"] == 1, "a name with two numbers joins neither"
    assert not any("Smith" in one["name"] or "Ballet" in one["name"] for one in found.values())
    coverage = {one["member"]: one["months"] for one in picture["coverage"]}
    assert coverage["hull"] == ["2015-10"]
    assert coverage["leeds"] == coverage["york"] == ["2015-10", "2015-11", "2015-12"]


def test_every_member_sees_the_same(region):
    pictures = [member.json("region", "suppliers") for member in region.members.values()]
    assert all(picture == pictures[0] for picture in pictures)


def test_the_table(region):
    table = region.york.run("region", "suppliers").out
    lines = table.splitlines()
    assert lines[0].split()[:4] == ["SUPPLIER", "NUMBER", "COUNCILS", "SPEND"]
    [aire] = [line for line in lines if "01234567" in line]
    assert "£58,000" in aire and " * " in aire and "Construction" in aire
    assert "by name" in table and "£42,000" in table
    assert len([line for line in lines if "£" in line and "rounded" not in line]) == 50
    total = region.york.json("region", "suppliers")["total"]
    assert f"50 of {total} suppliers: --limit N or --all shows more." in table
    assert "Financial year 2015/16" in table and "Oct-Dec of leeds, york" in " ".join(table.split())
    assert "1 name without a number met two numbers" in table
    assert all(len(line) <= 80 for line in lines)
    assert "\033" not in table


def test_all_pages_once(region):
    every = region.york.json("region", "suppliers", "--sort", "name")["suppliers"]
    assert len(every) == len({one["id"] for one in every}) > FILLERS
    table = region.york.run("region", "suppliers", "--all").out
    assert table.count("Filler ") == FILLERS and f"{len(every)} suppliers." in table
    first = region.york.json("region", "suppliers", "--sort", "name", "--limit", "7")["suppliers"]
    assert first == every[:7]
    sheet = rows_of(region.york.run("region", "suppliers", "--csv", "--sort", "name").out)
    assert [row["id"] for row in sheet] == [one["id"] for one in every]
    spends = [one["spend"] for one in
              region.york.json("region", "suppliers", "--sort", "spend")["suppliers"]]
    assert spends == sorted(spends, reverse=True)
    councils = [one["councils"] for one in region.york.json("region", "suppliers")["suppliers"]]
    assert councils == sorted(councils, reverse=True)


def test_filters(region):
    york = region.york
    assert list(suppliers(york, "--councils", "3")) == [AIRE]
    assert "GB-COH-06789012" in suppliers(york, "--member", "hull")
    mine = suppliers(york, "--mine")
    assert AIRE in mine and "GB-COH-06789012" not in mine and len(mine) == 3
    assert set(suppliers(york, "--category", "cpv-50")) == {"GB-COH-06789012"}
    assert set(suppliers(york, "--category", "50")) == {"GB-COH-06789012"}
    assert set(suppliers(york, "--search", "humber")) == {"GB-COH-06789012"}
    assert set(suppliers(york, "--search", "06789012")) == {"GB-COH-06789012"}
    assert suppliers(york, "--year", "2014/15") == {}
    assert "No supplier fits." in york.run("region", "suppliers", "--year", "2014/15").out
    york.run("region", "suppliers", "--year", "2015/17", expect=2)
    york.run("region", "suppliers", "--category", "roads", expect=2)


def test_csv_is_plain_and_harmless(region):
    sheet = rows_of(region.leeds.run("region", "suppliers", "--csv").out)
    [aire] = [row for row in sheet if row["id"] == AIRE]
    assert aire["spend"] == "58000" and aire["councils"] == "3"
    assert aire["categories"] == "cpv-45" and aire["months_differ"] == "true"
    [formula] = [row for row in sheet if "Formula" in row["name"]]
    assert formula["name"] == "'=Formula Ltd"
    own = rows_of(region.leeds.run("supplier", "list", "--csv").out)
    assert [row["name"] for row in own if "Formula" in row["name"]] == ["'=Formula Ltd"]


def test_concentration(region):
    reply = region.hull.json("region", "concentration", "--year", "2015/16")
    rows = {row["category"]: row for row in reply["categories"]}
    building = rows["cpv-45"]
    assert (building["suppliers"], building["spend"]) == (2, 100000)
    assert [top["share"] for top in building["top"]] == pytest.approx([0.58, 0.42])
    assert building["top"][0]["id"] == AIRE
    assert building["top_3_share"] == pytest.approx(1)
    assert building["herfindahl"] == pytest.approx(0.58 ** 2 + 0.42 ** 2)
    assert rows["cpv-50"]["herfindahl"] == pytest.approx(1)
    table = region.hull.run("region", "concentration").out
    assert "£100,000" in table and "58% " in table and "0.51" in table
    one = region.hull.run("region", "concentration", "--category", "cpv-45").out
    assert "aire surfacing" in one.lower() and "58%" in one and "42%" in one and "Humber" not in one
    sheet = rows_of(region.hull.run("region", "concentration", "--csv").out)
    [row] = [row for row in sheet if row["category"] == "cpv-45"]
    assert row["spend"] == "100000" and row["herfindahl"] == "0.5128"


def test_own_suppliers(region):
    york = region.york
    york.wait(lambda: york.json("supplier", "tokens")["lacking"] == 0 ==
              york.json("supplier", "tokens")["waiting"], what="tokens")
    found = {one["name"]: one for one in york.json("supplier", "list")["suppliers"]}
    assert len(found) == 4
    aire = found["AIRE SURFACING LTD"]
    assert aire["number"] == AIRE and aire["normalised"] == ["padded"]
    assert aire["token_state"] == "ready" and aire["state"] == "kept"
    assert aire["spend"] == 30000 and aire["last_paid"] == "2015-10-06"
    ballet = found["Northern Ballet"]
    assert ballet["state"] == "held" and ballet["token_state"] == "none"
    table = york.run("supplier", "list").out
    assert "01234567~" in table and "£30,000" in table and "4 suppliers." in table
    held = york.json("supplier", "list", "--held")["suppliers"]
    assert [one["name"] for one in held] == ["Northern Ballet"]
    assert len(york.json("supplier", "list", "--search", "calder")["suppliers"]) == 1
    assert len(region.leeds.json("supplier", "list")["suppliers"]) > FILLERS


def test_one_supplier_and_who_else(region):
    for word in ("AIRE SURFACING LTD", "Aire Surfacing Limited", "01234567", "1234567", AIRE):
        shown = region.york.json("supplier", "show", word)
        assert shown["number"] == AIRE
    assert {(one["member"], one["spend"]) for one in shown["region"]["members"]} == {
        ("leeds", 20000), ("york", 30000), ("hull", 8000)}
    text = region.york.run("supplier", "show", "01234567").out
    assert "2 other councils have published spend with it." in text
    assert "york (us)" in text and "compare A MONTH, not SPEND" in text
    assert "put into form: padded" in text and "2015/16" in text
    # Spend that was rounded for others is exact at home.
    assert [total["spend"] for total in
            region.leeds.json("supplier", "show", "01234567")["totals"]] == [20000]


def test_a_word_that_fits_two(region):
    said = region.leeds.run("supplier", "show", "Wharfe Travel Ltd", expect=2)
    assert "04567890" in said.err and "05678901" in said.err and said.out == ""
    region.leeds.run("supplier", "show", "Nobody at All Ltd", expect=1)
    region.leeds.run("supplier", "show", expect=2)


def test_region_alone_lists_its_parts(region):
    said = region.leeds.run("region").out
    assert "region suppliers" in said and "region concentration" in said


@pytest.fixture
def deciding(groups):
    group = groups(councils=("leeds", "york")).start()
    imported(group.leeds, LEEDS, expect=5)
    imported(group.york, YORK, expect=5)
    publish(group, group.leeds, group.york)
    return group


def test_keeping_through_a_spreadsheet(deciding):
    leeds, york = deciding.leeds, deciding.york
    today = leeds.run().out
    assert "1 supplier waits for a decision" in today
    sheet = leeds.run("supplier", "list", "--held", "--csv").out
    done = leeds.json("supplier", "keep", "-", input=sheet)
    assert [one["state"] for one in done["decided"]] == ["kept"] and done["rows"] == 1
    assert done["staged"] == 1
    assert leeds.run("supplier", "list", "--held").out == "No supplier waits for a decision.\n"
    assert "1 draft waits to be published" in leeds.run().out
    york.run("supplier", "keep", "Northern Ballet", "Nobody at All Ltd", expect=5)
    publish(deciding, leeds, york)
    [ballet] = [one for one in suppliers(york).values() if one["name"] == "Northern Ballet"]
    assert (ballet["councils"], ballet["spend"]) == (2, 10000)
    # And back: what was published is withdrawn.
    leeds.run("supplier", "drop", "Northern Ballet")
    publish(deciding, leeds)
    [ballet] = [one for one in suppliers(york).values() if one["name"] == "Northern Ballet"]
    assert (ballet["councils"], ballet["spend"]) == (1, 1000)


def test_a_list_with_a_mistake_decides_nothing(deciding):
    before = own_suppliers(deciding.leeds)
    said = deciding.leeds.run("supplier", "keep", "-", input="Northern Ballet\nSmith, J\n", expect=1)
    assert "standard input: line 2" in said.err
    deciding.leeds.run("supplier", "keep", "-", input="", expect=2)
    assert own_suppliers(deciding.leeds) == before


def test_a_parent(deciding):
    leeds = deciding.leeds
    leeds.run("supplier", "parent", "01234567", "Calder Works Ltd")
    assert "Calder Works" in leeds.run("supplier", "show", "01234567").out
    leeds.run("supplier", "parent", "01234567", "Aire Group plc", "--number", "07654321")
    assert "Aire Group plc" in leeds.run("supplier", "show", "01234567").out
    leeds.run("supplier", "parent", "01234567", "--none")
    assert leeds.json("supplier", "show", "01234567")["parent"] is None
