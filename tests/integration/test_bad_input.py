"""Files and disks that are not as they should be: one clear line, the right exit status or state,
and nothing lost."""

import os
import resource
import shutil
import signal
import sqlite3
import subprocess

import pytest

import wire
from harness import references, tocsin, tocsind


@pytest.fixture
def alone(groups):
    """A hub that is not running, and leeds."""
    return groups(councils=("leeds",))


def refused(member, *words, status=1):
    """The daemon says one line that has these words, and ends."""
    said = tocsind("-c", member.conf, expect=status)
    lines = said.err.splitlines()
    assert len(lines) == 1 and lines[0].startswith("tocsind: "), said
    for word in words:
        assert str(word) in lines[0], said
    return lines[0]


def checked(member, *words):
    """The same words from --check."""
    said = tocsind("-c", member.conf, "--check", expect=1)
    assert said.err.count("\n") == 1 and all(str(word) in said.err for word in words), said


# ---- configuration ----


def test_an_unknown_key_is_named_with_its_line(alone):
    good = alone.leeds.conf.read_text()
    assert good.count("#") > 5, "comments must not lead the count astray"
    for text in ("heartbeet = 30\n" + good, good + "heartbeet = 30\n"):
        line = text.splitlines().index("heartbeet = 30") + 1
        alone.leeds.conf.write_text(text)
        refused(alone.leeds, f"{alone.leeds.conf}:{line}:", "heartbeet")
        checked(alone.leeds, f"{alone.leeds.conf}:{line}:", "heartbeet")


@pytest.mark.parametrize("line, word", [
    ("heartbeat = 0", "heartbeat"), ("heartbeat = 3601", "heartbeat"), ("heartbeat = x", "heartbeat"),
    ('listen { session = "ipc://x" }', "session"), ('peer leeds { feed = "tcp://a:1" }', "session"),
    ("listen {", "ends"), ('log_level = "loud"', "log_level"), ('member = "Leeds"', "member"),
])
def test_a_bad_value_is_named_with_its_line(alone, line, word):
    kept = [row for row in alone.hub.conf.read_text().split("listen")[0].splitlines()
            if not row.startswith(line.split(" ")[0])]
    alone.hub.conf.write_text("\n".join([*kept, line, ""]))
    refused(alone.hub, f"{alone.hub.conf}:{len(kept) + 1}:", word)


def test_what_is_printed_can_be_read_again(alone):
    printed = tocsind("-c", alone.leeds.conf, "--print-config").out
    alone.leeds.conf.write_text(printed)
    assert tocsind("-c", alone.leeds.conf, "--print-config").out == printed
    tocsind("-c", alone.leeds.conf, "--check")


def test_usage(alone):
    for words in (["--nonsense"], ["-c"], ["-c", alone.leeds.conf, "extra"]):
        assert "usage" in tocsind(*words, expect=2).err
    assert "tocsind" in tocsind("--version").out
    said = tocsind("-c", alone.folder / "nowhere.conf", expect=1)
    assert said.err.count("\n") == 1 and "nowhere.conf" in said.err


# ---- keys ----


def test_a_key_file_that_others_can_read(alone):
    alone.leeds.key.chmod(0o644)
    refused(alone.leeds, alone.leeds.key, "chmod 600", status=3)
    alone.leeds.key.chmod(0o600)
    alone.leeds.start()


@pytest.mark.parametrize("damage", [
    lambda text: text[:-30], lambda text: "", lambda text: text.replace("curve =", "curved ="),
    lambda text: text.replace("sign = ", "sign = zz"), lambda text: text + text.splitlines()[2] + "\n",
])
def test_a_damaged_key_file_never_quotes_a_secret(alone, damage):
    text = alone.leeds.key.read_text()
    alone.leeds.key.write_text(damage(text))
    message = refused(alone.leeds, alone.leeds.key)
    for line in text.splitlines()[2:]:
        assert line.split(" = ")[1][:16] not in message


def test_another_members_key(alone):
    alone.leeds.key.write_bytes(alone.hub.key.read_bytes())
    refused(alone.leeds, "spg", "leeds")


# ---- rosters ----


def roster_in(member):
    return member.folder / f"{member.group.name}.roster"


@pytest.mark.parametrize("damage", [
    lambda data: data[:-1], lambda data: data[:40], lambda data: b"", lambda data: b"\0" * 500,
    lambda data: data[:200] + bytes([data[200] ^ 1]) + data[201:], lambda data: data + b"\0",
    lambda data: data[:-20] + bytes([data[-20] ^ 1]) + data[-19:],
])
def test_a_malformed_roster(alone, damage):
    path = roster_in(alone.leeds)
    path.write_bytes(damage(path.read_bytes()))
    refused(alone.leeds, "roster")
    checked(alone.leeds, "roster")
    assert tocsin("group", "verify", path, expect=1).err.count("\n") == 1


def test_a_roster_file_has_a_limit(tmp_path):
    """Of 256 MiB it is read, and is no roster; of one byte more it is not read."""
    path = tmp_path / "large.roster"
    path.touch()
    for size, word in ((256 * 1024 * 1024, "no roster"), (256 * 1024 * 1024 + 1, "larger")):
        os.truncate(path, size)
        said = tocsin("group", "verify", path, expect=1)
        assert word in said.err and said.err.count("\n") == 1, said


def test_no_roster(alone):
    roster_in(alone.leeds).unlink()
    refused(alone.leeds, "roster")


def test_a_member_that_is_not_in_the_roster(alone):
    tocsin("group", "remove", "leeds", "--dir", alone.authority)
    roster_in(alone.leeds).write_bytes(alone.roster.read_bytes())
    refused(alone.leeds, "leeds", status=3)


def test_reload_with_bad_files_keeps_the_old_ones(alone):
    alone.start()
    leeds, good = alone.leeds, alone.leeds.conf.read_text()
    for bad in ('heartbeet = 1\n' + good, good.replace("tocsin.sock", "other.sock"), ""):
        before = leeds.log().count("conf.kept")
        leeds.conf.write_text(bad)
        leeds.reload()
        leeds.wait(lambda: leeds.log().count("conf.kept") == before + 1, what="the refusal")
        leeds.wait_peer("spg")
    reason = leeds.log().split("conf.kept")[1].splitlines()[0]
    assert "heartbeet" in reason and ":1" in reason, "it says why"
    leeds.conf.write_text(good)
    roster = roster_in(leeds).read_bytes()
    roster_in(leeds).write_bytes(roster[:-1])
    before = leeds.log().count("conf.kept")
    leeds.reload()
    leeds.wait(lambda: leeds.log().count("conf.kept") == before + 1, what="the refusal")
    roster_in(leeds).write_bytes(roster)
    leeds.reload()
    leeds.wait(lambda: "conf.reloaded" in leeds.log(), what="the good one")
    assert alone.adopt(leeds)["adopted"] == 0


# ---- stores ----


def group_db(member):
    return member.store / "group.db"


def run_once(group):
    """leeds publishes a record and stops."""
    group.start()
    group.leeds.submit("a", wire.framework("a", "a"))
    group.hub.wait_sequence("leeds", 2)
    group.leeds.stop()


def test_a_newer_database(alone):
    run_once(alone)
    store = sqlite3.connect(group_db(alone.leeds))
    store.execute("PRAGMA user_version = 1000")
    store.close()
    before = group_db(alone.leeds).read_bytes()
    refused(alone.leeds, group_db(alone.leeds), "newer")
    assert group_db(alone.leeds).read_bytes() == before, "it is left as it is"


@pytest.mark.parametrize("name", ["group.db", "local.db"])
@pytest.mark.parametrize("damage", [
    lambda data: b"not a database at all" * 500,
    lambda data: data[:100] + bytes(len(data) - 100),
], ids=["rubbish", "zeros"])
def test_a_corrupt_database(alone, name, damage):
    run_once(alone)
    path = alone.leeds.store / name
    path.write_bytes(damage(path.read_bytes()))
    refused(alone.leeds, path)


def test_a_folder_that_cannot_be_a_store(alone):
    alone.leeds.store.write_text("a file")
    refused(alone.leeds, alone.leeds.store)


def test_a_second_daemon_on_the_same_store(alone):
    alone.start()
    alone.leeds.set(local="other.sock")
    message = refused(alone.leeds, alone.leeds.store)
    assert "another" in message or "running" in message or "use" in message
    assert alone.leeds.running
    alone.leeds.wait_peer("spg")


def test_a_local_socket_that_another_daemon_answers_at(alone):
    alone.start()
    alone.leeds.set(store="other")
    refused(alone.leeds, "tocsin.sock", "another daemon")
    assert alone.leeds.status()["ok"]


def test_a_port_in_use(alone):
    alone.start()
    other = alone.make("spare", "--role", "hub")
    alone.admit("spare")
    alone.init(other, listen=True)
    other.conf.write_text(other.conf.read_text().replace(other.address, alone.hub.address))
    refused(other, alone.hub.session, "in use")


# ---- a full disk ----


def test_a_full_disk_loses_nothing_and_sends_nothing_unstored(alone):
    """A limit on the size of files is a disk that is full for this process alone."""
    leeds = alone.leeds
    alone.start("spg")
    limit = 1024 * 1024

    def small_files():
        signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
        resource.setrlimit(resource.RLIMIT_FSIZE, (limit, limit))

    leeds.start(preexec=small_files)
    leeds.wait_peer("spg")
    acknowledged = []
    for number in range(2000):
        name = f"a-{number}"
        record = wire.framework(name, name, os.urandom(240).hex())
        reply = leeds.call("submit", [record], stream="framework", id=name)
        if not reply["ok"]:
            break
        acknowledged.append(name)
    else:
        raise AssertionError("the disk was never full")
    assert reply["result"] == "store" and reply["message"], reply
    assert acknowledged
    leeds.wait(lambda: "store.failed" in leeds.log(), what="a line of the log")
    assert leeds.running and leeds.status()["ok"], "it still answers"
    leeds.wait(lambda: alone.hub.next_sequence("leeds") == len(acknowledged) + 1, what="all of them")
    assert references(alone.hub.records("leeds")) == acknowledged, "nothing unstored was sent"
    leeds.end(signal.SIGTERM)
    leeds.start()
    leeds.wait_peer("spg")
    assert references(leeds.records("leeds")) == acknowledged
    assert leeds.submit("more", wire.framework("more", "more"))["repeated"] is False
    alone.hub.wait_sequence("leeds", len(acknowledged) + 2)
    assert references(alone.hub.records("leeds")) == [*acknowledged, "more"]


def test_a_disk_full_from_the_first_byte(alone, tmp_path):
    """A real file system without room, where one can be mounted."""
    place = tmp_path / "disk"
    place.mkdir()
    mount = subprocess.run(["mount", "-t", "tmpfs", "-o", "size=64k", "tmpfs", str(place)],
                           capture_output=True)
    if mount.returncode != 0:
        pytest.skip("only root can mount a small disk")
    try:
        (place / "filler").write_bytes(b"x" * 60 * 1024)
        alone.leeds.set(store=str(place / "store"))
        refused(alone.leeds, "store")
        (place / "filler").unlink()
        assert not list(place.glob("store/*.tmp"))
    finally:
        subprocess.run(["umount", str(place)], check=True)


# ---- the authority ----


def test_what_a_signer_is_told(groups):
    group = groups()
    again = group.admit("leeds", expect=1)
    assert "already" in again.err
    stranger = group.make("hull", "--name", "Leeds Council")
    assert "leeds" in group.admit("hull", expect=3).err, "two members claim one name"
    path = group.request(stranger)
    path.write_bytes(path.read_bytes()[:-1])
    assert group.admit("hull", expect=1).err.count("\n") == 1
    assert tocsin("group", "remove", "nobody", "--dir", group.authority, expect=1).err
    shutil.copy(group.leeds.key, group.authority / "x.key")
    tocsin("group", "renew", "--days", "0", "--dir", group.authority, expect=None)
    shown = tocsin("--json", "group", "show", group.roster).json
    assert [one["member"] for one in shown["members"]] == ["leeds", "spg", "york"]


def test_init_refuses_what_would_not_run(groups):
    group = groups(councils=())
    stranger = group.make("hull")
    said = tocsin("init", "--dir", stranger.folder, "--roster", group.roster, expect=3)
    assert "hull" in said.err and not stranger.conf.exists()
    said = tocsin("init", "--dir", group.hub.folder, "--roster", group.roster, expect=1)
    assert "not overwritten" in said.err
