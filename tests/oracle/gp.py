# SPDX-License-Identifier: Apache-2.0
"""A small GlobalPlatform client, written from the standards alone (edge: through a transport).

GPCS 2.3.1 chapter 11; secure channels in scp02.py and scp03.py.
"""
import os
from dataclasses import dataclass, field

import tlv
from channel.apdu import Command
from channel.keys import KCV_LENGTH, TYPE_AES, TYPE_DES, kcv, key_field
from channel.scp02 import Scp02
from channel.scp03 import I_S16, Scp03

ISD, APPLICATIONS, LOAD_FILES, LOAD_FILES_AND_MODULES = 0x80, 0x40, 0x20, 0x10  # GET STATUS P1, Table 11-33
FOR_LOAD, FOR_INSTALL, FOR_MAKE_SELECTABLE, FOR_EXTRADITION = 0x02, 0x04, 0x08, 0x10  # Table 11-41
FOR_PERSONALIZATION = 0x20
MORE_DATA, NOT_FOUND = 0x6310, 0x6A88
OID_SCP = bytes.fromhex("2A864886FC6B04")  # H.2: 1.2.840.114283.4
SD_LOAD_FILE, SD_MODULE = bytes.fromhex("A0000001515350"), bytes.fromhex("A000000151535041")


class CardError(Exception):
    """The card refused; sw is its status word."""

    def __init__(self, sw, what):
        super().__init__(f"{what}: {sw:04X}")
        self.sw = sw


@dataclass
class Entry:
    """One entry of the GlobalPlatform Registry, Tables 11-36 and 11-37."""
    aid: bytes
    state: bytes
    privileges: bytes = b""
    load_file: bytes = None
    domain: bytes = None
    version: bytes = None
    modules: list = field(default_factory=list)


@dataclass
class KeySet:
    """Static keys of one key version. kvn 0 lets the card choose."""
    enc: bytes
    mac: bytes
    dek: bytes
    kvn: int = 0

    @classmethod
    def same(cls, key, kvn=0):
        return cls(key, key, key, kvn)


class Client:
    """Talks to one card; channel is the open secure channel or None."""

    def __init__(self, transport):
        self.transport = transport
        self.channel = None

    def send(self, command, what="command", accept=(0x9000,)):
        """One command through the channel: response data; CardError on a status word not in accept."""
        wrapped = self.channel.wrap(command) if self.channel else command
        data, sw = self.transport.transmit(wrapped.encode())
        if self.channel:
            data = self.channel.unwrap(command, data, sw)
        self.sw = sw
        if sw not in accept:
            raise CardError(sw, what)
        return data

    # Selection and secure channel ------------------------------------------------------------------------------

    def select(self, aid=b"", accept=(0x9000, 0x6283)):
        """SELECT by AID (11.9); ends the channel. The FCI is returned."""
        self.channel = None
        return self.send(Command(0x00, 0xA4, 0x04, 0x00, aid, 0), "SELECT", accept)

    def protocols(self):
        """(protocol, i) pairs of the Card Recognition Data (H.2), best first; empty when the card has none."""
        try:
            data = self.get_data(0x0066)
        except CardError:
            return []
        recognition = tlv.first(data, 0x73, data)
        oids = [tlv.first(value, 0x06, b"") for tag, value in tlv.parse(recognition) if tag == 0x64]
        return sorted(((o[7], o[8]) for o in oids if o.startswith(OID_SCP) and len(o) == 9), reverse=True)

    def choose(self, keys, scp="auto"):
        """A channel object for 'auto', 'scp02[-iXX]', 'scp03[-iXX]', with '-s16' behind it for S16."""
        words = scp.split("-")
        i = next((int(w[1:], 16) for w in words[1:] if w.startswith("i")), None)
        if words[0] == "auto":
            known = self.protocols()
            protocol, i = known[0] if known else (3, 0)
        else:
            protocol = int(words[0][-2:])
        if protocol == 2:
            return Scp02(keys.enc, keys.mac, keys.dek, 0x55 if i is None else i)
        return Scp03(keys.enc, keys.mac, keys.dek, s16="s16" in words or words[0] == "auto" and bool(i & I_S16))

    def open(self, keys, level=0x01, scp="auto"):
        """INITIALIZE UPDATE and EXTERNAL AUTHENTICATE, once: a wrong key is never tried a second time."""
        self.channel = None
        channel = self.choose(keys, scp)
        challenge = os.urandom(channel.host_challenge_length)
        answer = self.send(Command(0x80, 0x50, keys.kvn, 0, challenge, 0), "INITIALIZE UPDATE")
        channel.open(challenge, answer)
        self.authenticate(channel, level)
        return channel

    def authenticate(self, channel, level):
        command = channel.external_authenticate(level, Command(0x80, 0x82, level, 0))
        _, sw = self.transport.transmit(command.encode())
        if sw != 0x9000:
            raise CardError(sw, "EXTERNAL AUTHENTICATE")
        self.channel = channel

    # Reading ---------------------------------------------------------------------------------------------------

    def get_data(self, tag):
        """The value of a data object (11.3); the card returns the whole object."""
        data = self.send(Command(0x80, 0xCA, tag >> 8, tag & 0xFF, b"", 0), f"GET DATA {tag:04X}")
        return tlv.first(data, tag, data)

    def key_info(self):
        """(key identifier, key version number, type, length) of every key (Table 11-28)."""
        objects = [v for t, v in tlv.parse(self.get_data(0x00E0)) if t == 0xC0]
        return [tuple(o[:4]) for o in objects]

    def get_status(self, scope, aid=b""):
        """The registry entries of one scope; responses are joined before they are parsed (11.4.3)."""
        criteria, data, p2 = tlv.make(0x4F, aid), b"", 0x02
        while True:
            data += self.send(Command(0x80, 0xF2, scope, p2, criteria, 0), "GET STATUS",
                              (0x9000, MORE_DATA, NOT_FOUND))
            if self.sw != MORE_DATA:
                break
            p2 |= 0x01
        return [self._entry(value) for tag, value in tlv.parse(data) if tag == 0xE3]

    @staticmethod
    def _entry(data):
        get = lambda tag: tlv.first(data, tag)
        return Entry(get(0x4F), get(0x9F70), get(0xC5) or b"", get(0xC4), get(0xCC), get(0xCE),
                     [v for t, v in tlv.parse(data) if t == 0x84])

    # Content management ----------------------------------------------------------------------------------------

    def install_fields(self, p1, fields, what):
        data = b"".join(tlv.lv(f) for f in fields)
        return self.send(Command(0x80, 0xE6, p1, 0, data, 0), what)

    def install_for_load(self, load_file, domain=b"", digest=b"", parameters=b""):
        return self.install_fields(FOR_LOAD, (load_file, domain, digest, parameters, b""), "INSTALL [for load]")

    def load(self, block, limit=255):
        """LOAD: the Load File Data Block as C4, in numbered blocks (11.6). limit: the card's 9F65."""
        body, size = tlv.make(0xC4, block), 255
        if self.channel:
            size = self.channel.block_size() - (255 - limit)
        parts = [body[i:i + size] for i in range(0, len(body), size)]
        for number, part in enumerate(parts):
            answer = self.load_block(number, part, number == len(parts) - 1)
        return answer

    def load_block(self, number, part, last):
        return self.send(Command(0x80, 0xE8, 0x80 if last else 0, number & 0xFF, part, 0), f"LOAD {number}")

    def install(self, load_file, module, instance, privileges=b"\0", parameters=b"", system=b""):
        """INSTALL [for install and make selectable]; parameters go into C9."""
        fields = (load_file, module, instance, privileges, tlv.make(0xC9, parameters) + system, b"")
        return self.install_fields(FOR_INSTALL | FOR_MAKE_SELECTABLE, fields, "INSTALL [for install]")

    def install_for_personalization(self, aid):
        return self.install_fields(FOR_PERSONALIZATION, (b"", b"", aid, b"", b"", b""), "INSTALL [for personalization]")

    def extradite(self, domain, aid):
        return self.install_fields(FOR_EXTRADITION, (domain, b"", aid, b"", b"", b""), "INSTALL [for extradition]")

    def delete(self, aid, related=False):
        return self.send(Command(0x80, 0xE4, 0, 0x80 if related else 0, tlv.make(0x4F, aid), 0), "DELETE")

    def delete_key(self, kvn):
        return self.send(Command(0x80, 0xE4, 0, 0, tlv.make(0xD2, bytes([kvn])), 0), "DELETE [key]")

    def set_status(self, scope, state, aid=b""):
        self.send(Command(0x80, 0xF0, scope, state, aid), "SET STATUS")

    def store_data(self, blocks, structure=0x00):
        """STORE DATA blocks (11.11); the last one is marked. structure: b5-b4, 08 DGI, 10 BER-TLV."""
        for number, data in enumerate(blocks):
            last = 0x80 if number == len(blocks) - 1 else 0x00
            self.send(Command(0x80, 0xE2, last | structure, number & 0xFF, data), f"STORE DATA {number}")

    def put_keys(self, new, replace=0, key_type=None):
        """PUT KEY of the three keys as one version; the answer's check values are compared (11.8.3.1)."""
        if key_type is None:
            key_type = TYPE_DES if self.channel.protocol == 2 else TYPE_AES
        three = (new.enc, new.mac, new.dek)
        fields = [key_field(self.channel.protocol, key_type, self.channel.dek, k) for k in three]
        answer = self.send(Command(0x80, 0xD8, replace, 0x81, bytes([new.kvn]) + b"".join(fields), 0), "PUT KEY")
        wanted = bytes([new.kvn]) + b"".join(kcv(key_type, k) for k in three)
        if len(answer) != 1 + 3 * KCV_LENGTH or answer != wanted:
            raise ValueError(f"PUT KEY answered {answer.hex()}, the check values are {wanted.hex()}")
        return answer
