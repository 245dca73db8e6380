"""What the tests of spend files share: making files, importing, and asking for the picture."""

import csv
import time

PARTS = ("rows_used", "rows_rejected", "rows_screened", "rows_held")
HEADINGS = ("Supplier Name", "Company Number", "Payment Date", "Amount")


def write(path, rows, headings=HEADINGS):
    """A spend file of rows as `headings` say."""
    with open(path, "w", newline="", encoding="utf-8") as file:
        writer = csv.writer(file)
        writer.writerow(headings)
        writer.writerows(rows)
    return path


def load(member, path, *options, expect=0):
    """Imports a file and returns the report, whose parts add up."""
    report = member.run("--json", "import", "spend", path, *options, expect=expect,
                        timeout=300).json
    assert report["rows_read"] == sum(report[part] for part in PARTS), report
    assert sum(one["rows"] for one in report["screened"]) == report["rows_screened"]
    return report


def publish(member):
    """Publishes what waits, held to the digest of what was shown."""
    preview = member.json("preview")
    published = member.json("publish", "--expect", preview["digest"], timeout=120)
    assert published["published"] == preview["total"]
    member.wait_proven()  # else nobody can say where its log ends
    return published["published"]


def meet(group, timeout=240):
    """Until every member has applied every council's exposures."""
    ends = {name: one.next_sequence(name, "exposure") for name, one in group.members.items()}
    for member in group.members.values():
        for publisher, end in ends.items():
            member.wait_sequence(publisher, end, timeout, "exposure")


def rebuilt(member, timeout=120):
    """Derives everything anew until twice the same came out: asks and answers about tokens may
    still arrive between two. What depended on chance would never be the same twice."""
    until = time.monotonic() + timeout
    before = member.json("rebuild")["digest"]
    while True:
        digest = member.json("rebuild")["digest"]
        if digest == before:
            return digest
        assert time.monotonic() < until, "no two rebuilds give the same"
        before = digest


def own_suppliers(member):
    """`supplier list` without how the tokens fare: those come in by themselves, whatever is tested."""
    return [{key: value for key, value in one.items() if not key.startswith("token_")}
            for one in member.json("supplier", "list")["suppliers"]]


def suppliers(member, *options):
    """Every page of `region suppliers`: id -> row."""
    rows = member.json("region", "suppliers", "--all", *options)["suppliers"]
    found = {row["id"]: row for row in rows}
    assert len(found) == len(rows), "a supplier is shown once"
    return found


def spend(member, *options):
    """id -> pounds in the regional picture."""
    return {id: row["spend"] for id, row in suppliers(member, *options).items()}
