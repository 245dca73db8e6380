"""Telling people: `watch` and the program of `notify` at a council that has the supplier, once for
each change, and only of what still holds when the council has heard all there is."""

import contextlib
import http.server
import json
import os
import pathlib
import subprocess
import threading

import pytest

from harness import TOCSIN, tocsin
from test_tokens import publish, wait_tokens

SCRIPTS = pathlib.Path(__file__).resolve().parents[2] / "conf/notify"
SHARED = [("Aire Surfacing Limited", "01234567"), ("Calder Works Ltd", "")]
PUBLIC = ("--event", "F13", "--source", "public_register")
INPUTS = 3


def script(member, text):
    """A program for `notify` that keeps each document in a file of its own; `text` comes before."""
    program = member.folder / "tell"
    program.write_text(f"#!/bin/sh\nset -eu\ncd '{member.folder}'\n{text}\n"
                       "mkdir -p told\ncat > told/$$.part\nmv told/$$.part told/$$.json\n")
    program.chmod(0o755)
    member.set(notify=str(program))
    if member.running:
        member.reload()


def told(member):
    """Documents in the order of their changes."""
    found = [json.loads(path.read_text()) for path in (member.folder / "told").glob("*.json")]
    return sorted(found, key=lambda one: int(one["change"].split("-")[-1]))


def wait_told(member, count, timeout=60):
    return member.wait(lambda: told(member) if len(told(member)) >= count else None, timeout,
                       f"{count} runs of the script")


def children(member):
    """Processes that the daemon has not yet taken note of the end of."""
    parents = []
    for path in pathlib.Path("/proc").glob("[0-9]*/stat"):
        with contextlib.suppress(OSError):
            parents.append(path.read_text().rsplit(")", 1)[1].split()[1])
    return parents.count(str(member.process.pid))


def raise_flag(member, supplier="01234567", *words):
    return member.json("flag", "raise", supplier, *(words or PUBLIC))["flag"]


def start(groups, told_member="york"):
    group = groups().start()
    script(group.members[told_member], "")
    for member in (group.leeds, group.york):
        publish(member, SHARED)
    for member in (group.leeds, group.york):
        wait_tokens(member, ready=INPUTS, waiting=0, lacking=0)
    return group


def test_one_document_for_each_change(groups):
    group = start(groups)
    flag = raise_flag(group.leeds)
    first = wait_told(group.york, 1)[0]
    assert (first["kind"], first["member"], first["changes"]) == ("alert", "york", ["new"])
    record = first["record"]
    assert (record["name"], record["event"], record["severity"], record["status"]) == (
        "Aire Surfacing Limited", "F13", 4, "raised")
    assert {"reporters", "exercise", "source", "expires", "relation", "supplier"} <= set(record)

    # The hub dies between a flag and what comes of it: still once each.
    group.hub.kill()
    group.leeds.run("flag", "clear", flag)
    other = raise_flag(group.leeds, "Calder Works Ltd")
    group.hub.start()
    wait_told(group.york, 3)
    group.hub.kill()
    group.leeds.run("flag", "withdraw", other, "--reason", "mistaken")
    group.hub.start()
    documents = wait_told(group.york, 4)
    assert sorted((one["record"]["name"][:4], one["record"]["status"]) for one in documents) == [
        ("Aire", "cleared"), ("Aire", "raised"), ("Cald", "raised"), ("Cald", "withdrawn")]
    assert len({one["change"] for one in documents}) == 4
    group.york.wait(lambda: not children(group.york), what="the end of the last run")
    group.york.status()  # it is written down: what it did not know it would tell again
    group.york.restart()
    raise_flag(group.leeds, "Calder Works Ltd", "--event", "F12", "--source", "public_register")
    documents = wait_told(group.york, 5)
    assert documents[-1]["record"]["event"] == "F12" and len(documents) == 5
    for member in group.members.values():
        assert "surfacing" not in member.log().lower() and "calder" not in member.log().lower()

    # Who follows from the start sees the same.
    lines = group.york.run("--json", "watch", "--stream", "alert", "--from", "start", "--timeout",
                           0).out.splitlines()
    seen = [json.loads(line) for line in lines]
    assert [one["change"] for one in seen] == [one["change"] for one in documents]
    assert all({"stream", "publisher", "sequence", "record"} <= set(one) for one in seen)


def test_what_was_over_before_it_came(groups):
    group = start(groups)
    group.york.stop()
    flag = raise_flag(group.leeds)
    group.hub.wait_sequence("spg", 2, stream="alert")  # of both at once the hub would say nothing
    group.leeds.run("flag", "withdraw", flag, "--reason", "another company")
    group.hub.wait_sequence("spg", 3, stream="alert")
    raise_flag(group.leeds, "Calder Works Ltd")
    group.york.start()
    documents = wait_told(group.york, 1)
    assert [one["record"]["name"] for one in documents] == ["Calder Works Ltd"]
    shown = group.york.run("watch", "--stream", "alert", "--from", "start", "--timeout", 0).out
    assert "Calder" in shown and "Aire" not in shown


def test_what_a_power_cut_took_is_told_again(groups):
    """What was told is on the disk a moment later: here `local.db` loses that moment."""
    group = start(groups)
    york = group.york
    flag = raise_flag(group.leeds)
    wait_told(york, 1)
    york.stop()
    before = (york.store / "local.db").read_bytes()
    york.start()
    raise_flag(group.leeds, "Calder Works Ltd")
    group.leeds.run("flag", "withdraw", flag, "--reason", "another company")
    wait_told(york, 3)
    york.kill()
    for path in york.store.glob("local.db-*"):
        path.unlink()
    (york.store / "local.db").write_bytes(before)
    york.start()
    documents = wait_told(york, 5)
    assert [one["record"]["status"] for one in documents].count("withdrawn") == 2
    # Who follows goes on after the number that was seen last.
    assert len({one["change"].split("-")[-1] for one in documents}) == 5


def test_a_script_that_fails_twice(groups):
    group = start(groups)
    script(group.york, "echo x >> tries; [ -e go ]")
    tries = group.york.folder / "tries"
    raise_flag(group.leeds)
    group.york.wait(lambda: any("ended with exit status 1; 1 changes of alerts wait" in line
                                for line in group.york.status()["warnings"]), what="the warning")
    group.york.wait(lambda: tries.read_text().count("x") > 1 and not children(group.york),
                    what="the second failure")
    (group.york.folder / "go").touch()
    [document] = wait_told(group.york, 1)
    assert document["attempt"] == tries.read_text().count("x") > 2
    group.york.wait(lambda: not any("notify" in line or "alerts wait" in line
                                    for line in group.york.status()["warnings"]), what="peace")
    assert "notify.failed" in group.york.log()


def test_a_script_that_hangs_ends_with_the_daemon(groups):
    group = start(groups)
    script(group.york, "echo $$ > pid.part; mv pid.part pid; sleep 1000")
    raise_flag(group.leeds)
    pid = int(group.york.wait(lambda: (group.york.folder / "pid").exists() and
                              (group.york.folder / "pid").read_text(), what="the script"))
    group.york.status()  # it answers all the same
    group.york.stop()
    with pytest.raises(ProcessLookupError):
        os.kill(pid, 0)
    script(group.york, "")
    group.york.start()
    assert wait_told(group.york, 1)[0]["attempt"] == 2  # at least once
    assert f"{group.york.folder}/tell" in group.york.run("doctor", expect=None).out
    (group.york.folder / "tell").chmod(0o600)
    assert "is no program" in group.york.run("doctor", expect=1).out
    (group.york.folder / "tell").unlink()
    assert "nobody is told" in group.york.run("doctor", expect=1).out


def test_rules(groups):
    group = start(groups)
    rules = group.york.json("alert", "rules", "--event", "F12", "--severity-min", 2)
    assert (rules["events"], rules["severity_min"], rules["notify"]) == (["F12"], 2, True)
    raise_flag(group.leeds)
    raise_flag(group.leeds, "01234567", "--event", "F12", "--source", "public_register")
    assert [one["record"]["event"] for one in wait_told(group.york, 1)] == ["F12"]
    events = {one["event"] for one in group.york.json("region", "alerts")["alerts"]}
    assert events == {"F12", "F13"}, "rules hide nothing"
    text = group.york.run("alert", "rules").out
    assert "F12" in text and "2 or more" in text
    assert group.york.json("alert", "rules", "--reset")["events"] == []
    group.york.run("alert", "rules", "--event", "F99", expect=1)
    group.york.run("alert", "rules", "--severity-min", 0, expect=2)
    assert [row["command"] for row in group.york.json("audit")["audit"]][:2] == ["alert_rules"] * 2


def test_watch_as_it_happens(groups):
    group = start(groups)
    watch = subprocess.Popen([TOCSIN, "-c", str(group.york.conf), "--json", "watch", "--stream",
                              "alert", "--from", "start", "--count", "2"], stdout=subprocess.PIPE,
                             text=True)
    try:
        flag = raise_flag(group.leeds)
        first = json.loads(watch.stdout.readline())
        group.leeds.run("flag", "clear", flag)
        second = json.loads(watch.stdout.readline())
        assert (first["changes"], second["changes"]) == (["new"], ["status"])
        assert second["before"] == {"severity": 4, "status": "raised"}
        assert watch.wait(20) == 0
    finally:
        watch.kill()
        watch.stdout.close()
    # One who has no such supplier has no words for it: with --all, that something went by.
    assert group.hub.run("watch", "--stream", "alert", "--from", "start", "--timeout", 0).out


# ---- the scripts of the package ----


DOCUMENT = {
    "kind": "alert", "member": "york", "group": "yh-spg", "change": "0123-7", "changes": ["new"],
    "before": None, "attempt": 1, "stream": "alert", "publisher": "spg", "sequence": 1,
    "record": {"name": "Evil $(touch x) `id`\r\nBcc: all@example.org\u2028Ltd", "supplier": "s17",
               "event": "F13", "event_label": "petition to wind up", "severity": 4,
               "status": "raised", "exercise": False, "reporters": "under 3", "relation": "own",
               "source": "public_register", "expires": "2027-Q1", "warning": None,
               "details": [{"text": "they; rm -rf /", "reference": "R-1"}]}}
SUMMARY = {"kind": "summary", "member": "york", "group": "yh-spg", "change": "summary-1-9",
           "count": 9, "attempt": 2, "alerts": [DOCUMENT]}


def run_script(name, folder, document, expect=0):
    done = subprocess.run([SCRIPTS / name], input=json.dumps(document), text=True, cwd="/",
                          capture_output=True, timeout=60,
                          env={"TOCSIN_CONF": str(folder / "tocsin.conf"), "PATH": "/usr/bin:/bin"})
    assert (done.returncode == 0) == (expect == 0), done.stderr
    return done


def mail_setting(folder, **values):
    sendmail = folder / "sendmail"
    sendmail.write_text(f"#!/bin/sh\nprintf '%s\\n' \"$@\" > '{folder}/words'\n"
                        f"cat > '{folder}/mail'\n[ ! -e '{folder}/broken' ]\n")
    sendmail.chmod(0o755)
    lines = {"to": "a@council.example, Risk <b@council.example>", "from": "t@council.example",
             "sendmail": sendmail, **values}
    (folder / "notify-mail.conf").write_text(
        "[mail]\n" + "".join(f"{key} = {value}\n" for key, value in lines.items()))


def test_mail(tmp_path):
    mail_setting(tmp_path)
    run_script("notify-mail", tmp_path, DOCUMENT)
    words = (tmp_path / "words").read_text().split("\n")
    mail = (tmp_path / "mail").read_text()
    assert words == ["-i", "-f", "t@council.example", "--", "a@council.example",
                     "b@council.example", ""]
    assert "Evil" not in mail and "rm -rf" not in mail and "supplier s17 of ours" in mail
    assert "Subject: Tocsin: supplier s17 of ours: F13 petition to wind up" in mail
    assert "no exclusion decision" in mail and "<0123-7.york@tocsin.invalid>" in mail

    mail_setting(tmp_path, names="yes")
    run_script("notify-mail", tmp_path, DOCUMENT)
    mail = (tmp_path / "mail").read_text()
    assert "Evil $(touch x)" in mail and "rm -rf" in mail
    assert not [line for line in mail.splitlines() if line.lower().startswith("bcc")]
    assert not (tmp_path / "x").exists()

    run_script("notify-mail", tmp_path, SUMMARY)
    mail = (tmp_path / "mail").read_text()
    assert "Subject: Tocsin: 9 changes of alerts" in mail and "may be a repetition" in mail

    (tmp_path / "broken").touch()
    run_script("notify-mail", tmp_path, DOCUMENT, expect=1)
    (tmp_path / "notify-mail.conf").unlink()
    run_script("notify-mail", tmp_path, DOCUMENT, expect=1)


class Hook(http.server.BaseHTTPRequestHandler):
    def do_POST(self):
        body = self.rfile.read(int(self.headers["Content-Length"]))
        self.server.got.append((self.path, self.headers["Content-Type"], json.loads(body)))
        self.send_response(self.server.status)
        if self.server.status == 302:
            self.send_header("Location", "/elsewhere")
        self.end_headers()

    def log_message(self, *_):
        pass


@pytest.fixture
def hook():
    server = http.server.HTTPServer(("127.0.0.1", 0), Hook)
    server.got, server.status = [], 200
    thread = threading.Thread(target=server.serve_forever)
    thread.start()
    yield server
    server.shutdown()
    thread.join()
    server.server_close()


def test_webhook(tmp_path, hook):
    def setting(url=f"http://127.0.0.1:{hook.server_port}/hooks/secret", **values):
        (tmp_path / "notify-webhook.conf").write_text(
            "[webhook]\n" + "".join(f"{key} = {value}\n"
                                    for key, value in {"url": url, **values}.items()))

    setting()
    run_script("notify-webhook", tmp_path, DOCUMENT)
    path, kind, body = hook.got.pop()
    assert (path, kind, set(body)) == ("/hooks/secret", "application/json", {"text"})
    assert "supplier s17 of ours: F13" in body["text"] and "Evil" not in body["text"]
    run_script("notify-webhook", tmp_path, SUMMARY)
    assert "9 changes" in hook.got.pop()[2]["text"]
    setting(format="json")
    run_script("notify-webhook", tmp_path, DOCUMENT)
    body = hook.got.pop()[2]
    assert body["record"]["name"] is None and body["record"]["details"] == []
    setting(format="json", names="yes")
    run_script("notify-webhook", tmp_path, DOCUMENT)
    assert hook.got.pop()[2] == DOCUMENT
    for hook.status in (500, 302):
        run_script("notify-webhook", tmp_path, DOCUMENT, expect=1)
    assert [path for path, *_ in hook.got] == ["/hooks/secret"] * 2
    setting(url="http://council.example/hooks/secret")
    run_script("notify-webhook", tmp_path, DOCUMENT, expect=1)
    assert len(hook.got) == 2


def test_the_mail_of_a_daemon(groups):
    group = start(groups)
    mail_setting(group.york.folder)
    group.york.set(notify=str(SCRIPTS / "notify-mail"))
    group.york.reload()
    raise_flag(group.leeds)
    group.york.wait(lambda: (group.york.folder / "mail").exists() and
                    "no exclusion" in (group.york.folder / "mail").read_text(), 30, "the mail")
    tocsin("status", conf=group.york.conf)
