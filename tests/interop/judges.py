"""Two readers side by side: this one, and Tocsin's own decoders behind verdict.c."""

import collections
import json
import os
import pathlib
import subprocess

import verdict

VECTORS = pathlib.Path(__file__).resolve().parent.parent / "vectors"
VERDICT = os.environ.get("VERDICT", "build/tests/interop/verdict")
Both = collections.namedtuple("Both", "line ours theirs")

# What each vector is: the beginning of a line for a judge.
KINDS = {
    "batch_1": "batch", "batch_2": "batch", "wrap": "wrap", "request": "request",
    **dict.fromkeys(["heartbeat", "receipt", "closing"], "statement"),
    **dict.fromkeys(["roster_1", "roster_2"], "roster"),
    **dict.fromkeys(["hello", "rosters", "have", "want", "give", "statements", "refusal"], "message"),
    "feed": "feed",
    **{f"record_{name}": f"record {stream}" for stream, names in {
        "framework": ["framework", "call_off", "withdrawal"],
        "exposure": ["exposure", "exposure_name"],
        "token.ask": ["token_ask"],
        "token.answer.leeds": ["token_answer", "token_refusal"],
        "distress": ["flag", "flag_group", "dispute", "confirmation"],
        "alert": ["alert"]}.items() for name in names},
}


def vector(name):
    lines = (VECTORS / f"{name}.hex").read_text().splitlines()
    return bytes.fromhex("".join(line for line in lines if not line.startswith("#")))


def line(name, data=None):
    return f"{KINDS[name]} {(vector(name) if data is None else data).hex()}"


def settle(said):
    """JSON has many spellings, and `basis` of a framework is two sets, whose order says nothing."""
    if not said.startswith("accept {"):
        return said
    shown = json.loads(said.removeprefix("accept "))
    if "basis" in shown:
        shown["basis"] = {key: sorted(names) for key, names in shown["basis"].items()}
    return "accept " + json.dumps(shown, separators=(",", ":"), sort_keys=True)


def both(lines):
    """What each says to each line."""
    done = subprocess.run([VERDICT], input="".join(f"{one}\n" for one in lines), text=True,
                          capture_output=True, timeout=300)
    assert done.returncode == 0, done.stderr[-4000:]
    theirs = done.stdout.splitlines()
    assert len(theirs) == len(lines)
    return [Both(one, settle(verdict.judge(one)), settle(said)) for one, said in zip(lines, theirs)]
