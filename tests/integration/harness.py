"""A group of real daemons on loopback. Each Group has a folder and an address block of its own, so
that tests can run side by side. Nothing sleeps: waiting is for an event (readiness, the end of a
process, a record) or for a state of `status`, looked at again each time something may have changed.
"""

import atexit
import contextlib
import ctypes
import itertools
import json
import os
import pathlib
import resource
import select
import shutil
import signal
import socket
import sqlite3
import subprocess
import tempfile
import time

import zmq

import pairing
import stores
import wire

TOCSIND = os.environ.get("TOCSIND", "build/daemon/tocsind")
TOCSIN = os.environ.get("TOCSIN", "build/client/tocsin")
DATA = pathlib.Path(__file__).resolve().parent.parent / "data"
SERVED_WITHIN = 8  # seconds, for a record from one council through the hub to another
# Seconds that an answer or a state may take on a machine that has much else to do. Nobody waits that
# long for what comes.
PATIENCE = 60

SANITIZER_WORDS = ("ERROR: AddressSanitizer", "ERROR: LeakSanitizer", "runtime error:",
                   "Assertion", "assertion")
STARTED = []  # every process, for the end
_blocks = itertools.count(1)
_libc = ctypes.CDLL(None)


@atexit.register
def _kill_the_rest():
    for process in STARTED:
        if process.poll() is None:
            process.kill()


def _die_with_parent():
    _libc.prctl(1, signal.SIGKILL)  # PR_SET_PDEATHSIG


def address():
    """A loopback address that no other test has: two bytes of the process id and a counter."""
    pid = os.getpid()
    return f"127.{1 + (pid >> 8) % 250}.{pid % 256}.{next(_blocks)}"


def check_sanitizers(text, where):
    for word in SANITIZER_WORDS:
        assert word not in text, f"{where}: {text[-6000:]}"


class Result:
    """What a command said."""

    def __init__(self, arguments, done):
        self.arguments, self.status = arguments, done.returncode
        self.out, self.err = done.stdout, done.stderr

    @property
    def json(self):
        return json.loads(self.out)

    def __repr__(self):
        return f"{self.arguments} -> {self.status}\n{self.out}\n{self.err}"


def tocsin(*arguments, conf=None, expect=0, timeout=120, runner=(), killed=False, **options):
    """Runs the command; `expect` is its exit status, or None for any; `runner` goes before it, and may
    kill it."""
    words = [*runner, TOCSIN, *(["-c", str(conf)] if conf else []), *map(str, arguments)]
    result = Result(words, subprocess.run(words, capture_output=True, text=True, timeout=timeout,
                                          preexec_fn=_die_with_parent, **options))
    check_sanitizers(result.err, words)
    assert result.status >= 0 or killed, f"killed by a signal: {result}"
    if expect is not None:
        assert result.status == expect, f"expected {expect}: {result}"
    return result


def tocsind(*arguments, expect=0, timeout=120, program=TOCSIND, **options):
    """Runs the daemon where it is expected to end by itself."""
    words = [program, *map(str, arguments)]
    options.setdefault("preexec_fn", _die_with_parent)
    result = Result(words, subprocess.run(words, capture_output=True, text=True, timeout=timeout,
                                          **options))
    check_sanitizers(result.err, words)
    assert result.status == expect, f"expected {expect}: {result}"
    return result


class Local:
    """The local socket, spoken to as another program would."""

    def __init__(self, path):
        self.socket = zmq.Context.instance().socket(zmq.DEALER)
        self.socket.setsockopt(zmq.LINGER, 0)
        self.socket.setsockopt(zmq.RECONNECT_IVL, -1)  # what was not sent is lost with the daemon
        self.socket.connect(f"ipc://{path}")
        self.tags = itertools.count(1)

    def close(self):
        self.socket.close()

    @property
    def broken(self):
        """The daemon has let go of it; with nobody to connect to, sending would wait for ever."""
        return not self.socket.poll(0, zmq.POLLOUT)

    def send(self, request, parts=(), **fields):
        assert not self.broken, f"{request}: the daemon has closed its socket"
        tag = str(next(self.tags))
        text = json.dumps({"request": request, "tag": tag, **fields}).encode()
        self.socket.send_multipart([text, *parts])
        return tag

    def receive(self, timeout):
        """The next reply, or None."""
        if not self.socket.poll(int(timeout * 1000)):
            return None
        parts = self.socket.recv_multipart()
        return json.loads(parts[0]), parts[1:]

    def call(self, request, parts=(), timeout=PATIENCE, **fields):
        tag = self.send(request, parts, **fields)
        end = time.monotonic() + timeout
        while True:
            got = self.receive(max(0, end - time.monotonic()))
            assert got is not None, f"no answer to {request} in {timeout} s"
            if got[0].get("tag") == tag:
                return got[0]


class Member:
    """One member: its folder, its daemon, its command."""

    def __init__(self, group, name):
        self.group, self.name = group, name
        self.folder = group.folder / name
        self.address = address()
        self.program = [TOCSIND]
        self.process = None
        self.stopped_on_purpose = True
        self._local = None
        self._ended_locals = []

    @property
    def conf(self):
        return self.folder / "tocsin.conf"

    @property
    def key(self):
        return self.folder / "member.key"

    @property
    def store(self):
        return self.folder / "store"

    @property
    def session(self):
        return f"tcp://{self.address}:7101"

    @property
    def feed(self):
        return f"tcp://{self.address}:7102"

    @property
    def log_path(self):
        return self.folder / "daemon.log"

    def rows(self, query):
        """What group.db holds. Only while the daemon does not run: closing any file of SQLite's in
        this process would drop the locks of a connection that was still open."""
        assert not self.running
        with contextlib.closing(sqlite3.connect(self.store / "group.db")) as store:
            return store.execute(query).fetchall()

    def log(self):
        return self.log_path.read_text(errors="replace") if self.log_path.exists() else ""

    def set(self, **values):
        """Sets top-level keys of the configuration."""
        lines = self.conf.read_text().splitlines()
        lines = [line for line in lines if line.split(" = ")[0] not in values]
        words = [f'{key} = {json.dumps(value)}' for key, value in values.items()]
        self.conf.write_text("\n".join(words + lines) + "\n")

    # ---- the daemon ----

    def spawn(self, *arguments, env=None, preexec=None):
        """Starts the daemon and does not wait: returns the socket that readiness comes by."""
        ready_path = self.folder / "notify"
        ready_path.unlink(missing_ok=True)
        ready = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
        ready.bind(str(ready_path))
        environment = {**os.environ, "NOTIFY_SOCKET": str(ready_path), **(env or {})}

        def prepare():
            _die_with_parent()
            if preexec:
                preexec()

        with open(self.log_path, "a") as log:
            self.process = subprocess.Popen([*self.program, "-c", str(self.conf), *arguments],
                                            stdout=log, stderr=log, env=environment,
                                            preexec_fn=prepare)
        STARTED.append(self.process)
        self.stopped_on_purpose = False
        return ready

    def await_ready(self, ready, timeout=PATIENCE):
        with ready:
            end = os.pidfd_open(self.process.pid)
            try:
                poll = select.poll()
                poll.register(ready, select.POLLIN)
                poll.register(end, select.POLLIN)
                events = [fd for fd, _ in poll.poll(timeout * 1000)]
                assert ready.fileno() in events, f"{self.name} is not ready:\n{self.log()[-4000:]}"
                assert b"READY=1" in ready.recv(4096)
            finally:
                os.close(end)

    def start(self, *arguments, **options):
        self.await_ready(self.spawn(*arguments, **options))
        return self

    def end(self, number, timeout=PATIENCE):
        """Ends the daemon by a signal and returns its exit status."""
        self.stopped_on_purpose = True
        if self.process.poll() is None:
            # One that was stopped goes on first. Behind the other signal this one may come when the
            # sanitizer, at the very end, stops the process to look for leaks: it takes that back, and
            # the sanitizer waits for ever.
            self.process.send_signal(signal.SIGCONT)
            self.process.send_signal(number)
        self.forget_local()
        return self.process.wait(timeout)

    def stop(self):
        status = self.end(signal.SIGTERM)
        assert status == 0, f"{self.name} ended with {status}:\n{self.log()[-4000:]}"

    def kill(self):
        self.end(signal.SIGKILL)

    def restart(self, *arguments, **options):
        self.stop()
        return self.start(*arguments, **options)

    def pause(self):
        self.process.send_signal(signal.SIGSTOP)

    def resume(self):
        self.process.send_signal(signal.SIGCONT)

    def reload(self):
        self.process.send_signal(signal.SIGHUP)

    @property
    def running(self):
        return self.process is not None and self.process.poll() is None

    def check_end(self):
        """At the end of a test: it ended only when it was told to, and without complaint."""
        if self.process is None:
            return
        if not self.stopped_on_purpose:
            assert self.running, f"{self.name} ended by itself:\n{self.log()[-6000:]}"
            self.stop()
        check_sanitizers(self.log(), self.name)

    # ---- asking it ----

    def run(self, *arguments, **options):
        return tocsin(*arguments, conf=self.conf, **options)

    def json(self, *arguments, **options):
        return self.run("--json", *arguments, **options).json

    @property
    def local(self):
        if self._local is None:
            self._local = Local(self.folder / "tocsin.sock")
        return self._local

    def forget_local(self):
        """The socket stays open until eight more have ended, or the test is over: libzmq 4.3.4 aborts
        (session_base.cpp:260) when one is closed in the moment its peer dies, with a message of several
        parts half sent; but it has no more than a thousand of them."""
        if self._local is not None:
            self._ended_locals.append(self._local)
            self._local = None
        while len(self._ended_locals) > 8:
            self._ended_locals.pop(0).close()

    def close_locals(self):
        self.forget_local()
        while self._ended_locals:
            self._ended_locals.pop().close()

    def call(self, request, parts=(), **fields):
        return self.local.call(request, parts, **fields)

    def status(self):
        return self.call("status")

    def peer(self, name):
        return next((peer["state"] for peer in self.status()["peers"] if peer["member"] == name),
                    None)

    def logs(self, publisher=None, stream="framework"):
        return [log for log in self.status()["logs"]
                if log["stream"] == stream and publisher in (None, log["publisher"])]

    def next_sequence(self, publisher, stream="framework"):
        return max((log["next_sequence"] for log in self.logs(publisher, stream)), default=1)

    def records(self, publisher=None, stream="framework"):
        """Everything ever applied here, in the order it was: the lines of `watch --from start`."""
        cursor, found = 0, []
        while True:
            page = self.call("want", cursor=cursor, limit=1000, wait_ms=0, streams=[stream])
            assert page["ok"], page
            found += page["records"]
            if not page["records"]:
                return [line for line in found if publisher in (None, line["publisher"])]
            cursor = page["cursor"]

    def wait(self, predicate, timeout=PATIENCE, what="it"):
        """Until predicate() holds. Looks again each 50 ms, or when the daemon ends."""
        end = time.monotonic() + timeout
        watched = os.pidfd_open(self.process.pid)
        try:
            poll = select.poll()
            poll.register(watched, select.POLLIN)
            while True:
                value = predicate()
                if value:
                    return value
                assert time.monotonic() < end, f"{self.name}: {what} did not come in {timeout} s"
                ended = poll.poll(50)
                assert not ended or self.stopped_on_purpose, f"{self.name} ended: {self.log()[-4000:]}"
        finally:
            os.close(watched)

    def wait_peer(self, name, state="connected", timeout=PATIENCE):
        def reached():
            reached.seen = self.peer(name)
            return reached.seen == state

        try:
            self.wait(reached, timeout, f"{name} {state}")
        except AssertionError as error:
            raise AssertionError(f"{error}; it is {reached.seen}") from None

    def wait_sequence(self, publisher, next_sequence, timeout=PATIENCE, stream="framework"):
        """Until this member has applied all of the log before `next_sequence`."""

        def reached():
            logs = self.logs(publisher, stream)
            reached.seen = max((log["applied_here"] + 1 for log in logs), default=1)
            return reached.seen >= next_sequence

        try:
            self.wait(reached, timeout, f"{publisher}'s records before {next_sequence}")
        except AssertionError as error:
            raise AssertionError(f"{error}; it has those before {reached.seen}") from None

    def wait_log(self, words):
        """What happened is told to others before, or while, it is written into the log."""
        self.wait(lambda: words in self.log(), what=f"{words!r} in the log")

    def wait_proven(self, timeout=PATIENCE):
        """Until the hub has shown this member its own logs, so that it signs at once: a session comes
        up before that. And until what waited for it is signed."""

        def proven():
            status = self.status()
            return status["waiting"] == 0 and not any(
                warning.startswith("Nothing is signed") for warning in status["warnings"])

        self.wait(proven, timeout, "the hub's proof")

    # ---- publishing ----

    def submit(self, id, *records, stream="framework", timeout=PATIENCE):
        reply = self.call("submit", list(records), stream=stream, id=id, timeout=timeout)
        assert reply["ok"], reply
        return reply

    def publish_one(self, reference, title=None, **options):
        self.run("framework", "add", "--reference", reference, "--title", title or reference,
                 "--kind", "framework", "--open-to", "region", **options)
        return self.json("publish")


class Group:
    """A hub and councils, from nothing, as their users do it."""

    def __init__(self, councils=("leeds", "york"), hub="spg", name="yh-spg", expires=None,
                 feed=True, distress="hub"):
        """`councils`: ids, or a mapping of ids to further options of `key new`; `distress`: who
        reads flags, the hub or the group."""
        self.folder = pathlib.Path(tempfile.mkdtemp(prefix="tocsin-"))
        self.name, self.feed, self.distress = name, feed, distress
        self.authority = self.folder / "authority"
        self.members = {}
        self.hub = self.make(hub, "--role", "hub")
        tocsin("group", "new", name, "--hub", self.request(self.hub), "--dir", self.authority,
               "--distress", distress, *(["--expires", expires] if expires else []))
        options = councils if isinstance(councils, dict) else dict.fromkeys(councils, ())
        for council in options:
            self.make(council, *options[council])
            self.admit(council)
        for member in self.members.values():
            self.init(member)

    @property
    def roster(self):
        return self.authority / f"{self.name}.roster"

    @property
    def signer_key(self):
        return self.authority / "signer.key"

    def __getattr__(self, name):
        try:
            return self.__dict__["members"][name]
        except KeyError:
            raise AttributeError(name) from None

    def request(self, member):
        return member.folder / f"{member.name}.request"

    def make(self, name, *options):
        """A member with keys and a request, that nobody has admitted."""
        member = self.members[name] = Member(self, name)
        self.make_keys(member, *options)
        return member

    def make_keys(self, member, *options):
        called = () if "--name" in options else ("--name", f"{member.name.title()} Council")
        tocsin("key", "new", "--member", member.name, *called, *options, "--dir", member.folder)

    def admit(self, name, *options, expect=0):
        return tocsin("group", "admit", self.request(self.members[name]), "--dir", self.authority,
                      *options, expect=expect)

    def remove(self, name):
        """Takes a member out; the hub is the first to know."""
        tocsin("group", "remove", name, "--dir", self.authority)
        return self.adopt()

    def init(self, member, hub=None, listen=None):
        """Configuration: a hub listens, the others dial it. Fast heartbeats and receipts."""
        hub = hub or self.hub
        listen = member is hub if listen is None else listen
        addresses = f"{{0.address}}:7101{',{0.address}:7102' if self.feed else ''}"
        words = ["--listen", addresses.format(member)] if listen else []
        if member is not hub:
            words += ["--peer", f"{hub.name}={addresses.format(hub)}"]
        tocsin("init", "--dir", member.folder, "--roster", self.roster, *words)
        member.set(heartbeat=1, receipt=1)
        return member

    def join(self, name, *options, adopt=True):
        """A newcomer, from nothing: the hub adopts the roster before it dials."""
        member = self.make(name, *options)
        self.admit(name)
        if adopt:
            self.adopt()
        return self.init(member)

    def adopt(self, member=None):
        return (member or self.hub).json("group", "adopt", self.roster)

    def start(self, *names, proven=True):
        """`proven`: and until what they publish is signed at once."""
        chosen = [self.members[name] for name in names] or list(self.members.values())
        for member, ready in [(member, member.spawn()) for member in chosen]:
            member.await_ready(ready)
        for member in chosen:
            if member is not self.hub and self.hub.running:
                member.wait_peer(self.hub.name)
                if proven:
                    member.wait_proven()
        return self

    def finish(self):
        """Every daemon is told to end, ends with 0, and has not complained; and nothing that was sent
        names a supplier beside its token."""
        problems = []
        for member in self.members.values():
            try:
                member.check_end()
            except AssertionError as error:
                problems.append(str(error))
        assert not problems, "\n".join(problems)
        pairing.check(self.folders())

    def folders(self):
        """Of those that have a store, for whoever reads them when the daemons have ended."""
        return [stores.Folder(member.folder, with_key=False) for member in self.members.values()
                if (member.store / "group.db").is_file()]

    def kill(self):
        for member in self.members.values():
            if member.running:
                member.kill()
            member.close_locals()

    def logs_text(self, length=3000):
        return "\n".join(f"---- {member.name}\n{member.log()[-length:]}"
                         for member in self.members.values())

    def forget(self):
        shutil.rmtree(self.folder, ignore_errors=True)


def good(town):
    """Seconds that a record of leeds' takes to york, whatever others do meanwhile."""
    name = f"good-{next(town.numbers)}"
    began = time.monotonic()
    sequence = town.leeds.submit(name, wire.framework(name, name), timeout=SERVED_WITHIN)
    town.york.wait_sequence("leeds", sequence["first_sequence"] + 1, SERVED_WITHIN)
    return time.monotonic() - began


def resident(member):
    """Bytes."""
    with open(f"/proc/{member.process.pid}/statm") as statm:
        return int(statm.read().split()[1]) * resource.getpagesize()


def references(lines):
    """The references of framework records, in order."""
    return [line["record"]["reference"] for line in lines if "reference" in line["record"]]
