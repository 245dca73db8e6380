"""Pseudonyms of suppliers: two councils and a hub make the same of the same supplier, and nobody
sees who asked about whom. The first council and the hub hold the keys."""

from harness import tocsin

HEADINGS = "Payment Date,Amount,Beneficiary Name,Company Number\n"
SHARED = [("Aire Surfacing Limited", "01234567"), ("Calder Works Ltd", ""),
          ("Ridings Care Ltd", "02345678")]
INPUTS = 5  # three names and two numbers


def publish(member, suppliers):
    path = member.folder / "spend.csv"
    path.write_text(HEADINGS + "".join(f'2025-10-{i % 28 + 1:02},1000.00,"{name}",{number}\n'
                                       for i, (name, number) in enumerate(suppliers)))
    member.json("import", "spend", path)
    member.run("publish")


def tokens(member):
    return member.json("supplier", "tokens")


def wait_tokens(member, **values):
    def reached():
        now = tokens(member)
        return now if all(now[key] == value for key, value in values.items()) else None

    return member.wait(reached, 120, f"tokens {values}")


def test_two_councils_make_the_same(group):
    publish(group.leeds, SHARED)
    publish(group.york, SHARED)
    leeds = wait_tokens(group.leeds, ready=INPUTS, waiting=0, lacking=0)
    york = wait_tokens(group.york, ready=INPUTS, waiting=0, lacking=0)
    assert leeds["state"] == york["state"] == "asks"
    # Over all tokens of both: one supplier more would change it.
    assert leeds["digest"] == york["digest"]
    assert [one["member"] for one in york["holders"]] == ["spg", "leeds"]
    assert [one["used"] for one in york["holders"]] == [INPUTS, INPUTS]
    assert york["quota"] == 200 + 3 * 220 // 100

    publish(group.york, SHARED + [("Ouse Paving Ltd", "")])
    more = wait_tokens(group.york, ready=INPUTS + 1)
    assert more["digest"] != leeds["digest"]
    assert [one["used"] for one in more["holders"]] == [INPUTS + 1, INPUTS + 1]
    listed = group.york.json("supplier", "list")["suppliers"]
    assert {one["token_state"] for one in listed} == {"ready"}

    # Nobody's daemon writes down who it is about.
    for member in group.members.values():
        for name in ("surfacing", "Surfacing"):
            assert name not in member.log()


def test_a_holder_stops_and_comes_back(group):
    wait_tokens(group.leeds, ready=0, waiting=0, lacking=0)
    group.leeds.stop()
    publish(group.york, SHARED)
    waits = wait_tokens(group.york, waiting=INPUTS)
    group.york.wait(lambda: [one["outstanding"] for one in tokens(group.york)["holders"]] == [0, 1],
                    what="the hub's answer")
    assert waits["ready"] == 0
    text = group.york.run("supplier", "tokens").out
    assert "5 wait for holders" in text
    group.york.restart()
    group.leeds.start()
    wait_tokens(group.york, ready=INPUTS, waiting=0)
    assert not [line for line in group.york.status()["warnings"] if "oken" in line]


def test_other_holders_wait_for_a_person(groups):
    group = groups(councils=("leeds", "york", "hull")).start()
    publish(group.york, SHARED)
    wait_tokens(group.york, ready=INPUTS)
    tocsin("group", "rotate-tokens", "--holders", "spg,hull", "--dir", group.authority)
    group.adopt()
    wait_tokens(group.york, state="unconfirmed", lacking=INPUTS, ready=0)
    assert any("supplier tokens --confirm" in line for line in group.york.status()["warnings"])
    group.york.run("supplier", "tokens", "--confirm")
    wait_tokens(group.york, ready=INPUTS, state="asks", confirmed=True)
