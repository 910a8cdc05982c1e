# SPDX-License-Identifier: Apache-2.0
"""Uploads: what a CAP file says of itself, what is refused and how, what may be replaced. [TR-03165 4.1.6.5, .7, .8]"""
import os
import ssl
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap  # noqa: E402
from scene import Scene  # noqa: E402
from sptsm import BOUNDARY, Provider, bomb, cap_with, certificate, demo_cap, form, importing  # noqa: E402

ELFS = "/executable-load-files"


def elf(octets, name="demo.cap"):
    return [("elfFilename", None, name), ("elfFile", name, octets)]


def what_a_cap_says(tap, p):
    made = p.upload("POST", ELFS, elf(demo_cap())).json
    tap.equal((made["aid"], made["type"], made["fileName"]), ("F04F54534D0001", "CAP", "demo.cap"),
              "AID, type and name of a load file")
    tap.ok("A0000000620101" in made["importedPackages"], "its imports are AIDs, javacard.framework among them", made)
    tap.ok(made["packageName"] and made["packageVersion"].count(".") == 1, "its package has a name and a version", made)
    tap.ok(made["technicalRequirements"]["javaCardVersion"].count(".") == 2, "the Java Card version it needs", made)
    modules = p.must("GET", f"{ELFS}/{made['id']}/executable-modules")
    tap.equal([m["aid"] for m in modules], ["F04F54534D000101", "F04F54534D000102"], "its applets are its modules")
    answer = p.call("GET", f"{ELFS}/{made['id']}/binary")
    tap.equal(answer.octets, demo_cap(), "the binary comes back octet by octet")
    tap.equal((answer.type, answer.fields["content-disposition"]), ("application/octet-stream",
                                                                    'attachment; filename="demo.cap"'), "under its name")
    nameless = p.upload("POST", ELFS, [("elfFile", "given.cap", demo_cap())])
    tap.equal(nameless["fileName"], "given.cap", "without elfFilename the file's own name is taken")


def what_is_refused(tap, p, s):
    big = demo_cap() + bytes(600 * 1024)
    cases = (
        ("no file", [("elfFilename", None, "a.cap")], 1011, "Upload failed: missing file."),
        ("an empty file", elf(b""), 1011, "Upload failed: missing file."),
        ("two files", elf(demo_cap()) + [("elfFile", "b.cap", demo_cap())], 1012,
         "Upload failed: too many files provided. Method supports uploading one file."),
        ("a text", elf(b"hello"), 1013, "Upload failed: invalid file type. Supported file types are [cap]."),
        ("a truncated CAP", elf(demo_cap()[:-200]), 1013, None),
        ("a CAP without a header", elf(cap_with({"Header.cap": None})), 1013, None),
        ("a CAP whose components disagree", elf(cap_with({"Import.cap": b"\4\0\7\1"})), 1013, None),
        ("600 KB", elf(big), 1014, "Upload failed: 0,6MB exceeds maximum upload file size of 0,5MB."),
        ("a CAP bomb", elf(bomb()), 1014, None),
        ("an attribute that is automatic", elf(demo_cap()) + [("aid", None, "A000000001")], 1003, None),
        ("an unknown part", elf(demo_cap()) + [("colour", None, "red")], 1007, None),
        ("a name of 300 characters", elf(demo_cap(), "x" * 250) + [("elfFilename", None, "y" * 300)], 1008, None))
    for what, parts, category, text in cases:
        answer = p.upload("POST", ELFS, parts)
        tap.ok(answer.error() == (400, category) and text in (None, answer.message()), f"{what}: {category}", answer)
    octets, kind = form(elf(demo_cap()))
    for what, body, kind in (("a form that does not end", octets[:-20], kind), ("no boundary", octets, kind.split(";")[0]),
                             ("another boundary", octets, kind + "x"),
                             ("a part without a name", b"--%s\r\n\r\nx\r\n--%s--\r\n" % ((BOUNDARY.encode(),) * 2), kind)):
        tap.equal(p.call("POST", ELFS, octets=body, kind=kind).error(), (400, 1002), f"{what}: 1002")
    wrong = p.upload("POST", "/certificates", [("certFile", "a.pem", b"no certificate")])
    tap.equal(wrong.message(), "Upload failed: invalid file type. Supported file types are [pem, der].",
              "a file that is no certificate: 1013")
    tap.equal(p.upload("PUT", f"{ELFS}/{s.elf}", elf(demo_cap()) + [("id", None, "x")]).error(), (400, 1005),
              "what is automatic cannot be put, either")


def what_a_certificate_is(tap, p):
    """A private key beside the certificate would be kept, and given out with it."""
    pem, key = certificate(), b"-----BEGIN PRIVATE KEY-----\nMIGHAgEA\n-----END PRIVATE KEY-----\n"
    der = ssl.PEM_cert_to_DER_cert(pem.decode())
    for what, octets in (("PEM", pem), ("PEM with those it comes from", pem + certificate("ca.example")), ("DER", der),
                         ("PEM with a text before it", b"subject=CN = spos.example\n" + pem)):
        answer = p.upload("POST", "/certificates", [("certFile", "a.pem", octets)])
        tap.equal(answer.status, 200, f"a certificate is taken: {what}")
    for what, octets in (("a key behind it", pem + key), ("a key before it", key + pem), ("octets behind DER", der + b"x"),
                         ("DER cut short", der[:-1]), ("PEM cut short", pem[:-40]), ("a block that does not end", pem + key[:40]),
                         ("a key alone", key)):
        answer = p.upload("POST", "/certificates", [("certFile", "a.pem", octets)])
        tap.equal(answer.error(), (400, 1013), f"refused: {what}")


def what_names_are(tap, p):
    long = "\u00fc" * 255
    made = p.upload("POST", ELFS, [("elfFilename", None, long), ("elfFile", "a.cap", demo_cap())])
    tap.equal(made["fileName"], long, "a name has 255 characters, whatever they are in octets")
    tap.equal(p.call("GET", f"{ELFS}/{made['id']}/binary").octets, demo_cap(), "and its file is given out")
    tap.equal(p.upload("POST", ELFS, elf(demo_cap(), long + "x")[:1] + elf(demo_cap())[1:]).error(), (400, 1008),
              "256 are too long")
    made = p.upload("POST", ELFS, [("elfFilename", None, '../a"b.cap'), ("elfFile", "a.cap", demo_cap())])
    tap.equal(p.call("GET", f"{ELFS}/{made['id']}/binary").fields["content-disposition"],
              'attachment; filename=".._a_b.cap"', "a file is never offered under a path")


def what_is_replaced(tap, p, s):
    path = f"{ELFS}/{s.upload(ELFS, 'elf', demo_cap())}"
    before = p.must("GET", path + "/executable-modules")
    named = p.upload("PUT", path, [("elfFilename", None, "renamed.cap")]).json
    tap.equal((named["fileName"], named["aid"]), ("renamed.cap", "F04F54534D0001"), "a load file is renamed alone")
    after = p.upload("PUT", path, [("elfFile", "new.cap", importing(4))])
    tap.equal(after["technicalRequirements"]["javaCardVersion"], "3.0.1", "its binary is replaced, its facts are new")
    tap.equal(p.call("GET", path + "/binary").octets, importing(4), "and so is what is read")
    tap.equal(p.must("GET", path + "/executable-modules"), before, "modules keep their ids as long as their AIDs stay")
    script = f"/personalization-scripts/{s.script}"
    p.upload("PUT", script, [("scriptFile", "s.pers", b"\0\1\2 anything")])
    tap.equal(p.call("GET", script + "/binary").octets, b"\0\1\2 anything", "a script is any octets")
    fresh = certificate("another.example")
    p.upload("PUT", f"/certificates/{s.certificate}", [("certFile", "c.pem", fresh)])
    tap.equal(p.call("GET", f"/certificates/{s.certificate}/binary").octets, fresh, "a certificate is replaced")


def compatibility(tap, p, s):
    """The laboratory's profiles have Java Card 3.0.4 or 3.0.5: a package of 3.1 goes to none."""
    newest = p.upload("POST", ELFS, elf(importing(8)))["id"]
    flavor = s.make(f"/services/{s.service}/flavors", {"executableLoadFileIds": [newest]})
    body = {"tag": "7.0.0", "allowedDeployments": {flavor: [s.profile]}}
    text = "Technical constraints failed: minimal javaCard version not supported by SecureComponentProfile."
    path = f"/services/{s.service}/versions"
    answer = p.call("POST", path, body)
    tap.ok(answer.error() == (400, 1016) and answer.message() == text, "a version for it: 1016", answer)
    p.must("POST", path, {"tag": "7.0.0", "allowedDeployments": {flavor: []}})
    for what, answer in (
            ("flavors are linked", p.call("POST", f"{path}/7.0.0/flavors", {flavor: [s.profile]})),
            ("profiles are linked", p.call("POST", f"{path}/7.0.0/secure-component-profiles", {s.profile: flavor})),
            ("a version is modified", p.call("PUT", f"{path}/7.0.0", body)),
            ("a load file is linked to a flavor that is deployed",
             p.call("POST", f"/services/{s.service}/flavors/{s.flavor}/executable-load-files", [newest])),
            ("such a flavor is modified", p.call("PUT", f"/services/{s.service}/flavors/{s.flavor}",
                                                 {"executableLoadFileIds": [newest]})),
            ("such a flavor's load file is replaced", p.upload("PUT", f"{ELFS}/{s.elf}", elf(importing(8)))),
            ("a flavor wants a CSP", p.call("PUT", f"/services/{s.service}/flavors/{s.flavor}",
                                            {"featureConfig": {"useCspFull": True}}))):
        tap.equal(answer.error(), (400, 1016), f"1016, too, when {what}")
    tap.equal(p.must("GET", f"/services/{s.service}/flavors/{s.flavor}")["executableLoadFileIds"], [s.elf],
              "and nothing of it was stored")


def main():
    tap = Tap()
    house = House(smsc_options=None).start(cards=False)
    try:
        node = house.node()
        p = Provider(node.ports["api"], house.ca(), node.grant("bank", "administrator"))
        s = Scene(p)
        what_a_cap_says(tap, p)
        what_is_refused(tap, p, s)
        what_a_certificate_is(tap, p)
        what_names_are(tap, p)
        what_is_replaced(tap, p, s)
        compatibility(tap, p, s)
    finally:
        house.stop()
    tap.done()


main()
