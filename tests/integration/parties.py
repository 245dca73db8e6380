"""The parties of docs/who-learns-what.md as attackers: each has everything that its folders hold, what the
keys in them open, and the list of all suppliers, and tries to say which supplier a flag is about."""

import hashlib
import hmac
import itertools

import pseudonym
import stores
from pseudonym import Context

HOLDERS = 2
SEALED = {  # what a key may open -> (tag of section 19, field that says which one it is)
    "detail": "tocsin detail 1",
    "name": "tocsin name 1",
    "body": "tocsin alert-body 1",
}


class Findings:
    """What an attack came to. `confirmed`: token -> subject, of tokens that it met. `computed`: every
    token that it could make, whether it met it or not: it would confirm it, or rule it out. `opened`:
    (what, token) of sealed things. `named`: token -> the name that was sealed for naming at k."""

    def __init__(self):
        self.confirmed, self.computed, self.opened, self.named = {}, {}, set(), {}


class Target:
    """A token that somebody met, and what came with it."""

    def __init__(self, context, token):
        self.context, self.token = context, token
        self.sealed = []  # (what, nonce, bytes, (id, revision) or None)
        self.shares = {}  # commitments -> {place: share}

    def chosen(self, whats):
        """What is sealed, of names the first: one key opens all of a token."""
        names = [one for one in self.sealed if one[0] == "name"][:1]
        return [one for one in self.sealed if one[0] in whats and one[0] != "name"] + \
            (names if "name" in whats else [])


class Party:
    """`folders`: stores.Folder of everybody who is in it."""

    def __init__(self, group, *folders):
        self.group, self.folders = group, folders
        self.records = {(one.publisher, one.stream, one.sequence): one
                        for folder in folders for one in folder.records()}
        self.targets = {}
        for one in self.records.values():
            self._meet(one)

    # ---- what it met ----

    def _target(self, record, part):
        context = Context(self.group, ("", *pseudonym.PURPOSES)[record["purpose"]],
                          ("", "id", "name")[part["kind"]], record["token_epoch"])
        return self.targets.setdefault(part["token"], Target(context, part["token"]))

    def _meet(self, one):
        """Targets out of a record, whatever its type: all that has a token."""
        kind = stores.type_of(one.body)
        if kind == "alert":
            alert = one.body["alert"]
            for part in alert["parts"]:
                self._target(alert, part).sealed.append(
                    ("body", part["nonce"], part["sealed"], (alert["alert"], alert["revision"])))
        elif kind == "flag":
            flag = one.body["flag"]
            for part in flag["subjects"]:
                target = self._target(flag, part)
                if "sealed" in part:
                    target.sealed.append(("body", part["nonce"], part["sealed"],
                                          (flag["flag"], flag["revision"])))
                    continue
                target.sealed += [
                    ("detail", part["detail_nonce"], part["detail"],
                     (part["detail_id"], part["detail_revision"])),
                    ("name", part["name_nonce"], part["name"], None)]
                where = pseudonym.number(pseudonym.place(self.group, one.publisher))
                target.shares.setdefault(tuple(part["commitments"]), {})[where] = \
                    pseudonym.number(part["share"])
        elif kind == "dispute" and "token" in one.body["dispute"]:
            self._target(one.body["dispute"], one.body["dispute"])

    def plain(self):
        """Everything it can read, end to end."""
        return b"".join(one.plain for one in self.records.values())

    def _values(self):
        """Every value of bytes it stores or reads, but for the many blinded elements of asks."""
        for folder in self.folders:
            yield from folder.secrets.values()
            yield from folder.blobs()
        for one in self.records.values():
            yield from (value for path, kind, value in stores.leaves(one.plain, "Record")
                        if kind == "bytes" and path[-1] != "elements")

    # ---- the attack ----

    def attack(self, subjects, truth):
        """`truth`: token -> subject, of all of them: it only says which guesses were right."""
        found = Findings()
        self._use_own_subjects(found, truth)
        keys = {value for folder in self.folders for value in folder.secrets.values()}
        keys |= {key for folder in self.folders for key in folder.epoch_keys().values()}
        oracles = [folder.secrets[name] for folder in self.folders if folder.secrets
                   for name in ("token", "token_next")]
        for subject in subjects:
            for token in self._guesses(subject, keys, oracles):
                self._note(found, truth, token, subject)
        self._use_values(found)
        self._use_shares(found)
        self._use_names(found, subjects)
        return found

    def _note(self, found, truth, token, subject):
        if truth.get(token) == subject:
            found.computed[token] = subject
        if token in self.targets:
            found.confirmed[token] = subject

    def _use_own_subjects(self, found, truth):
        """What the holders made for this party's own suppliers lies in its local.db."""
        for folder in self.folders:
            for subject, epoch, outputs in folder.local(
                    "SELECT key, token_epoch, outputs FROM subject WHERE length(outputs) > 0"):
                for purpose in pseudonym.PURPOSES:
                    context = Context(self.group, purpose, pseudonym.kind_of(subject), epoch)
                    alert = pseudonym.derive(context, outputs, "alert")
                    self._note(found, truth, pseudonym.token_of(context, alert), subject)

    def _guesses(self, subject, keys, oracles):
        """Tokens that a supplier would have if what this party has made them."""
        text = pseudonym.input_of(subject)
        element = pseudonym.hashed(text)
        alone = [pseudonym.finalized(text, pseudonym.times(key, element)) for key in oracles]
        together = [b"".join(one) for one in itertools.product(alone, repeat=HOLDERS)]
        bare = [text, hashlib.sha512(text).digest(), pseudonym.finalized(text, element), element]
        under_keys = [hmac.digest(key, text, "sha256") for key in keys]
        yield hashlib.sha256(text).digest()[:16]
        yield pseudonym.digest("tocsin token 1", self.group, text)[:16]
        yield from (guess[:16] for guess in under_keys)
        for purpose in pseudonym.PURPOSES:
            context = Context(self.group, purpose, pseudonym.kind_of(subject), 1)
            alerts = under_keys + [pseudonym.derive(context, outputs, "alert")
                                   for outputs in bare + alone + together]
            yield from (pseudonym.token_of(context, alert) for alert in alerts)

    def _use_values(self, found):
        """Every value it has, as an alert key, and as the key of whatever is sealed."""
        keys = {value for value in self._values() if len(value) == 32}
        keys |= {pseudonym.name_key(self.group, value) for value in keys}
        for folder in self.folders:
            for subject, outputs in folder.local("SELECT key, outputs FROM subject"):
                for purpose in pseudonym.PURPOSES if outputs else ():
                    context = Context(self.group, purpose, pseudonym.kind_of(subject), 1)
                    keys |= {pseudonym.derive(context, outputs, what) for what in ("alert", "subject")
                             if self._has(context, outputs)}
        for key in keys:
            self._try(found, key)

    def _has(self, context, outputs):
        return pseudonym.token_of(context, pseudonym.derive(context, outputs, "alert")) in self.targets

    def _try(self, found, key, whats=tuple(SEALED)):
        for target in self.targets.values():
            if pseudonym.token_of(target.context, key) == target.token:
                found.opened.add(("token", target.token))
            for what, nonce, sealed, of in target.chosen(whats):
                plain = pseudonym.opened(key, SEALED[what], self.group, target.context.epoch,
                                         target.token, nonce, sealed, of)
                if plain is not None:
                    found.opened.add((what, target.token))
                if plain is not None and what == "name":
                    found.named[target.token] = plain.decode()

    def _use_shares(self, found):
        """Points of a polynomial: as many as there are, and each choice of fewer."""
        for target in self.targets.values():
            for points in target.shares.values():
                for size in range(1, len(points) + 1):
                    for chosen in itertools.combinations(points.items(), size):
                        constant = pseudonym.interpolated(dict(chosen))
                        self._try(found, pseudonym.name_key(self.group, constant))

    def _use_names(self, found, subjects):
        """Names are few, so whatever is made of a name alone is tried: as a key, and as the constant
        term that somebody committed to."""
        committed = {one: target for target in self.targets.values()
                     for commitments in target.shares for one in commitments}
        for subject in subjects:
            text = pseudonym.input_of(subject)
            secret = hashlib.sha512(text).digest()
            constant = pseudonym.scalar(pseudonym.number(secret))
            if pseudonym.times_base(constant) in committed:
                found.confirmed[committed[pseudonym.times_base(constant)].token] = subject
            for key in (secret[:32], pseudonym.name_key(self.group, constant)):
                self._try(found, key, ("name",))


# ---- what nobody should hold ----


class Needles:
    """Everything secret about every supplier, to be looked for at every place of any bytes."""

    def __init__(self, group, holders, subjects):
        """`holders`: their VOPRF keys, in the order of the roster."""
        self.found_by = {}  # first 8 bytes -> [(all bytes, subject, what)]
        self.tokens = {}  # token -> subject
        self.outputs = {}  # subject -> outputs
        self.commitments = {}  # token -> of its polynomial
        for subject in subjects:
            self._add_subject(group, holders, subject)

    def _add(self, value, subject, what):
        self.found_by.setdefault(value[:8], []).append((value, subject, what))

    def _add_subject(self, group, holders, subject):
        text = pseudonym.input_of(subject)
        element = pseudonym.hashed(text)
        answers = [pseudonym.times(key, element) for key in holders]
        made = [pseudonym.finalized(text, answer) for answer in answers]
        outputs = self.outputs[subject] = b"".join(made)
        self._add(element, subject, "element")
        for answer, output in zip(answers, made):
            self._add(answer, subject, "answer")
            self._add(output, subject, "output")
        for purpose in pseudonym.PURPOSES:
            context = Context(group, purpose, pseudonym.kind_of(subject), 1)
            alert = pseudonym.derive(context, outputs, "alert")
            token = pseudonym.token_of(context, alert)
            self.tokens[token] = subject
            self._add(token, subject, "token")
            self._add(alert, subject, "alert key")
            self._add(pseudonym.derive(context, outputs, "subject"), subject, "subject key")
            terms = pseudonym.coefficients(context, outputs)
            self.commitments[token] = tuple(map(pseudonym.times_base, terms))
            for term in terms:
                self._add(term, subject, "coefficient")
            self._add(pseudonym.name_key(group, terms[0]), subject, "name key")

    def scan(self, data):
        """{(subject, what)} of what occurs in the bytes."""
        known, found = self.found_by, set()
        for at in range(len(data) - 15):
            hits = known.get(data[at:at + 8])
            if hits:
                found |= {(subject, what) for value, subject, what in hits
                          if data.startswith(value, at)}
        return found
