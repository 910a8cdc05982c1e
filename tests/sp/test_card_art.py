# SPDX-License-Identifier: Apache-2.0
"""Pictures of cards: given once, named by their octets, served to their provider for ever; what is no picture is refused,
and what was altered behind the server's back never leaves it. [capability P10]"""
import hashlib
import os
import sqlite3
import struct
import sys
import zlib

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap  # noqa: E402

BASE = "/api/v1/card-art"


def png(width, height, colour=0):
    """A grey picture of that size."""
    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
    rows = (b"\0" + bytes([colour]) * width) * height
    return (b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)) +
            chunk(b"IDAT", zlib.compress(rows)) + chunk(b"IEND", b""))


class Octets:
    """One reply whose body is no text."""

    def __init__(self, house, path, token="bank", fields=()):
        import http.client
        import ssl
        node = house.node()
        c = http.client.HTTPSConnection("127.0.0.1", node.ports["api"],
                                        context=ssl.create_default_context(cafile=house.ca()))
        c.request("GET", path, headers={"Authorization": "Bearer " + house.tokens[token], **dict(fields)})
        reply = c.getresponse()
        self.status, self.octets = reply.status, reply.read()
        self.fields = {k.lower(): v for k, v in reply.getheaders()}
        c.close()


def give(house, octets, query="", kind="image/png", token="bank"):
    return house.api("POST", BASE + query, octets, token, {"Content-Type": kind})


def a_picture_is_named_by_its_octets(tap, house, picture):
    name = hashlib.sha256(picture).hexdigest()
    made = give(house, picture, "?service=demo-payment&locale=de&title=Stadtkarte")
    tap.equal((made.status, made["hash"], made["type"], made["width"], made["height"]),
              (201, name, "image/png", 300, 190), "a picture is stored under its SHA-256, with what its octets say")
    tap.equal(made.headers["location"], f"{BASE}/{name}", "the answer says where it is")
    tap.equal(give(house, picture, "?service=demo-payment&locale=de&title=again").status, 200, "again it is the same")
    tap.equal(give(house, picture, "?service=demo-payment&locale=pt-BR").status, 201, "it may stand for another language")
    seen = house.api("GET", BASE + "?service=demo-payment&locale=de")["pictures"]
    tap.equal([(p["hash"], p["title"]) for p in seen], [(name, "Stadtkarte")], "it is found by service and language")
    return name


def it_is_served_for_ever(tap, house, name, picture):
    got = Octets(house, f"{BASE}/{name}")
    tap.equal((got.status, got.octets, got.fields["content-type"]), (200, picture, "image/png"), "the octets come back")
    tap.ok("immutable" in got.fields["cache-control"] and got.fields["etag"] == f'"{name}"' and
           got.fields["x-content-type-options"] == "nosniff", "to be kept for ever, by their name", got.fields)
    got = Octets(house, f"{BASE}/{name}", fields={"If-None-Match": f'"{name}"'}.items())
    tap.equal((got.status, got.octets), (304, b""), "who has them gets 304")
    tap.equal(Octets(house, f"{BASE}/{name}", "other").status, 404, "another provider does not see it")
    tap.equal(house.api("GET", f"{BASE}/{name}", token=None).status, 401, "nobody does without a token")


def what_is_none_is_refused(tap, house, picture):
    for what, octets, kind, status in (
            ("a vector graphic", b"<svg xmlns='http://www.w3.org/2000/svg'/>", "image/png", 415),
            ("a picture by another type's name", picture, "image/jpeg", 415),
            ("a type that is not taken", picture, "image/svg+xml", 415),
            ("half a picture", picture[:100], "image/png", 400),
            ("a picture with something behind it", picture + b"<script>", "image/png", 400),
            ("more than a million octets", picture + bytes(1 << 20), "image/png", 413),
            ("a picture of 5000 pixels", png(5000, 1), "image/png", 413)):
        answer = give(house, octets, kind=kind)
        tap.equal(answer.status, status, f"{what} is refused with {status}")
    tap.equal(give(house, picture, "?locale=de_DE").problem(), (400, "BAD_FORM", "locale"), "a wrong locale is named")
    tap.equal(give(house, picture, "?service=nobodys").problem(), (404, "NOT_FOUND", "service"), "a strange service, too")
    for name in ("0" * 64, "0" * 63, "..%2f" * 8, "A" * 64):
        tap.equal(house.api("GET", f"{BASE}/{name}").status, 404, f"there is no {name}")


def an_altered_picture_never_leaves(tap, house, name, picture):
    node = house.node()
    node.stop()
    with sqlite3.connect(node.db_path, timeout=120) as db:
        db.execute("UPDATE card_art SET content = ? WHERE hash = ?", (picture[:-1] + b"\0", name))
    db.close()
    house.restart()
    got = Octets(house, f"{BASE}/{name}")
    tap.ok(got.status == 500 and b"SPOILT" in got.octets and picture[:40] not in got.octets,
           "an altered picture is answered 500, and not with its octets", got.octets)
    audit = house.rows("SELECT COUNT(*) FROM audit WHERE what = 'card-art.altered' AND detail LIKE ?", f"%{name}%")
    tap.equal(audit, [(1,)], "and the audit says so")
    tap.equal(house.api("DELETE", f"{BASE}/{name}").status, 204, "its provider removes it")
    tap.equal(give(house, picture).status, 201, "and stores it anew")
    tap.equal(Octets(house, f"{BASE}/{name}").octets, picture, "then it is served again")


def main():
    tap, picture = Tap(), png(300, 190, 0x80)
    with House(smsc_options=None) as house:
        name = a_picture_is_named_by_its_octets(tap, house, picture)
        it_is_served_for_ever(tap, house, name, picture)
        what_is_none_is_refused(tap, house, picture)
        an_altered_picture_never_leaves(tap, house, name, picture)
    tap.done()


if __name__ == "__main__":
    main()
