"""That a token and a readable name never meet in one record: in no type that there is, and that the check
which runs after every other test (pairing.py) can fail."""

import pytest

import pairing
import stores
import wire
from test_tokens import publish, wait_tokens

SUPPLIER = "Aire Surfacing Limited"


def reached(message, path=()):
    """(path, Field) of all that a message is made of."""
    for field in stores.SHAPES[message].values():
        if field.type in stores.SHAPES:
            yield from reached(field.type, (*path, field.name))
        else:
            yield (*path, field.name), field


BODIES = {field.name: field.type for number, field in stores.SHAPES["Record"].items() if number >= 16}


def test_every_type_of_record_is_known():
    assert {"framework", "exposure", "token_ask", "token_answer", "flag", "dispute", "alert"} <= \
        set(BODIES)


@pytest.mark.parametrize("body", BODIES)
def test_no_type_has_room_for_both(body):
    """A new type, or a new field, is looked at because it is in a .proto file."""
    fields = list(reached(BODIES[body]))
    unknown = [path for path, field in fields if field.type == "bytes" and
               path[-1] not in pairing.PSEUDONYMS | pairing.OTHER_BYTES]
    assert unknown == [], "is it a pseudonym or not? Say so in pairing.py"
    if any(path[-1] in pairing.PSEUDONYMS for path, _ in fields):
        assert [path for path, field in fields if field.type == "string"] == []


def look_at(body, fields, **more):
    number = next(at for at, field in stores.SHAPES["Record"].items() if field.name == body)
    record = wire.encode([*more.get("before", ()), (number, wire.encode(fields))])
    return pairing.Look("here", list(stores.leaves(record, "Record")))


def subject(*fields):
    return (5, wire.encode([(1, 1), (2, 2), (3, bytes(range(128, 144))), *fields]))


@pytest.mark.parametrize("what, look", [
    ("a name where a nonce belongs", look_at("flag", [subject((7, SUPPLIER.encode()))])),
    ("a number as an id", look_at("flag", [(1, b"GB-COH-01234567\0"), subject()])),
    ("a field that no shape has", look_at("flag", [subject(), (77, SUPPLIER.encode())])),
    ("a reason", look_at("alert", [(5, wire.encode([(2, bytes(16))]))], before=[(3, "of " + SUPPLIER)])),
])
def test_a_name_beside_a_token_is_found(what, look):
    assert pairing.is_pseudonymous(look.parts)
    assert list(pairing.faults(look, {SUPPLIER.lower().encode(), b"01234567"})) != [], what


def test_what_is_as_it_should_be_is_not():
    look = look_at("flag", [(1, bytes(range(200, 216))), subject((7, bytes(12)), (8, bytes(272)))],
                   before=[(1, wire.encode([(3, 7)]))])
    assert list(pairing.faults(look, {SUPPLIER.lower().encode()})) == []


@pytest.mark.parametrize("distress", ["hub", "group"])
def test_what_a_group_sent(groups, distress):
    """Every kind of record there is: found, opened and looked at."""
    group = groups(distress=distress)
    group.leeds.set(second_person=False)
    group.start()
    for member in (group.leeds, group.york):
        publish(member, [(SUPPLIER, "01234567")])
        wait_tokens(member, ready=2)
    group.leeds.run("flag", "raise", "01234567", "--event", "F22", "--source", "council_observation",
                    "--may-identify", "--text", SUPPLIER)
    group.york.wait(lambda: group.york.json("region", "alerts")["alerts"] != [], what="the alert")
    group.finish()
    seen = {path[0] for look in pairing.looked_at(group.folders()) for path, _, _ in look.parts}
    assert {"exposure", "token_ask", "token_answer", "flag"} <= seen
    assert ("alert" in seen) == (distress == "hub")
    with_token, public = pairing.check(group.folders())
    # Two asks, four answers, a flag, and its alert.
    assert (with_token, public) == (8 if distress == "hub" else 7, 2)
