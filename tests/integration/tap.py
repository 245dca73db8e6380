"""Somebody on the network: everything between councils and a hub goes through here, and is recorded."""

import contextlib
import socket
import threading

import harness


class Tap:
    """Stands at an address of its own for the hub's. Records bytes, and understands none."""

    def __init__(self, hub, ports=(7101, 7102)):
        self.hub, self.address = hub, harness.address()
        self.recorded, self.lock = [], threading.Lock()
        self.listeners = []
        for port in ports:
            listener = socket.create_server((self.address, port))
            self.listeners.append(listener)
            threading.Thread(target=self._accept, args=(listener, port), daemon=True).start()

    def lead(self, member):
        """Has a member dial here."""
        text = member.conf.read_text()
        assert self.hub.address in text
        member.conf.write_text(text.replace(self.hub.address, self.address))

    def _accept(self, listener, port):
        with contextlib.suppress(OSError):
            while True:
                near, _ = listener.accept()
                try:
                    far = socket.create_connection((self.hub.address, port))
                except OSError:
                    near.close()
                    continue
                for one, other in ((near, far), (far, near)):
                    heard = bytearray()
                    with self.lock:
                        self.recorded.append(heard)
                    threading.Thread(target=self._pass_on, args=(one, other, heard),
                                     daemon=True).start()

    @staticmethod
    def _pass_on(one, other, heard):
        with contextlib.suppress(OSError):
            while data := one.recv(65536):
                heard += data
                other.sendall(data)
        for end in (one, other):
            with contextlib.suppress(OSError):
                end.shutdown(socket.SHUT_RDWR)

    def close(self):
        for listener in self.listeners:
            with contextlib.suppress(OSError):
                listener.shutdown(socket.SHUT_RDWR)
            listener.close()

    def bytes(self):
        with self.lock:
            return b"\n".join(map(bytes, self.recorded))
