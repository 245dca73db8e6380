"""Records: what a log is about. PROTOCOL.md section 12; warnings and tokens are in distress.py. A
record is read by `read`, held to the rules of its type, and shown as section 17 has it by `shown`.
"""

import datetime
import re

import distress
import messages
from distress import enum_name, present
from independent import CPV, INSURANCE, SIC, screen
from messages import need, within

# ---- numbers of registers (12.2) ----

COMPANY_LETTERS = ("AC BR CE CS EN ES FC GE GN GS IC IP LP NA NC NF NI NL NO NP NR NV NZ OC OE PC R0 "
                   "RC RS SA SC SE SF SG SI SL SO SP SR SZ ZC").replace(" ", "|")
COMPANY = re.compile(rf"(?=.{{8}}\Z)(?!0+\Z)([0-9]{{8}}|({COMPANY_LETTERS})[0-9]{{6}}|"
                     r"(IP|SP|NP|RS|SO|OC)[0-9]+(FI|RS|SA|IP|US|EN|AS|CUS|[WSRZCFPETB]))")
PPON = "BCDGHJLMNPQRTVWXYZ"
FORMS = {
    "GB-COH": COMPANY,
    "GB-CHC": re.compile(r"[1-9][0-9]{5,6}(-[0-9]{1,3})?"),
    "GB-SC": re.compile(r"SC[0-9]{6}"),
    "GB-NIC": re.compile(r"1[0-9]{5}"),
    "GB-MPR": re.compile(r"[0-9]{1,6}[A-Z]?|IP[0-9]{6}"),
    "GB-UKPRN": re.compile(r"1[0-9]{7}"),
    "GB-NHS": re.compile(r"[A-Z0-9]{3}|(?=.*[0-9])[A-Z0-9]{4,6}"),
    "XI-LEI": re.compile(r"[A-Z0-9]{20}"),
    "GB-PPON": re.compile(rf"P[{PPON}]{{3}}-[1-9]{{4}}-[{PPON}]{{3}}[{PPON[1:]}]"),
}
ORGANISATIONS = set(FORMS) - {"GB-PPON"}
OTHER_ORGANISATIONS = set("GB-LAE GB-LAS GB-PLA GB-LANI GB-GOR GB-EDU GB-SHPE GB-CASC GG-RCE JE-FSC "
                          "IM-CR".split())


def is_normal(scheme, id):
    good = scheme in FORMS and FORMS[scheme].fullmatch(id) is not None
    return good and (scheme != "XI-LEI" or int("".join(str(int(one, 36)) for one in id)) % 97 == 1)


def screened(name, scheme, id):
    """"keep", "hold" or "drop" (12.2)."""
    scheme = scheme.upper()
    organisation = (scheme in ORGANISATIONS and is_normal(scheme, id)) or (
        scheme in OTHER_ORGANISATIONS and re.fullmatch(r"[A-Za-z0-9-]{2,20}", id))
    if INSURANCE.search(id):
        return "drop"
    return screen(name, id if organisation else None)


# ---- frameworks (12.1) ----

DATE = 2_932_896
DATES = {"period_start", "period_end", "last_extension_date"}
FRAMEWORK_TEXTS = {"reference": (1, 300), "ocid": (0, 100), "notice_id": (0, 100), "title": (1, 300),
                   "description": (0, 500), "parent": (0, 300), "buyer": (1, 200),
                   "buyer_restrictions": (0, 300), "source": (0, 200)}
FRAMEWORK_NUMBERS = {"period_start": DATE, "period_end": DATE, "last_extension_date": DATE,
                     "period_months": 1200, "max_participants": 100_000,
                     "value_max_pounds": 1_000_000_000_000}


def check_cpv(codes):
    messages.at_most(codes, 128, "codes")
    for code in codes:
        within(code, 1_000_000, 99_999_999, "a code")


def check_supplier(supplier):
    messages.text(supplier.name, 1, 200, "a supplier's name")
    messages.text(supplier.scheme, 0, 40, "a scheme")
    messages.text(supplier.id, 0, 40, "an id")
    need(bool(supplier.scheme) == bool(supplier.id), "a scheme without an id")
    need(screened(supplier.name, supplier.scheme, supplier.id) == "keep", "a supplier that is not kept")


def check_framework(record, stream):
    one = record.framework
    for field, (least, most) in FRAMEWORK_TEXTS.items():
        messages.text(getattr(one, field), least, most, field)
    for field, most in FRAMEWORK_NUMBERS.items():
        within(getattr(one, field), 0, most, field)
    need(one.kind, "a framework has a kind")
    need(not one.period_end or one.period_start <= one.period_end, "an end before a start")
    messages.at_most(one.lots, 200, "lots")
    check_cpv(one.cpv)
    messages.at_most(one.open_to, 9, "users")
    need(all(one.open_to), "a user that is none")
    messages.at_most(one.categories, 16, "categories")
    for category in one.categories:
        messages.text(category, 1, 32, "a category")
    suppliers = list(one.suppliers)
    for lot in one.lots:
        messages.text(lot.number, 1, 40, "a lot's number")
        messages.text(lot.title, 0, 200, "a lot's title")
        check_cpv(lot.cpv)
        suppliers += lot.suppliers
    messages.at_most(suppliers, 500, "suppliers")
    for supplier in suppliers:
        check_supplier(supplier)


def show_days(days):
    return str(datetime.date(1970, 1, 1) + datetime.timedelta(days=days))


def show_any(message):
    """The fields that are known, by their names."""
    shown = {}
    for field, value in message.ListFields():
        if field.name in ("cpv",):
            value = [f"{code:08}" for code in value]
        elif field.message_type:
            value = [show_any(one) for one in value]
        elif field.enum_type and field.label == field.LABEL_REPEATED:
            value = [enum_name(field, one) for one in value]
        elif field.enum_type:
            value = enum_name(field, value)
        elif field.name in DATES:
            value = show_days(value)
        elif field.label == field.LABEL_REPEATED:
            value = list(value)
        shown[field.name] = value
    return shown


def show_framework(record):
    shown = show_any(record.framework)
    if "direct_award_allowed" in shown:
        shown["direct_award_allowed"] = shown["direct_award_allowed"] == "yes"
    names = {number: field.name for number, field in record.framework.DESCRIPTOR.fields_by_number.items()}
    inferred = {names.get(number) for number in shown.pop("inferred", ()) if number <= 24} & set(shown)
    about = {"source", "lots_left_out", "suppliers_left_out"}
    shown["basis"] = {"stated": sorted(set(shown) - inferred - about), "inferred": sorted(inferred)}
    return shown


# ---- exposures (12.3) ----

NORMALISED = "padded case punctuation prefix letters split unreplaced".split()


def quarter(value):
    return f"{value // 4}-Q{value % 4 + 1}" if value else None


def check_exposure(record, stream):
    one = record.exposure
    messages.text(one.name, 1, 200, "name")
    need(bool(one.scheme) == bool(one.id), "a scheme without an id")
    need(not one.id or is_normal(one.scheme, one.id), "a number not in its normal form")
    need(one.norm < 128 and (one.id or not one.norm), "norm")
    need(bool(one.id_basis) == bool(one.id), "id_basis")
    need(bool(one.category_basis) == bool(one.category_division), "category_division")
    divisions = {0: {0}, 1: CPV, 2: SIC}[one.category_basis]
    need(one.category_division in divisions, "a division that is not there")
    within(one.year, 2000, 2100, "year")
    within(one.months, 1, 0xFFF, "months")
    within(one.spend_thousands, -1_000_000_000, 1_000_000_000, "spend_thousands")
    within(one.contracts, 0, 1_000_000, "contracts")
    if one.earliest_end_quarter:
        within(one.earliest_end_quarter, 4 * 2000, 4 * 2200 + 3, "earliest_end_quarter")
    fate = screened(one.name, one.scheme, one.id)
    need(fate == "keep" or (fate == "hold" and one.kept_by_hand), f"screening says {fate}")


def show_exposure(record):
    one = record.exposure
    months = [f"{one.year + (month > 8)}-{(month + 3) % 12 + 1:02}" for month in range(12)
              if one.months >> month & 1]
    category = {0: "unknown", 1: f"cpv-{one.category_division:02}", 2: f"sic-{one.category_division:02}"}
    return {
        "name": one.name,
        "number": f"{one.scheme}-{one.id}" if one.id else None,
        "number_basis": present(one, "id_basis"),
        "normalised": [word for bit, word in enumerate(NORMALISED) if one.norm >> bit & 1],
        "kept_by_hand": one.kept_by_hand,
        "category": category[one.category_basis],
        "year": one.year,
        "months": months,
        "spend": one.spend_thousands * 1000,
        "contracts": one.contracts,
        "earliest_end": quarter(one.earliest_end_quarter),
        "route": present(one, "route"),
    }


# ---- any record ----

TYPES = {  # body: the stream it belongs to, its rules, its form for people
    "framework": ("framework", check_framework, show_framework),
    "exposure": ("exposure", check_exposure, show_exposure),
    "token_ask": ("token.ask", distress.check_ask, distress.show_ask),
    "token_answer": ("token.answer", distress.check_answer, distress.show_answer),
    "flag": ("distress", distress.check_flag, distress.show_flag),
    "dispute": ("distress", distress.check_dispute, distress.show_dispute),
    "alert": ("alert", distress.check_alert, distress.show_alert),
}


def check_reference(reference, stream):
    if reference.publisher:
        messages.name(reference.publisher)
    need(reference.stream in ("", stream), "a reference to another stream")
    within(reference.sequence, 1, messages.SEQUENCE, "a reference's sequence")


def read(data, stream):
    """The record, if it is one that may travel on the stream."""
    record = messages.read("Record", data, messages.RECORD)
    body = record.WhichOneof("body")
    for field in ("supersedes", "withdraws"):
        if record.HasField(field):
            check_reference(getattr(record, field), stream)
    messages.text(record.reason, 0, 200, "reason")
    need(not record.reason or stream.partition(".")[0] not in ("token", "distress", "alert"),
         "a reason on a stream of tokens")
    if record.HasField("withdraws"):
        need(body is None and not record.HasField("supersedes"), "a withdrawal has no body")
        return record
    need(body is not None, "no body that is known")
    need(not record.reason, "a reason without a withdrawal")
    home, check, _ = TYPES[body]
    need(stream == home or stream.startswith(home + "."), f"{body} on {stream}")
    check(record, stream)
    return record


def may_be_late(record):
    """Whether it counts although its roster had expired: withdrawals, disputes and clears (section 8)."""
    body = record.WhichOneof("body")
    return body in (None, "dispute") or (body == "flag" and record.flag.status == distress.CLEARED)


def show_time(time_ms):
    time = datetime.datetime.fromtimestamp(time_ms // 1000, datetime.timezone.utc)
    return time.strftime("%Y-%m-%dT%H:%M:%SZ")


def shown(record):
    """What `tocsin --json watch` has as `record`."""
    body = record.WhichOneof("body")
    show = {"type": body or "withdrawal"}
    for field in ("supersedes", "withdraws"):
        if record.HasField(field):
            show[field] = show_any(getattr(record, field))
    if body is None:
        show["reason"] = record.reason
    return show | (TYPES[body][2](record) if body else {})
