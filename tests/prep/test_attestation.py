# SPDX-License-Identifier: Apache-2.0
"""An application that asks for it gets an attestation token, and openssl alone verifies it; a changed flavor does not
pass (P9, TR-03165 appendix A)."""
import os
import socket
import struct
import subprocess
import sys
import tempfile

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

from house import House, Tap  # noqa: E402

HARBOUR = "F04F54534D0301"


def apdus(port, *commands):
    """The element's answers over the laboratory's socket: length of two octets, then the octets."""
    answers = []
    with socket.create_connection(("127.0.0.1", port), 5) as s:
        for c in commands:
            octets = bytes.fromhex(c)
            s.sendall(struct.pack(">H", len(octets)) + octets)
            head = s.recv(2, socket.MSG_WAITALL)
            answers.append(s.recv(struct.unpack(">H", head)[0], socket.MSG_WAITALL))
    return answers


def openssl(folder, script):
    return subprocess.run(["/bin/sh", "-ec", script], cwd=folder, capture_output=True, text=True, timeout=30).returncode


def object_at(data, at):
    """Tag length, value and end of a BER-TLV object at an offset."""
    start, at = at, at + (2 if data[at] & 0x1F == 0x1F else 1)
    n = data[at]
    at += 1
    if n > 0x80:
        n, at = int.from_bytes(data[at:at + n - 0x80], "big"), at + n - 0x80
    return data[start:at + n], data[at:at + n], at + n


VERIFY = """
openssl x509 -in cert.pem -noout -pubkey > pub.pem
openssl dgst -sha256 -verify pub.pem -signature sig.der body.der
"""


def verifies(folder, body, signature):
    for name, data in (("body.der", body), ("sig.der", signature)):
        with open(os.path.join(folder, name), "wb") as f:
            f.write(data)
    return openssl(folder, VERIFY) == 0


def token_of(tap, house, uicc):
    answers = apdus(uicc.port, "00A4040007" + HARBOUR + "00", "80CA7F4100")
    tap.equal([a[-2:].hex() for a in answers], ["9000", "9000"], "the application gives its token")
    return answers[1][:-2]


def main():
    tap = Tap()
    with House() as house, tempfile.TemporaryDirectory() as folder:
        uicc = house.add_uicc()
        order = house.run_order("deploy", uicc, house.card(), service="harbour-payment")
        tap.equal(order["state"], "DONE", "a flavor that asks for attestation is deployed")
        token = token_of(tap, house, uicc)
        pem = house.api("GET", "/api/v1/attestation-key")["certificate"]
        tap.equal(house.api("GET", "/api/v1/attestation-key")["certificate"], pem, "the certificate is the same whenever it is asked for")
        with open(os.path.join(folder, "cert.pem"), "w") as f:
            f.write(pem)
        whole, inside, end = object_at(token, 0)
        body, members, at = object_at(inside, 0)
        signature = object_at(inside, at)[1]
        tap.ok(whole == token and token[:2].hex() == "7f41" and end == len(token), "it is one object 7F41", token.hex())
        tap.ok(verifies(folder, body, signature), "openssl verifies it with the certificate alone")
        named = openssl(folder, "openssl x509 -in cert.pem -noout -ext subjectKeyIdentifier | tail -1 | tr -d ' :\\n' > ski"
                                " && test $(cat ski) = " + members[-20:].hex().upper())
        tap.equal(named, 0, "its signer is the certificate's subject key identifier")
        tap.ok(order["trace"].lower() in members.hex(), "its process is the order's", order["trace"])
        wrong = bytearray(body)
        wrong[body.index(bytes.fromhex(order["trace"])) + 16 + 4] ^= 1
        tap.ok(not verifies(folder, bytes(wrong), signature), "of another flavor it does not pass")
        plain = house.add_uicc()
        tap.equal(house.run_order("deploy", plain, house.card())["state"], "DONE", "a flavor that does not ask goes on")
    tap.done()


if __name__ == "__main__":
    main()
