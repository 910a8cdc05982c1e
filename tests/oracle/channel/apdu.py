# SPDX-License-Identifier: Apache-2.0
"""Command and response APDUs of ISO/IEC 7816-4, short form (pure)."""
from dataclasses import dataclass, replace


@dataclass(frozen=True)
class Command:
    """A command APDU; le is None when absent, 0 for 256."""
    cla: int
    ins: int
    p1: int
    p2: int
    data: bytes = b""
    le: int = None

    @classmethod
    def parse(cls, raw):
        head, body = raw[:4], raw[4:]
        if not body:
            return cls(*head)
        if len(body) == 1:
            return cls(*head, b"", body[0])
        length = body[0]
        if len(body) not in (1 + length, 2 + length):
            raise ValueError("Lc does not fit the command")
        return cls(*head, body[1:1 + length], body[-1] if len(body) == 2 + length else None)

    def header(self, lc):
        """Header and Lc as MACs cover them: three octets for a command that will be cut (GPCS 11.1.5.1)."""
        length = bytes([lc]) if lc <= 255 else b"\0" + lc.to_bytes(2, "big")
        return bytes([self.cla, self.ins, self.p1, self.p2]) + length

    def encode(self):
        if len(self.data) > 255:
            raise ValueError(f"{len(self.data)} octets do not fit a short command")
        out = bytes([self.cla, self.ins, self.p1, self.p2])
        if self.data:
            out += bytes([len(self.data)]) + self.data
        return out if self.le is None else out + bytes([self.le])

    def with_data(self, data, cla=None):
        return replace(self, data=data, cla=self.cla if cla is None else cla)


def secure_cla(cla):
    """The class octet under GlobalPlatform secure messaging: Table 11-11 (bit 3) and Table 11-12 (bit 6)."""
    return cla | (0x20 if cla & 0x40 else 0x04)


def base_cla(cla):
    """The class octet with the logical channel set to zero and no secure messaging."""
    return 0x80 if cla & 0x80 else 0x00


def is_error(sw):
    """Amendment D 6.2.5: all but 9000, 62xx and 63xx."""
    return sw != 0x9000 and sw >> 8 not in (0x62, 0x63)
