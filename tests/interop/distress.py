"""Tokens, flags and alerts as they travel: PROTOCOL.md sections 18 and 19."""

import re

import messages
from messages import need, size, within

PUBLIC, DISTRESS, EXERCISE = 1, 2, 3
CLEARED = 4
EVENTS = {*range(1, 31), 90, 91}
# The table of section 19, by the words that are shown.
SOURCES = [None, "public_register", "public_announcement", "supplier_notice_confidential",
           "council_observation"]
CLAUSES = ["none", "notice_received", "plan_requested", "plan_accepted", "step_in", "terminated"]
ACTIONS = ["none", "watch", "verify_register", "call_meeting", "activate_contingency", "hold_new_award"]
STATUSES = [None, "raised", "corroborated", "mitigated", "cleared", "withdrawn", "disputed", "expired"]
HUB_ALONE = ("alert_key share commitments name_nonce name detail_id detail_revision detail_nonce "
             "detail").split()


def enum_name(field, number):
    """What follows the enum's own name in that of a value: FRAMEWORK_KIND_CALL_OFF is call_off."""
    prefix = re.sub(r"(?<!^)(?=[A-Z])", "_", field.enum_type.name).upper() + "_"
    return field.enum_type.values_by_number[number].name.removeprefix(prefix).lower()


def present(message, field):
    """An enum by name; None for its 0."""
    value = getattr(message, field)
    return enum_name(message.DESCRIPTOR.fields_by_name[field], value) if value else None


def quarter(value):
    return f"{value // 4}-Q{value % 4 + 1}"


def check_epoch(one):
    within(one.token_epoch, 1, 2**32 - 1, "token_epoch")


# ---- tokens ----


def check_elements(elements, least):
    messages.at_most(elements, 64, "elements")
    need(len(elements) >= least, "no elements")
    for element in elements:
        size(element, 32, "an element")


def check_ask(record, stream):
    ask = record.token_ask
    size(ask.id, 16, "id")
    check_epoch(ask)
    within(ask.exposure_sequence, 0, messages.SEQUENCE, "exposure_sequence")
    check_elements(ask.elements, 1)


def check_answer(record, stream):
    answer = record.token_answer
    size(answer.ask, 16, "ask")
    check_epoch(answer)
    if answer.refusal:
        need(not (answer.elements or answer.proof_c or answer.proof_s), "a refusal with an answer")
        return
    check_elements(answer.elements, 1)
    size(answer.proof_c, 32, "proof_c")
    size(answer.proof_s, 32, "proof_s")


def show_ask(record):
    ask = record.token_ask
    return {"ask": ask.id.hex(), "token_epoch": ask.token_epoch,
            "exposure_sequence": ask.exposure_sequence, "inputs": len(ask.elements)}


def show_answer(record):
    answer = record.token_answer
    return {"ask": answer.ask.hex(), "token_epoch": answer.token_epoch, "inputs": len(answer.elements),
            "refusal": present(answer, "refusal"), "used": answer.used, "limit": answer.limit}


# ---- flags ----


def check_detail(one):
    if one.detail_id or one.detail_revision or one.detail_nonce or one.detail:
        size(one.detail_id, 16, "detail_id")
        size(one.detail_nonce, 12, "detail_nonce")
        size(one.detail, 272, "detail")


def check_subject(one, to_hub):
    need(one.relation and one.kind, "a subject has a relation and a kind")
    size(one.token, 16, "token")
    if not to_hub:
        size(one.nonce, 12, "nonce")
        size(one.sealed, 528, "sealed")
        need(not any(getattr(one, field) for field in HUB_ALONE), "a field for the hub")
        return
    need(not one.nonce and not one.sealed, "a field for the group")
    size(one.alert_key, 32, "alert_key")
    check_detail(one)
    messages.at_most(one.commitments, 16, "commitments")
    for commitment in one.commitments:
        size(commitment, 32, "a commitment")
    size(one.share, 32, "share")
    need(one.commitments, "a share without commitments")
    size(one.name_nonce, 12, "name_nonce")
    size(one.name, 272, "name")


def check_flag(record, stream):
    flag = record.flag
    size(flag.flag, 16, "flag")
    within(flag.purpose, PUBLIC, EXERCISE, "purpose")
    check_epoch(flag)
    within(flag.revision, 1, 2**32 - 1, "revision")
    messages.at_most(flag.subjects, 4, "subjects")
    need(flag.subjects, "no subject")
    to_hub = bool(flag.event)
    for subject in flag.subjects:
        check_subject(subject, to_hub)
    need(len({subject.token for subject in flag.subjects}) == len(flag.subjects), "a token twice")
    if not to_hub:
        need(not (flag.source or flag.severity or flag.status or flag.expires_quarter or flag.clause
                  or flag.action or flag.may_identify), "a field for the hub")
        return
    need(flag.event in EVENTS, "event")
    within(flag.source, 1, 4, "source")
    within(flag.severity, 1, 5, "severity")
    need(flag.status in (1, 3, 4), "status")
    within(flag.expires_quarter, 4 * 2020, 4 * 2100 + 3, "expires_quarter")
    within(flag.clause, 0, 5, "clause")
    within(flag.action, 0, 5, "action")
    need(flag.purpose == EXERCISE or (flag.purpose == PUBLIC) == (flag.source <= 2), "purpose and source")


def show_flag(record):
    flag = record.flag
    show = {"flag": flag.flag.hex(), "revision": flag.revision, "purpose": present(flag, "purpose"),
            "token_epoch": flag.token_epoch,
            "subjects": [{"relation": present(one, "relation"), "kind": present(one, "kind"),
                          "token": one.token.hex()} for one in flag.subjects]}
    if flag.event:
        show |= {"event": f"F{flag.event:02}", "source": SOURCES[flag.source], "severity": flag.severity,
                 "status": STATUSES[flag.status], "expires": quarter(flag.expires_quarter),
                 "clause": CLAUSES[flag.clause], "action": ACTIONS[flag.action],
                 "may_identify": flag.may_identify}
    return show


def check_dispute(record, stream):
    dispute = record.dispute
    rest = (dispute.alert, dispute.purpose, dispute.token_epoch, dispute.kind, dispute.token,
            dispute.alert_key)
    if dispute.flag:
        size(dispute.flag, 16, "flag")
        need(not any(rest), "a confirmation has nothing but the flag")
        return
    size(dispute.alert, 16, "alert")
    within(dispute.purpose, PUBLIC, EXERCISE, "purpose")
    check_epoch(dispute)
    need(dispute.kind, "kind")
    size(dispute.token, 16, "token")
    size(dispute.alert_key, 32, "alert_key")


def show_dispute(record):
    dispute = record.dispute
    if dispute.flag:
        return {"says": "confirmed", "flag": dispute.flag.hex()}
    return {"says": "disputed", "alert": dispute.alert.hex(), "token": dispute.token.hex()}


# ---- alerts ----


def check_alert(record, stream):
    alert = record.alert
    size(alert.alert, 16, "alert")
    within(alert.revision, 1, 2**32 - 1, "revision")
    within(alert.purpose, PUBLIC, EXERCISE, "purpose")
    check_epoch(alert)
    messages.at_most(alert.parts, 8, "parts")
    need(alert.parts, "no part")
    for part in alert.parts:
        need(part.kind, "kind")
        size(part.token, 16, "token")
        size(part.nonce, 12, "nonce")
        size(part.sealed, 528, "sealed")
    need(len({part.token for part in alert.parts}) == len(alert.parts), "a token twice")


def show_alert(record):
    alert = record.alert
    return {"alert": alert.alert.hex(), "revision": alert.revision, "purpose": present(alert, "purpose"),
            "token_epoch": alert.token_epoch, "exercise": alert.purpose == EXERCISE,
            "parts": [{"kind": present(part, "kind"), "token": part.token.hex()} for part in alert.parts]}
