"""No person leaves a council: personal rows of every kind are put into a spend file, and then looked for
in all that anybody could see of it: what the command says, records, tables, logs, files."""

import json

import pytest

from spending import load, meet, publish, suppliers, write

HEADINGS = ("Supplier Name", "Company Registration", "Charity Registration", "Supplier ID",
            "VAT Registration Number", "Payment Date", "Net Amount", "Purpose of Spend",
            "Transaction Number")
SURNAME = "Zebedee"  # of every person here, and of nobody else
HELD = "Brumbleby"  # of what nobody can say of whether it is a person
INSURANCE = ("JG103759A", "jg 10 37 60 b", "JG103761C", "jg103762d")

PERSONS = [
    "Mr A Zebedee", "MR. ZEBEDEE", "Mrs Ann Zebedee", "MRS. A ZEBEDEE", "Ms Zebedee", "Miss B Zebedee",
    "Mx Zebedee", "Dr A B Zebedee", "DR. ZEBEDEE", "Prof Zebedee", "Professor C Zebedee",
    "Rev. D Zebedee", "Reverend Zebedee", "Sir E Zebedee", "Dame F Zebedee", "Lady Zebedee",
    "Mr & Mrs Zebedee", "MR AND MRS ZEBEDEE", "Mr  J.  Zebedee", "\u00a0Mr Zebedee",
]
TRADERS = [
    "A Zebedee T/A Bright Windows", "A Zebedee t/a Bright Windows", "B ZEBEDEE TRADING AS BRIGHTER",
    "C Zebedee t.a. Roofing", "J T A Zebedee t/a Brightest Roofs Ltd", "Zebedee Plumbing t/a Bright Pipes",
]
SENTINELS = [
    "REDACTED PERSONAL DATA", "REDACTED - PERSONAL DATA", "REDACTED-PERSONAL DATA",
    "REDACTED  PERSONAL DATA", "Redacted Personal Data", "REDACTED COMMERCIAL CONFIDENTIALITY",
    "REDACTED COMMERICAL CONFIDENTIALITY", "REDACTED - COMMERCIAL SENSITIVITY", "DETAILS REDACTED",
    "REDACTED", "REDACTED OTHER", "[redacted]", "Name Withheld",
    "Foster Carer Payments", "FOSTER CARE PAYMENTS", "Foster Payment",
]
NUMBERED_PERSONS = [
    (f"Zebedee {INSURANCE[0]}", "", "", "", ""), (INSURANCE[1], "", "", "", ""),
    ("F Zebedee", INSURANCE[2], "", "", ""), ("G Zebedee", "", INSURANCE[3], "", ""),
    ("Laden Widgets Ltd", "", "", INSURANCE[0], ""), ("Laden Widgets Ltd", "", "", "", INSURANCE[2]),
]
KEPT = {"Redactive Publishing Ltd", "CARE UNIQUE LTD", "Dr Oetker (UK) Ltd", "Mrs Crimbles Ltd",
        "FOSTER PARTNERS LLP"}
PURPOSE = "Paid to A Zebedee, JG103759A"


def row(number, name, company="", charity="", local="", vat="", purpose=PURPOSE):
    return (name, company, charity, local, vat, f"{1 + number % 28:02}/05/2018", f"{number + 600}.00",
            purpose, f"T{number}")


@pytest.fixture(scope="module")
def told(shared_groups, tmp_path_factory):
    """Leeds imports and publishes; everybody has it. What the command printed on the way is kept."""
    group = shared_groups()
    for member in group.members.values():
        member.set(log_level="debug")
    group.start()
    folder = tmp_path_factory.mktemp("personal")
    personal = [(name,) for name in PERSONS + TRADERS + SENTINELS] + NUMBERED_PERSONS
    rows = [row(number, *cells) for number, cells in enumerate(personal)]
    rows += [row(number, name) for number, name in enumerate(sorted(KEPT))]
    rows += [row(2, f"{HELD} Gardens"), row(3, f"J {HELD}"),
             (*row(4, "Mr I Zebedee")[:6], "Nil", "no amount", "T0")]
    group.path = write(folder / "spend.csv", rows, HEADINGS)
    group.personal, group.rows = len(personal) + 1, rows
    group.said = [group.leeds.run("import", "spend", group.path, "--dry-run",
                                  "--rejects", folder / "dry.csv", expect=5)]
    group.report = load(group.leeds, group.path, "--rejects", folder / "rejects.csv", expect=5)
    group.rejects = [path.read_text() for path in folder.glob("*.csv") if path != group.path]
    group.said += [group.leeds.run("preview"), group.leeds.run("--json", "preview")]
    group.published = publish(group.leeds)
    meet(group)
    return group


def lines(member, count):
    return member.run("--json", "watch", "--from", "start", "--all", "--count", count,
                      "--timeout", "60").out


def everything_said(group):
    """place -> text: what each member's user can see, and what each daemon logged."""
    said = {f"import and preview {at}": one.out + one.err for at, one in enumerate(group.said)}
    said["the report"] = json.dumps(group.report)
    said["the rejected rows"] = "".join(group.rejects)
    for name, member in group.members.items():
        said[f"{name}'s records"] = lines(member, group.published)
        said[f"{name}'s log"] = member.log()
        for words in (("region", "suppliers", "--all"), ("region", "concentration"), ("audit",),
                      ("status",), ("framework", "list")):
            said[f"{name}: {' '.join(words)}"] = member.run("--json", *words).out
    return said


def files_of(member, *left_out):
    return {f"{member.name}/{path.relative_to(member.folder)}": path.read_bytes()
            for path in member.folder.rglob("*")
            if path.is_file() and path.name.split("-")[0] not in left_out}


def test_what_became_of_the_rows(told):
    report = told.report
    assert report["rows_used"] == len(KEPT) and report["rows_held"] == 2
    assert report["rows_screened"] == told.personal and report["rows_rejected"] == 0
    assert {one["reason"]: one["rows"] > 0 for one in report["screened"]} == \
        {"person": True, "redacted": True, "national_insurance": True}
    assert report["suppliers"] == len(KEPT) + 2 and report["state"] == "live"
    assert "54,held," in told.rejects[0] or "55,held," in told.rejects[0]


def test_organisations_that_look_like_persons_are_there(told):
    for member in told.members.values():
        seen = {one["name"] for one in suppliers(member).values()}
        assert seen == KEPT
        text = lines(member, told.published)
        assert all(name in text for name in seen), "the search below can find what is there"


def test_no_person_is_said_anywhere(told):
    for place, text in everything_said(told).items():
        folded = text.lower().replace(" ", "")
        assert SURNAME.lower() not in folded, place
        for number in INSURANCE:
            assert number.lower().replace(" ", "") not in folded, place
        if place.endswith(("records", "log")) or ": region" in place:
            assert HELD.lower() not in folded, place
            assert "redacted" not in folded and "fostercare" not in folded, place


def test_no_supplier_at_all_is_named_in_a_log(told):
    for member in told.members.values():
        log = member.log().lower()
        assert "daemon.ready" in log
        assert not [name for name in KEPT if name.lower() in log]


def test_no_person_is_in_a_file_of_anybody_s(told):
    """With the daemons killed, so that nothing is tidied up for the occasion."""
    for member in told.members.values():
        member.kill()
    try:
        for member in told.members.values():
            for place, data in files_of(member).items():
                assert SURNAME.lower().encode() not in data.lower(), place
                for number in INSURANCE:
                    assert number.lower().encode() not in data.lower(), place
            for place, data in files_of(member, "local.db").items():
                assert HELD.lower().encode() not in data.lower(), place
        held = [place for place, data in files_of(told.leeds).items()
                if HELD.lower().encode() in data.lower()]
        assert held, "the search finds what is held, in Leeds' own list of suppliers"
    finally:
        told.start()


def test_what_is_kept_by_hand_travels_and_what_is_dropped_is_forgotten(told, tmp_path):
    leeds = told.leeds
    held = {one["name"]: one["id"] for one in leeds.json("supplier", "list", "--held")["suppliers"]}
    assert set(held) == {f"{HELD} Gardens", f"J {HELD}"}
    leeds.run("supplier", "drop", held[f"J {HELD}"])
    leeds.run("supplier", "keep", held[f"{HELD} Gardens"])
    assert publish(leeds) == 1
    meet(told)
    for member in told.members.values():
        assert f"{HELD} Gardens" in {one["name"] for one in suppliers(member).values()}
    again = load(leeds, write(tmp_path / "again.csv", told.rows[::-1], HEADINGS))
    assert again["state"] == "live" and again["rows_held"] == 0, "both decisions are remembered"
    assert leeds.json("preview")["total"] == 0
    names = {one["name"] for one in leeds.json("supplier", "list")["suppliers"]}
    assert f"J {HELD}" not in names
    for member in told.members.values():
        member.kill()
    for member in told.members.values():
        for place, data in files_of(member).items():
            assert f"j {HELD}".lower().encode() not in data.lower(), place
    told.start()
