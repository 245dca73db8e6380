"""Rows belong to (source, payment date): what is imported again, corrected, overlapping or withdrawn
counts once, and the totals are right each time, here and at the hub."""

import pytest

from spending import load, meet, publish, rebuilt, spend, write

ACME, BOLT = "name:acme ltd", "name:bolt plc"


@pytest.fixture
def group(groups):
    group = groups(councils=("leeds",)).start()
    group.publishes = 0
    return group


def paid(day, pounds, name="Acme Ltd"):
    """A payment on a day of October to December 2018: "11-05"."""
    return name, "", f"2018-{day}", f"{pounds}.00"


def check(group, expected):
    """What the hub shows after whatever waits is published; the same after everything is derived anew."""
    publish(group.leeds)
    meet(group)
    assert spend(group.hub) == expected
    for member in group.members.values():
        rebuilt(member)
        assert spend(member) == expected


@pytest.fixture
def put(group, tmp_path):
    """put(rows, option...): imports them as a file, and returns the report."""
    count = iter(range(1000))

    def put(rows, *options, expect=0):
        return load(group.leeds, write(tmp_path / f"{next(count)}.csv", rows), *options,
                    expect=expect)

    return put


def test_twice_is_once(group, put):
    rows = [paid("10-01", 10_000), paid("10-02", 5_000), paid("10-02", 7_000, "Bolt plc")]
    first = put(rows)
    assert first["state"] == "live" and first["dates"] == 2 and first["dates_replaced"] == 0
    check(group, {ACME: 15_000, BOLT: 7_000})
    assert put(rows)["state"] == "same"
    assert group.leeds.json("preview")["total"] == 0
    reordered = put(rows[::-1])
    assert reordered["dates_replaced"] == 2, "other bytes, the same payments"
    assert group.leeds.json("preview")["total"] == 0, "and so nothing to send"
    check(group, {ACME: 15_000, BOLT: 7_000})


def test_overlapping_months(group, put):
    put([paid("10-30", 1_000), paid("11-05", 2_000), paid("11-20", 4_000)])
    check(group, {ACME: 7_000})
    second = put([paid("11-05", 20_000), paid("11-20", 40_000), paid("12-01", 80_000)])
    assert second["dates_replaced"] == 2 and second["dates"] == 3
    check(group, {ACME: 141_000})
    assert put([paid("11-05", 1_000)])["dates_replaced"] == 1
    check(group, {ACME: 122_000})


def test_a_corrected_quarter(group, put):
    """The correction leaves out a day, a supplier, and has other amounts."""
    put([paid("10-01", 10_000), paid("11-01", 10_000), paid("12-01", 10_000),
         paid("12-01", 9_000, "Bolt plc")])
    check(group, {ACME: 30_000, BOLT: 9_000})
    corrected = [paid("10-01", 11_000), paid("12-01", 12_000)]
    kept = put(corrected, "--dry-run")
    assert kept["state"] == "dry_run" and kept["dates_replaced"] == 2
    assert group.leeds.json("preview")["total"] == 0, "a dry run changes nothing"
    assert put(corrected)["dates_kept"] == 1, "1 November is not in the file and stays"
    check(group, {ACME: 33_000})
    put(corrected, "--covers", "2018-10-01,2018-12-31")
    check(group, {ACME: 23_000})


def test_sources_stand_side_by_side(group, put):
    payments, cards = [paid("10-01", 10_000)], [paid("10-01", 3_000), paid("10-02", 2_000)]
    put(payments)
    put(cards, "--source", "cards")
    check(group, {ACME: 15_000})
    put([paid("10-01", 4_000)], "--source", "cards")
    check(group, {ACME: 16_000})
    assert put(payments)["state"] == "same"
    check(group, {ACME: 16_000})


def test_a_withdrawn_source(group, put):
    put([paid("10-01", 10_000)])
    put([paid("10-01", 3_000), paid("10-01", 8_000, "Bolt plc")], "--source", "cards")
    check(group, {ACME: 13_000, BOLT: 8_000})
    listed = group.leeds.json("import", "list")["imports"]
    assert {(one["source"], one["rows"]) for one in listed} == {("payments", 1), ("cards", 2)}
    reply = group.leeds.json("import", "withdraw", "spend", "--source", "cards")
    assert reply["dates"] == 1 and reply["rows"] == 2, reply
    check(group, {ACME: 10_000})
    assert [one["source"] for one in group.leeds.json("import", "list")["imports"]] == ["payments"]
    again = group.leeds.run("import", "withdraw", "spend", "--source", "cards", expect=1)
    assert "import list" in again.err
    group.leeds.run("import", "withdraw", "gazette", expect=2)


def test_credits_net_off(group, put):
    put([paid("10-01", 10_000), paid("10-05", -4_000), paid("10-05", 1_000, "Bolt plc"),
         paid("11-01", -1_000, "Bolt plc")])
    check(group, {ACME: 6_000, BOLT: 0})
    put([paid("12-01", -20_000)])
    check(group, {ACME: -14_000, BOLT: 0})


def test_what_is_gone_is_withdrawn(group, put):
    put([paid("10-01", 10_000), paid("10-01", 1_000, "Bolt plc")])
    check(group, {ACME: 10_000, BOLT: 1_000})
    put([paid("10-01", 10_000)])
    [change] = group.leeds.json("preview")["records"]
    assert change["action"] == "withdraw" and "bolt plc" in change["key"]
    check(group, {ACME: 10_000})


def test_financial_years_are_apart(group, put):
    put([("Acme Ltd", "", "31/03/2018", "5000.00"), ("Acme Ltd", "", "01/04/2018", "7000.00")])
    publish(group.leeds)
    meet(group)
    assert spend(group.hub, "--year", "2017/18") == {ACME: 5_000}
    assert spend(group.hub, "--year", "2018/19") == {ACME: 7_000}


def test_a_daemon_that_was_killed_counts_the_same(group, put):
    put([paid("10-01", 10_000)])
    group.leeds.kill()
    group.leeds.start()
    group.leeds.wait_peer("spg")
    check(group, {ACME: 10_000})
