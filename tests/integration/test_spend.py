"""`tocsin import spend`: real files whole, seeded ones to the last row, and what is no such file."""

import csv
import decimal
import io
import os
import pathlib
import shutil
import signal
import subprocess
import zipfile

import pytest

import harness
import region_files
from harness import TOCSIN, tocsin

HEAD = "Payment Date,Supplier Name,Company No,Net Amount\n"
MAP = pathlib.Path(__file__).resolve().parents[2] / "conf" / "maps" / "spend.map"


@pytest.fixture
def leeds(groups):
    """A council that nobody answers: importing needs no peer."""
    group = groups(councils=("leeds",))
    group.leeds.start("--alone")
    return group.leeds


def imported(member, path, *words, status=None):
    """What an import said; the counts add up whatever the file."""
    said = member.run("--json", "import", "spend", path, *words, expect=status)
    assert said.status in (0, 5), said
    report = said.json
    fates = [report[f"rows_{fate}"] for fate in ("used", "rejected", "screened", "held")]
    assert report["rows_read"] == sum(fates), report
    assert (said.status == 5) == (fates[1] + fates[3] > 0 and report["state"] != "same"), said
    return report


def live(member):
    return {item["source"]: item for item in member.call("import_list")["imports"]}


def refused(member, path, *words, stdin=None, status=1, options=(), env=None):
    """One line that has these words; and nothing came of it."""
    before = live(member)
    said = member.run("import", "spend", path, *options, expect=status, stdin=stdin, env=env,
                      timeout=120)
    assert said.err.count("\n") == 1 and said.err.startswith("tocsin: "), said
    assert all(word in said.err for word in words), said
    assert live(member) == before
    return said


def real_files():
    """Whole where they are, else the excerpts."""
    whole = region_files.whole()
    folder = region_files.WHOLE if whole else harness.DATA
    messy = [folder / "messy" / name
             for name in ("leeds_raw_2012-12.csv", "oxford_2018-Q1.csv",
                          "calderdale_2018-05.csv", "wakefield_2018-Q3.csv")]
    return [*(whole or region_files.excerpts()).values(), *messy]


def rows_of(path):
    """Python's own reader."""
    data = path.read_bytes()
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        text = data.decode("cp1252")
    return list(csv.DictReader(io.StringIO(text)))


AMOUNTS = ("Net Amount", "NetAmount", "Amount", "Invoiced Value")


def test_real_files(leeds):
    for number, path in enumerate(real_files()):
        rows = rows_of(path)
        report = imported(leeds, path, "--source", f"file-{number}")
        assert report["rows_read"] == len(rows) and report["rows_rejected"] == 0, report
        assert report["rows_used"] > len(rows) / 2, report
        kept = live(leeds)[f"file-{number}"]
        assert kept["rows"] == report["rows_used"] + report["rows_held"]
        assert (kept["first_date"], kept["last_date"]) == (report["first_date"], report["last_date"])
        if report["rows_screened"] == 0:
            heading = next(heading for heading in AMOUNTS if heading in rows[0])
            pence = sum(decimal.Decimal(row[heading].replace(",", "")) for row in rows) * 100
            assert kept["pence"] == pence, path
        again = imported(leeds, path, "--source", f"file-{number}", status=0)
        assert again["state"] == "same" and again["rows_read"] == 0
        assert live(leeds)[f"file-{number}"] == kept


def test_dates_are_replaced_and_said_so_before(leeds, tmp_path):
    first, second = tmp_path / "first.csv", tmp_path / "second.csv"
    first.write_text(HEAD + "1/2/2018,A Sample Ltd,,10.00\n1/2/2018,A Sample Ltd,,-2.50\n"
                            "2/2/2018,A Sample Ltd,,5.00\n3/2/2018,B Sample Ltd,,7.00\n")
    second.write_text(HEAD + "1/2/2018,A Sample Ltd,,20.00\n3/2/2018,B Sample Ltd,,8.00\n"
                             "4/2/2018,B Sample Ltd,,1.00\n")
    report = imported(leeds, first, status=0)
    assert (report["source"], report["state"], report["dates"]) == ("payments", "live", 3)
    assert live(leeds)["payments"]["pence"] == 1950  # the credit counts against the payment
    dry = imported(leeds, second, "--dry-run", status=0)
    assert dry["state"] == "dry_run"
    assert [dry[key] for key in ("dates", "dates_replaced", "rows_replaced", "dates_kept")] == \
        [3, 2, 3, 1]
    assert live(leeds)["payments"]["pence"] == 1950
    shown = leeds.run("import", "spend", second, "--dry-run").out
    assert "there already: 2 of these dates; 3 rows of them would be replaced" in shown
    assert "not in the file: 1 date in between, left as before" in shown
    report = imported(leeds, second, status=0)
    assert report["dates_replaced"] == 2 and report["state"] == "live"
    assert sum(item["pence"] for item in leeds.call("import_list")["imports"]) == 3400
    # Another series of files has dates of its own; and a file may say that it is complete.
    assert imported(leeds, first, "--source", "cards", status=0)["dates_replaced"] == 0
    report = imported(leeds, second, "--covers", "01/02/2018,28/02/2018", status=0)
    assert report["state"] == "live" and report["dates_kept"] == 0
    assert live(leeds)["payments"]["pence"] == 2900


def test_a_payment_that_was_redacted_since_does_not_stay(leeds, tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(HEAD + "1/2/2018,A Sample Ltd,,1\n2/2/2018,B Sample Ltd,,2\n3/2/2018,C Sample Ltd,,4\n")
    imported(leeds, path, status=0)
    path.write_text(HEAD + "1/2/2018,A Sample Ltd,,1\n2/2/2018,REDACTED PERSONAL DATA,,2\n"
                           "3/2/2018,C Sample Ltd,,REDACTED COMMERCIAL CONFIDENTIALITY\n")
    report = imported(leeds, path, status=5)
    assert (report["dates"], report["dates_replaced"], report["rows_replaced"]) == (3, 3, 3)
    assert live(leeds)["payments"]["pence"] == 100


def test_what_is_imported_waits_as_drafts(leeds, tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(HEAD + "1/2/2018,A Sample Ltd,1203270,600000\n1/5/2018,A Sample Ltd,1203270,1400\n"
                           "2/2/2018,Sample Trust,,9000\n2/2/2018,Mr Alan Sample,,9000\n")
    report = imported(leeds, path, status=5)
    assert (report["staged"], report["withdrawn"]) == (2, 0), report
    preview = leeds.json("preview")
    records = [item["record"] for item in preview["records"]]
    assert [(one["name"], one["number"], one["year"], one["spend"]) for one in records] == \
        [("A Sample Ltd", "GB-COH-01203270", 2017, 600000), ("A Sample Ltd", "GB-COH-01203270", 2018, 1000)]
    leeds.run("publish", "--expect", preview["digest"])
    assert imported(leeds, path, status=0)["state"] == "same"
    assert leeds.json("preview")["total"] == 0
    # The payment of May is credited, that of February was another's.
    path.write_text(HEAD + "1/5/2018,A Sample Ltd,1203270,-1400\n1/5/2018,A Sample Ltd,1203270,1400\n"
                           "2/2/2018,Sample Trust,,9000\n1/2/2018,Someone Else Ltd,,1\n")
    report = imported(leeds, path, status=5)
    assert (report["rows_used"], report["rows_held"], report["withdrawn"]) == (3, 1, 1), report
    drafts = leeds.json("preview", "--stream", "exposure")["records"]
    # The credit leaves a record of nothing spent: that the supplier is there is what counts.
    assert sorted(item["action"] for item in drafts) == ["add", "replace", "withdraw"], drafts
    names = {item["record"]["name"]: item["record"]["spend"] for item in drafts
             if item["action"] != "withdraw"}
    assert names == {"Someone Else Ltd": 0, "A Sample Ltd": 0}, drafts


SEEDED = ["Mr Alan Seeded", "MRS B SEEDED", "Dr. C. Seeded", "Miss Seeded-Smith",
          "Alan Seeded T/A Seeded Roofing", "Seeded trading as Seeded Cars", "Foster Carer Payments",
          "Foster Carers", "REDACTED PERSONAL DATA", "REDACTED - PERSONAL  DATA",
          "DETAILS REDACTED", "Redacted", "Sole Trader Seeded"]


def test_personal_rows_never_reach_the_daemon(leeds, tmp_path):
    path, rejects = tmp_path / "seeded.csv", tmp_path / "rejects.csv"
    rows = [f"1/2/2018,{name},,600.00" for name in SEEDED]
    rows += ["1/2/2018,Sample Seeded Ltd,QQ123456C,600.00", "1/2/2018,Seeded QQ 12 34 56 C,,600.00",
             "1/2/2018,Sample Organisation Ltd,,600.00",
             # The columns have moved, and a name stands where an amount belongs.
             "1/2/2018,Sample Organisation Ltd,,Alan Seeded",
             "Alan Seeded,Sample Organisation Ltd,,5.00"]
    path.write_text(HEAD + "\n".join(rows) + "\n")
    report = imported(leeds, path, "--rejects", rejects)
    screened = {item["reason"]: item["rows"] for item in report["screened"]}
    assert screened == {"person": 9, "redacted": 4, "national_insurance": 2}, report
    assert (report["rows_used"], report["rows_rejected"], report["rows_held"]) == (1, 2, 0)
    said = leeds.run("import", "spend", path, "--source", "again", expect=5)
    leeds.stop()
    told = rejects.read_text() + said.out + said.err + leeds.log() + str(report)
    kept = b"".join(item.read_bytes() for item in leeds.store.iterdir())
    assert b"Sample Organisation" in kept
    for word in ("Alan", "SEEDED", "Seeded", "QQ123456C", "Foster Carer"):
        assert word not in told.replace(str(tmp_path), "").replace("seeded.csv", ""), word
        assert word.encode() not in kept, word


def test_rejected_rows_have_row_column_and_reason(leeds, tmp_path):
    path, rejects = tmp_path / "file.csv", tmp_path / "rejects.csv"
    path.write_text("Spend over 500 pounds\n\n" + HEAD +
                    "1/2/2018,A Sample Ltd,,REDACTED PERSONAL DATA\n31/2/2018,A Sample Ltd,,1\n"
                    "1/2/2018,Sample Trust,,1\n2/2/2018,Sample Trust,,2\n1/2/2018,,,1\n"
                    "1/2/2018,A Sample Ltd,687687602,1\n")
    report = imported(leeds, path, "--rejects", rejects, status=5)
    assert report["rejected"] == [
        {"row": 4, "column": "Net Amount", "reason": "'REDACTED PERSONAL DATA' is not an amount"},
        {"row": 5, "column": "Payment Date", "reason": "'31/2/2018' is not a date (day/month/year)"},
        {"row": 8, "column": "Supplier Name", "reason": "is empty, or names nobody"}]
    assert (report["rows_used"], report["rows_held"]) == (1, 2)
    assert [note["row"] for note in report["held"]] == [6]
    assert [note["column"] for note in report["remarks"]] == ["Company No"]
    lines = list(csv.DictReader(io.StringIO(rejects.read_text())))
    assert [(line["row"], line["fate"]) for line in lines] == \
        [("4", "rejected"), ("5", "rejected"), ("8", "rejected"), ("6", "held")]


def test_what_is_no_spend_file(leeds, tmp_path):
    def file(name, content):
        path = tmp_path / name
        path.write_bytes(content.encode() if isinstance(content, str) else content)
        return path

    picture = b"\xff\xd8\xff\xe0\0\x10JFIF\0" + bytes(range(256)) * 40
    refused(leeds, file("photo.csv", picture), "photo.csv", "JPEG")
    refused(leeds, file("empty.csv", ""), "empty")
    refused(leeds, file("head.csv", HEAD), "no row under them")
    refused(leeds, file("marked.csv", (HEAD + "1/2/2018,A Ltd,,1\n").encode("utf-16")), "UTF-16")
    refused(leeds, file("utf16.csv", (HEAD + "1/2/2018,A Ltd,,1\n").encode("utf-16-le")), "UTF-16")
    refused(leeds, file("other.csv", "a,b\n1,2\n"), "no row of headings", "--map")
    refused(leeds, file("cut.csv", HEAD + "1/2/2018,A Ltd,,1\n" * 5000 + "1/2/2018,A L"),
            "ends in the middle of row 5002")
    refused(leeds, file("quote.csv", HEAD + "1/2/2018,A Ltd,,1\n" * 5000 + '1/2/2018,"A L'),
            "ends in the middle of row 5002")
    refused(leeds, file("page.csv", "<!DOCTYPE html><p>no</p>"), "web page")
    refused(leeds, tmp_path / "missing.csv", "missing.csv")
    refused(leeds, tmp_path, "folder")
    refused(leeds, file("undated.csv", "Supplier,Amount\nA Ltd,1\n"), "--covers")
    line = file("line.csv", HEAD + "1/2/2018,A Ltd,,1\n")
    with open(line, "ab") as out:
        for _ in range(100):
            out.write(b"x" * 1024 * 1024)
    refused(leeds, line, "row 3", "longer than 1 MiB")
    good = file("good.csv", HEAD + "1/2/2018,A Sample Ltd,,1\n")
    refused(leeds, good, "--source", status=2, options=("--source", "Not Good"))
    refused(leeds, good, "--covers", status=2, options=("--covers", "2018-04-01"))
    refused(leeds, good, "line 1", status=1, options=("--map", file("m", "suplier = Who\n")))
    refused(leeds, good, "--list", status=2, options=("--list", "highways"))
    assert live(leeds) == {}
    assert imported(leeds, good, status=0)["rows_used"] == 1


def test_maps_periods_and_standard_input(leeds, tmp_path):
    text = "\n".join(line.strip("# ") for line in MAP.read_text().splitlines()
                     if line.startswith("#     "))
    path = tmp_path / "ledger.csv"
    path.write_text(text + "\n")
    report = imported(leeds, path, "--map", MAP, status=0)
    assert (report["rows_used"], report["first_date"]) == (1, "2018-04-03")
    assert live(leeds)["payments"]["pence"] == 10000
    # The example says what its fields are; the template is a file that is recognised.
    template = leeds.run("import", "spend", "--template").out
    rows = template + "P03,B Sample Ltd,\"(1,234.50)\",,,45210000,\n"
    with open(tmp_path / "rows", "w+") as stdin:
        stdin.write(rows)
        stdin.seek(0)
        said = leeds.run("--json", "import", "spend", "-", "--covers", "2018-04-01,2019-03-31",
                         "--source", "ledger", stdin=stdin)
        assert (said.json["first_date"], said.json["dates"]) == ("2018-04-01", 365), said
        assert live(leeds)["ledger"]["pence"] == -123450
        assert "month" in said.json["remarks"][0]["reason"]
        stdin.seek(0)
        again = leeds.run("--json", "import", "spend", "-", "--covers", "2018-04-01,2019-03-31",
                          "--source", "ledger", stdin=stdin)
        assert again.json["state"] == "same"


def sheet(path, rows):
    """The smallest spreadsheet there is: numbers and texts of one page; the first column is dates."""
    def cell(value):
        if isinstance(value, str) and "E-" not in value:  # a spreadsheet's way to write 0.07
            return f'<c t="inlineStr"><is><t>{value}</t></is></c>'
        return f'<c s="{1 if isinstance(value, int) else 2}"><v>{value}</v></c>'

    def part(name, body):
        return f'<{name} xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{body}</{name}>'

    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    package = "http://schemas.openxmlformats.org/package/2006"
    lines = "".join(f'<row r="{number}">{"".join(map(cell, row))}</row>'
                    for number, row in enumerate(rows, 1))
    with zipfile.ZipFile(path, "w") as out:
        out.writestr("[Content_Types].xml", f'<Types xmlns="{package}/content-types">'
                     '<Default Extension="xml" ContentType="application/xml"/>'
                     '<Override PartName="/xl/styles.xml" ContentType="application/vnd.openxmlformats-'
                     'officedocument.spreadsheetml.styles+xml"/></Types>')
        out.writestr("xl/workbook.xml", f'<workbook xmlns="http://schemas.openxmlformats.org/'
                     f'spreadsheetml/2006/main" xmlns:r="{office}"><sheets>'
                     '<sheet name="a" sheetId="1" r:id="rId1"/></sheets></workbook>')
        out.writestr("xl/_rels/workbook.xml.rels", f'<Relationships xmlns="{package}/relationships">'
                     f'<Relationship Id="rId1" Type="{office}/worksheet" '
                     'Target="worksheets/sheet1.xml"/>'
                     f'<Relationship Id="rId2" Type="{office}/styles" Target="styles.xml"/>'
                     '</Relationships>')
        out.writestr("xl/styles.xml", part("styleSheet", '<cellXfs count="3"><xf numFmtId="0"/>'
                                           '<xf numFmtId="14"/><xf numFmtId="1"/></cellXfs>'))
        out.writestr("xl/worksheets/sheet1.xml", part("worksheet", f"<sheetData>{lines}</sheetData>"))


def test_spreadsheets(leeds, tmp_path):
    path = tmp_path / "spend.csv"  # what it is called does not count
    sheet(path, [["Payment Date", "Supplier", "Amount"], [43132, "A Sample Ltd", 616.23],
                 [43132, "A Sample Ltd", "7.0000000000000007E-2"]])
    empty = tmp_path / "bin"
    empty.mkdir()
    refused(leeds, path, "xlsx2csv", "CSV UTF-8", env={**os.environ, "PATH": str(empty)})
    if shutil.which("xlsx2csv") is None:
        pytest.skip("xlsx2csv is not installed: that it is asked for was tested")
    report = imported(leeds, path, status=0)
    assert (report["rows_used"], report["first_date"]) == (2, "2018-02-01")
    assert live(leeds)["payments"]["pence"] == 61630, "the format of the column hides the pence"
    assert imported(leeds, path, status=0)["state"] == "same"
    broken = tmp_path / "broken.xlsx"
    broken.write_bytes(path.read_bytes()[:200])
    refused(leeds, broken, "xlsx2csv cannot read it")


def test_interrupted_half_way(leeds):
    read, write = os.pipe()
    process = subprocess.Popen([TOCSIN, "-c", str(leeds.conf), "import", "spend", "-"], stdin=read,
                               stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True,
                               preexec_fn=harness._die_with_parent)
    harness.STARTED.append(process)
    os.close(read)
    with os.fdopen(write, "w") as pipe:
        pipe.write(HEAD + "1/2/2018,A Sample Ltd,,1\n" * 100_000)
        pipe.flush()  # a pipe holds less: the command is reading
        process.send_signal(signal.SIGINT)
        out, err = process.communicate(timeout=60)
    assert process.returncode == 1 and out == "", (process.returncode, out, err)
    assert err == "tocsin: interrupted: nothing was imported\n"
    assert live(leeds) == {}


def test_memory_does_not_grow_with_the_file(leeds, tmp_path):
    """Twice as many payees as are known at a time, and a file of 20 MB."""
    def peak(rows):
        path = tmp_path / f"{rows}.csv"
        with open(path, "w") as out:
            out.write(HEAD)
            for number in range(rows):
                out.write(f"{number % 28 + 1}/2/2018,Number {number} of the Sample Suppliers Ltd,,"
                          f"{number}.00\n")
        words = [TOCSIN, "-c", str(leeds.conf), "import", "spend", str(path), "--dry-run"]
        environment = {**os.environ, "ASAN_OPTIONS": "quarantine_size_mb=1"}
        process = subprocess.Popen(words, stdout=subprocess.DEVNULL, env=environment,
                                   preexec_fn=harness._die_with_parent)
        _, status, used = os.wait4(process.pid, 0)
        process.returncode = os.waitstatus_to_exitcode(status)
        assert process.returncode == 0
        return used.ru_maxrss / 1024

    small, large = peak(70_000), peak(140_000)
    assert large < 1.15 * small, (small, large)
    assert large < 300, large


def test_rows_of_another_body(leeds, tmp_path):
    path = tmp_path / "spend.csv"
    path.write_text("Body Name,Payment Date,Supplier Name,Net Amount\n"
                    "LEEDS CITY COUNCIL,1/2/2018,A Sample Ltd,10.00\n"
                    "WEST YORKSHIRE COMBINED AUTHORITY,2/2/2018,B Sample Ltd,20.00")
    said = leeds.run("import", "spend", path).out
    assert "'WEST YORKSHIRE COMBINED AUTHORITY' (1 row): to keep one body's, --body NAME" in said
    assert "the last line has no end: is the file whole?" in said
    assert "2 suppliers: 2 new, 0 held" in said and "2 dates from" in said
    report = leeds.json("import", "spend", path, "--body", "Leeds City Council")
    assert (report["state"], report["rows_used"], report["rows_screened"]) == ("live", 1, 1)
    assert live(leeds)["payments"]["pence"] == 1000, "the other body's day is covered, and empty"
    assert imported(leeds, path, "--body", "Leeds City Council", status=0)["state"] == "same"
    refused(leeds, path, "no row is of 'York'", "'LEEDS CITY COUNCIL'",
            options=("--body", "York"))


def on_a_terminal(member, *words):
    """Standard output alone is a terminal."""
    master, slave = os.openpty()
    process = subprocess.Popen([TOCSIN, "-c", str(member.conf), *words], stdout=slave,
                               stdin=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True,
                               preexec_fn=harness._die_with_parent)
    os.close(slave)
    said = b""
    try:
        while more := os.read(master, 65536):
            said += more
    except OSError:  # the other end is closed
        pass
    os.close(master)
    assert process.wait(60) == 0, process.stderr.read()
    process.stderr.close()
    return said.decode().replace("\r", "")


def test_a_long_preview(leeds, tmp_path):
    path = tmp_path / "spend.csv"
    path.write_text("Payment Date,Supplier Name,Net Amount\n" + "".join(
        f"1/2/2018,Sample {chr(97 + i // 26)}{chr(97 + i % 26)} Works Ltd,1000\n"
        for i in range(130)))
    imported(leeds, path, status=0)
    shown = on_a_terminal(leeds, "preview")
    assert shown.count("\nexposure  add") == 100 and "130 records would leave" in shown
    assert "... and 30 more (--all, or a pipe, shows them):\n" \
           "  exposure: 30 to add, 0 to replace, 0 to withdraw\n" in shown
    assert on_a_terminal(leeds, "preview", "--all").count("\nexposure  add") == 130
    assert leeds.run("preview").out.count("\nexposure  add") == 130
    assert len(leeds.json("preview")["records"]) == 130
