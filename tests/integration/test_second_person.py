"""Two people of one council, by the uid that the kernel tells the daemon: a flag whose source is not
public goes when another person approves it, and what is disputed is confirmed by another, too."""

import os
import pty
import shutil
import subprocess

import pytest

from harness import TOCSIN
from test_flags import SHARED, alerts, wait_status
from test_tokens import publish, wait_tokens

OTHER = 65534  # nobody
OBSERVED = ("--event", "F22", "--source", "council_observation", "--may-identify")

pytestmark = [
    pytest.mark.skipif(os.geteuid() != 0, reason="only root can become another user"),
    pytest.mark.skipif(shutil.which("setpriv") is None, reason="setpriv is not installed"),
]


class Person:
    """Runs the command as another user; `gid` is the group that they are in."""

    def __init__(self, member, gid):
        self.member, self.gid = member, gid
        # They read the configuration and use the socket, by their group; and nothing else.
        for folder in (member.folder.parent, member.folder):
            folder.chmod(0o711)
        member.conf.chmod(0o644)
        self.command = member.folder / "tocsin"
        shutil.copy(TOCSIN, self.command)
        self.command.chmod(0o755)

    def run(self, *arguments, expect=0):
        done = subprocess.run(["setpriv", "--reuid", str(OTHER), "--regid", str(self.gid),
                               "--clear-groups", self.command, "-c", self.member.conf, *arguments],
                              capture_output=True, text=True, timeout=120, cwd="/")
        assert done.returncode == expect, done
        return done


def in_a_terminal_of_its_own(member, *arguments, expect):
    """The same user, as if at another desk."""
    ours, theirs = pty.openpty()
    try:
        done = subprocess.run([TOCSIN, "-c", member.conf, *arguments], stdin=theirs,
                              stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True, timeout=120,
                              start_new_session=True)
    finally:
        os.close(ours)
        os.close(theirs)
    assert done.returncode == expect, done
    return done


def test_two_people(groups):
    group = groups().start()
    for member in (group.leeds, group.york):
        publish(member, SHARED)
        wait_tokens(member, ready=3, waiting=0, lacking=0)
    leeds = group.leeds
    socket_gid = (leeds.folder / "tocsin.sock").stat().st_gid
    other, stranger = Person(leeds, socket_gid), Person(leeds, OTHER)

    flag = leeds.json("flag", "raise", "01234567", *OBSERVED)
    assert (flag["state"], flag["sequence"]) == ("waiting_approval", None)
    assert flag["waits_for"] == "another user here, who approves it"
    refused = in_a_terminal_of_its_own(leeds, "flag", "approve", flag["flag"], expect=3)
    assert "another user" in refused.stderr
    stranger.run("flag", "approve", flag["flag"], expect=3)  # mode 0660, and not in its group
    assert alerts(group.york) == []
    other.run("flag", "approve", flag["flag"][:8])
    alert = wait_status(group.york, "raised")

    group.york.run("flag", "dispute", alert["alert"])
    wait_status(leeds, "disputed")
    leeds.run("flag", "confirm", flag["flag"], expect=3)
    other.run("flag", "confirm", flag["flag"])
    wait_status(group.york, "raised")

    audit = [(one["command"], one["uid"]) for one in leeds.json("audit")["audit"]]
    assert audit[:3] == [("flag_confirm", OTHER), ("flag_approve", OTHER), ("flag_raise", 0)]
    past = leeds.json("flag", "history", flag["flag"])["history"]
    who = [(one["what"], one["by"]) for one in past if one["what"] != "alert"]
    assert who == [("raised", 0), ("approved", OTHER), ("sent", None), ("confirmed", OTHER)]
    row = leeds.json("flag", "list")["flags"][0]
    assert (row["raised_by"], row["approved_by"]) == (0, OTHER)
