"""The regional picture of real files: four councils and a hub import, look, publish, and every member
sees who shares which supplier, as an independent count has it."""

import pytest

import independent
import region_files
from spending import load, meet, publish, rebuilt, spend, suppliers

YEAR = ("--year", "2015/16")


def put_in(group, files):
    """Each council imports its file and publishes what the preview showed: council -> report."""
    reports = {}
    for name, path in files.items():
        held = independent.Council([path]).held
        reports[name] = load(group.members[name], path, expect=5 if held else 0)
        assert publish(group.members[name]) > 0
    meet(group)
    return reports


@pytest.fixture(scope="module")
def yorkshire(shared_groups):
    files = region_files.whole() or region_files.excerpts()
    group = shared_groups(councils={name: region_files.OPTIONS[name] for name in files})
    group.start()
    group.files, group.count = files, independent.Region(files)
    group.reports = put_in(group, files)
    return group


def test_every_row_is_accounted_for(yorkshire):
    for name, report in yorkshire.reports.items():
        count = yorkshire.count.councils[name]
        assert report["rows_read"] == report["rows_used"] == count.rows
        assert report["suppliers"] == len(count.names)
        assert report["state"] == "live" and report["rejected"] == report["screened"] == []


def test_who_shares_which_supplier(yorkshire):
    picture = yorkshire.count.picture(2015)
    for least in (1, 2, 3, 4):
        expected = {supplier: set(paid) for supplier, paid in picture.items() if len(paid) >= least}
        seen = suppliers(yorkshire.hub, *YEAR, "--councils", least)
        assert set(seen) == set(expected)
        assert all(row["councils"] == len(expected[id]) for id, row in seen.items())


def test_totals(yorkshire):
    """Every record is rounded to a thousand pounds. Where all of a supplier's spend is in one category
    that is one record a council, and the sum is known to the pound."""
    picture = yorkshire.count.picture(2015)
    single = 0
    for id, row in suppliers(yorkshire.hub, *YEAR).items():
        expected = sum(map(independent.thousands, picture[id].values()))
        if len(row["categories"]) == 1:
            assert row["spend"] == expected, row
            single += 1
        else:
            exact = sum(picture[id].values()) / 100
            records = len(picture[id]) * len(row["categories"])
            assert abs(row["spend"] - exact) <= 500 * records, row
    assert single > len(picture) * 0.9


def test_every_member_sees_the_same(yorkshire):
    words = ("--json", "region", "suppliers", *YEAR, "--all", "--sort", "spend")
    whole = yorkshire.hub.run(*words).out
    assert whole.count('"councils"') > 200
    for member in yorkshire.members.values():
        assert member.run(*words).out == whole
    for member in yorkshire.members.values():
        rebuilt(member)
        assert member.run(*words).out == whole, "a rebuild changes nothing"


def test_one_member_s_own(yorkshire):
    own = suppliers(yorkshire.hub, *YEAR, "--member", "bradford")
    assert set(own) == {supplier for supplier, paid in yorkshire.count.picture(2015).items()
                        if "bradford" in paid}
    assert set(suppliers(yorkshire.bradford, *YEAR, "--mine")) == set(own)


def test_months_are_compared(yorkshire):
    """Every council's coverage is the months its files are of, and no stray day's."""
    page = yorkshire.hub.json("region", "suppliers", *YEAR)
    covered = {one["member"]: set(one["months"]) for one in page["coverage"]}
    assert covered == {name: {f"{year}-{month:02}" for year, month in council.months[2015]}
                       for name, council in yorkshire.count.councils.items()}
    assert page["year"] == 2015 or page["year"] == "2015/16"


def test_the_same_file_again_is_nothing_to_do(yorkshire):
    report = load(yorkshire.bradford, yorkshire.files["bradford"])
    assert report["state"] == "same" and report["dates_replaced"] == 0
    assert yorkshire.bradford.json("preview")["total"] == 0


def test_names_and_numbers_meet(groups):
    """Calderdale and Wakefield, 2018: numbers that lost their zeros, a company that changed its name,
    names without a number beside the same with one."""
    files = region_files.messy(region_files.WHOLE)
    if not all(path.is_file() for path in files.values()):
        files = region_files.messy()
    group = groups(councils={name: region_files.OPTIONS[name] for name in files}).start()
    reports = put_in(group, files)
    count = independent.Region(files)
    for name, report in reports.items():
        council = count.councils[name]
        assert report["rows_used"] == council.kept and report["rows_held"] == council.held
        assert report["rows_screened"] == council.dropped and report["rejected"] == []
    picture = count.picture(2018)
    seen = suppliers(group.hub, "--year", "2018/19")
    assert {id for id, row in seen.items() if row["councils"] == 2} == \
        {supplier for supplier, paid in picture.items() if len(paid) == 2}
    assert set(seen) == set(picture)
    renamed = seen["GB-COH-01738371"]
    assert renamed["councils"] == 2 and renamed["matched_on"] == "number"
    assert seen["GB-COH-00303359"]["councils"] == 2, "Interserve's zeros were lost at one of them"
    assert seen["GB-COH-02227962"]["matched_on"] in ("name", "both")
    assert spend(group.wakefield, "--year", "2018/19") == {id: row["spend"]
                                                           for id, row in seen.items()}
