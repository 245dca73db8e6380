"""Rosters: who is a member, who may publish and read what. PROTOCOL.md sections 8 and 9."""

import collections

import crypto
import messages
from independent import fold
from messages import Refused, need, within

COUNCIL, BODY, HUB, HOLDER, OBSERVER = range(1, 6)
GROUP, GROUP_AND_OBSERVERS, HUBS, HOLDERS, NAMED_MEMBER, LIST = range(1, 7)
MAGIC, REQUEST_MAGIC = b"tocsin-roster 1\n", b"tocsin-request 1\n"
KEYS = ("curve_public", "curve_next_public", "sign_public", "box_public")


# ---- what a member and a roster may say, each field by itself ----


def check_roles(roles):
    need(roles and list(roles) == sorted(set(roles)) and roles[0], f"roles are {list(roles)}")


def check_key(key, what):
    messages.size(key, 32, what)
    need(any(key), f"{what} is all zero")


def check_member(member, newest):
    """`newest`: the roster's version; 0 in a request."""
    messages.name(member.id)
    messages.text(member.name, 1, 200, "a member's name")
    need(not member.gss or messages.GSS.fullmatch(member.gss), f"gss is {member.gss}")
    check_roles(member.roles)
    for what in KEYS:
        if what != "curve_next_public" or member.curve_next_public:
            check_key(getattr(member, what), what)
    need(len(member.token_public) == 2, "a member has two token keys", "malformed")
    for key in member.token_public:
        check_key(key, "a token key")
    messages.at_most(member.buyers, 64, "buyers")
    for buyer in member.buyers:
        messages.text(buyer.scheme, 1, 31, "a buyer's scheme")
        messages.text(buyer.id, 1, 100, "a buyer's id")
    messages.at_most(member.aliases, 64, "aliases")
    for alias in member.aliases:
        messages.text(alias, 1, 200, "an alias")
    messages.at_most(member.succeeds, 16, "succeeded members")
    for other in member.succeeds:
        messages.name(other)
    need(len({*member.succeeds, member.id}) == len(member.succeeds) + 1, "succeeds itself or twice")
    within(member.admitted_version, 1 if newest else 0, newest, "admitted_version")


def check_rule(rule):
    need(messages.STREAM.fullmatch(rule.stream) or messages.PATTERN.fullmatch(rule.stream),
         f"a pattern is {rule.stream!r}")
    check_roles(rule.publishers)
    need(rule.audience, "a stream has no audience")
    need((rule.audience == LIST) == bool(rule.list), "a list belongs to the audience of a list")
    if rule.list:
        messages.name(rule.list)
    within(rule.retention_days, 0, 36_525, "retention_days")


def check_roster(roster):
    need(roster.format == 1, f"the format is {roster.format}")
    messages.name(roster.group)
    within(roster.version, 1, messages.SEQUENCE, "version")
    messages.size(roster.previous, 32 if roster.version > 1 else 0, "previous")
    within(roster.issued_ms, 1, messages.TIME, "issued_ms")
    within(roster.expires_ms, roster.issued_ms + 1, messages.TIME, "expires_ms")
    within(roster.grace_days, 0, 366, "grace_days")
    messages.at_most(roster.signers, 16, "signers")
    within(roster.threshold, 1, len(roster.signers), "threshold")
    for signer in roster.signers:
        check_key(signer, "a signer")
    need(len(set(roster.signers)) == len(roster.signers), "a signer twice")
    messages.at_most(roster.members, 1000, "members")
    need(roster.members, "nobody is a member")
    for member in roster.members:
        check_member(member, roster.version)
    ids = [member.id for member in roster.members]
    need(ids == sorted(set(ids)), "members are not in order")
    messages.at_most(roster.streams, 128, "streams")
    for rule in roster.streams:
        check_rule(rule)
    need(len({rule.stream for rule in roster.streams}) == len(roster.streams), "a pattern twice")
    messages.at_most(roster.lists, 64, "lists")
    for one in roster.lists:
        messages.name(one.name)
        messages.at_most(one.members, 1000, "members of a list")
        for member in one.members:
            messages.name(member)
        need(list(one.members) == sorted(set(one.members)), "a list is not in order")
    need(len({one.name for one in roster.lists}) == len(roster.lists), "a list twice")
    messages.at_most(roster.pins, 256, "pins")
    for pin in roster.pins:
        messages.log_names(pin)
        within(pin.next_sequence, 1, messages.SEQUENCE, "a pin's next_sequence")
        messages.size(pin.head, 32, "a pin's head")
    pinned = {(pin.publisher, pin.stream, pin.generation) for pin in roster.pins}
    need(len(pinned) == len(roster.pins), "two pins of one log")
    if roster.HasField("token_epoch"):
        check_token_epoch(roster.token_epoch)
    if roster.HasField("rules"):
        check_rules(roster.rules)


def check_token_epoch(token_epoch):
    need(token_epoch.epoch, "a token epoch counts from 1")
    messages.at_most(token_epoch.holders, 16, "holders")
    need(token_epoch.holders, "no holders")
    for holder in token_epoch.holders:
        messages.name(holder)
    need(len(set(token_epoch.holders)) == len(token_epoch.holders), "a holder twice")
    need(len(token_epoch.keys) == len(token_epoch.holders), "a key for each holder")
    for key in token_epoch.keys:
        check_key(key, "a holder's key")


def check_rules(rules):
    need(rules.ByteSize(), "rules that are all 0 are absent")
    for what, most in (("name_at", 16), ("window_minutes", 10_080), ("dispute_days", 250),
                       ("quota_percent", 10_000), ("quota_plus", 100_000)):
        within(getattr(rules, what), 0, most, what)


# ---- rules a roster keeps by itself ----


def check_together(roster):
    ids = {member.id for member in roster.members}
    keys, claims = collections.Counter(), collections.Counter()
    for signer in roster.signers:
        crypto.check_sign_key(signer)
    for member in roster.members:
        crypto.check_sign_key(member.sign_public)
        for what in ("curve_public", "curve_next_public", "box_public"):
            if getattr(member, what):
                crypto.check_box_key(getattr(member, what))
        keys.update({getattr(member, what) for what in KEYS} - {b""})
        need(not (HUB in member.roles and {COUNCIL, BODY} & set(member.roles)), "a hub is no council")
        need(OBSERVER not in member.roles or len(member.roles) == 1, "an observer is nothing else")
        need(not ids & set(member.succeeds), "a member that is succeeded is there")
        if HUB not in member.roles:
            claims.update({(buyer.scheme, buyer.id) for buyer in member.buyers})
            claims.update({fold(name, buyer=True) for name in (member.name, *member.aliases)})
    need(not keys or max(keys.values()) == 1, "two members share a key")
    need(not claims or max(claims.values()) == 1, "two members claim one buyer")
    need(sum(HUB in member.roles for member in roster.members) <= 2, "more than two hubs")
    for one in roster.lists:
        need(ids.issuperset(one.members), f"{one.name} lists who is no member")
    need(ids.issuperset(roster.token_epoch.holders), "a holder is no member")
    for key in roster.token_epoch.keys:
        need(crypto.is_element(key), "a holder's key is no element")


# ---- one version ----


class Roster:
    """A SignedRoster, decoded. Whether it is valid after another: Rosters.adopt."""

    def __init__(self, data):
        signed = messages.read("SignedRoster", data, messages.ROSTER)
        messages.at_most(signed.signatures, 32, "signatures")
        for one in signed.signatures:
            messages.size(one.signer, 32, "a signer")
            messages.size(one.signature, 64, "a signature")
        need(len({one.signer for one in signed.signatures}) == len(signed.signatures), "signs twice")
        self.data, self.body, self.signatures = data, signed.body, signed.signatures
        self.says = messages.read("Roster", signed.body, messages.ROSTER)
        check_roster(self.says)
        self.version = self.says.version
        self.members = {member.id: member for member in self.says.members}

    def rule(self, stream):
        for rule in self.says.streams:
            if rule.stream == stream or (rule.stream.endswith("*") and len(stream) >= len(rule.stream)
                                         and stream.startswith(rule.stream[:-1])):
                return rule
        return None

    def hubs(self):
        return {one.id for one in self.says.members if HUB in one.roles}

    def may_publish(self, log):
        rule, member = self.rule(log.stream), self.members.get(log.publisher)
        return bool(rule and member and set(rule.publishers) & set(member.roles))

    def audience(self, log):
        """Ids of all who may read what `log.publisher` publishes there, itself among them."""
        rule = self.rule(log.stream)
        if rule is None:
            return set()
        who = {
            GROUP: lambda: {one.id for one in self.says.members if OBSERVER not in one.roles},
            GROUP_AND_OBSERVERS: lambda: set(self.members),
            HUBS: self.hubs,
            HOLDERS: lambda: set(self.says.token_epoch.holders),
            NAMED_MEMBER: lambda: {log.stream.rsplit(".", 1)[-1]} & set(self.members),
            LIST: lambda: {id for one in self.says.lists if one.name == rule.list
                           for id in one.members},
        }[rule.audience]()
        return who | {log.publisher}

    def may_carry(self, member, log):
        return member in self.audience(log) | self.hubs()


class Rosters:
    """The chain of versions, from the first."""

    def __init__(self, file=None):
        self.versions = []
        if file is not None:
            need(file.startswith(MAGIC), "no roster file", "malformed")
            for signed in messages.unlist(file[len(MAGIC) :]):
                self.adopt(signed)

    @property
    def current(self):
        return self.versions[-1]

    @property
    def group(self):
        return crypto.digest("tocsin roster 1", crypto.NO_GROUP, self.versions[0].body)

    def hash(self, roster):
        scope = crypto.NO_GROUP if roster.version == 1 else self.group
        return crypto.digest("tocsin roster 1", scope, roster.body)

    def at(self, version):
        """None: not held."""
        return self.versions[version - 1] if 1 <= version <= len(self.versions) else None

    def _signed_by(self, roster, signers):
        scope = crypto.NO_GROUP if roster.version == 1 else self.group
        good = 0
        for one in roster.signatures:
            if one.signer in signers:
                try:
                    crypto.verify("tocsin roster 1", scope, roster.body, one.signature, one.signer)
                    good += 1
                except Refused:
                    pass
        return good

    def adopt(self, data):
        """True when it is the next version; False when it is held already."""
        roster = Roster(data)
        held = self.at(roster.version)
        need(roster.version <= len(self.versions) + 1, "versions between are missing", "again")
        if held is not None and held.body == roster.body:
            return False
        before = self.at(roster.version - 1)
        if before is not None:
            need(roster.says.previous == self.hash(before), "previous is another roster")
            need(roster.says.group == before.says.group, "the group has another name")
        for one in filter(None, (before, roster)):
            need(self._signed_by(roster, one.says.signers) >= one.says.threshold,
                 "too few signers signed it", "badsig")
        check_together(roster.says)
        need(held is None, "two rosters of one version", "conflict")
        self.versions.append(roster)
        return True


# ---- requests (section 9) ----


def read_request(data):
    signed = messages.read("Signed", data, messages.REQUEST)
    messages.size(signed.signature, 64, "a signature")
    body = messages.read("RequestBody", signed.body, messages.REQUEST)
    need(body.format == 1, f"the format is {body.format}")
    within(body.time_ms, 1, messages.TIME, "time_ms")
    need(body.HasField("member"), "a request names a member", "malformed")
    check_member(body.member, 0)
    crypto.check_sign_key(body.member.sign_public)
    crypto.verify("tocsin request 1", crypto.NO_GROUP, signed.body, signed.signature,
                  body.member.sign_public)
    return body


def make_request(keys, time_ms, **member):
    """The content of a request file, and its fingerprint."""
    body = messages.write("RequestBody", format=1, time_ms=time_ms,
                          member=messages.CLASSES["Member"](**member, **keys.public()))
    signature = crypto.sign("tocsin request 1", crypto.NO_GROUP, body, keys.sign_secret)
    signed = messages.write("Signed", body=body, signature=signature)
    fingerprint = crypto.fingerprint(crypto.digest("tocsin request 1", crypto.NO_GROUP, body))
    return REQUEST_MAGIC + messages.enlist([signed]), fingerprint
