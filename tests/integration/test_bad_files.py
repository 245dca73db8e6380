"""Files that are not what they say: one clear line each, and nothing of them counts."""

import pytest

from spending import load, own_suppliers, publish, spend, write

HEAD = b"Supplier Name,Company Number,Payment Date,Amount\r\n"
ROW = b"Bolt plc,,2018-10-02,7000.00\r\n"
JPEG = bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffdb004300") + bytes(range(256)) * 40
XLS = bytes.fromhex("d0cf11e0a1b11ae1") + bytes(4096)
UTF_16 = (HEAD + ROW * 2).decode()
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
    return (own_suppliers(member), member.json("preview")["records"],
            member.call("import_list")["imports"], spend(member))


def refused(group, path, *words, status=1, timeout=120):
    """Refused in one line that names the file and says `words`; and nothing has changed."""
    for options in ((), ("--dry-run",)):
        said = group.leeds.run("import", "spend", path, *options, expect=status, timeout=timeout)
        assert said.err.count("\n") == 1 and said.err.startswith("tocsin: "), said
        assert len(said.err) < 500 and said.err[:-1].isprintable(), said
        assert path.name in said.err and all(word in said.err for word in words), said
        assert said.out == "", said
    assert state(group.leeds) == group.before
    return said.err


@pytest.mark.parametrize("name, data, words", [
    ("photo.csv", JPEG, ("picture",)),
    ("photo.jpg", JPEG, ("picture",)),
    ("workbook.csv", XLS, ("spreadsheet", "save it as CSV")),
    ("workbook.xls", XLS, ("spreadsheet", "save it as CSV")),
    ("torn.xlsx", XLSX_TORN, ("CSV",)),
    ("torn.csv", XLSX_TORN, ("CSV",)),
    ("empty.csv", b"", ("empty",)),
    ("blank.csv", b"\r\n\r\n  \r\n", ("empty",)),
    ("mark.csv", b"\xef\xbb\xbf", ("empty",)),
    ("head.csv", HEAD, ("row",)),
    ("head_alone.csv", HEAD.rstrip(), ("row",)),
    ("no_headings.csv", ROW * 50, ("heading",)),
    ("prose.csv", b"Dear colleague,\r\nhere is the file that you asked for.\r\n", ("heading",)),
    ("nul.csv", HEAD + ROW + bytes(1000) + ROW, ("binary",)),
    ("utf_16.csv", UTF_16.encode("utf-16"), ("UTF-16", "save it as CSV UTF-8")),
    ("utf_16_le.csv", UTF_16.encode("utf-16-le"), ("UTF-16", "save it as CSV UTF-8")),
    ("utf_16_be.csv", UTF_16.encode("utf-16-be"), ("UTF-16", "save it as CSV UTF-8")),
    ("cut.csv", HEAD + ROW * 3 + b"Acme Ltd,,2018-1", ("row 5",)),
    ("cut_in_quotes.csv", HEAD + ROW * 3 + b'"Bolt plc,,2018-10-02,70', ("row 5",)),
    ("cut_late.csv", HEAD + ROW * 50_000 + b"Acme Ltd,,2018-1", ("row 50002",)),
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
