"""Commands that write files, with every system call that changes a file failing in turn, once and for
ever, or the command killed in its place. Afterwards what it makes is there and whole, or it said in one
line why not, and does it the next time. Nothing half-written is taken for whole."""

import os
import pathlib
import re
import shutil

import pytest

import faults
import harness
import wire

pytestmark = pytest.mark.skipif(not faults.TRACE_CALLS, reason="trace_calls writes registers of x86-64")

TEMPORARY = re.compile(r"\.[a-z]+\.[A-Za-z0-9]{6}$")


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    return tmp_path_factory.mktemp("commands")


@pytest.fixture(scope="module")
def plan(folder):
    return faults.Plan(folder / "plan")


def named(folder):
    """The files under it that have their name, without temporaries that could not be removed."""
    return sorted(str(path.relative_to(folder)) for path in folder.rglob("*")
                  if path.is_file() and not TEMPORARY.search(path.name))


def make_way(line, folder):
    """A leftover that the failing disk did not let go: the line names it, and a person removes it."""
    path = pathlib.Path(re.match(r"tocsin: (/[^:]+): ", line)[1])
    assert folder in path.parents and path.is_file(), line
    path.unlink()


def is_whole(whole):
    try:
        whole()
    except AssertionError:
        return False
    return True


def run_again(first, folder, way, command, whole):
    """Without the fault. Refused only when the first time had said that it was done, or for what was
    left by a disk that let nothing be removed; or by a command that was killed, unless it was done."""
    for _ in range(4):
        result = harness.tocsin(*command, expect=None)
        if result.status == 0:
            return whole()
        line = faults.one_line(result)
        if "is written" in first:
            return whole()
        if way == faults.KILL and is_whole(whole):
            return None
        assert way != faults.ONCE, (first, result)
        make_way(line, folder)
    raise AssertionError(result)


def sweep(plan, kept, folder, command, whole, usual, never_half=None):
    """`command` in `folder`, which is a copy of `kept` each time; `whole` looks at what is there, and
    `never_half` is a file that is not there unless it is whole."""
    for at, way in faults.sweep(plan, usual, (faults.ONCE, faults.FOREVER, faults.KILL)):
        faults.copy(kept, folder)
        plan.arm(faults.CHANGE, at, way)
        result = harness.tocsin(*command, expect=None, runner=plan.runner, killed=way == faults.KILL,
                                env=faults.TRACED)
        plan.disarm()
        assert plan.fired or result.status == 0, result
        assert never_half is None or not never_half.exists() or is_whole(whole), (at, way)
        if result.status == 0:
            whole()
        elif way == faults.KILL:
            run_again("", folder, way, command, whole)
        else:
            run_again(faults.one_line(result), folder, way, command, whole)


def keys(folder, name, *options):
    harness.tocsin("key", "new", "--member", name, "--name", name.title(), *options, "--dir", folder)


def found(folder, *options):
    keys(folder / "spg", "spg", "--role", "hub")
    harness.tocsin("group", "new", "yh-spg", "--hub", folder / "spg" / "spg.request",
                   "--dir", folder / "authority", *options)


def members(folder):
    shown = harness.tocsin("--json", "group", "show", folder / "authority" / "yh-spg.roster").json
    return [member["member"] for member in shown["members"]]


def test_key_new(plan, folder):
    kept, at = folder / "kept", folder / "keys"
    kept.mkdir()

    def whole():
        assert named(at) == ["leeds.request", "member.key"]
        assert (at / "member.key").stat().st_mode & 0o777 == 0o600
        harness.tocsin("group", "admit", at / "leeds.request", "--dir", group / "authority")
        faults.copy(folder / "group-kept", group)

    group = folder / "group"
    found(folder / "group-kept")
    faults.copy(folder / "group-kept", group)
    sweep(plan, kept, at, ["key", "new", "--member", "leeds", "--name", "Leeds", "--dir", at], whole,
          8)


def test_group_new(plan, folder):
    kept, at = folder / "new-kept", folder / "new"
    keys(kept / "spg", "spg", "--role", "hub")

    def whole():
        assert named(at / "authority") == ["signer-1.key", "signer-2.key", "yh-spg.roster"]
        assert members(at) == ["spg"]

    sweep(plan, kept, at, ["group", "new", "yh-spg", "--hub", at / "spg" / "spg.request",
                           "--signers", "1/2", "--dir", at / "authority"], whole, 13)


def test_group_admit(plan, folder):
    kept, at = folder / "admit-kept", folder / "admit"
    found(kept)
    keys(kept / "leeds", "leeds")

    def whole():
        assert named(at / "authority") == ["signer.key", "yh-spg.roster"]
        assert members(at) == ["leeds", "spg"]
        harness.tocsin("group", "remove", "leeds", "--dir", at / "authority")

    sweep(plan, kept, at, ["group", "admit", at / "leeds" / "leeds.request",
                           "--dir", at / "authority"], whole, 5)


def test_group_sign(plan, folder):
    """The second of two signatures: the version that waited has its place, and is not in the way."""
    kept, at = folder / "sign-kept", folder / "sign"
    found(kept, "--signers", "2/2")
    os.rename(kept / "authority" / "signer-2.key", kept / "signer-2.key")
    keys(kept / "leeds", "leeds")
    harness.tocsin("group", "admit", kept / "leeds" / "leeds.request", "--dir", kept / "authority")
    assert (kept / "authority" / "yh-spg.roster.next").exists()

    def whole():
        assert members(at) == ["leeds", "spg"]
        os.rename(at / "signer-2.key", at / "authority" / "signer-2.key")
        harness.tocsin("group", "remove", "leeds", "--dir", at / "authority")

    sweep(plan, kept, at, ["group", "sign", "--key", at / "signer-2.key", "--dir", at / "authority"],
          whole, 5)


def test_init(plan, folder):
    kept, at = folder / "init-kept", folder / "init"
    found(kept)
    conf = at / "spg" / "tocsin.conf"

    def whole():
        assert named(at / "spg") == ["member.key", "spg.request", "tocsin.conf", "yh-spg.roster"]
        harness.tocsind("-c", conf, "--check")
        shutil.rmtree(at / "spg" / "store", ignore_errors=True)

    sweep(plan, kept, at, ["init", "--dir", at / "spg", "--roster", at / "authority" / "yh-spg.roster",
                           "--listen", "127.0.0.1:1,127.0.0.1:2"], whole, 7)


# ---- with a daemon that has something to say ----


@pytest.fixture(scope="module")
def leeds(shared_groups):
    group = shared_groups(councils=("leeds",)).start()
    for number in range(60):
        group.leeds.submit(f"f-{number}", wire.framework(f"F-{number}", "Highways", "x" * 400))
    group.leeds.wait_sequence("leeds", 61)
    return group.leeds


def sweep_output(plan, leeds, path, command, whole, usual):
    kept = path.parent.parent / "kept"
    kept.mkdir(parents=True)
    sweep(plan, kept, path.parent, ["-c", leeds.conf, *command], whole, usual, path)


def test_export(plan, leeds, folder):
    path = folder / "export" / "out" / "leeds.export"

    def whole():
        assert named(path.parent) == ["leeds.export"]
        [log] = harness.tocsin("--json", "verify", path).json["logs"]
        assert log["next_sequence"] == 61

    sweep_output(plan, leeds, path, ["export", path], whole, 7)


def test_export_ocds(plan, leeds, folder):
    path = folder / "ocds" / "out" / "leeds.json"

    def whole():
        assert named(path.parent) == ["leeds.json"]
        assert "F-59" in path.read_text() and path.read_text().rstrip().endswith("}")

    sweep_output(plan, leeds, path, ["export", path, "--ocds"], whole, 4)


def test_rejects_of_an_import(plan, leeds, folder):
    """Of an import that is only tried, so that it is the same each time."""
    spend = folder / "spend.csv"
    spend.write_text("Supplier Name,Company Number,Payment Date,Amount\r\n" +
                     "Bolt plc,,2018-10-02,7000.00\r\n" * 3 + "Bolt plc,,someday,1.00\r\n" * 400)
    path = folder / "rejects" / "out" / "rejects.csv"
    old = "what an earlier import rejected\n"

    def whole():
        assert path.read_text().count("\n") == 401 and path.read_text().endswith("\n")

    kept = folder / "rejects" / "kept"
    kept.mkdir(parents=True)
    (kept / path.name).write_text(old)
    command = ["import", "spend", spend, "--dry-run", "--rejects", path]
    for at, way in faults.sweep(plan, 3, (faults.ONCE, faults.FOREVER, faults.KILL)):
        faults.copy(kept, path.parent)
        plan.arm(faults.CHANGE, at, way)
        result = leeds.run(*command, expect=None, runner=plan.runner, killed=way == faults.KILL,
                           env=faults.TRACED)
        plan.disarm()
        if result.status != 5:
            assert plan.fired
            if way != faults.KILL:
                faults.one_line(result)
            assert path.read_text() == old, "half of it"
            leeds.run(*command, expect=5)
        whole()
