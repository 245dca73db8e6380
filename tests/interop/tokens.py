"""Tokens, and what they open: RFC 9497 (VOPRF, ristretto255-SHA512), PROTOCOL.md sections 18 and 19."""

import ctypes
import hashlib

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

import crypto
import messages
from messages import need

CONTEXT = b"OPRFV1-\x01-ristretto255-SHA512"
ALERT_BODY, DETAIL = (512, "tocsin alert-body 1"), (256, "tocsin detail 1")


# ---- the group, by libsodium ----


def group(name, length, *arguments):
    """One of libsodium's functions on ristretto255, whose answer has so many bytes."""
    answer = ctypes.create_string_buffer(length)
    function = getattr(crypto.LIBRARY, name)
    function.restype = ctypes.c_int
    need(function(answer, *arguments) in (0, None), f"{name} failed")
    return answer.raw


def times(scalar, element):
    need(crypto.is_element(element), "no element")
    return group("crypto_scalarmult_ristretto255", 32, scalar, element)


def plus(one, other):
    return group("crypto_core_ristretto255_add", 32, one, other)


def base_times(scalar):
    return group("crypto_scalarmult_ristretto255_base", 32, scalar)


def sized(data):
    return len(data).to_bytes(2, "big") + data


def expand(data, tag):
    """expand_message_xmd of RFC 9380 with SHA-512, 64 bytes."""
    tag = tag + CONTEXT
    tag += bytes([len(tag)])
    first = hashlib.sha512(bytes(128) + data + b"\0\x40" + b"\0" + tag).digest()
    return hashlib.sha512(first + b"\1" + tag).digest()


def to_element(data):
    return group("crypto_core_ristretto255_from_hash", 32, expand(data, b"HashToGroup-"))


def to_scalar(data):
    number = int.from_bytes(expand(data, b"HashToScalar-"), "little")
    return (number % (2**252 + 27742317777372353535851937790883648493)).to_bytes(32, "little")


# ---- asking ----


class Ask:
    """Blinded inputs, and what the holders make of them."""

    def __init__(self, inputs):
        self.inputs = inputs
        self.blinds = [crypto.element_pair()[0] for _ in inputs]
        self.elements = [times(blind, to_element(data)) for blind, data in zip(self.blinds, inputs)]

    def outputs(self, answer, holder_key):
        """Of one holder: verified under its key in the roster, unblinded, finished."""
        need(len(answer.elements) == len(self.elements), "another number of answers")
        self._verify(answer, holder_key)
        found = []
        for data, blind, element in zip(self.inputs, self.blinds, answer.elements):
            inverse = group("crypto_core_ristretto255_scalar_invert", 32, blind)
            plain = times(inverse, element)
            found.append(hashlib.sha512(sized(data) + sized(plain) + b"Finalize").digest())
        return found

    def _verify(self, answer, key):
        seed = hashlib.sha512(sized(key) + sized(b"Seed-" + CONTEXT)).digest()
        asked = answered = None
        for at, (one, other) in enumerate(zip(self.elements, answer.elements)):
            words = sized(seed) + at.to_bytes(2, "big") + sized(one) + sized(other) + b"Composite"
            factor = to_scalar(words)
            asked = plus(asked, times(factor, one)) if asked else times(factor, one)
            answered = plus(answered, times(factor, other)) if answered else times(factor, other)
        c, s = answer.proof_c, answer.proof_s
        t2 = plus(base_times(s), times(c, key))
        t3 = plus(times(s, asked), times(c, answered))
        words = b"".join(map(sized, (key, asked, answered, t2, t3))) + b"Challenge"
        need(to_scalar(words) == c, "the proof does not fit", "badsig")


def id_input(scheme, number):
    return b"1\0id\0" + scheme.encode() + b"\0" + number.encode()


def name_input(folded):
    return b"1\0name\0fold-1\0" + folded.encode()


# ---- what follows from the outputs ----


class Subject:
    """One number or name, for one purpose: the keys that those who have the supplier can make."""

    def __init__(self, group_hash, outputs, purpose, kind, token_epoch):
        self.group, self.epoch = group_hash, token_epoch.to_bytes(4, "big")
        self.names = purpose.encode() + b"\0" + kind.encode() + b"\0" + self.epoch
        self.outputs = b"".join(outputs)
        self.alert_key, self.subject_key = self._key("alert"), self._key("subject")
        self.token = crypto.digest("tocsin token 1", group_hash, self.names, self.alert_key)[:16]

    def _key(self, what):
        info = b"tocsin token-key 1\0" + what.encode() + b"\0" + self.names
        return HKDF(hashes.SHA256(), 32, self.group, info).derive(self.outputs)

    def _open(self, form, key, nonce, sealed, id, revision):
        size, tag = form
        associated = (tag.encode() + b"\0" + self.group + self.epoch + self.token + id
                      + revision.to_bytes(4, "big"))
        plain = crypto.open_seal(key, nonce, sealed, associated)
        length = int.from_bytes(plain[:2], "big")
        need(len(plain) == size and length <= size - 2, "another length", "malformed")
        need(not any(plain[2 + length :]), "what is behind it is not zero", "malformed")
        return plain[2 : 2 + length]

    def open_alert(self, alert):
        """(AlertBody, Detail or None) of the part that has this token; None when there is none."""
        for part in alert.parts:
            if part.token == self.token:
                opened = self._open(ALERT_BODY, self.alert_key, part.nonce, part.sealed, alert.alert,
                                    alert.revision)
                body = messages.read("AlertBody", opened, ALERT_BODY[0])
                return body, self._detail(body) if body.detail else None
        return None

    def _detail(self, body):
        opened = self._open(DETAIL, self.subject_key, body.detail_nonce, body.detail, body.detail_id,
                            body.detail_revision)
        return messages.read("Detail", opened, DETAIL[0])
