"""Changes to messages: of their bytes, and of their fields."""

import messages

# The messages inside each vector's bytes, which are messages again behind a field of bytes.
OUTER = {"batch": "Batch", "wrap": "Signed", "statement": "Signed", "roster": "SignedRoster",
         "request": "Signed", "message": "Message", "record": "Record"}
INNER = {"batch": ("header", "BatchHeader"), "wrap": ("body", "WrapBody"),
         "statement": ("body", "StatementBody"),
         "roster": ("body", "Roster"), "request": ("body", "RequestBody")}
TEXTS = ["", "a", "leeds", "york", "spg", "leeds-", "-", "a" * 31, "a" * 32, "a" * 64, "a" * 65,
         "x" * 200, "x" * 201, "x" * 300, "x" * 301, "x" * 500, "x" * 501, "a..b", "a.b",
         "framework", "framework.x", "distress", "token.answer.*", "*", ".*", "a.*", "Leeds",
         "E08000035", "E0800003", "GB-COH", "01234567", "SC123456", "00000000", "GB-CHC",
         "123456", "Mr John Smith", "Smith", "Acme Ltd", "REDACTED", "The", "a\nb", "a\u202eb",
         "\u2028", "caf\xe9", "\x85", "\x7f", "AB123456C", "Joe Bloggs t/a Joe's Vans", "\ufeff",
         "GB-PPON", "PBCD-1234-BCDF", "IP28687R", "gb-coh", "XI-LEI", "213800ABCDEFGHIJKL99"]
LENGTHS = [0, 1, 12, 16, 31, 32, 33, 57, 64, 112, 272, 528]
NUMBERS = [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 15, 16, 17, 24, 25, 30, 31, 63, 64, 65, 90, 91, 127,
           128, 129, 200, 255, 256, 257, 365, 366, 367, 400, 500, 501, 512, 513, 1000, 1001, 2000,
           2015, 2100, 2101, 4095, 4096, 8000, 8079, 8080, 8403, 8404, 8803, 8804, 10_000, 10_001,
           10_080, 10_081, 36_525, 36_526, 65_535, 65_536, 100_000, 100_001, 999_999, 1_000_000,
           1_000_001, 1_048_576, 1_048_577, 2_932_896, 2_932_897, 99_999_999, 100_000_000, 10**9,
           10**9 + 1, 2**31 - 1, 2**32 - 1, 10**12, 10**12 + 1, 2**53 - 2, 2**53 - 1, 2**53,
           2**63 - 1, 253_402_300_799_999, 253_402_300_800_000, 2**64 - 1]


def bytes_of(dice, data):
    """A few bytes changed, put in, taken out, or said twice."""
    data = bytearray(data)
    for _ in range(dice.choice([1, 1, 1, 2, 3])):
        at = dice.randrange(len(data) + 1)
        way = dice.randrange(5)
        if way == 0 and at < len(data):
            data[at] ^= 1 << dice.randrange(8)
        elif way == 1:
            data[at:at] = dice.randbytes(dice.randrange(1, 4))
        elif way == 2:
            del data[at : at + dice.randrange(1, 4)]
        elif way == 3:
            data[at:at] = data[at : at + dice.randrange(1, 40)]
        elif at < len(data):
            data[at] = dice.choice([0, 1, 0x7F, 0x80, 0xFF, dice.randrange(256)])
    return bytes(data)


def numbers_of(field):
    """Those that fit the field."""
    kinds = {field.TYPE_BOOL: (0, 1), field.TYPE_UINT32: (0, 2**32 - 1),
             field.TYPE_UINT64: (0, 2**64 - 1), field.TYPE_ENUM: (-(2**31), 2**31 - 1),
             field.TYPE_INT64: (-(2**63), 2**63 - 1),
             field.TYPE_SINT64: (-(2**63), 2**63 - 1)}
    least, most = kinds[field.type]
    signed = [sign * number for sign in (1, -1) for number in NUMBERS]
    return [one for one in signed if least <= one <= most]


def value_for(dice, field, was):
    if field.type == field.TYPE_STRING:
        return dice.choice(TEXTS)
    if field.type == field.TYPE_BYTES:
        way = dice.randrange(4)
        if way == 0 and was:
            return was[:-1]
        if way == 1:
            return bytes([dice.randrange(256)]) * len(was)
        return dice.randbytes(dice.choice(LENGTHS))
    return dice.choice(numbers_of(field))


def change(dice, message):
    """One field of the message or of one inside it."""
    fields = message.DESCRIPTOR.fields
    inside = [one for field, value in message.ListFields() if field.message_type
              for one in (value if field.label == field.LABEL_REPEATED else [value])]
    if inside and dice.random() < 0.7:
        return change(dice, dice.choice(inside))
    field = dice.choice(fields)
    many = field.label == field.LABEL_REPEATED
    if field.message_type:
        if not many:
            if dice.random() < 0.5:
                message.ClearField(field.name)
            else:
                getattr(message, field.name).SetInParent()
            return
        items = getattr(message, field.name)
        if items and dice.random() < 0.5:
            del items[dice.randrange(len(items))]
        elif items:
            items.add().CopyFrom(dice.choice(items))
        else:
            items.add()
    elif many:
        items = getattr(message, field.name)
        way = dice.randrange(4)
        if way == 0 and items:
            del items[dice.randrange(len(items))]
        elif way == 1 and items:
            items.append(dice.choice(items))
        else:
            items.append(value_for(dice, field, items[0] if items else b""))
        if way == 3:
            items.sort()
    elif dice.random() < 0.2:
        message.ClearField(field.name)
    else:
        setattr(message, field.name, value_for(dice, field, getattr(message, field.name)))


def names_of(dice, frame):
    """Another publisher or stream before the batch of a feed's frame."""
    parts = frame.split(b"\0", 2)
    parts[dice.randrange(2)] = dice.choice(TEXTS).encode()
    return b"\0".join(parts)


def fields_of(dice, kind, data):
    """One to three fields changed; the bytes stay in canonical form."""
    if kind == "feed":
        return names_of(dice, data)
    outer = messages.CLASSES[OUTER[kind]].FromString(data)
    inner = None
    if kind in INNER and dice.random() < 0.9:
        field, name = INNER[kind]
        inner = messages.CLASSES[name].FromString(getattr(outer, field))
    for _ in range(dice.choice([1, 1, 2, 3])):
        change(dice, outer if inner is None else inner)
    if inner is not None:
        setattr(outer, INNER[kind][0], inner.SerializeToString())
    return outer.SerializeToString()
