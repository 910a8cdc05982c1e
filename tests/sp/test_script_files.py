# SPDX-License-Identifier: Apache-2.0
"""The schema of personalisation scripts and the reader of the server agree: what one takes the other takes; what a schema
cannot see the reader refuses with the step's name and the rule (P4)."""
import json
import os
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))

import jsonschema  # noqa: E402

from house import BUILD, ROOT, Tap, run  # noqa: E402
import tempfile  # noqa: E402

TSM = os.path.join(BUILD, "src", "app", "tsm")
ASK = {"name": "ask", "apdu": "80CA9F3600"}


def script(*steps, **more):
    return {"name": "s", **more, "steps": list(steps) or [ASK]}


def step(**members):
    return script({**ASK, **members})


GOOD = {
    "the smallest": script(),
    "a reading by tag and by place": step(read=[{"name": "a", "tag": "9F36"}, {"name": "b", "at": 1, "len": 2}]),
    "a condition": script({**ASK, "read": [{"name": "a", "tag": "9F36", "len": 2}]},
                          {"name": "then", "apdu": "80CA9F1700", "when": {"is": "{a}", "equals": "0000", "differs": True}}),
    "a list": step(**{"apdu": "80CA{o}00", "for": {"item": "o", "in": ["9F36", "9F17"], "max": 2}}),
    "keys that are derived": script({"name": "k", "store": [{"id": "8000", "encrypted": True, "value": "{k}"}]},
                                    derive=[{"name": "k", "how": "udk", "key": "imk", "option": "B"}]),
    "a secret under the channel's key": script({"name": "k", "apdu": "80E2 0000 @len( @enc({k}) )"},
                                               derive=[{"name": "k", "how": "udk", "key": "imk"}]),
}
WRONG_FORM = {
    "no steps": {"name": "s"}, "no step at all": {"name": "s", "steps": []}, "no name": {"steps": [ASK]},
    "a member that nobody knows": step(colour="red"), "a command and groupings": step(store=[{"id": "0101", "value": ""}]),
    "a status word of three digits": step(expect=["900"]), "a reading of nowhere": step(read=[{"name": "a"}]),
    "a reading by both": step(read=[{"name": "a", "tag": "9F36", "at": 0, "len": 1}]),
    "a target that is none": step(to="terminal"), "a list without a limit": step(**{"for": {"item": "o", "in": ["00"]}}),
    "a grouping without value": script({"name": "k", "store": [{"id": "0101"}]}),
    "an operation that is none": script(derive=[{"name": "k", "how": "guess", "key": "imk"}]),
    "a key from two places": script(derive=[{"name": "k", "how": "cmac", "key": "a", "with": "b", "over": "00"}]),
    "steps beyond the limit": script(*[{**ASK, "name": f"s{i}"} for i in range(49)]),
}
# Right in form: what the reader says of it names the step and the rule.
WRONG_SENSE = {
    "a variable that nothing sets": (step(apdu="80CA{nobody}00"), "step ask: no variable {nobody}"),
    "a secret in clear": (script({"name": "k", "store": [{"id": "8000", "value": "{k}"}]},
                                 derive=[{"name": "k", "how": "udk", "key": "imk"}]), "step k: grouping 8000 holds a secret"),
    "a reading beyond an answer": (step(read=[{"name": "a", "at": 250, "len": 10}]), "step ask: {a} is read beyond"),
    "an Lc that disagrees": (step(apdu="80E2000003AABB"), "step ask: no short command"),
    "card data told to the device": (step(apdu="80CA @len({pan}) 00", tag="t"), "step ask: a command with a tag"),
}


def judged(folder, document):
    path = os.path.join(folder, "s.json")
    with open(path, "w") as f:
        json.dump(document, f)
    status, out, err = run([TSM, "perso", "check", path])
    return status == 0, out + err


def valid(schema, document):
    return not list(jsonschema.Draft202012Validator(schema).iter_errors(document))


def main():
    tap = Tap()
    with open(os.path.join(ROOT, "docs", "personalisation-script.schema.json")) as f:
        schema = json.load(f)
    with open(os.path.join(ROOT, "src", "emv", "profiles", "demo-script.json")) as f:
        demo = json.load(f)
    jsonschema.Draft202012Validator.check_schema(schema)
    with tempfile.TemporaryDirectory() as folder:
        for what, document in {**GOOD, "the demo": demo}.items():
            taken, said = judged(folder, document)
            tap.ok(taken and valid(schema, document), f"schema and reader take {what}", said)
        for what, document in WRONG_FORM.items():
            taken, said = judged(folder, document)
            tap.ok(not taken and not valid(schema, document), f"schema and reader refuse {what}", said)
        for what, (document, rule) in WRONG_SENSE.items():
            taken, said = judged(folder, document)
            tap.ok(valid(schema, document) and not taken and rule in said, f"the reader refuses {what}, by its rule", said)
    tap.done()


if __name__ == "__main__":
    main()
