"""A rule of the design, held to whatever tests send: no record carries both a token and, readable by anyone
who lacks the supplier, a name, number or public reference. Every store is read when its test is over
(harness.Group.finish), and every record that a key beside it opens is looked at."""

import collections
import re
import sqlite3

from cryptography.exceptions import InvalidTag

import stores

# What is made of a supplier with the holders, or would be without a blind.
PSEUDONYMS = {"token", "alert_key", "share", "commitments", "elements"}
# The other bytes in records: ids, nonces, proofs, and what is sealed for those who have the supplier
# (or, a name, for k flags). A new one has to be put into one list or the other.
OTHER_BYTES = {"id", "ask", "proof_c", "proof_s", "flag", "alert", "detail_id", "nonce", "sealed",
               "name_nonce", "name", "detail_nonce", "detail"}
# Texts that name a member and a stream.
REFERENCES = {(which, what) for which in ("supersedes", "withdraws") for what in ("publisher", "stream")}
NAME_MIN = 6  # shorter ones occur in random bytes
RUN = re.compile(rb"[A-Za-z0-9 .,&'()-]{16}")  # text: random bytes have it once in 10^9 records

Look = collections.namedtuple("Look", "where parts")


def is_pseudonymous(parts):
    return any(path[-1] in PSEUDONYMS for path, _, _ in parts)


def names_in(parts):
    """What a public record calls its suppliers, in small letters."""
    return {value.lower() for path, kind, value in parts
            if kind == "string" and len(value) >= NAME_MIN and path[-1] in ("name", "id", "supplier")}


def faults(look, names):
    """What is wrong with a record that has a pseudonym."""
    for path, kind, value in look.parts:
        if not isinstance(value, bytes) or not value or path in REFERENCES:
            continue
        if kind == "string":
            yield f"{look.where}: the text {'.'.join(path)} beside a token: {value[:60]!r}"
        elif RUN.search(value):
            yield f"{look.where}: text in {'.'.join(path)}: {RUN.search(value).group()!r}"
    content = b"\0".join(value for _, _, value in look.parts if isinstance(value, bytes)).lower()
    for name in names:
        if name in content:
            yield f"{look.where}: {name!r} beside a token"


def looked_at(folders):
    """A Look at each record that somebody's key opens, each batch once."""
    seen = set()
    for folder in folders:
        try:
            batches = list(folder.batches())
        except sqlite3.Error:  # a test that spoilt or removed it
            continue
        for publisher, stream, first, data, key in batches:
            if key is None or data in seen:
                continue
            seen.add(data)
            try:
                opened = stores.opened_batch(data, key)
            except InvalidTag:  # a forged one
                continue
            for at, plain in enumerate(opened):
                try:
                    parts = list(stores.leaves(plain, "Record"))
                except IndexError:  # garbage that a test sent
                    continue
                yield Look(f"{publisher}/{stream}/{first + at}", parts)


def check(folders):
    """Returns how many records have a pseudonym, and how many have not."""
    with_token, names, public, reasons = [], set(), 0, []
    for look in looked_at(folders):
        if is_pseudonymous(look.parts):
            with_token.append(look)
        else:
            public += 1
            names |= names_in(look.parts)
            reasons += [look] if any(path == ("reason",) for path, _, _ in look.parts) else []
    found = [fault for look in with_token for fault in faults(look, names)]
    # A withdrawal names the record that has the token.
    streams = {look.where.split("/")[1] for look in with_token}
    found += [f"{look.where}: a reason beside a token" for look in reasons
              if look.where.split("/")[1] in streams]
    assert not found, "\n".join(found[:20])
    return len(with_token), public
