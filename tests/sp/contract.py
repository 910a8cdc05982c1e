# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document of TR-03165 as a judge: its operations, the schemas of their answers, the categories that
they may refuse with."""
import os
import re

import jsonschema
import yaml

ROOT = os.environ.get("TSM_SOURCE_ROOT", os.path.dirname(os.path.dirname(os.path.dirname(os.path.abspath(__file__)))))
FOLDER = os.environ.get("TSM_SPECS", os.path.join(ROOT, "..", "shared", "specs"))
DOCUMENT = os.path.join(FOLDER, "bsi-tr-03165", "tsm-rest-api-1.0.4.yaml")
METHODS = ("get", "post", "put", "delete")
NOT_EXISTING = 1009  # for every id in a path, also where an operation's own list forgets it, TR-03165 4.1.5.2
INVALID_REQUEST = 1002  # for everything that no other category covers, TR-03165 4.1.5.2


def loosen(value):
    """`oneOf` of ExecutableLoadFile and CAP becomes `anyOf`: every CAP is an ExecutableLoadFile, too, so that no answer
    could ever match exactly one."""
    if isinstance(value, dict):
        return {("anyOf" if name == "oneOf" else name): loosen(inner) for name, inner in value.items()}
    return [loosen(inner) for inner in value] if isinstance(value, list) else value


class Operation:
    """One operation of the document."""

    def __init__(self, contract, path, method, item):
        self.contract, self.path, self.method, self.item = contract, path, method.upper(), item
        self.id = item["operationId"]
        self.names = re.findall(r"\{(\w+)\}", path)
        self.responses = {int(code): contract.resolve(r) for code, r in item["responses"].items()}
        self.success = next(code for code in sorted(self.responses) if code < 300)
        body = contract.resolve(item.get("requestBody", {}))
        self.media = next(iter(body.get("content", {})), None)
        self.body = contract.resolve(body["content"][self.media]["schema"]) if self.media else None
        found = item["responses"].get(400, {}).get("$ref", "")
        self.categories = {int(n) for n in re.findall(r"_(\d{4})", found)} | {INVALID_REQUEST}
        if self.names:
            self.categories.add(NOT_EXISTING)

    def answer_errors(self, answer):
        """What the document has against a successful answer."""
        content = self.responses[self.success].get("content")
        if not content:
            return [] if not answer.octets else ["there is a body"]
        media = next(iter(content))
        if answer.type != media:
            return [f"it is {answer.type}, not {media}"]
        if media != "application/json":
            return [] if answer.octets else ["it is empty"]
        return self.contract.errors(content[media]["schema"], answer.json)

    def entity(self):
        """The attributes of a JSON body that is one entity: {name: schema}, and which are needed."""
        if self.media != "application/json" or "properties" not in self.body:
            return None
        return self.body["properties"], self.body.get("required", [])


class Contract:
    """The document; `operations` in its order."""

    def __init__(self):
        with open(DOCUMENT, encoding="utf-8") as f:
            self.document = loosen(yaml.safe_load(f))
        self.resolver = jsonschema.RefResolver("", self.document)
        self.operations = [Operation(self, path, method, item[method]) for path, item in self.document["paths"].items()
                           for method in item if method in METHODS]

    @staticmethod
    def there():
        return os.path.exists(DOCUMENT)

    def resolve(self, value):
        while "$ref" in value:
            value = self.resolver.resolve(value["$ref"])[1]
        return value

    def errors(self, schema, value):
        judge = jsonschema.Draft4Validator(schema, resolver=self.resolver)
        return [f"{'/'.join(map(str, e.path))}: {e.message}"[:300] for e in judge.iter_errors(value)]

    def missing(self, schema, value):
        """Attributes that the text wants in every answer, be they empty (4.1.4)."""
        schema = self.resolve(schema)
        if schema.get("type") == "array":
            return [m for item in value for m in self.missing(schema["items"], item)]
        schema = self.resolve(schema["anyOf"][-1]) if "anyOf" in schema else schema
        names = dict(schema.get("properties", {}))
        for more in schema.get("allOf", []):
            names.update(self.resolve(more).get("properties", {}))
        return [name for name in names if isinstance(value, dict) and name not in value]
