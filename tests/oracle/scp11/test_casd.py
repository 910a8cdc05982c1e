# SPDX-License-Identifier: Apache-2.0
"""Confidential key set-up and key inheritance of the laboratory's card (edge: processes, TCP, TAP).

Scenarios 1 (pull), 2B (push) and 3 (agreement) of GlobalPlatform Amendment A as channel/casd.py knows them; inheritance
of keys in trees of domains by GPCS 2.3.1 5.3.2, 7.5. TSM_LAB is the tsm-lab program.
"""
import os
import pathlib
import tempfile

from tap import Tap, skip_all

try:
    import tlv
    from channel import casd
    from channel.apdu import Command
    from channel.authority import Party, point_of, read
    from cryptography import x509
    from channel.keys import TYPE_AES, key_field
    from cryptography.exceptions import InvalidSignature
    from cryptography.hazmat.primitives import hashes
    from cryptography.hazmat.primitives.asymmetric import ec
    from gp import APPLICATIONS, SD_LOAD_FILE, SD_MODULE, KeySet
    from labcard import FACTORY, Session, keys_of, refused
except ImportError as missing:
    skip_all(f"{missing}; install python3-cryptography")

HEX = bytes.fromhex
CASD = HEX("A00000015153504341534400")
DOMAIN, CHILD, GRANDCHILD = (HEX("F04F54534D00" + end) for end in ("02", "0201", "020101"))
DGI_CASE_3, DGI_CASE_4 = 0x08, 0x09  # structure DGI; an answer is expected in the second form
KVN = 0x30


class Scene:
    """Authorities and a card with a Controlling Authority's domain; `carrier` keeps all that the owner ever sent."""

    def __init__(self, folder, *options):
        folder = pathlib.Path(folder)
        self.ca = Party("P256", b"CA")
        (folder / "oce.pem").write_bytes(self.ca.pem())
        self.card_ca = folder / "card-ca.pem"
        self.session = Session("scp11b", "--casd", "--oce-ca", str(folder / "oce.pem"), "--card-ca", str(self.card_ca),
                               *options)

    def __enter__(self):
        self.session.__enter__()
        self.client = self.session.client
        self.trusted = x509.load_pem_x509_certificate(self.card_ca.read_bytes()).public_key()
        return self

    def __exit__(self, *_):
        self.session.__exit__()

    def owner(self, aid=b""):
        self.client.select(aid)
        self.client.open(KeySet.same(FACTORY), 0x33, "scp03-i70")

    def certificates(self):
        """ECKA, AUT, CT in this order; each verified by the card authority."""
        self.client.select(CASD)
        answer = self.client.send(Command(0x80, 0xCA, 0x7F, 0x21, b"", 0), "GET DATA 7F21")
        found = [tlv.make(tag, value) for tag, value in tlv.parse(answer)]
        for certificate in found:
            _, _, _, signed, signature = read(certificate)
            self.trusted.verify(signature, signed, ec.ECDSA(hashes.SHA256()))
        return found

    def new_domain(self, aid=DOMAIN):
        self.owner()
        self.client.install(SD_LOAD_FILE, SD_MODULE, aid, HEX("808000"), HEX("81020370"))

    def store(self, groups, aid=DOMAIN, form=DGI_CASE_4):
        """The owner forwards the provider's groups: INSTALL [for personalization], STORE DATA."""
        self.client.install_for_personalization(aid)
        parts = [groups[i:i + 200] for i in range(0, len(groups), 200)]
        for number, part in enumerate(parts):
            last = 0x80 if number == len(parts) - 1 else 0
            answer = self.client.send(Command(0x80, 0xE2, last | form, number, part, 0), "STORE DATA")
        return answer

    def opens(self, keys, aid=DOMAIN):
        self.client.select(aid)
        self.client.open(KeySet(*keys, kvn=KVN), 0x33, "scp03-i70")


def owner_gone(s):
    """The owner's keys open the domain no more, and it takes no more data from its parent."""
    s.client.select(DOMAIN)
    try:
        s.client.open(KeySet.same(FACTORY), 0x33, "scp03-i70")
    except ValueError:
        pass
    else:
        raise AssertionError("the owner still opens the domain")
    s.owner()
    refused(lambda: s.client.install_for_personalization(DOMAIN), 0x6985)


def certificates(s):
    ecka, aut, ct = s.certificates()
    assert [read(c)[1] for c in (ecka, aut, ct)] == [b"\x00\x80", b"\x82", b"\x88"]
    s.owner()
    forwarded = s.client.send(Command(0x80, 0xCA, 0xBF, 0x30, HEX("5C027F21"), 0), "GET DATA BF30")
    assert tlv.first(forwarded, 0xBF30) == ecka + aut + ct
    assert CASD in [e.aid for e in s.client.get_status(APPLICATIONS)]


def push(s):
    """Whoever carries the groups sees an RSA cryptogram; the keys are the provider's alone."""
    ct = s.certificates()[2]
    s.new_domain()
    keys = [os.urandom(16) for _ in range(3)]
    assert s.store(casd.push(ct, KVN, keys)) == b""
    s.opens(keys)
    owner_gone(s)


def push_refused(s):
    ct = s.certificates()[2]
    s.new_domain()
    keys = [os.urandom(16) for _ in range(3)]
    good = casd.push(ct, KVN, keys)
    broken = good[:-1] + bytes([good[-1] ^ 1])
    refused(lambda: s.store(broken), 0x6A80)
    refused(lambda: s.store(casd.push(ct, KVN, keys[:2])), 0x6A80)
    refused(lambda: s.store(good.replace(HEX("950110"), HEX("95015C"))), 0x6A80)
    refused(lambda: s.store(good[:-2]), 0x6A80)
    s.owner(DOMAIN)
    assert s.client.key_info() == [], "nothing changed by half"


def agreement(s, length, parameters, host):
    point = read(s.certificates()[0])[0]
    s.new_domain()
    numbers = b""
    if host is not None:
        s.owner(DOMAIN)
        s.client.store_data([HEX("4203010203") + HEX("450411223344")], 0x10)
        numbers = tlv.lv(HEX("010203")) + tlv.lv(HEX("11223344"))
        s.owner()
    a = casd.Agreement(point, KVN, length, parameters, host, numbers)
    refused(lambda: s.store(a.groups, form=DGI_CASE_3), 0x6A86)  # no room for the answer (11.11.3.1)
    answer = s.store(a.groups)
    assert (tlv.first(answer, 0x85) is not None) == bool(parameters & casd.RANDOM)
    s.opens(a.keys(answer))
    owner_gone(s)


def retained_copy(s):
    """All that the owner has sent and received does not give the keys: it lacks the provider's ephemeral scalar."""
    point = read(s.certificates()[0])[0]
    s.new_domain()
    a = casd.Agreement(point, KVN, parameters=casd.RANDOM)
    answer = s.store(a.groups)
    a.own = Party("P256", b"")
    try:
        a.keys(answer)
    except ValueError as error:
        assert str(error) == "receipt", error
        return
    raise AssertionError("another scalar gave the receipt")


def agreement_refused(s):
    point = read(s.certificates()[0])[0]
    s.new_domain()
    a = casd.Agreement(point, KVN)
    for bad in (a.groups[:-1] + bytes([a.groups[-1] ^ 1]), casd.dgi(0x00A6, a.template),
                casd.dgi(0x7F49, a.own.point), a.groups.replace(HEX("90020300"), HEX("90020304")),
                a.groups.replace(HEX("90020300"), HEX("90020380")), a.groups + casd.dgi(0x8010, b"\0")):
        refused(lambda: s.store(bad), 0x6A80)
    s.owner(DOMAIN)
    assert s.client.key_info() == []


def pull(s):
    aut = s.certificates()[1]
    s.new_domain()
    provider = casd.RsaProvider(s.ca)
    wanted = casd.template(casd.PULL, KVN)
    answer = s.store(casd.dgi(0x00DE, provider.certificate) + casd.dgi(0x00A6, wanted))
    s.opens(casd.pulled(provider, read(aut)[0], wanted, answer))
    owner_gone(s)
    try:
        casd.pulled(provider, read(aut)[0], wanted, answer[:-1] + bytes([answer[-1] ^ 1]))
    except InvalidSignature:
        return
    raise AssertionError("a changed signature was taken")


def pull_refused(s):
    s.new_domain()
    stranger = casd.RsaProvider(Party("P256", b"CA"))
    wanted = casd.dgi(0x00A6, casd.template(casd.PULL, KVN))
    refused(lambda: s.store(casd.dgi(0x00DE, stranger.certificate) + wanted), 0x6982)
    refused(lambda: s.store(wanted), 0x6A80)
    refused(lambda: s.store(casd.dgi(0x00DE, s.ca.issue_gp(Party("P256", b"X"))) + wanted), 0x6A80)
    s.owner(DOMAIN)
    assert s.client.key_info() == []


def directly(s):
    """The domain itself may be at work, opened with the keys it inherits."""
    point = read(s.certificates()[0])[0]
    s.new_domain()
    s.owner(DOMAIN)
    a = casd.Agreement(point, KVN)
    answer = s.client.send(Command(0x80, 0xE2, 0x80 | DGI_CASE_4, 0, a.groups, 0), "STORE DATA")
    s.opens(a.keys(answer))


def tree(s):
    """Keys are those of the nearest ancestor that has some; a new set below cuts off everything above (5.3.2)."""
    c = s.client
    s.owner()
    c.install(SD_LOAD_FILE, SD_MODULE, DOMAIN, HEX("80C000"), HEX("81020370"))
    first, second = keys_of(0x50, KVN), keys_of(0x70, KVN)
    s.owner(DOMAIN)
    c.put_keys(first)
    c.select(DOMAIN)
    c.open(first, 0x33, "scp03-i70")
    c.install(SD_LOAD_FILE, SD_MODULE, CHILD, HEX("80C000"), HEX("81020370"))
    c.select(CHILD)
    c.open(first, 0x33, "scp03-i70")
    assert c.key_info() == [], "inherited keys are not the domain's own"
    refused(lambda: c.install(SD_LOAD_FILE, SD_MODULE, GRANDCHILD, HEX("808000"), HEX("81020370")), 0x6985)
    c.put_keys(second)
    c.select(CHILD)
    c.open(second, 0x33, "scp03-i70")
    c.install(SD_LOAD_FILE, SD_MODULE, GRANDCHILD, HEX("808000"), HEX("81020370"))
    c.select(GRANDCHILD)
    c.open(second, 0x33, "scp03-i70")
    c.select()
    c.open(KeySet.same(FACTORY), 0x33, "scp03-i70")
    parents = {e.aid: e.domain for e in c.get_status(APPLICATIONS)}
    assert parents[CHILD] == DOMAIN and parents[GRANDCHILD] == CHILD, parents


def unfinished_set(s):
    """Two keys of three are no set: the domain goes on with its parent's."""
    c = s.client
    s.new_domain()
    s.owner(DOMAIN)
    keys = keys_of(0x50, KVN)
    for kid, key in ((1, keys.enc), (2, keys.mac)):
        c.send(Command(0x80, 0xD8, 0, kid, bytes([KVN]) + key_field(3, TYPE_AES, c.channel.dek, key), 0), "PUT KEY")
    s.owner(DOMAIN)
    assert [e.state for e in c.get_status(APPLICATIONS, DOMAIN)] == [b"\x07"]
    c.send(Command(0x80, 0xD8, 0, 3, bytes([KVN]) + key_field(3, TYPE_AES, c.channel.dek, keys.dek), 0), "PUT KEY")
    c.select(DOMAIN)
    c.open(keys, 0x33, "scp03-i70")
    assert [e.state for e in c.get_status(APPLICATIONS, DOMAIN)] == [b"\x0F"]


POINTS = (("the certificates verify, also when another domain forwards them", certificates),
          ("push (2B): the provider's keys reach the domain unseen", push),
          ("push (2B): wrong groups change nothing", push_refused),
          ("agreement (3): both sides have the keys, the receipt proves it", lambda s: agreement(s, 16, 0, None)),
          ("agreement (3): AES-256 with a random number of the card", lambda s: agreement(s, 32, casd.RANDOM, None)),
          ("agreement (3): host and card numbers enter the derivation",
           lambda s: agreement(s, 16, casd.IDS | casd.RANDOM, b"HOST")),
          ("agreement (3): what the owner saw does not give the keys", retained_copy),
          ("agreement (3): wrong groups change nothing", agreement_refused),
          ("agreement (3): without the parent, in the domain itself", directly),
          ("pull (1): the card makes the keys for a certified provider", pull),
          ("pull (1): a provider nobody has certified gets none", pull_refused),
          ("keys come from the nearest ancestor in a tree of domains (5.3.2)", tree),
          ("a set that is not complete does not count (7.5)", unfinished_set))


def main():
    if not os.path.exists(os.environ.get("TSM_LAB", "")):
        skip_all("tsm-lab is not built; name it in TSM_LAB")
    tap = Tap()
    for text, point in POINTS:
        with tempfile.TemporaryDirectory() as folder, Scene(folder) as s:
            tap.run(text, point, s)
    tap.done()


if __name__ == "__main__":
    main()
