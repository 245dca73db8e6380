"""servers: Tocsin and what bench/compare holds it against, each started, loaded and stopped in one way."""

import contextlib
import getpass
import importlib.machinery
import importlib.util
import os
import pathlib
import re
import resource
import shutil
import socket
import subprocess
import sys
import time

HERE = pathlib.Path(__file__).resolve().parent
SLOW_SHARE = 10  # a server that syncs every record gets a tenth of them


def load(name):
    """A script of this folder as a module: they have no ending, being commands."""
    loader = importlib.machinery.SourceFileLoader(f"bench_{name}", str(HERE / name))
    spec = importlib.util.spec_from_loader(loader.name, loader)
    module = importlib.util.module_from_spec(spec)
    loader.exec_module(module)
    return module


bench = load("run")


def certificates(folder):
    """An authority for the day, a server and a client."""
    def openssl(*words):
        done = subprocess.run(["openssl", *words], cwd=folder, capture_output=True, text=True)
        if done.returncode != 0:
            sys.exit(f"bench: openssl {words[0]}: {done.stderr}")

    folder.mkdir()
    key = ("-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes")
    openssl("req", "-x509", *key, "-keyout", "ca.key", "-out", "ca.pem", "-subj", "/CN=bench", "-days", "2")
    (folder / "extensions").write_text("subjectAltName=IP:127.0.0.1\n")
    for who in ("server", "client"):
        openssl("req", *key, "-keyout", f"{who}.key", "-out", f"{who}.csr", "-subj", f"/CN={who}")
        openssl("x509", "-req", "-in", f"{who}.csr", "-CA", "ca.pem", "-CAkey", "ca.key",
                "-CAcreateserial", "-out", f"{who}.pem", "-days", "2", "-extfile", "extensions")
    return folder


def children_cpu_seconds():
    """Of the programs that have ended and were waited for: clients, not servers."""
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def peak_mib(pid):
    status = pathlib.Path(f"/proc/{pid}/status").read_text()
    return int(re.search(r"VmHWM:\s+(\d+)", status).group(1)) / 1024


class Peer:
    """A server that is not Tocsin, and the load of it. `with` starts and stops it."""

    name = kind = label = policy = None
    durable = True  # at the moment it says that it has a record
    share = 1

    def __init__(self, options, program):
        self.options, self.program = options, program

    def version(self):
        done = subprocess.run([self.program, *self.version_words], capture_output=True, text=True)
        return re.search(r"(\d+\.\d+\.\d+)", done.stdout).group(1)

    version_words = ("--version",)

    def present(self):
        return self.program is not None

    def described(self):
        return {"name": self.name, "label": self.label, "version": self.version(), "durable": self.durable,
                "policy": self.policy}

    @contextlib.contextmanager
    def running(self, folder, readers):
        folder.mkdir()
        self.folder = folder
        self.port, = bench.free_ports(1)
        with open(folder / "log", "wb") as log:
            self.process = subprocess.Popen([*bench.DYING_WITH_US, *self.command()], stdout=log, stderr=log,
                                            cwd=folder)
        try:
            self.wait_ready()
            yield self
        finally:
            stop(self.process)
            shutil.rmtree(folder)

    def wait_ready(self):
        until = time.monotonic() + 20
        while time.monotonic() < until and self.process.poll() is None:
            with contextlib.suppress(ConnectionRefusedError):
                socket.create_connection(("127.0.0.1", self.port)).close()
                return
            time.sleep(0.02)
        sys.exit(f"bench: {self.name} does not start:\n{(self.folder / 'log').read_text()}")

    def client(self, what, records, *more):
        return bench.program(self.options.build, "bench-peers", self.kind, what, self.port,
                             self.options.certificates if self.tls else "-", records, *more)

    tls = True

    def submit(self, records, readers):
        with self.counting([self.process], records) as spent:
            done = self.client("submit", records, readers)
        return {**done, **spent}

    @contextlib.contextmanager
    def counting(self, servers, records):
        """Processor time a record, of servers and clients: it depends less on who else is there."""
        spent = {}
        before, clients = sum(map(bench.cpu_seconds, servers)), children_cpu_seconds()
        yield spent
        spent["server_cpu_us"] = round((sum(map(bench.cpu_seconds, servers)) - before) * 1e6 / records, 2)
        spent["client_cpu_us"] = round((children_cpu_seconds() - clients) * 1e6 / records, 2)

    def latency(self, records):
        return self.client("latency", records)

    def keep(self, records, readers):
        self.client("keep", records, readers if self.kind == "mqtt" else 0)

    def replay(self, records, number):
        with self.counting([self.process], records) as spent:
            done = self.client("replay", records, number)
        return {**done, **spent}

    def memory(self):
        return {"server_mib": round(peak_mib(self.process.pid), 1)}


def stop(process):
    process.terminate()
    try:
        process.wait(timeout=30)
    except subprocess.TimeoutExpired:
        process.kill()
        process.wait()


class JetStream(Peer):
    name, kind, durable = "jetstream", "nats", False
    label = "NATS JetStream, as it comes"
    policy = "not durable: syncs every 2 minutes"
    more = ""

    def command(self):
        tls = self.options.certificates
        (self.folder / "conf").write_text(
            f'listen: "127.0.0.1:{self.port}"\n'
            f'tls {{ cert_file: "{tls}/server.pem", key_file: "{tls}/server.key", '
            f'ca_file: "{tls}/ca.pem", verify: true }}\n'
            f'jetstream {{ store_dir: "{self.folder}/store", max_file_store: 20GB {self.more} }}\n')
        return [self.program, "-c", self.folder / "conf"]


class JetStreamAlways(JetStream):
    name, durable, share = "jetstream-always", True, SLOW_SHARE
    label = "NATS JetStream, `sync_interval: always`"
    policy = "durable: syncs each record"
    more = ", sync_interval: always"

    def present(self):
        return super().present() and tuple(map(int, self.version().split("."))) >= (2, 10, 0)


class Redis(Peer):
    name = kind = "redis"
    label = "Redis stream, `appendfsync always`, in the clear"
    policy = "durable: syncs what came at once"
    tls = False

    def doors(self):
        return f"port {self.port}\n"

    def command(self):
        # A rewrite of the file in the middle of a run would only be to its disadvantage.
        (self.folder / "conf").write_text(
            f"bind 127.0.0.1\n{self.doors()}dir {self.folder}\nappendonly yes\nappendfsync always\n"
            'save ""\nauto-aof-rewrite-percentage 0\n')
        return [self.program, self.folder / "conf"]


class RedisTls(Redis):
    name, tls = "redis-tls", True
    label = "Redis stream, `appendfsync always`"

    def doors(self):
        tls = self.options.certificates
        return (f"port 0\ntls-port {self.port}\ntls-auth-clients yes\ntls-cert-file {tls}/server.pem\n"
                f"tls-key-file {tls}/server.key\ntls-ca-cert-file {tls}/ca.pem\n")


class Mosquitto(Peer):
    name, kind, durable = "mosquitto", "mqtt", False
    label = "mosquitto, QoS 1"
    policy = "not durable: memory, to the disk every 30 minutes"
    version_words = ("-h",)

    def command(self):
        tls = self.options.certificates
        (self.folder / "conf").write_text(
            f"listener {self.port} 127.0.0.1\ncafile {tls}/ca.pem\ncertfile {tls}/server.pem\n"
            f"keyfile {tls}/server.key\nrequire_certificate true\nuse_identity_as_username true\n"
            f"persistence true\npersistence_location {self.folder}/\nmax_inflight_messages 1000\n"
            f"max_queued_messages 0\nset_tcp_nodelay true\nuser {getpass.getuser()}\n"
            "log_dest stderr\nlog_type error\n")
        return [self.program, "-c", self.folder / "conf"]


class Curve(Peer):
    """No server: two ends, and nothing is kept."""

    name, durable = "curve", False
    label = "bare libzmq, CURVE, a message a record"
    policy = "keeps nothing"

    def version(self):
        done = subprocess.run(["pkg-config", "--modversion", "libzmq"], capture_output=True, text=True)
        return done.stdout.strip()

    def present(self):
        return True

    @contextlib.contextmanager
    def running(self, folder, readers):
        yield self

    def submit(self, records, readers):
        with self.counting([], records) as spent:
            done = bench.program(self.options.build, "bench-curve", "submit", records, readers)
        return {**done, **spent}

    def latency(self, records):
        return bench.program(self.options.build, "bench-curve", "latency", records)


class Tocsin(Peer):
    """Leeds publishes to the hub, the first reader; the others are members behind the hub. Each
    verifies, opens, and applies to its own durable store."""

    name = "tocsin"
    label = "Tocsin, sealed, signed, verified, applied"
    policy = "durable at the publisher and every reader"

    def version(self):
        text = (bench.ROOT / "CMakeLists.txt").read_text()
        return re.search(r"VERSION (\d+\.\d+\.\d+)", text[text.index("project("):]).group(1)

    def present(self):
        return True

    @contextlib.contextmanager
    def running(self, folder, readers):
        self.folder = folder
        self.others = [f"reader{number}" for number in range(readers - 1)]
        self.group = bench.Group(self.options.build, folder,
                                 ["leeds", *self.others, *(f"late{n}" for n in range(9))])
        try:
            for member in ("spg", "leeds", *self.others):
                self.group.start(member)
            yield self
        finally:
            for process in reversed(self.group.daemons):
                stop(process)
            shutil.rmtree(folder)

    def submit(self, records, readers):
        to = ",".join(map(self.group.socket, ["spg", *self.others]))
        with self.counting(self.group.daemons, records) as spent:
            done = self.group.load("submit", self.group.socket("leeds"), to, "leeds", records)
        return {**done, **spent}

    def latency(self, records):
        to = self.others[0] if self.others else "spg"
        return self.group.load("latency", self.group.socket("leeds"), self.group.socket(to), "leeds",
                               records)

    def keep(self, records, readers):
        self.last = self.submit(records, 1)["last"]

    def replay(self, records, number):
        with self.counting([self.group.daemons[0]], records) as spent:
            begin = time.monotonic()
            late = self.group.start(f"late{number}")
            self.group.load("await", self.group.socket(f"late{number}"), "leeds", self.last)
            took = time.monotonic() - begin
        reader = round(bench.cpu_seconds(late) * 1e6 / records, 2)
        self.group.daemons.remove(late)
        stop(late)
        return {"records_s": records / took, "reader_cpu_us": reader, **spent}

    def memory(self):
        hub, leeds = (peak_mib(daemon.pid) for daemon in self.group.daemons[:2])
        return {"server_mib": round(hub, 1), "publisher_mib": round(leeds, 1)}


def find(name):
    return shutil.which(name, path=os.environ.get("PATH", "") + ":/usr/sbin:/usr/local/sbin")


def every(options):
    """In the order of a round, whether they can be had or not."""
    nats = str(options.nats_server) if options.nats_server else find("nats-server")
    redis = find("redis-server")
    return [Tocsin(options, None), JetStreamAlways(options, nats), JetStream(options, nats),
            Redis(options, redis), RedisTls(options, redis), Mosquitto(options, find("mosquitto")),
            Curve(options, None)]
