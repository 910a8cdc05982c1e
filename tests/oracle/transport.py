# SPDX-License-Identifier: Apache-2.0
"""Ways to a card: a TCP element with vpcd framing, or a PC/SC reader (edge: sockets, pcscd).

Frames are u16 big-endian length and octets; one-octet messages from here are controls. 61xx and 6Cxx are handled here,
below secure messaging: a wrapped command is resent as it is, never wrapped again (ISO/IEC 7816-3 clause 12).
"""
import socket

POWER_OFF, POWER_ON, RESET, GET_ATR = b"\x00", b"\x01", b"\x02", b"\x04"
TIMEOUT_SECONDS = 120


class Transport:
    """Shared APDU rules. log keeps every command sent, as octets."""

    def __init__(self):
        self.log = []

    def transmit(self, command):
        """One command APDU: the joined response data and the status word."""
        self.log.append(command)
        data, sw = self._exchange(command)
        if sw >> 8 == 0x6C:
            data, sw = self._exchange(command[:-1] + bytes([sw & 0xFF]) if len(command) in (5, 6 + command[4])
                                      else command + bytes([sw & 0xFF]))
        while sw >> 8 == 0x61:
            more, sw = self._exchange(bytes([command[0] & 0x03, 0xC0, 0, 0, sw & 0xFF]))
            data += more
        return data, sw

    def _exchange(self, command):
        answer = self._send(command)
        if len(answer) < 2:
            raise ConnectionError("the card answered without a status word")
        return answer[:-2], int.from_bytes(answer[-2:], "big")


class TcpCard(Transport):
    """A software element that listens on TCP."""

    def __init__(self, host, port):
        super().__init__()
        self.socket = socket.create_connection((host, port), TIMEOUT_SECONDS)
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._write(POWER_ON)
        self._write(GET_ATR)
        self.atr = self._read()

    def _write(self, octets):
        self.socket.sendall(len(octets).to_bytes(2, "big") + octets)

    def _take(self, count):
        out = b""
        while len(out) < count:
            self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_QUICKACK, 1)
            part = self.socket.recv(count - len(out))
            if not part:
                raise ConnectionError("the card closed the connection")
            out += part
        return out

    def _read(self):
        return self._take(int.from_bytes(self._take(2), "big"))

    def _send(self, command):
        self._write(command)
        return self._read()

    def reset(self):
        self._write(RESET)

    def close(self):
        self.socket.close()


class ReaderCard(Transport):
    """A PC/SC reader, by its name or the beginning of it."""

    def __init__(self, name):
        super().__init__()
        from smartcard.System import readers
        found = [r for r in readers() if str(r).startswith(name)]
        if not found:
            raise ConnectionError(f"no reader named {name}; there are {[str(r) for r in readers()]}")
        self.connection = found[0].createConnection()
        self.connection.connect()
        self.atr = bytes(self.connection.getATR())

    def _send(self, command):
        data, sw1, sw2 = self.connection.transmit(list(command))
        return bytes(data) + bytes([sw1, sw2])

    def reset(self):
        self.connection.reconnect()

    def close(self):
        self.connection.disconnect()
