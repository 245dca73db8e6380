"""An independent count of what councils share, for the tests to hold Tocsin's against. It uses no line
of the product: it reads the files by Python's own csv module, and folds and screens names by what
proto/PROTOCOL.md says, with the document's own tables. Where it and Tocsin differ, one of the three
(the document, the product, this file) is wrong.

    /usr/bin/python3 tests/integration/independent.py leeds=FILE bradford=FILE ...
"""

import collections
import csv
import decimal
import io
import itertools
import pathlib
import re
import sys
import unicodedata

PROTOCOL = pathlib.Path(__file__).resolve().parents[2] / "proto" / "PROTOCOL.md"


# ---- the document ----


def section(title):
    """The text below a heading, up to the next of any level."""
    text = PROTOCOL.read_text(encoding="utf-8")
    found = re.search(rf"^#+ [^\n]*{re.escape(title)}[^\n]*\n(.*?)(?=^#|\Z)", text, re.M | re.S)
    assert found, f"PROTOCOL.md has no section '{title}'"
    return found.group(1)


def legal_forms():
    """The two tables of the appendix: {word: short form}, and [(several words, short form)]."""
    text = section("folding of names")
    one_word, several = text.split("| short form | words |")[1].split("| short form | several words |")

    def rows(table):
        return [(form, row.group(1)) for row in re.finditer(r"^\| `([^`]+)` \| (.+) \|$", table, re.M)
                for form in re.findall(r"`([^`]+)`", row.group(2))]

    words, runs = dict(rows(one_word)), [(form.split(), to) for form, to in rows(several)]
    assert len(words) >= 8 and len(runs) >= 10, "the appendix's tables were not found"
    return words, sorted(runs, key=lambda one: -len(one[0]))


WORDS, RUNS = legal_forms()


# ---- folding, version 1 ----

DROPPED = {0x27, 0x60, 0xAD, 0xB4, 0x2BC, *range(0x300, 0x370), *range(0x200B, 0x2010),
           0x2018, 0x2019, 0x2032, 0xFEFF}
LATIN = {0xC6: "ae", 0xD0: "d", 0xD8: "o", 0xDE: "th", 0xDF: "ss",
         0xE6: "ae", 0xF0: "d", 0xF8: "o", 0xFE: "th", 0xD7: " ", 0xF7: " "}
WELSH = {**dict.fromkeys([0x174, 0x175, *range(0x1E80, 0x1E86)], "w"),
         **dict.fromkeys([0x176, 0x177, 0x178, 0x1EF2, 0x1EF3], "y")}
TRAILING = "".join(bytes([byte]).decode("cp1252", "ignore") for byte in range(0x80, 0xC0))
TWICE = re.compile(f"[\xc2-\xc5][{re.escape(TRAILING)}]|\xe2[{re.escape(TRAILING)}]{{2}}")
TRADING_AS = re.compile(r"(?<![^\W_])t[/\\]as?(?![^\W_])", re.I)
LETTERS_AT_END = ("ltd", "plc", "llp", "llc", "cic", "cio", "lp")


def encoded_once(name):
    """UTF-8 that was read as Windows-1252 and written as UTF-8 again, as it was."""

    def mend(match):
        try:
            character = match.group().encode("cp1252").decode("utf-8")
        except UnicodeDecodeError:
            return match.group()
        usual = len(match.group()) == 2 or 0x2000 <= ord(character) <= 0x20FF
        return character if usual else match.group()

    return TWICE.sub(mend, name)


def fold_character(character):
    code = ord(character)
    if code in DROPPED:
        return ""
    if character in "&+":
        return " and "
    if code < 0x80 and character.isalnum():
        return character.lower()
    if code in LATIN:
        return LATIN[code]
    if 0xC0 <= code <= 0xFF:
        return unicodedata.normalize("NFD", character)[0].lower()
    if code in WELSH:
        return WELSH[code]
    if code < 0xC0 or 0x2000 <= code <= 0x20CF or code in (0x2122, 0x3000):
        return " "
    return character


def join_letters(words):
    """Letters that stand apart become a word; at the end of a name, what is a legal form another."""
    joined = []
    for letters, run in itertools.groupby(words, lambda one: len(one) == 1 and "a" <= one <= "z"):
        joined += ["".join(run)] if letters else run
    if len(words) > 1 and words[-1] != joined[-1]:
        form = next((one for one in LETTERS_AT_END if joined[-1].endswith(one)), None)
        if form and joined[-1] != form:
            joined[-1:] = [joined[-1][:-len(form)], form]
    return joined


def shorten(words):
    """Legal forms as the tables have them."""
    words = [WORDS.get(word, word) for word in words]
    while True:
        before, at = list(words), 0
        while at < len(words):
            for run, short in RUNS:
                if words[at:at + len(run)] == run:
                    words[at:at + len(run)] = [short]
                    break
            at += 1
        if words == before:
            return words


def fold(name, buyer=False):
    """The folded name, "" when nothing is left."""
    text = TRADING_AS.sub(" ta ", encoded_once(name).removesuffix("\xc2"))
    words = [one for one in "".join(map(fold_character, text)).split(" ") if one]
    if buyer:
        words = [one for one in words[:-1] if one != "the"] + words[-1:]
    while len(words) > 1 and words[0] == "the":
        del words[0]
    while len(words) > 1 and words[-1] == "the":
        del words[-1]
    return " ".join(shorten(join_letters(words)))


# ---- screening (12.2), of a name and the number of an organisation, if it has one ----

def rules():
    """The lists that each rule of the section names: rule -> what stands in backticks, in order."""
    text = section("12.2 Screening")
    found = {int(rule.group(1)): re.findall(r"`([^`]+)`", rule.group(2))
             for rule in re.finditer(r"^(\d)\. (.*)$", text, re.M)}
    assert [len(found[rule]) for rule in (2, 4, 5, 6)] == [5, 4, 11, 2], found
    return found


RULES = rules()
TRADING = re.compile("|".join(map(re.escape, RULES[4][:2])))
SUFFIXES, LAST_SUFFIXES = (set(one.split()) for one in RULES[4][2:])
PERSONS = set(RULES[5][0].split())
PHRASES = re.compile(r"\b(" + "|".join(RULES[5][1:8]) + r")s?\b")
NOBODY, FILLERS = (set(one.split()) for one in RULES[5][-2:])
TITLES, ORGANISATIONS = (set(one.split()) for one in RULES[6])
INSURANCE = re.compile(r"(?<![A-Z0-9])[A-Z]{2}[ -]?(\d[ -]?){6}[A-D](?![A-Z0-9])", re.I)


def principal_of(folded):
    """What stands before the trading name, and whether there is one."""
    found = TRADING.search(folded)
    return (folded[:found.start()], True) if found else (folded, False)


def screen(name, number=None):
    """"keep", "hold" or "drop"."""
    folded = fold(name)
    words = folded.split(" ")
    if not folded or INSURANCE.search(name) or INSURANCE.search(number or ""):
        return "drop"
    if set(RULES[2]) & set(words):
        return "drop"
    if number:
        return "keep"
    principal, trading = principal_of(folded)
    own = principal.split(" ")
    if SUFFIXES & set(own[1:]) or (len(own) > 1 and own[-1] in LAST_SUFFIXES):
        return "keep"
    if PERSONS & set(words) or PHRASES.search(folded):
        return "drop"
    if set(words) <= NOBODY | FILLERS and set(words) & NOBODY:
        return "drop"
    if (words[0] in TITLES or trading) and not ORGANISATIONS & set(own):
        return "drop"
    return "hold"


# ---- categories (12.3) ----


def divisions():
    """The divisions of CPV and of SIC that exist."""
    text = section("12.3 Exposure")
    cpv, missing = re.search(r"CPV divisions: (.*?)\. SIC divisions: 01 to 99 but for (.*?)\.", text).groups()
    ranges = re.findall(r"(\d\d)(?: to (\d\d))?", cpv)
    found = {division for first, last in ranges for division in range(int(first), int(last or first) + 1)}
    return found, set(range(1, 100)) - set(map(int, missing.split()))


CPV, SIC = divisions()

# ---- reading ----

HEADINGS = {
    "name": ("beneficiary name", "supplier name", "suppliername", "supplier beneficiary name"),
    "amount": ("amount", "net amount", "netamount", "invoiced value"),
    "date": ("payment date", "date", "gl date", "datepaid", "paid date"),
    "number": ("company number", "supplier registered company number",
               "company registraation number"),
    "charity": ("charity number", "supplier registered charity number",
                "charity registration number"),
}
Row = collections.namedtuple("Row", "name scheme number day pence")
MONTHS = "jan feb mar apr may jun jul aug sep oct nov dec".split()


def decoded(data):
    """The text of a file: UTF-8, with or without its mark, else the Windows code page."""
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("cp1252")


def day_of(text):
    """(year, month, day), or None."""
    if found := re.fullmatch(r"(\d{4})-(\d\d)-(\d\d)", text):
        return tuple(map(int, found.groups()))
    if found := re.fullmatch(r"(\d\d?)/(\d\d?)/(\d{4})", text):
        return tuple(map(int, reversed(found.groups())))
    if found := re.fullmatch(r"(\d\d?)-([A-Za-z]{3})-(\d{4})", text):
        return int(found[3]), MONTHS.index(found[2].lower()) + 1, int(found[1])
    return None


def pence_of(text):
    """Pence, or None."""
    text = text.strip().replace(",", "").lstrip("£")
    if found := re.fullmatch(r"\((.*)\)", text):
        text = "-" + found[1]
    try:
        return int(decimal.Decimal(text) * 100)
    except decimal.InvalidOperation:
        return None


def number_of(company, charity):
    """The register and number of a payee: the company's before the charity's; lost zeros put back."""
    company = re.sub(r"[ .-]", "", company or "").upper()
    if re.fullmatch(r"\d{5,8}", company) and int(company):
        return "GB-COH", company.zfill(8)
    if found := re.fullmatch(r"(AC|BR|CE|CS|FC|IP|LP|NI|OC|RC|RS|SC|SL|SO|SP)(\d{4,6})", company):
        return "GB-COH", found[1] + found[2].zfill(6)
    charity = re.sub(r"(?<=\d)N/A|N/A(?=\d)", "0", (charity or "").strip().upper())
    if re.fullmatch(r"\d{6,7}", charity):
        return "GB-CHC", charity
    return "", ""


def read(path):
    """The payments of a file."""
    rows = list(csv.reader(io.StringIO(decoded(pathlib.Path(path).read_bytes()), newline="")))
    titles = [" ".join(re.findall(r"[a-z]+", title.lower())) for title in rows[0]]
    columns = {field: next((titles.index(one) for one in known if one in titles), None)
               for field, known in HEADINGS.items()}
    assert None not in (columns["name"], columns["amount"], columns["date"]), (path, rows[0])
    for row in rows[1:]:
        value = {field: row[at].strip() if at is not None and at < len(row) else ""
                 for field, at in columns.items()}
        day, pence = day_of(value["date"]), pence_of(value["amount"])
        if value["name"] and day and pence is not None:
            yield Row(value["name"], *number_of(value["number"], value["charity"]), day, pence)


def thousands(pence):
    """Pounds as a record carries them: to the nearest thousand, half away from zero."""
    rounded = (abs(pence) + 50_000) // 100_000 * 1000
    return rounded if pence >= 0 else -rounded


def financial_year(day):
    return day[0] if day[1] >= 4 else day[0] - 1


# ---- counting ----


class Council:
    """What one council's kept payments come to: by supplier, by financial year."""

    def __init__(self, paths):
        self.rows, self.kept, self.held, self.dropped = 0, 0, 0, 0
        self.held_names = set()
        payments = []
        for path in paths:
            for row in read(path):
                self.rows += 1
                fate = screen(row.name, row.number)
                self.kept += fate == "keep"
                self.held += fate == "hold"
                self.dropped += fate == "drop"
                if fate == "keep":
                    payments.append(row)
                elif fate == "hold":
                    self.held_names.add(row.name)
        self.resolve(payments)

    def resolve(self, payments):
        """A payee without a number is the one of the same name that has one, if there is one."""
        numbers = collections.defaultdict(set)
        for row in payments:
            if row.number:
                numbers[fold(row.name)].add(f"{row.scheme}-{row.number}")
        self.names = collections.defaultdict(collections.Counter)  # supplier -> spellings
        self.pence = collections.Counter()  # (supplier, year)
        rows = collections.defaultdict(collections.Counter)  # year -> month -> payments
        for row in payments:
            known = numbers[fold(row.name)]
            if row.number:
                supplier = f"{row.scheme}-{row.number}"
            elif len(known) == 1:
                [supplier] = known
            else:
                supplier = f"name:{fold(row.name)}"
            year = financial_year(row.day)
            self.names[supplier][row.name] += 1
            self.pence[supplier, year] += row.pence
            rows[year][row.day[:2]] += 1
        # A few late payments do not make an earlier month known (the manual, "import spend").
        self.months = {year: {month for month, paid in months.items()
                              if 4 * paid >= max(months.values())}
                       for year, months in rows.items()}

    def suppliers(self, year):
        return {supplier for supplier, paid in self.pence if paid == year}


class Region:
    """The picture of several councils: who shares which supplier."""

    def __init__(self, files):
        """`files`: council -> path or paths."""
        self.councils = {name: Council([paths] if isinstance(paths, (str, pathlib.Path)) else paths)
                         for name, paths in files.items()}

    def resolved(self):
        """(council, supplier) -> the region's supplier: by number, else by a name with one number."""
        numbers = collections.defaultdict(set)
        for council in self.councils.values():
            for supplier, names in council.names.items():
                if not supplier.startswith("name:"):
                    for name in names:
                        numbers[fold(name)].add(supplier)
        found = {}
        for council_name, council in self.councils.items():
            for supplier in council.names:
                known = numbers[supplier[5:]] if supplier.startswith("name:") else ()
                found[council_name, supplier] = next(iter(known)) if len(known) == 1 else supplier
        return found

    def picture(self, year):
        """supplier -> {council: pence}."""
        picture = collections.defaultdict(collections.Counter)
        for (council, supplier), resolved in self.resolved().items():
            if (supplier, year) in self.councils[council].pence:
                picture[resolved][council] += self.councils[council].pence[supplier, year]
        return picture

    def years(self):
        return sorted({year for council in self.councils.values() for _, year in council.pence})


def main(arguments):
    region = Region(dict(one.split("=", 1) for one in arguments))
    for name, council in region.councils.items():
        print(f"{name}: {council.rows} rows, {council.kept} kept, {council.held} held, "
              f"{council.dropped} dropped; {len(council.names)} suppliers")
    for year in region.years():
        picture = region.picture(year)
        print(f"{year}/{(year + 1) % 100:02}: {len(picture)} suppliers, "
              f"£{sum(sum(paid.values()) for paid in picture.values()) // 100:,}")
        for least in range(1, len(region.councils) + 1):
            shared = [paid for paid in picture.values() if len(paid) >= least]
            total = sum(sum(paid.values()) for paid in shared)
            print(f"  in {least} or more: {len(shared)} suppliers, £{total // 100:,}")


if __name__ == "__main__":
    main(sys.argv[1:])
