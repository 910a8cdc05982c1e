# SPDX-License-Identifier: Apache-2.0
"""What clients that others made do: ids in upper case, dates in their own notation, forms in other dress, octets that are no
text. All of it is taken, or refused as the guideline says. [TR-03165 4.1.4, 4.1.5; RFC 9562 4; RFC 7578]"""
import gzip
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap  # noqa: E402
from scene import Scene  # noqa: E402
from sptsm import Provider, demo_cap, form  # noqa: E402

NOTATIONS = {"without zeros at the end": lambda d: d[:-1].rstrip("0").rstrip(".") + "Z",
             "in microseconds": lambda d: d[:-1] + "000Z", "with an offset": lambda d: d[:-1] + "+00:00",
             "two hours east": lambda d: f"{d[:11]}{(int(d[11:13]) + 2) % 24:02}{d[13:-1]}+02:00"}


def upper(v):
    """Ids in upper case, as some libraries write a UUID."""
    return {n.upper(): upper(x) for n, x in v.items()} if isinstance(v, dict) else [i.upper() for i in v]


def ids_in_upper_case(tap, p, s):
    path = f"/services/{s.service.upper()}"
    was = p.must("GET", path)
    again = {**was, **{name: was[name].upper() for name in ("id", "spId", "sposConfigId")}}
    tap.equal(p.must("PUT", path, again), was, "an entity is put back with its ids in upper case, and stays as it was")
    flavor = p.must("POST", f"{path}/flavors", {"executableLoadFileIds": [s.elf.upper()], "applicationInstantiationConfigs": [
        {"executableModuleId": s.em.upper(), "applicationConfigId": s.config.upper()}]})
    tap.equal((flavor["executableLoadFileIds"], flavor["applicationInstantiationConfigs"][0]["executableModuleId"]),
              ([s.elf], s.em), "ids are answered in lower case")
    version = {"tag": "5.0.0", "allowedDeployments": upper({flavor["id"]: [s.profile]})}
    tap.equal(p.must("POST", f"{path}/versions", version)["allowedDeployments"], {flavor["id"]: [s.profile]},
              "those of a map, too")
    twice = {"tag": "5.0.1", "allowedDeployments": {flavor["id"]: [], flavor["id"].upper(): []}}
    tap.equal(p.call("POST", f"{path}/versions", twice).error(), (400, 1008), "an id twice in a map is refused")
    twice["allowedDeployments"] = {flavor["id"]: [s.profile, s.profile.upper()]}
    tap.equal(p.call("POST", f"{path}/versions", twice).error(), (400, 1008), "a profile in two cases is one profile")
    at = f"{path}/versions/5.0.0"
    tap.equal(p.must("POST", f"{at}/flavors", upper({flavor["id"]: []}))["allowedDeployments"], {flavor["id"]: []},
              "a flavor that is linked again is the same one")
    p.must("POST", f"{at}/secure-component-profiles", {s.profile.upper(): flavor["id"].upper()})
    tap.equal(p.must("PUT", f"{at}/secure-component-profiles", [s.profile.upper()])["allowedDeployments"], {flavor["id"]: []},
              "a profile is unlinked")
    p.must("POST", f"{at}/secure-component-profiles", {s.profile: flavor["id"]})
    published = p.call("POST", f"{path}/flavors/{flavor['id'].upper()}/publish")
    tap.ok(published.status == 200 and published["published"], "and what names its parts so is published", published)
    tap.equal(p.must("PUT", f"{at}/flavors", [flavor["id"].upper()])["allowedDeployments"], {}, "a flavor is unlinked")


def dates_in_another_notation(tap, p, s):
    path = f"/services/{s.service}"
    was = p.must("GET", path)
    for what, change in NOTATIONS.items():
        answer = p.call("PUT", path, {**was, "creationDate": change(was["creationDate"])})
        same_day = what != "two hours east" or int(was["creationDate"][11:13]) < 22
        tap.ok(not same_day or answer.json == was, f"creationDate may be put back {what}", answer)
    for wrong in ("2001-01-01T00:00:00.000Z", was["creationDate"][:-1] + "1Z", was["creationDate"][:-1], "yesterday", 7):
        tap.equal(p.call("PUT", path, {**was, "creationDate": wrong}).error(), (400, 1005), f"but not as {wrong!r:.12}")


def octets_that_are_no_text(tap, p):
    for octets in ("%ff", "%C0%AF", "%ED%A0%80", "a%C3"):
        answer = p.call("GET", f"/executable-load-files/{octets}")
        tap.equal(answer.error(), (400, 1009), f"an id of octets that are no UTF-8 is nobody's: {octets}")
    answer = p.call("POST", "/services", {"name": "x", "a" + "\u20ac" * 40: 1})
    tap.equal(answer.error(), (400, 1007), "a long name of characters of three octets is told, cut where one ends")
    octets, kind = form([("certFile", "a.pem", b"x")])
    answer = p.call("POST", "/certificates", octets=octets.replace(b'"certFile"', b'"cert\xffile"'), kind=kind)
    tap.equal(answer.error(), (400, 1007), "as is a part whose name is none")


def other_bodies(tap, p):
    body = b'{"name": "packed"}'
    for what, kind, more in (("that is empty", None, {"Content-Type": ""}), ("without a slash", "json", {}),
                             ("that two fields gave", "application/json, application/json", {})):
        answer = p.call("POST", "/services", octets=body, kind=kind, more=more)
        tap.equal(answer.message(), "Invalid request: unsupported content type.", f"a content type {what}: 1002")
    answer = p.call("POST", "/services", octets=gzip.compress(body), kind="application/json", more={"Content-Encoding": "gzip"})
    tap.equal(answer.message(), "Invalid request: unsupported content coding.", "a packed body is not guessed at")
    answer = p.call("POST", "/services", octets=body, kind='application/json; charset="UTF-8"',
                    more={"Content-Encoding": "identity", "Authorization": "bearer   " + p.token})
    tap.equal(answer.status, 200, "a charset, a coding that is none, spaces before the token: taken")


def other_forms(tap, p):
    path, part = "/executable-load-files", 'Content-Disposition: form-data; name="elfFile"'
    for what, boundary, disposition in (
            ("with the comma of the guideline", "xx", part + ', filename="a.cap"'),
            ("with an unquoted boundary of Java's mail classes", "----=_Part_1_2.3", part + '; filename="a.cap"'),
            ("without a file name", "xx", part), ("with a name in brackets", "xx", part + '; filename="C:\\\\a(1);x.cap"'),
            ("with a file name of 255 characters", "xx", part + f'; filename="{chr(252) * 251}.cap"')):
        octets = f"--{boundary}\r\n{disposition}\r\nContent-Type: application/octet-stream\r\n\r\n".encode()
        octets += demo_cap() + f"\r\n--{boundary}--".encode()
        answer = p.call("POST", path, octets=octets, kind=f"multipart/form-data; boundary={boundary}")
        tap.equal(answer.status, 200, f"a form {what} is read")


def a_module_in_use(tap, p, s):
    """Its load file is in no flavor's list."""
    elf = s.upload("/executable-load-files", "elf", demo_cap())
    path = f"/executable-load-files/{elf}"
    module = p.must("GET", f"{path}/executable-modules")[0]["id"]
    flavor = s.make(f"/services/{s.service}/flavors", {"applicationInstantiationConfigs": [
        {"executableModuleId": module, "applicationConfigId": s.config}]})
    answer = p.call("DELETE", path)
    tap.equal((answer.error(), answer.message()), ((400, 1010), "Delete failed: ELF is referenced in Flavor."),
              "a load file stays while a flavor names one of its modules")
    p.must("DELETE", f"/services/{s.service}/flavors/{flavor}", status=204)
    tap.equal(p.call("DELETE", path).status, 204, "and goes when it does not any more")


def main():
    tap = Tap()
    house = House(smsc_options=None).start(cards=False)
    try:
        node = house.node()
        p = Provider(node.ports["api"], house.ca(), node.grant("bank", "administrator"))
        s = Scene(p)
        for part in (ids_in_upper_case, dates_in_another_notation, a_module_in_use):
            part(tap, p, s)
        for part in (octets_that_are_no_text, other_bodies, other_forms):
            part(tap, p)
    finally:
        house.stop()
    tap.done()


main()
