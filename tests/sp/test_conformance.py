# SPDX-License-Identifier: Apache-2.0
"""Every operation of the OpenAPI document of TR-03165, for success and for each wrong token, body, name and attribute; every
answer is held against the document. Made from the document: what it names is what is tried."""
import os
import sys
import uuid

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "..", "journey"))
sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))

from house import House, Tap, skip_all  # noqa: E402
from node import BUILD  # noqa: E402
from sptsm import Provider  # noqa: E402

NOBODY = "00000000-0000-4000-8000-000000000000"
ANSWER_EMPTY = {"createAccessToken"}


class Run:
    """The operations against one server."""

    def __init__(self, house, contract, scene_of):
        node = house.node()
        ca = house.ca()
        self.contract = contract
        self.mine = Provider(node.ports["api"], ca, node.grant("bank", "administrator"))
        self.other = Provider(node.ports["api"], ca, node.grant("other", "administrator"))
        self.scene = scene_of(self.mine)
        self.strange = scene_of(self.other)
        self.wrongs = []

    def path(self, operation, names):
        path = operation.path
        for name in operation.names:
            path = path.replace("{" + name + "}", names[name])
        return path

    def send(self, operation, names, body=None, token=None, parts=None):
        path = self.path(operation, names)
        if operation.media == "multipart/form-data" and body is None:
            return self.mine.upload(operation.method, path, parts or self.scene.parts(path), token=token)
        return self.mine.call(operation.method, path, json_body=body, token=token)

    # ---- judgement ----

    def expect(self, operation, what, answer, category, status=400):
        error = answer.error()
        if error != (status, category):
            self.wrongs.append(f"{what}: {error or answer}, not {(status, category)}")
        elif len(answer.message()) > 255:
            self.wrongs.append(f"{what}: a message of {len(answer.message())} characters")
        elif status == 400 and category not in operation.categories:
            self.wrongs.append(f"{what}: category {category} is not among {sorted(operation.categories)}")

    def success(self, operation):
        names = {**self.scene.names(), **self.scene.fresh(operation.id)}
        token = self.mine.longterm if operation.id == "createAccessToken" else None
        body = self.scene.body(operation.id, names)
        answer = self.send(operation, names, body, token=token)
        if answer.status != operation.success:
            return self.wrongs.append(f"success: {answer}")
        self.wrongs += operation.answer_errors(answer)
        content = operation.responses[operation.success].get("content", {})
        if "application/json" in content and operation.id not in ANSWER_EMPTY:
            self.wrongs += [f"{name} is not in the answer" for name in
                            set(self.contract.missing(content["application/json"]["schema"], answer.json))]

    # ---- wrong ----

    def wrong_tokens(self, operation):
        names, body = self.scene.names(), [] if operation.media == "application/json" else None
        category = 1001 if operation.id == "createAccessToken" else 1000
        tokens = {"no token": "", "an unknown token": "A" * 43}
        if operation.id == "createAccessToken":
            tokens["a short-term token"] = self.mine.token
        else:
            tokens["a long-term token"] = self.mine.longterm
        for what, token in tokens.items():
            self.expect(operation, what, self.send(operation, names, body, token=token), category, 401)

    def wrong_bodies(self, operation):
        names = self.scene.names()
        path = self.path(operation, names)
        token = self.mine.longterm if operation.id == "createAccessToken" else None
        if operation.media is None:
            answer = self.mine.call(operation.method, path, json_body={}, token=token)
            return self.expect(operation, "a body", answer, 1002)
        self.expect(operation, "no body", self.mine.call(operation.method, path), 1002)
        self.expect(operation, "a strange content type",
                    self.mine.call(operation.method, path, octets=b"x", kind="text/plain"), 1002)
        if operation.media == "application/json":
            self.expect(operation, "broken JSON",
                        self.mine.call(operation.method, path, octets=b'{"a":', kind="application/json"), 1002)

    def wrong_names(self, operation):
        """Each name of the path unknown, malformed, and another provider's: as if it were not there."""
        for name in operation.names:
            strange = self.strange.names()[name]
            values = {"unknown": NOBODY if name != "tag" else "9.9.9", "malformed": "nothing"}
            if name not in ("scpId", "tag"):
                values["a stranger's"] = strange
            for what, value in values.items():
                names = {**self.scene.names(), name: value}
                body = self.scene.body(operation.id, self.scene.names())
                self.expect(operation, f"{name} {what}", self.send(operation, names, body), 1009)

    def wrong_attributes(self, operation):
        entity = operation.entity()
        if not entity:
            return
        create = operation.method == "POST"
        names = {**self.scene.names(), **self.scene.fresh(operation.id)}
        right = self.scene.body(operation.id, names)
        send = lambda change: self.send(operation, names, {**right, **change})  # noqa: E731
        self.expect(operation, "an unknown attribute", send({"shoeSize": 44}), 1007)
        for name, schema in entity[0].items():
            schema = self.contract.resolve(schema)
            wrong = self.wrong_value(schema)
            if schema.get("readOnly") and name != "tag":
                self.expect(operation, f"{name} is automatic", send({name: self.given(schema)}), 1003 if create else 1005)
                continue
            if not (name == "tag" and not create):
                self.expect(operation, f"{name} of the wrong form", send({name: wrong}), 1008)
            if schema.get("maxLength", 0) and schema.get("format") is None:
                self.expect(operation, f"{name} too long", send({name: "x" * (schema["maxLength"] + 1)}), 1008)
            if name in entity[1]:
                for empty in (None, "" if schema.get("type") == "string" else {}):
                    self.expect(operation, f"{name} empty", send({name: empty}), 1004 if create else 1006)
                self.expect(operation, f"{name} missing",
                            self.send(operation, names, {n: v for n, v in right.items() if n != name}),
                            1004 if create else 1006)
            if schema.get("format") == "uuid":
                self.expect(operation, f"{name} of nothing", send({name: str(uuid.uuid4())}), 1009)
                stranger = {"sposConfigId": self.strange.spos, "certificateId": self.strange.certificate}.get(name)
                if stranger:
                    self.expect(operation, f"{name} of a stranger", send({name: stranger}), 1009)

    @staticmethod
    def given(schema):
        return {"boolean": True, "integer": 1}.get(schema.get("type"), NOBODY)

    @staticmethod
    def wrong_value(schema):
        kind = schema.get("type", "object")
        if kind == "string":
            return 17
        return {"integer": "many", "boolean": "perhaps", "array": "one", "object": "none"}[kind]

    def judge(self, operation):
        self.wrongs = []
        for step in (self.success, self.wrong_tokens, self.wrong_bodies, self.wrong_names, self.wrong_attributes):
            step(operation)
        return self.wrongs


def main():
    try:
        from contract import Contract
        from scene import Scene
    except ImportError as e:
        skip_all(f"a Debian package is missing: {e}")
    if not Contract.there():
        skip_all("the OpenAPI document of TR-03165 is not here")
    tap, passed = Tap(), 0
    house = House(smsc_options=None).start(cards=False)
    try:
        run = Run(house, Contract(), Scene)
        for operation in run.contract.operations:
            wrongs = run.judge(operation)
            passed += tap.ok(not wrongs, f"{operation.id}: {operation.method} {operation.path}", "\n".join(wrongs))
        text = run.mine.call("GET", "/service-providers/current")
        tap.ok(text.status == 200 and text.json == run.mine.must("GET", "/serviceproviders/current"),
               "the account is also where the overview of the TR has it", text)
        covered = f"{passed}/{len(run.contract.operations)} operations"
        print(f"# {covered}", flush=True)
        with open(os.path.join(BUILD, "operations.txt"), "w", encoding="utf-8") as f:  # the runner shows it
            f.write(covered + "\n")
    finally:
        house.stop()
    tap.done()


main()
