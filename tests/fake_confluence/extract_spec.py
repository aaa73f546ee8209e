"""Makes tests/fixtures/confluence/spec.json from the official OpenAPI documents of Confluence.

    python3 tests/fake_confluence/extract_spec.py cloud-v2.json cloud-v1.json data-center.json

What is kept: every GET, the few POSTs that only read, their parameters with types, limits and choices, the sets of OAuth
scopes of which one is enough, and the scope of Connect apps. What is left out: everything that writes, bodies of answers, all prose.
"""

import json
import sys
from pathlib import Path

READING_POSTS = {"/users-bulk", "/rest/api/content/{id}/permission/check"}
PREFIXES = ["/wiki/api/v2", "/wiki", ""]
OUT = Path(__file__).parent.parent / "fixtures" / "confluence" / "spec.json"


def resolved(document, node):
    while "$ref" in node:
        target = document
        for key in node["$ref"][2:].split("/"):
            target = target[key]
        node = target
    return node


def parameter(document, node):
    schema = resolved(document, node.get("schema", {}))
    kept = {"in": node["in"]}
    if schema.get("type") == "array":
        kept["list"] = True
        schema = resolved(document, schema.get("items", {}))
    kept["type"] = schema.get("type", "string")
    for source, name in (("minimum", "min"), ("maximum", "max"), ("enum", "enum")):
        if source in schema:
            kept[name] = schema[source]
    # One operation of the v1 document lists a sentence as a choice.
    if any(" " in str(choice) for choice in kept.get("enum", [])):
        del kept["enum"]
    # A comma separated list of what to expand: the document of Data Center calls it a string.
    if node["name"] == "expand":
        kept = {"in": "query", "type": "string"}
    if node.get("required") and node["in"] == "query":
        kept["required"] = True
    return kept


def parameters(document, path_item, operation):
    kept = {}
    for node in path_item.get("parameters", []) + operation.get("parameters", []):
        node = resolved(document, node)
        if node["in"] in ("path", "query"):
            # The document of Data Center lists parameters twice, the second time with their types.
            kept[node["name"]] = parameter(document, node)
    return kept


def scopes(operation):
    sets = [entry["scopes"] for entry in operation.get("x-atlassian-oauth2-scopes", [])]
    return sets or [s for way in operation.get("security", []) for s in way.values() if s]


def operations(document, prefix):
    for path, path_item in document["paths"].items():
        for method in ("get", "post"):
            operation = path_item.get(method)
            if not operation or (method == "post" and path not in READING_POSTS):
                continue
            entry = {"parameters": parameters(document, path_item, operation)}
            if scopes(operation):
                entry["scopes"] = scopes(operation)
            # What a Connect app needs, where it is more than READ.
            if operation.get("x-atlassian-connect-scope", "READ") != "READ":
                entry["connect"] = operation["x-atlassian-connect-scope"]
            if "requestBody" in operation and method == "post":
                entry["body"] = list(resolved(document, operation["requestBody"])["content"])
            yield f"{method.upper()} {prefix}{path}", entry


def lines(entries):
    rows = [f"    {json.dumps(key)}: {json.dumps(entry, separators=(',', ':'))}" for key, entry in sorted(entries)]
    return ",\n".join(rows)


def main():
    documents = [json.loads(Path(name).read_text()) for name in sys.argv[1:4]]
    v2, v1, data_center = (operations(document, prefix) for document, prefix in zip(documents, PREFIXES))
    cloud = lines([*v2, *v1])
    OUT.write_text(f'{{\n  "cloud": {{\n{cloud}\n  }},\n  "data_center": {{\n{lines(data_center)}\n  }}\n}}\n')


main()
