# SPDX-License-Identifier: Apache-2.0
"""An element that takes its time over each answer, so that a test can act while a conversation lasts, on the fastest machine
too (edge, station 9)."""
import contextlib
import socket
import threading

PAUSE_S = 0.05


class Unhurried:
    """Stands before the element at a port; `port` is its own."""

    def __init__(self, port):
        self.behind, self.listener = port, socket.create_server(("127.0.0.1", 0))
        self.port = self.listener.getsockname()[1]
        self.ended = threading.Event()
        threading.Thread(target=self._serve, daemon=True).start()

    def _serve(self):
        with contextlib.suppress(OSError):  # it was closed
            while True:
                device, _ = self.listener.accept()
                card = socket.create_connection(("127.0.0.1", self.behind))
                for source, target, pause in ((device, card, 0), (card, device, PAUSE_S)):
                    threading.Thread(target=self._pass_on, args=(source, target, pause), daemon=True).start()

    def _pass_on(self, source, target, pause):
        with contextlib.suppress(OSError):
            while data := source.recv(65536):
                self.ended.wait(pause)
                target.sendall(data)
            target.shutdown(socket.SHUT_RDWR)

    def close(self):
        self.ended.set()
        self.listener.close()
