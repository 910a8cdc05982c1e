# SPDX-License-Identifier: Apache-2.0
"""Card data come whole or field by field in envelopes, by REST or by files that the server fetches; what is sent twice is
one order, what is wrong is told by line and field, and no number is told (P6)."""
import base64
import hashlib
import json
import os
import shutil
import ssl
import struct
import sys
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import House, Tap, await_true  # noqa: E402
from node import make_certificate  # noqa: E402


def fields(house, card, wrap=("pan", "cardholder", "expiry")):
    """The record with single fields in envelopes."""
    return {k: house.seal_text(v) if k in wrap else v for k, v in card.items()}


def b64(octets):
    return base64.urlsafe_b64encode(octets).rstrip(b"=").decode()


def number(text):
    return int.from_bytes(base64.urlsafe_b64decode(text + "=="), "big")


class Bank(House):
    """A house whose bank puts any text into an envelope. [RFC 7518 4.6, 5.3]"""

    def seal_text(self, text):
        jwk = self.api("GET", "/api/v1/intake-key").json
        theirs = ec.EllipticCurvePublicNumbers(number(jwk["x"]), number(jwk["y"]), ec.SECP256R1()).public_key()
        ours = ec.generate_private_key(ec.SECP256R1())
        n = ours.public_key().public_numbers()
        epk = {"kty": "EC", "crv": "P-256", "x": b64(n.x.to_bytes(32, "big")), "y": b64(n.y.to_bytes(32, "big"))}
        head = {"alg": "ECDH-ES", "enc": "A256GCM", "epk": epk}
        if "kid" in jwk:
            head["kid"] = jwk["kid"]
        protected = b64(json.dumps(head, separators=(",", ":")).encode())
        z = ours.exchange(ec.ECDH(), theirs)
        info = b"".join(struct.pack(">I", len(p)) + p for p in (b"A256GCM", b"", b"")) + struct.pack(">I", 256)
        key = hashlib.sha256(struct.pack(">I", 1) + z + info).digest()
        iv = os.urandom(12)
        sealed = AESGCM(key).encrypt(iv, text.encode(), protected.encode())
        return ".".join((protected, "", b64(iv), b64(sealed[:-16]), b64(sealed[-16:])))


def field_by_field(tap, house):
    uicc, card = house.add_uicc(), house.card()
    body = {**house.order_body("deploy", uicc), "card": fields(house, card)}
    answer = house.api("POST", "/api/v1/orders", body)
    tap.equal(answer.status, 202, "a record whose sensitive fields come in envelopes of their own is taken")
    tap.equal(house.wait(answer.json)["state"], "DONE", "and makes a card")
    status, seen = house.terminal(uicc)
    tap.ok(status == 0 and house.verify(seen), "which pays", seen)
    for name in ("pan", "cardholder"):
        bare = {**body, "card": {**body["card"], name: card[name]}}
        answer = house.api("POST", "/api/v1/orders", bare)
        tap.ok(answer.status == 400 and name in answer.text and card["pan"] not in answer.text,
               f"{name} is not taken in clear", answer)
    both = house.api("POST", "/api/v1/orders", {**body, "data": house.seal(card)})
    tap.equal(both.status, 400, "the record comes one way or the other")


def lines_of(house, cards):
    return "".join(json.dumps(house.order_body("deploy", uicc, card)) + "\n" for uicc, card in cards)


def fetched(house, folder, name, text):
    """Leaves a file and waits until it is done; what came of its lines."""
    path = os.path.join(folder, name + ".ndjson")
    with open(path + ".part", "w") as f:
        f.write(text)
    os.rename(path + ".part", path)
    await_true(lambda: os.path.exists(os.path.join(folder, name + ".done")), 20, name + " is taken")
    with open(os.path.join(folder, name + ".told.ndjson")) as f:
        return [json.loads(line) for line in f]


def files_are_fetched(tap, house, folder):
    cards = [(house.add_uicc(), house.card()) for _ in range(2)]
    text = lines_of(house, cards)
    told = fetched(house, folder, "first", text)
    tap.ok(len(told) == 2 and all("order" in t and not t["repeated"] for t in told), "each line of a file is an order", told)
    for t in told:
        tap.equal(house.wait(t["order"])["state"], "DONE", "which comes to its end")
    again = fetched(house, folder, "second", text)
    tap.ok([t.get("order") for t in again] == [t["order"] for t in told] and all(t["repeated"] for t in again),
           "the same lines in another file are the same orders", again)
    sealed_anew = fetched(house, folder, "third", lines_of(house, cards))
    tap.equal([t.get("order") for t in sealed_anew], [t["order"] for t in told],
              "the same cards in new envelopes are, too: no second card")
    bad = fetched(house, folder, "bad", '{"operation":"deploy"}\nno order\n' + text.splitlines()[0] + "\n")
    tap.ok([("code" in t) for t in bad] == [True, True, False] and bad[0]["field"] and [t["line"] for t in bad] == [1, 2, 3],
           "what is wrong is told by line and field, and the other lines are taken", bad)
    with open(os.path.join(house.dir, "tsmd.log"), "rb") as f:
        log = f.read()
    tap.ok(not any(c["pan"].encode() in log for _, c in cards) and not any(c["pan"] in json.dumps(told + bad) for _, c in cards),
           "no number is told")


def a_vault_that_is_away_judges_nothing(tap, house):
    """Whether a card is the one that is there already is a question to the vault: silence is not 'another card'."""
    uicc, card = house.add_uicc(), house.card()
    first = house.run_order("deploy", uicc, card)
    post = lambda c: house.api("POST", "/api/v1/orders", house.order_body("deploy", uicc, c))  # noqa: E731
    body = house.order_body("deploy", uicc, card)
    tap.equal(post(house.card()).problem()[:2], (409, "WRONG_STATE"), "another card is refused")
    torn = house.api("POST", "/api/v1/orders", {**body, "data": body["data"][:-6] + ("AAAAAA" if body["data"][-6:] != "AAAAAA" else "BBBBBB")})
    tap.equal(torn.problem()[:2], (409, "WRONG_STATE"), "so is a record that nobody can read")
    tokens = os.path.join(house.node().home, "tokens")
    os.rename(tokens, tokens + ".away")
    answer = house.api("POST", "/api/v1/orders", body)
    os.rename(tokens + ".away", tokens)
    tap.equal(answer.problem()[:2], (503, "TOKEN_FAILED"), "without its token the server says so, and not that it is another card")
    known = await_true(lambda: (lambda a: a if a.status == 200 else None)(house.api("POST", "/api/v1/orders", body)), 20,
                       "the token is back")
    tap.equal(known["order"], first["order"], "and with it the card is known again")


class Issuer(BaseHTTPRequestHandler):
    """An issuer's address: batches one after the other, the next when the last one is named."""
    batches, asked, refuses, heard = [], [], 0, []

    def log_message(self, *_):
        pass

    def do_GET(self):
        last = self.headers.get("If-None-Match", "").strip('"')
        self.asked.append(last)
        digests = [hashlib.sha256(b).hexdigest().upper() for b in self.batches]
        i = digests.index(last.upper()) + 1 if last.upper() in digests else 0
        if Issuer.refuses:
            Issuer.refuses -= 1
            return self.say(503)
        return self.say(200, self.batches[i]) if i < len(self.batches) else self.say(304)

    def do_POST(self):
        """What came of a batch; the first time it is not taken."""
        told = self.rfile.read(int(self.headers["Content-Length"]))
        self.heard.append((self.path, self.headers["Idempotency-Key"], self.headers["Content-Type"], told))
        self.say(503 if len(self.heard) == 1 else 204)

    def say(self, status, body=b""):
        self.send_response(status)
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def an_address_is_asked(tap, house, folder):
    """`pull.url`: batches come by https, each once, also behind a refusal and a repetition."""
    cert, key = make_certificate(house.dir, "issuer", "an issuer")
    server = ThreadingHTTPServer(("127.0.0.1", 0), Issuer)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(cert, key)
    server.socket = context.wrap_socket(server.socket, server_side=True)
    threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True).start()
    cards = [(house.add_uicc(), house.card()) for _ in range(2)]
    Issuer.batches, Issuer.refuses = [lines_of(house, [c]).encode() for c in cards], 1
    shutil.copy(cert, os.path.join(folder, "pull.pem"))
    with open(os.path.join(folder, "pull.url"), "w") as f:
        f.write(f"https://localhost:{server.server_address[1]}/orders\n")
    names = [f"pulled-{hashlib.sha256(b).hexdigest()[:16].upper()}" for b in Issuer.batches]
    await_true(lambda: all(os.path.exists(os.path.join(folder, n + ".done")) for n in names), 20, "both batches are taken")
    told = []
    for n in names:
        with open(os.path.join(folder, n + ".told.ndjson")) as f:
            told += [json.loads(line) for line in f]
    tap.ok(len(told) == 2 and all("order" in t and not t["repeated"] for t in told), "each batch of an address is orders", told)
    tap.equal([house.wait(t["order"])["state"] for t in told], ["DONE"] * 2, "which come to their end")
    lost = [os.path.join(folder, f"pulled-{i:016X}.done") for i in range(8)]  # without what came of them
    for path in lost:
        open(path, "w").close()
    with open(os.path.join(folder, "pull.told"), "w") as f:
        f.write(f"https://localhost:{server.server_address[1]}/told\n")
    await_true(lambda: all(os.path.exists(os.path.join(folder, n + ".heard")) for n in names), 20, "both are told, whatever cannot be told besides")
    for path in lost:
        os.unlink(path)
    files = {}
    for n in names:
        with open(os.path.join(folder, n + ".told.ndjson"), "rb") as f:
            files[n] = f.read()
    tap.equal((len(Issuer.heard), {k: t for _, k, _, t in Issuer.heard[1:]}), (3, files),
              "what came of each is sent back to the issuer, once more where it was not taken")
    tap.equal({(path, kind) for path, _, kind, _ in Issuer.heard}, {("/told", "application/x-ndjson")}, "as lines")
    asked = len(Issuer.asked)
    await_true(lambda: len(Issuer.asked) > asked + 1, 20, "it is asked again")
    tap.equal(len(Issuer.heard), 3, "and told no more")
    tap.equal(Issuer.asked[:2] + Issuer.asked[-1:], ["", "", hashlib.sha256(Issuer.batches[1]).hexdigest().upper()],
              "the batch taken last is named, none before there is one")
    Issuer.batches.append(Issuer.batches[0])  # and the last one is unknown to it: it begins anew
    os.unlink(os.path.join(folder, "pull.last"))
    asked = len(Issuer.asked)
    await_true(lambda: len(Issuer.asked) > asked + 2, 20, "it gives all of them again")
    tap.equal(house.rows("SELECT COUNT(*) FROM orders WHERE id >= ?", int(told[0]["order"])), [(2,)], "which makes no second order")
    log, troubles = os.path.join(house.dir, "tsmd.log"), lambda: sum("intake.trouble" in line for line in open(log))
    shutil.copy(make_certificate(house.dir, "stranger", "a stranger")[0], os.path.join(folder, "pull.pem"))
    before = troubles()
    await_true(lambda: troubles() > before + 1, 20, "trouble is told")
    asked = len(Issuer.asked)
    await_true(lambda: troubles() > before + 3, 20, "more of it")
    tap.equal(len(Issuer.asked), asked, "an address that does not prove its certificate is asked nothing, and the log says so")
    os.unlink(os.path.join(folder, "pull.url"))
    server.shutdown()
    server.server_close()


def main():
    import tempfile
    tap = Tap()
    with tempfile.TemporaryDirectory() as folder:
        os.mkdir(os.path.join(folder, "bank"))
        with Bank(settings=["--intake-dir", folder, "--intake-s", "1"]) as house:
            field_by_field(tap, house)
            files_are_fetched(tap, house, os.path.join(folder, "bank"))
            an_address_is_asked(tap, house, os.path.join(folder, "bank"))
            a_vault_that_is_away_judges_nothing(tap, house)
    tap.done()


if __name__ == "__main__":
    main()
