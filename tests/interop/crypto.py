"""Hashes, signatures, seals: PROTOCOL.md section 4, on libsodium (python3-nacl) and OpenSSL
(python3-cryptography). libsodium is strict with Ed25519 where OpenSSL is not.
"""

import ctypes
import ctypes.util
import hashlib

import nacl.bindings as sodium
import nacl.exceptions
from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from messages import Refused, need

NO_GROUP = bytes(32)
NUL = b"\0"


def digest(tag, group, *parts):
    return hashlib.sha256(tag.encode() + NUL + group + b"".join(parts)).digest()


def fingerprint(digest_):
    return " ".join(digest_[at : at + 2].hex() for at in range(0, 20, 2))


def log_bytes(log, *numbers):
    """publisher, 0x00, stream, and where numbers follow: 0x00 and each as u32."""
    head = log.publisher.encode() + NUL + log.stream.encode()
    return head + (NUL if numbers else b"") + b"".join(one.to_bytes(4, "big") for one in numbers)


def sign(tag, group, content, secret):
    """`secret` is libsodium's: seed and public key."""
    return sodium.crypto_sign(tag.encode() + NUL + group + content, secret)[:64]


def verify(tag, group, content, signature, public):
    try:
        sodium.crypto_sign_open(signature + tag.encode() + NUL + group + content, public)
    except (nacl.exceptions.BadSignatureError, ValueError):
        raise Refused("badsig", f"{tag}: the signature does not verify") from None


def check_sign_key(key):
    need(sodium.crypto_core_ed25519_is_valid_point(key), "a signing key is not valid")


def check_box_key(key):
    """Of no small order: a multiple of it by any secret is not zero."""
    try:
        sodium.crypto_scalarmult(b"\1" * 32, key)
    except (RuntimeError, nacl.exceptions.CryptoError):
        raise Refused("invalid", "a key is of small order") from None


def open_seal(key, nonce, sealed, associated):
    try:
        return AESGCM(key).decrypt(nonce, sealed, associated)
    except InvalidTag:
        raise Refused("badsig", "the seal does not open") from None


def open_box(sealed, public, secret):
    try:
        return sodium.crypto_box_seal_open(sealed, public, secret)
    except nacl.exceptions.CryptoError:
        raise Refused("badsig", "the box does not open") from None


# ristretto255, which python3-nacl does not bind.
LIBRARY = ctypes.CDLL(ctypes.util.find_library("sodium"))


def is_element(data):
    return LIBRARY.crypto_core_ristretto255_is_valid_point(data) == 1 and any(data)


def element_pair():
    """A secret scalar and its public element."""
    secret, public = ctypes.create_string_buffer(32), ctypes.create_string_buffer(32)
    LIBRARY.crypto_core_ristretto255_scalar_random(secret)
    LIBRARY.crypto_scalarmult_ristretto255_base(public, secret)
    return secret.raw, public.raw
