"""Files that are not what they say: one clear line each, and nothing of them counts."""

import pytest

from spending import load, spend, publish, write

HEAD = b"Supplier Name,Company Number,Payment Date,Amount\r\n"
ROW = b"Bolt plc,,2018-10-02,7000.00\r\n"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + bytes(range(256)) * 40
XLS = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096)
XLSX_TORN = b"PK\x03\x04\x14\x00\x06\x00\x08\x00\x00\x00!\x00" + bytes(range(256)) * 10


@pytest.fixture(scope="module")
def group(shared_groups, tmp_path_factory):
    """Leeds holds one good file already."""
    group = shared_groups(councils=("leeds",)).start()
    path = tmp_path_factory.mktemp("good") / "good.csv"
    load(group.leeds, write(path, [("Acme Ltd", "", "2018-10-01", "5000.00")]))
    publish(group.leeds)
    group.before = state(group.leeds)
    return group


def state(member):
    """All that an import could have changed."""
    return (member.json("supplier", "list")["suppliers"], member.json("preview")["records"],
            member.call("import_list")["imports"], spend(member))


def refused(group, path, *words, status=1, timeout=120):
    """Refused in one line that names the file and says `words`; and nothing has changed."""
    for options in ((), ("--dry-run",)):
        said = group.leeds.run("import", "spend", path, *options, expect=status, timeout=timeout)
        assert said.err.count("\n") == 1 and said.err.startswith("tocsin: "), said
        assert len(said.err) < 500 and said.err.isprintable() or said.err[:-1].isprintable(), said
        assert path.name in said.err and all(word in said.err for word in words), said
        assert said.out == "", said
    assert state(group.leeds) == group.before
    return said.err


@pytest.mark.parametrize("name, data, words", [
    ("photo.csv", JPEG, ()),
    ("photo.jpg", JPEG, ()),
    ("workbook.csv", XLS, ("CSV",)),
    ("workbook.xls", XLS, ("CSV",)),
    ("torn.xlsx", XLSX_TORN, ()),
    ("torn.csv", XLSX_TORN, ()),
    ("empty.csv", b"", ("empty",)),
    ("blank.csv", b"\r\n\r\n  \r\n", ()),
    ("mark.csv", b"\xef\xbb\xbf", ()),
    ("head.csv", HEAD, ("row",)),
    ("head_alone.csv", HEAD.rstrip(), ("row",)),
    ("no_headings.csv", ROW * 50, ("heading",)),
    ("prose.csv", b"Dear colleague,\r\nhere is the file that you asked for.\r\n", ("heading",)),
    ("nul.csv", HEAD + ROW + bytes(1000) + ROW, ()),
    ("cut_in_quotes.csv", HEAD + ROW * 3 + b'"Bolt plc,,2018-10-02,70', ()),
], ids=lambda value: value if isinstance(value, str) else "")
def test_not_a_spend_file(group, tmp_path, name, data, words):
    path = tmp_path / name
    path.write_bytes(data)
    refused(group, path, *words)


def test_one_line_of_100_megabytes(group, tmp_path):
    path = tmp_path / "line.csv"
    with open(path, "wb") as file:
        for _ in range(100):
            file.write(b"x" * 1024 * 1024)
    refused(group, path)
    with open(path, "wb") as file:
        file.write(HEAD + ROW)
        for _ in range(100):
            file.write(b"x" * 1024 * 1024)
    refused(group, path)
    path.unlink()


def test_not_a_file(group, tmp_path):
    refused(group, tmp_path / "nowhere.csv")
    folder = tmp_path / "folder.csv"
    folder.mkdir()
    refused(group, folder)


@pytest.mark.parametrize("encoding", ["utf-16", "utf-16-le", "utf-16-be"])
def test_utf_16(groups, tmp_path, encoding):
    """What a spreadsheet calls "Unicode text" is read, or said to be what it is."""
    group = groups(councils=("leeds",)).start()
    path = tmp_path / "unicode.csv"
    path.write_bytes((HEAD + ROW * 2).decode().encode(encoding))
    said = group.leeds.run("--json", "import", "spend", path, expect=None)
    if said.status == 0:
        assert said.json["rows_used"] == 2
        assert [one["name"] for one in group.leeds.json("supplier", "list")["suppliers"]] == \
            ["Bolt plc"]
    else:
        assert said.status == 1 and said.err.count("\n") == 1 and "UTF-16" in said.err, said
        assert group.leeds.json("supplier", "list")["suppliers"] == []


def test_cut_in_mid_row(groups, tmp_path):
    """A copy that broke off leaves a last row that says too little: it is rejected by number, by name
    of the column, and the rows before it count."""
    group = groups(councils=("leeds",)).start()
    path = tmp_path / "cut.csv"
    path.write_bytes(HEAD + ROW * 3 + b"Acme Ltd,,2018-1")
    report = load(group.leeds, path, expect=5)
    assert report["rows_used"] == 3 and report["rows_rejected"] == 1
    [rejected] = report["rejected"]
    assert rejected["row"] == 5 and rejected["reason"]
    said = group.leeds.run("import", "spend", path, "--dry-run", expect=5)
    assert "row 5" in said.out or "5" in said.out.split()
