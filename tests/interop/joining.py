"""How the tests put a reader into a group of real daemons, and forge what no daemon would say."""

import json
import pathlib
import subprocess
import sys

import nacl.bindings as sodium
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

import crypto
import group as rosters
import harness
import logs
import member
import messages
import reader

READER = pathlib.Path(__file__).resolve().parent / "reader.py"


def run_reader(*words, expect=0):
    done = subprocess.run([sys.executable, READER, *map(str, words)], capture_output=True, text=True,
                          timeout=180)
    assert done.returncode == expect, f"{words}: {done.stdout}\n{done.stderr}"
    return done


class Probe:
    """A member with keys and a request made in Python, admitted by `tocsin group admit`."""

    def __init__(self, group, name, role):
        self.group, self.name, self.folder = group, name, group.folder / name
        said = run_reader("keys", self.folder, "--member", name, "--name", f"{name.title()} Ltd",
                          "--role", role)
        admitted = harness.tocsin("group", "admit", self.folder / f"{name}.request", "--dir",
                                  group.authority)
        assert said.stdout.strip() in admitted.out + admitted.err, "both compute the same fingerprint"
        self.keys = member.Keys.load(self.folder / f"{name}.keys")
        for one in group.members.values():
            (one.folder / group.roster.name).write_bytes(group.roster.read_bytes())

    def reader(self):
        chain = rosters.Rosters(self.group.roster.read_bytes())
        return member.Reader(self.keys, self.name, chain, "spg", receipt_ms=500)

    def link(self, feed=True, heard=None):
        """A connection to the hub; every session frame that comes is added to `heard`."""
        hub, one = self.group.hub, self.reader()
        if heard is not None:
            take = one.receive
            one.receive = lambda frame, now_ms: heard.append(frame) or take(frame, now_ms)
        return reader.Link(one, hub.session, hub.feed if feed else None)


def sorted_lines(lines):
    """By name, and without the cursor, which is the receiver's own."""
    wanted = ("stream", "publisher", "sequence", "time", "record")
    shown = [{key: line[key] for key in wanted if key in line} for line in lines]
    for line in shown:
        if "basis" in line["record"]:
            basis = {key: sorted(names) for key, names in line["record"]["basis"].items()}
            line["record"] = {**line["record"], "basis": basis}
    return sorted(shown, key=lambda line: (line["stream"], line["publisher"], line["sequence"]))


def watched(daemon, *streams):
    """All that `tocsin --json watch` shows of the streams; of alerts, which it opens where it can, what
    lies behind it."""
    alerts = daemon.records(stream="alert") if "alert" in streams else []
    streams = [stream for stream in streams if stream != "alert"]
    words = [word for stream in streams for word in ("--stream", stream)]
    count = sum(len(daemon.records(stream=stream)) for stream in streams)
    out = daemon.run("--json", "watch", *words, "--from", "start", "--all", "--count", count).out
    return sorted_lines([*map(json.loads, out.splitlines()), *alerts])


def listed(daemon):
    """All of `tocsin framework list`, in the form of a watched line."""
    about = ("stream", "publisher", "sequence", "key")
    return sorted_lines(
        {**{word: line[word] for word in about}, "time": None,
         "record": {word: value for word, value in line.items() if word not in about}}
        for line in daemon.json("framework", "list")["frameworks"])


def batches(daemon, publisher, stream="framework"):
    """The batches of a log as a daemon holds them."""
    daemon.local.send("batches", publisher=publisher, stream=stream)
    reply, parts = daemon.local.receive(60)
    assert reply["ok"], reply
    return [logs.Batch(part) for part in parts]


def sign_secret(path):
    """Of a key file of Tocsin's."""
    lines = dict(line.split(" = ") for line in path.read_text().splitlines()[1:])
    return sodium.crypto_sign_seed_keypair(bytes.fromhex(lines["sign"]))[1]


LOG_KEY = b"\x5e" * 32


def wrap(chain, publisher, stream, secret, reader_name):
    """LOG_KEY, for the first epoch of the log, to one member."""
    log = logs.Log(chain, publisher, stream)
    names = crypto.log_bytes(log, 1, 1)
    context = crypto.digest("tocsin wrap-context 1", chain.group, names, reader_name.encode())
    box = chain.current.members[reader_name].box_public
    body = messages.write("WrapBody", group=chain.group, publisher=publisher, stream=stream, generation=1,
                          epoch=1, member=reader_name, sealer=publisher,
                          roster_version=chain.current.version,
                          sealed=sodium.crypto_box_seal(context + LOG_KEY, box))
    signature = crypto.sign("tocsin wrap 1", chain.group, body, secret)
    return messages.write("Signed", body=body, signature=signature)


def first_batch(chain, publisher, stream, secret, records, **changes):
    """A batch that opens a log; `changes` are of its header, before it is sealed and signed."""
    log, key, nonce = logs.Log(chain, publisher, stream), LOG_KEY, b"\xa1" * 12
    names = crypto.log_bytes(log, 1, 1)
    audience = b"".join(id.encode() + crypto.NUL for id in sorted(chain.current.audience(log)))
    fields = {"format": 1, "group": chain.group, "publisher": publisher, "stream": stream,
              "generation": 1, "roster_version": chain.current.version, "first_sequence": 1,
              "count": len(records), "previous_head": log.head, "time_ms": 1_800_000_000_000, "epoch": 1,
              "commitment": crypto.digest("tocsin commitment 1", chain.group, names, key),
              "audience_hash": crypto.digest("tocsin audience 1", chain.group, audience), "nonce": nonce}
    header = messages.write("BatchHeader", **(fields | changes))
    sealed = AESGCM(key).encrypt(nonce, messages.enlist(records), header)
    empty = messages.write("Batch", header=header, sealed=sealed, signature=bytes(64))
    return forge(logs.Batch(empty), secret)


def forge(batch, secret=None, sealed=None, **changes):
    """The batch with other fields in its header, signed by whoever has the secret; without one the
    old signature stays."""
    header = messages.CLASSES["BatchHeader"].FromString(batch.header_bytes)
    for field, value in changes.items():
        setattr(header, field, value)
    outer = messages.CLASSES["Batch"].FromString(batch.data)
    outer.header, outer.sealed = header.SerializeToString(), sealed or batch.sealed
    if secret is not None:
        length = len(outer.header).to_bytes(4, "big")
        head = crypto.digest("tocsin head 1", header.group, length, outer.header, outer.sealed)
        outer.signature = crypto.sign("tocsin batch 1", header.group, head, secret)
    return outer.SerializeToString()
