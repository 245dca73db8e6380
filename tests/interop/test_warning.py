"""A body in Python asks the holders of a real group for its tokens, and opens the warning that a
council raised: everything of sections 18 and 19 that a reader needs, from the page alone.
"""

import os

import pytest

import messages
import session
import tokens
from independent import fold
from joining import Probe, first_batch, wrap
from test_flags import PUBLIC, SHARED, alerts
from test_tokens import publish, wait_tokens

SUPPLIER = ("Aire Surfacing Limited", "GB-COH", "01234567")
OTHER = ("Ouse Paving Ltd", "GB-COH", "07654321")


def inputs(name, scheme, number):
    return [tokens.id_input(scheme, number), tokens.name_input(fold(name))]


def ask(link, elements):
    """Publishes an ask on `token.ask`, and waits for the answer of each holder."""
    one, secret = link.reader, link.reader.keys.sign_secret
    roster = one.rosters.current.says
    id = os.urandom(16)
    record = messages.write("Record", token_ask={"id": id, "token_epoch": roster.token_epoch.epoch,
                                                 "elements": elements})
    link.send([session.write(
        "give", publisher="probe", stream="token.ask", generation=1,
        wraps=[wrap(one.rosters, "probe", "token.ask", secret, holder)
               for holder in roster.token_epoch.holders],
        batches=[first_batch(one.rosters, "probe", "token.ask", secret, [record])])])

    def answers():
        found = {publisher: record.token_answer for (publisher, stream, _), record in one.records.items()
                 if stream == "token.answer.probe" and record.token_answer.ask == id}
        return found if set(found) == set(roster.token_epoch.holders) else None

    link.until(answers)
    return [answers()[holder] for holder in roster.token_epoch.holders]


def test_a_warning_is_opened_by_who_has_the_supplier(groups):
    group = groups()
    probe = Probe(group, "probe", "body")
    group.start()
    for council in (group.leeds, group.york):
        publish(council, SHARED)
        wait_tokens(council, ready=3)
    group.leeds.json("flag", "raise", "01234567", *PUBLIC, "--text", "hearing in December",
                     "--reference", "CR-1", "--date", "2026-12-03")
    group.york.wait(lambda: alerts(group.york), what="the alert")
    with probe.link() as link:
        link.until(lambda: link.reader.view("alert"))
        asked = tokens.Ask(inputs(*SUPPLIER) + inputs(*OTHER))
        answers = ask(link, asked.elements)
        roster = link.reader.rosters.current.says
        outputs = [asked.outputs(answer, key) for answer, key in zip(answers, roster.token_epoch.keys)]
        with pytest.raises(messages.Refused, match="the proof does not fit"):
            asked.outputs(answers[0], roster.token_epoch.keys[1])
        epoch = roster.token_epoch.epoch
        own_id, own_name, other_id, other_name = (
            tokens.Subject(link.reader.rosters.group, [one[at] for one in outputs], "public", kind, epoch)
            for at, kind in enumerate(("id", "name", "id", "name")))
        [alert] = [record.alert for (_, stream, _), record in link.reader.records.items()
                   if stream == "alert"]
        assert {part.token for part in alert.parts} == {own_id.token, own_name.token}
        for subject in (own_id, own_name):
            body, detail = subject.open_alert(alert)
            said = (body.event, body.source, body.severity, body.status, body.reporters)
            assert said == (13, 1, 4, 1, 1)
            assert (detail.text, detail.reference) == ("hearing in December", "CR-1")
        assert detail.event_date == 20790  # days to 2026-12-03
        # Who has another supplier has no key that fits.
        assert other_id.open_alert(alert) is None and other_name.open_alert(alert) is None
        other_id.token = own_id.token
        with pytest.raises(messages.Refused, match="badsig"):
            other_id.open_alert(alert)
