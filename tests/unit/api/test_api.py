# SPDX-License-Identifier: Apache-2.0
"""The OpenAPI document says what the server has: its addresses are those of the route tables, its words and limits
those of the sources, its references lead somewhere."""
import json
import os
import pathlib
import re
import sys

root = pathlib.Path(os.environ["TSM_SOURCE_ROOT"])
sys.path.insert(0, str(root / "tests" / "oracle"))
from tap import Tap  # noqa: E402

tap = Tap()
METHODS = ("get", "put", "post", "delete", "patch")


def no_double_members(pairs):
    names = [name for name, _ in pairs]
    assert len(names) == len(set(names)), "a member is there twice: %s" % names
    return dict(pairs)


def read_document():
    return json.loads((root / "api" / "opentsm.json").read_text(encoding="utf-8"), object_pairs_hook=no_double_members)


def source(path):
    return (root / "src" / path).read_text(encoding="utf-8")


def routes():
    """{(METHOD, path): (body_max, media types)} of every `struct http_route ...[]` table in src/."""
    found = {}
    for path in sorted((root / "src").rglob("*.c")):
        for table in re.findall(r"struct http_route \w+\[\] = \{(.*?)\n\};", path.read_text(encoding="utf-8"), flags=re.S):
            for row in re.findall(r'\{\s*"([A-Z]+)",\s*"([^"]+)",\s*\w+,\s*([^,]+),\s*(NULL|"[^"]*")\s*\}', table):
                found[row[0], row[1]] = row[3].strip('"')
    return found


def operations(document):
    return {(method.upper(), path): item[method] for path, item in document["paths"].items() for method in METHODS if method in item}


def walk(value):
    yield value
    for inner in value.values() if isinstance(value, dict) else value if isinstance(value, list) else ():
        yield from walk(inner)


def words(text, start):
    """The string literals of the first braces behind `start`."""
    return re.findall(r'"([A-Za-z_-]+)"', re.search(re.escape(start) + r"[^{]*\{(.*?)\}", text, flags=re.S).group(1))


def number(text, name):
    return eval(re.search(name + r"\s*=\s*([0-9 *<]+)", text).group(1))  # a product or shift of numbers


def is_openapi():
    assert document["openapi"].startswith("3.1.") and document["info"]["title"]
    version = re.search(r"version: '([^']+)'", (root / "meson.build").read_text(encoding="utf-8")).group(1)
    assert document["info"]["version"] == version, "the document is of version %s" % document["info"]["version"]


def every_route_is_described():
    missing = sorted(set(routes()) - set(operations(document)))
    assert routes() and not missing, "not in api/opentsm.json: %s" % missing


def everything_described_is_a_route():
    extra = sorted(set(operations(document)) - set(routes()))
    assert not extra, "in no route table: %s" % extra


def media_types_are_the_routes():
    for key, accepts in routes().items():
        described = set(operations(document)[key].get("requestBody", {}).get("content", {}))
        wanted = set() if accepts == "NULL" else set(re.split(r",\s*", accepts))
        assert described == wanted, "%s %s takes %s, not %s" % (*key, wanted, described)


def references_lead_somewhere():
    for value in walk(document):
        if isinstance(value, dict) and "$ref" in value:
            at = document
            for part in value["$ref"].lstrip("#/").split("/"):
                at = at[part]


def operations_are_complete():
    seen = set()
    for (method, path), op in operations(document).items():
        assert op["operationId"] not in seen, "twice: " + op["operationId"]
        seen.add(op["operationId"])
        assert op["summary"] and op["responses"] and "security" in op, (method, path)
        named = re.findall(r"\{(\w+)\}", path)
        given = [p["name"] for p in document["paths"][path].get("parameters", []) if p["in"] == "path"]
        assert named == given, "%s names %s" % (path, given)
        for status, answer in op["responses"].items():
            if status[0] in "45":
                answer = document["components"]["responses"][answer["$ref"].split("/")[-1]]
                assert list(answer["content"]) == ["application/problem+json"], (path, status)


def words_are_the_sources():
    schemas, states = document["components"]["schemas"], source("order/states.c")
    operation = words(states, "operation_words[OPERATIONS + 1] =")
    assert sorted(schemas["OrderRequest"]["properties"]["operation"]["enum"]) == sorted(operation)
    assert sorted(schemas["ElementName"]["properties"]) == sorted(words(states, "se_kind_words[SE_KINDS + 1] ="))
    assert schemas["Order"]["properties"]["state"]["enum"] == words(states, "words[ORDER_STATES] =")
    instance = re.findall(r'return "([A-Z_]+)";', states.split("instance_state_word(int64_t")[-1])
    assert sorted(schemas["InstanceState"]["enum"]) == sorted(set(instance))
    partner = source("order/partner.h")
    verbs = re.findall(r'X\([A-Z_]+,\s*(?:\\\s*)?"([a-z-]+)"\)', partner)
    assert document["paths"]["/partner/v1/{verb}"]["parameters"][0]["schema"]["enum"] == verbs, verbs
    owners = re.findall(r"X\((\w+)\)", re.search(r"#define FAULT_OWNERS\(X\)(.*)", partner).group(1))
    assert schemas["Failure"]["properties"]["owner"]["enum"] == owners


def members_are_the_sources():
    schemas = document["components"]["schemas"]
    for name, path, table in (("OrderRequest", "role/sp/orders/order_api.c", "posted_rows[] ="),
                              ("ElementLine", "role/sem/inventory/line.c", "struct json_row rows[] =")):
        body = source(path).split(table)[1].split("};")[0]
        rows = re.findall(r'\{"(\w+)", JSON_\w+,.*?(JSON_OPTIONAL|JSON_NEEDED)', body, flags=re.S)
        assert [n for n, _ in rows if n not in schemas[name]["properties"]] == [], name
        assert sorted(n for n, _ in rows) == sorted(schemas[name]["properties"]), name
        assert sorted(n for n, need in rows if need == "JSON_NEEDED") == sorted(schemas[name]["required"]), name


def limits_are_the_sources():
    sp, request = source("role/sp/sp.h"), document["components"]["schemas"]["OrderRequest"]["properties"]
    assert request["deadline_s"]["maximum"] == number(sp, "ORDER_DEADLINE_MAX_S")
    assert request["deadline_s"]["default"] == number(sp, "ORDER_DEADLINE_S")
    assert request["data"]["maxLength"] == number(sp, "ORDER_DATA_MAX")
    paths = document["paths"]
    assert paths["/api/v1/orders/{id}"]["get"]["parameters"][0]["schema"]["maximum"] == number(sp, "ORDER_WAIT_MAX_S")
    assert paths["/api/v1/orders"]["get"]["parameters"][0]["schema"]["maximum"] == number(sp, "ORDER_LIST_MAX")


try:
    document = read_document()
except (OSError, ValueError, AssertionError) as e:
    tap.ok(False, "api: the document is JSON", str(e))
    tap.done()
tap.ok(True, "api: the document is JSON")
for case in (is_openapi, every_route_is_described, everything_described_is_a_route, media_types_are_the_routes,
             references_lead_somewhere, operations_are_complete, words_are_the_sources, members_are_the_sources,
             limits_are_the_sources):
    tap.run("api: " + case.__name__.replace("_", " "), case)
tap.done()
