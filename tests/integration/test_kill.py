"""kill -9 of publisher, hub and reader at random moments under load. Every acknowledged record is
afterwards at every entitled member, once and in order, and nothing was signed twice."""

import os
import random

import wire
from harness import references

ROUNDS = int(os.environ.get("TOCSIN_KILLS", "50"))
SEED = int(os.environ.get("TOCSIN_SEED", "0")) or random.SystemRandom().randrange(1, 2**31)
BURST = 40


class Writer:
    """Submits under ids of its own, many at a time; what was not acknowledged is sent again under
    the same id, so that a record lost and a record stored twice would both show."""

    def __init__(self, member):
        self.member = member
        self.made = 0
        self.acknowledged = set()
        self.signed = {}  # id: first sequence, where the reply said it
        self.open = []  # ids, oldest first

    def send(self, count):
        for _ in range(count):
            self.made += 1
            self.open.append(f"{self.member.name}-{self.made:05}")
        self.tags = {self._send(name): name for name in self.open}

    def _send(self, name):
        record = wire.framework(name, name, "x" * (self.made % 400))
        return self.member.local.send("submit", [record], stream="framework", id=name)

    def hear(self, wanted, timeout=60):
        """Takes so many replies; True when it got them."""
        for _ in range(wanted):
            got = self.member.local.receive(timeout)
            if got is None:
                return False
            reply = got[0]
            name = self.tags.get(reply.get("tag"))
            if name is None:
                continue
            assert reply["ok"], reply
            self.open.remove(name)
            self.acknowledged.add(name)
            if reply["first_sequence"]:
                assert self.signed.setdefault(name, reply["first_sequence"]) == \
                    reply["first_sequence"], f"{name} was given two sequences"
        return True

    def finish(self):
        self.send(0)
        while self.open:
            assert self.hear(1), f"no answer for {self.open[:3]}"


def check_everywhere(group, writers):
    for writer in writers:
        publisher = writer.member
        publisher.wait(lambda: publisher.status()["waiting"] == 0, 60, "everything signed")
        count = publisher.next_sequence(publisher.name) - 1
        names = None
        for member in group.members.values():
            member.wait_sequence(publisher.name, count + 1, 60)
            lines = member.records(publisher.name)
            assert [line["sequence"] for line in lines] == list(range(1, count + 1)), member.name
            names = names or references(lines)
            assert references(lines) == names, f"{member.name} has others than the publisher"
        assert len(set(names)) == len(names), "a record was stored twice"
        assert set(names) == writer.acknowledged, "acknowledged and stored are not the same"
        for name, sequence in writer.signed.items():
            assert names[sequence - 1] == name, f"{name} was promised {sequence}"
    for member in group.members.values():
        status = member.status()
        assert status["evidence"] == 0 and {log["state"] for log in status["logs"]} == {"open"}


def test_kill_9_at_random_moments_under_load(groups):
    print(f"TOCSIN_SEED={SEED} TOCSIN_KILLS={ROUNDS}")
    chance = random.Random(SEED)
    group = groups().start()
    writers = [Writer(group.leeds), Writer(group.york)]
    for round_number in range(ROUNDS):
        victim = chance.choice(list(group.members.values()))
        for writer in writers:
            writer.send(chance.randrange(1, BURST))
        for writer in writers:
            writer.hear(chance.randrange(0, len(writer.open) + 1))
        victim.kill()
        victim.start()
        if round_number % 10 == 9:
            for writer in writers:
                writer.finish()
    for writer in writers:
        writer.finish()
    assert sum(len(writer.acknowledged) for writer in writers) >= ROUNDS
    for council in (group.leeds, group.york):
        council.wait_peer("spg")
    check_everywhere(group, writers)


def test_kill_9_in_the_middle_of_an_import(groups):
    """Drafts and their publication: all of a publish or none of it, and a repeat completes it."""
    group = groups(councils=("leeds",)).start()
    for number in range(30):
        group.leeds.call("stage", [wire.framework(f"d-{number:02}", "draft")], stream="framework",
                         source="test", withdraw=False)
    group.leeds.local.send("publish")
    group.leeds.kill()
    group.leeds.start()
    group.leeds.wait_peer("spg")
    group.leeds.wait_proven()
    if group.leeds.status()["drafts"] > 0:
        group.leeds.wait(lambda: group.leeds.run("publish", expect=None).status == 0, what="publish")
    assert group.leeds.status()["drafts"] == 0
    group.hub.wait_sequence("leeds", 31)
    assert sorted(references(group.hub.records("leeds"))) == [f"d-{n:02}" for n in range(30)]
