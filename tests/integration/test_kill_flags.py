"""kill -9 of a hub between a flag and its alert, many times: every flag has exactly one alert, and every
withdrawal of a flag exactly one more revision of it."""

import collections
import os
import random

from test_tokens import publish, wait_tokens

ROUNDS = int(os.environ.get("TOCSIN_KILLS", "12"))
SEED = int(os.environ.get("TOCSIN_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
SUPPLIERS = [(f"Aire {number:02} Works Limited", f"{1000000 + number:08}") for number in range(4 * ROUNDS)]
RAISE = {"event": "F13", "source_class": "public_register"}


def revisions(member):
    """alert id -> its revisions, in order."""
    found = collections.defaultdict(list)
    for line in member.records("spg", "alert"):
        found[line["record"]["alert"]].append(line["record"]["revision"])
    return found


def check_store(hub):
    """While it is dead: what it applied it has answered, or knows that it has to."""
    owed = hub.rows(
        "SELECT count(*) FROM hub_subject s JOIN hub_flag f USING (publisher, sequence)"
        " WHERE token NOT IN (SELECT token FROM hub_part) AND token NOT IN (SELECT token FROM hub_look)"
        " AND NOT EXISTS (SELECT 1 FROM hub_seen h WHERE h.publisher = s.publisher"
        "                 AND h.sequence = s.sequence AND h.shows_ms > 0)")
    assert owed == [(0,)]


def wait_revisions(group, count, each):
    for member in group.members.values():
        member.wait(lambda: len(revisions(member)) == count and
                    all(one == each for one in revisions(member).values()), 180,
                    f"{count} alerts with revisions {each}")


def send_while_dying(group, chance, requests):
    """Sends requests to leeds in bursts, hears some of the answers, and kills the hub."""
    left = list(requests)
    while left:
        burst, left = left[:4], left[4:]
        tags = [group.leeds.local.send(*name, **fields) for name, fields in burst]
        for _ in range(chance.randrange(0, len(tags) + 1)):
            answer, _ = group.leeds.local.receive(60)
            assert answer["ok"], answer
        group.hub.kill()
        check_store(group.hub)
        group.hub.start()
    # The rest of the answers come before this one.
    assert group.leeds.status()["ok"]


def test_a_flag_and_its_alert_are_one(groups):
    print(f"TOCSIN_SEED={SEED} TOCSIN_KILLS={ROUNDS}")
    chance = random.Random(SEED)
    group = groups().start()
    for member in (group.leeds, group.york):
        publish(member, SUPPLIERS)
        wait_tokens(member, ready=2 * len(SUPPLIERS), waiting=0, lacking=0)
    send_while_dying(group, chance, [(("flag_raise",), {"supplier": number, **RAISE})
                                     for _, number in SUPPLIERS])
    wait_revisions(group, len(SUPPLIERS), [1])
    flags = group.leeds.json("flag", "list")["flags"]
    assert len(flags) == len(SUPPLIERS) and {one["state"] for one in flags} == {"sent"}
    group.leeds.wait(lambda: all(one["sequence"] for one in group.leeds.json("flag", "list")["flags"]),
                     what="all signed")
    send_while_dying(group, chance, [(("flag_withdraw",), {"flag": one["flag"], "reason": "a mistake"})
                                     for one in flags])
    wait_revisions(group, len(SUPPLIERS), [1, 2])
    shown = group.york.json("region", "alerts")["alerts"]
    assert len(shown) == len(SUPPLIERS) and {one["status"] for one in shown} == {"withdrawn"}
