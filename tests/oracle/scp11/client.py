# SPDX-License-Identifier: Apache-2.0
"""Opens SCP11 a, b and c through a client (edge: through its transport), written from Amendment F 1.4 clause 7."""
import pathlib
from dataclasses import dataclass, field

import tlv
from channel.apdu import Command
from channel.authority import VERIFICATION, Party, point_of, read, split, verify_chain
from channel.scp11 import Scp11, agree
from cryptography import x509
from gp import CardError

KID = {"a": 0x11, "b": 0x13, "c": 0x15}       # 5.1
PARAMETER = {"a": 0x01, "b": 0x00, "c": 0x03}  # table 7-2
IDS = 0x04
KID_CA_KLOC = 0x10
PART = 255
STYLES = ("p1", "cla", "both", "extended")


@dataclass
class Wish:
    """What the off-card side wants of a session."""
    variant: str
    curve: str = "P256"
    usage: int = 0x3C
    key_length: int = 16
    s16: bool = False
    kvn: int = 3
    kid: int = None
    host: bytes = None            # HostID: asks for host and card numbers in the derivation
    authority: bytes = None       # CA-KLCC identifier in place of the key version
    style: str = "p1"             # how the parts of a certificate are chained
    chain: list = field(default_factory=list)  # certificates down to that of the entity
    dek: bytes = None             # static Key-DEK of the version
    domain: bytes = b""           # AID; the issuer's domain by default
    fresh: bool = True            # SELECT first, which ends the session before


class House:
    """Authorities and an off-card entity on one curve, in files as `tsm-lab card` wants them."""

    def __init__(self, folder, curve="P256", owner=b"OWNER"):
        self.folder, self.curve = pathlib.Path(folder), curve
        self.ca, self.ka, self.entity = Party(curve, b"CA"), Party(curve, b"KA"), Party(curve, owner)
        self.oce_ca, self.card_ca = self.folder / f"oce-{curve}.pem", self.folder / f"card-{curve}.pem"
        self.oce_ca.write_bytes(self.ca.pem())
        self.leaf = self.ca.issue_gp(self.entity)
        self.chain = [self.ca.issue_gp(self.ka, VERIFICATION, b"\x02"), self.ka.issue_gp(self.entity, serial=b"\x03")]

    def options(self):
        """What a card needs to trust the entity; it writes its own authority down at its start."""
        return "--oce-ca", str(self.oce_ca), "--card-ca", str(self.card_ca)

    def trusted(self):
        """The point of the CA-KLCC of the card that was started last."""
        return point_of(x509.load_pem_x509_certificate(self.card_ca.read_bytes()).public_key())

    def wish(self, variant, **more):
        more.setdefault("chain", [] if variant == "b" else [self.leaf])
        return Wish(variant, self.curve, **more)


def extended(command):
    """The command with lengths of three octets."""
    head = bytes([command.cla, command.ins, command.p1, command.p2])
    return head + b"\0" + len(command.data).to_bytes(2, "big") + command.data + b"\0\0"


def send_certificate(client, certificate, p1, p2, style):
    """PERFORM SECURITY OPERATION for one certificate: parts chained by P1.b8, by the class, by both, or in one."""
    if style == "extended":
        _, sw = client.transport.transmit(extended(Command(0x80, 0x2A, p1, p2, certificate)))
        if sw != 0x9000:
            raise CardError(sw, "PERFORM SECURITY OPERATION")
        return
    parts = [certificate[i:i + PART] for i in range(0, len(certificate), PART)]
    for part in parts[:-1]:
        cla = 0x80 if style == "p1" else 0x90
        client.send(Command(cla, 0x2A, p1 if style == "cla" else p1 | 0x80, p2, part, 0), "PERFORM SECURITY OPERATION")
    client.send(Command(0x80, 0x2A, p1, p2, parts[-1], 0), "PERFORM SECURITY OPERATION")


def show(client, wish, p1=None, kid=KID_CA_KLOC):
    """The whole chain, the entity's certificate last."""
    p1 = wish.kvn if p1 is None else p1
    for number, certificate in enumerate(wish.chain):
        more = 0x80 if number < len(wish.chain) - 1 else 0
        send_certificate(client, certificate, p1, kid | more, wish.style)


def fetch_store(client, kid, kvn):
    """The certificates of GET DATA BF21 (7.2)."""
    request = tlv.make(0xA6, tlv.make(0x83, bytes([kid, kvn])))
    answer = client.send(Command(0x80, 0xCA, 0xBF, 0x21, request, 0), "GET DATA BF21")
    return split(tlv.first(answer, 0xBF21))


def authenticate_command(wish, point):
    control = tlv.make(0x90, bytes([0x11, PARAMETER[wish.variant] | (IDS if wish.host is not None else 0)]))
    control += tlv.make(0x95, bytes([wish.usage])) + tlv.make(0x80, b"\x88")
    control += tlv.make(0x81, bytes([wish.key_length]))
    if wish.host is not None:
        control += tlv.make(0x84, wish.host)
    if wish.authority is not None:
        control += tlv.make(0x42, wish.authority)
    ins = 0x88 if wish.variant == "b" else 0x82
    kvn = 0 if wish.authority is not None else wish.kvn
    kid = KID[wish.variant] if wish.kid is None else wish.kid
    return Command(0x80, ins, kvn, kid, tlv.make(0xA6, control) + tlv.make(0x5F49, point), 0)


def card_numbers(client, wish, certificates):
    """SharedInfo's host and card numbers: SIN and SDIN, or the group that the certificate names (7.6.2.3)."""
    if wish.host is None:
        return b""
    if wish.variant == "c":
        return tlv.lv(wish.host) + tlv.lv(read(certificates[-1])[2])
    return b"".join(tlv.lv(v) for v in (wish.host, client.get_data(0x42), client.get_data(0x45)))


def open_session(client, wish, entity, trusted):
    """The open channel. entity: the off-card Party with its certificate in wish.chain; trusted: point of CA-KLCC."""
    if wish.fresh:
        client.select(wish.domain)
    store = fetch_store(client, KID[wish.variant], wish.kvn)
    static, _ = verify_chain(wish.curve, trusted, store)
    numbers = card_numbers(client, wish, store)
    if wish.variant != "b" and wish.chain:
        show(client, wish)
    ephemeral = Party(wish.curve, b"")
    command = authenticate_command(wish, ephemeral.point)
    answer = client.send(command, "AUTHENTICATE")
    point = tlv.first(answer, 0x5F49)
    if wish.variant == "c" and point != static:
        raise ValueError("SCP11c answers with the static key")
    first = agree(wish.curve, ephemeral.private, point)
    second = agree(wish.curve, ephemeral.private if wish.variant == "b" else entity.private, static)
    channel = Scp11(16 if wish.s16 else 8)
    channel.accept(first + second, command.data, answer, numbers, wish.dek)
    client.channel = channel
    return channel
