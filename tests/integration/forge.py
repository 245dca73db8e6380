"""A member's own keys in the hands of somebody who lies: batches, wraps, statements and messages by
PROTOCOL.md, well formed and truly signed, so that a daemon can refuse them only for what they say."""

import ctypes
import hashlib
import os
import struct
import time

import nacl.bindings
import nacl.signing

import wire

HEARTBEAT, RECEIPT, CLOSING = 1, 2, 3
STATEMENT_TAGS = {HEARTBEAT: b"tocsin heartbeat 1", RECEIPT: b"tocsin receipt 1",
                  CLOSING: b"tocsin closing 1"}
_crypto = ctypes.CDLL("libcrypto.so.3")  # Python's own; there is no AES-GCM in its library
_crypto.EVP_CIPHER_CTX_new.restype = ctypes.c_void_p
_crypto.EVP_aes_256_gcm.restype = ctypes.c_void_p


def u32(number):
    return struct.pack(">I", number)


def digest(tag, group, *parts):
    return hashlib.sha256(tag + b"\0" + group + b"".join(parts)).digest()


def seal(key, nonce, plain, bound):
    """AES-256-GCM: the ciphertext, then the tag."""
    context = ctypes.c_void_p(_crypto.EVP_CIPHER_CTX_new())
    cipher = ctypes.c_void_p(_crypto.EVP_aes_256_gcm())
    out, tag = ctypes.create_string_buffer(len(plain) + 16), ctypes.create_string_buffer(16)
    length = ctypes.c_int()
    try:
        assert _crypto.EVP_EncryptInit_ex(context, cipher, None, key, nonce) == 1
        assert _crypto.EVP_EncryptUpdate(context, None, ctypes.byref(length), bound, len(bound)) == 1
        assert _crypto.EVP_EncryptUpdate(context, out, ctypes.byref(length), plain, len(plain)) == 1
        assert _crypto.EVP_EncryptFinal_ex(context, None, ctypes.byref(length)) == 1
        assert _crypto.EVP_CIPHER_CTX_ctrl(context, 0x10, 16, tag) == 1  # EVP_CTRL_AEAD_GET_TAG
    finally:
        _crypto.EVP_CIPHER_CTX_free(context)
    return out.raw[: len(plain)] + tag.raw


class Author:
    """Who signs: a member, by its key file, under the newest version of a roster."""

    def __init__(self, member, roster):
        lines = dict(line.split(" = ") for line in member.key.read_text().splitlines()[1:])
        self.name, self.roster = member.name, roster
        self.curve = wire.MemberKey(member.key)
        self.key = nacl.signing.SigningKey(bytes.fromhex(lines["sign"])[:32])
        assert bytes(self.key.verify_key) == wire.field(roster.member(self.name), 7)

    @property
    def group(self):
        return self.roster.group

    def sign(self, tag, content):
        return self.key.sign(tag + b"\0" + self.group + content).signature

    def signed(self, tag, body):
        return wire.encode([(1, body), (2, self.sign(tag, body))])

    def statement(self, kind, publisher, stream, next_sequence, head, generation=1):
        body = wire.encode([(1, kind), (2, self.group), (3, self.name), (4, publisher),
                            (5, stream), (6, generation), (7, next_sequence), (8, head),
                            (9, self.roster.version), (10, int(time.time() * 1000))])
        return self.signed(STATEMENT_TAGS[kind], body)


class Batch:
    def __init__(self, whole, first, count, head):
        self.bytes, self.first, self.next, self.head = whole, first, first + count, head


class Log:
    """A log that is made up. What is not said follows from what was made before; `change` of a batch
    replaces fields of its header, by number."""

    def __init__(self, author, stream="framework", readers=(), publisher=None):
        self.author, self.stream = author, stream
        self.publisher = publisher or author.name
        self.key = os.urandom(32)
        self.readers = sorted({self.publisher, *readers})
        self.names = self.publisher.encode() + b"\0" + stream.encode()
        self.start = digest(b"tocsin log 1", author.group, self.names)
        self.batches = []

    @property
    def head(self):
        return self.batches[-1].head if self.batches else self.start

    @property
    def next(self):
        return self.batches[-1].next if self.batches else 1

    def commitment(self, key=None, epoch=1):
        return digest(b"tocsin commitment 1", self.author.group, self.names, b"\0", u32(1),
                      u32(epoch), key or self.key)

    def make(self, *records, change=None, key=None, plain=None):
        """The next batch, that is not part of this log yet."""
        group = self.author.group
        header = {1: 1, 2: group, 3: self.publisher, 4: self.stream, 5: 1,
                  6: self.author.roster.version, 7: self.next, 8: len(records), 9: self.head,
                  10: int(time.time() * 1000), 11: 1}
        if self.next == 1:
            audience = b"".join(name.encode() + b"\0" for name in self.readers)
            header |= {12: self.commitment(), 13: digest(b"tocsin audience 1", group, audience)}
        nonce = os.urandom(12)
        header |= {15: nonce, **(change or {})}
        head_bytes = wire.encode(sorted(header.items()))
        sealed = seal(key or self.key, nonce, wire.listed(records) if plain is None else plain,
                      head_bytes)
        head = digest(b"tocsin head 1", group, u32(len(head_bytes)), head_bytes, sealed)
        whole = wire.encode([(1, head_bytes), (2, sealed),
                             (3, self.author.sign(b"tocsin batch 1", head))])
        return Batch(whole, header[7], header[8], head)

    def add(self, *records, **options):
        self.batches.append(self.make(*records, **options))
        return self.batches[-1]

    def wrap(self, member, key=None, epoch=1, context_of=None, sealer=None):
        """The epoch's key for one member: `key` and `context_of` (another member) are lies."""
        author = sealer or self.author
        context = digest(b"tocsin wrap-context 1", author.group, self.names, b"\0", u32(1),
                         u32(epoch), (context_of or member).encode())
        box = wire.field(author.roster.member(member), 8)
        sealed = nacl.bindings.crypto_box_seal(context + (key or self.key), box)
        body = wire.encode([(1, author.group), (2, self.publisher), (3, self.stream), (4, 1),
                            (5, epoch), (6, member), (7, author.name), (8, author.roster.version),
                            (9, sealed)])
        return author.signed(b"tocsin wrap 1", body)

    # ---- messages about it ----

    def have(self, next_sequence=None, head=None, complete=False):
        return wire.have([[(1, self.publisher), (2, self.stream), (3, 1),
                           (4, next_sequence or self.next), (5, head or self.head)]], complete)

    def give(self, *batches, wraps=()):
        return wire.message(wire.GIVE, [(1, self.publisher), (2, self.stream), (3, 1),
                                        *((4, wrap) for wrap in wraps),
                                        *((5, batch.bytes) for batch in batches)])

    def heartbeat(self, next_sequence=None, head=None):
        return self.author.statement(HEARTBEAT, self.publisher, self.stream,
                                     next_sequence or self.next, head or self.head)


def statements(*items):
    return wire.message(wire.STATEMENTS, [(1, item) for item in items])
