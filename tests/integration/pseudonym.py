"""What PROTOCOL.md 18 and 19 say of tokens, shares and sealed things, again and in another language, for
tests that play who is not Tocsin. It uses no line of the product: libsodium for the group, Python's
own hashes, and cryptography for AES-GCM."""

import collections
import ctypes
import hashlib
import hmac
import struct

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
import nacl.bindings  # loads libsodium, or at least shows that it is there

PURPOSES = ("public", "distress", "exercise")
ORDER = 2**252 + 27742317777372353535851937790883648493
NAME_AT = 3


def _library():
    for name in ("libsodium.so.23", "libsodium.so.26", "libsodium.so"):
        try:
            library = ctypes.CDLL(name)
        except OSError:
            continue
        assert library.sodium_init() >= 0
        return library
    raise ImportError("libsodium is not there")


_sodium = _library()


# ---- ristretto255 ----


def point_of_hash(wide):
    out = ctypes.create_string_buffer(32)
    assert _sodium.crypto_core_ristretto255_from_hash(out, wide) == 0
    return out.raw


def times(scalar, point):
    """scalar * point, or None where there is no such product."""
    out = ctypes.create_string_buffer(32)
    return out.raw if _sodium.crypto_scalarmult_ristretto255(out, scalar, point) == 0 else None


def times_base(scalar):
    out = ctypes.create_string_buffer(32)
    return out.raw if _sodium.crypto_scalarmult_ristretto255_base(out, scalar) == 0 else None


def number(scalar):
    return int.from_bytes(scalar, "little")


def scalar(value):
    return (value % ORDER).to_bytes(32, "little")


# ---- RFC 9497, mode VOPRF ----

SUITE = b"OPRFV1-\x01-ristretto255-SHA512"


def _expand(message, label):
    """RFC 9380 5.3.1 for 64 bytes: one block."""
    domain = label + SUITE
    tail = domain + bytes([len(domain)])
    first = hashlib.sha512(bytes(128) + message + b"\x00\x40\x00" + tail).digest()
    return hashlib.sha512(first + b"\x01" + tail).digest()


def hashed(text):
    """The element of an input, before anybody's key."""
    return point_of_hash(_expand(text, b"HashToGroup-"))


def finalized(text, element):
    return hashlib.sha512(struct.pack(">H", len(text)) + text + struct.pack(">H", 32) + element +
                          b"Finalize").digest()


def input_of(subject):
    """Of "GB-COH-01234567" or "name:aire surfacing ltd"."""
    if subject.startswith("name:"):
        return b"\0".join((b"1", b"name", b"fold-1", subject[5:].encode()))
    scheme, text = subject.rsplit("-", 1)
    return b"\0".join((b"1", b"id", scheme.encode(), text.encode()))


def kind_of(subject):
    return "name" if subject.startswith("name:") else "id"


# ---- keys and tokens ----


def hkdf(salt, secret, info, length):
    key, out, block = hmac.digest(salt, secret, "sha256"), b"", b""
    while len(out) < length:
        block = hmac.digest(key, block + info + bytes([len(out) // 32 + 1]), "sha256")
        out += block
    return out[:length]


def digest(tag, group, *parts):
    return hashlib.sha256(tag.encode() + b"\0" + group + b"".join(parts)).digest()


Context = collections.namedtuple("Context", "group purpose kind epoch")


def token_of(context, alert):
    return digest("tocsin token 1", context.group, context.purpose.encode(), b"\0",
                  context.kind.encode(), b"\0", struct.pack(">I", context.epoch), alert)[:16]


def derive(context, outputs, what, length=32):
    info = "\0".join(("tocsin token-key 1", what, context.purpose, context.kind, "")).encode()
    return hkdf(context.group, outputs, info + struct.pack(">I", context.epoch), length)


def coefficients(context, outputs, k=NAME_AT):
    wide = derive(context, outputs, f"coefficients-{k}", 64 * k)
    return [scalar(number(wide[64 * i:64 * i + 64])) for i in range(k)]


def place(group, member):
    return scalar(number(digest("tocsin place 1", group, member.encode())))


def name_key(group, constant):
    return digest("tocsin name-key 1", group, constant)


def interpolated(points):
    """The constant term of the polynomial through {x: y}, if it has as many coefficients."""
    total = 0
    for x, y in points.items():
        product = 1
        for other in points:
            if other != x:
                product = product * other * pow(other - x, -1, ORDER) % ORDER
        total += y * product
    return scalar(total)


# ---- sealed things ----


def opened(key, tag, group, epoch, token, nonce, sealed, of=None):
    """The content, or None; `of` is (id, revision)."""
    bound = tag.encode() + b"\0" + group + struct.pack(">I", epoch) + token
    if of:
        bound += of[0] + struct.pack(">I", of[1])
    try:
        plain = AESGCM(key).decrypt(nonce, sealed, bound)
    except InvalidTag:
        return None
    return plain[2:2 + struct.unpack(">H", plain[:2])[0]]
