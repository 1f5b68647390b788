"""The description of the API is valid, and complete: every route, every refusal, every guard of a change."""

from __future__ import annotations

import pytest

pytest.importorskip("openapi_spec_validator")

from openapi_spec_validator import validate


def test_it_is_valid_and_covers_every_route(app, api_for):
    described = api_for(None).get("/openapi.json").get_json()
    validate(described)
    routes = {
        (method.lower(), rule.rule.replace("<uuid:", "{").replace("<id:", "{").replace(">", "}"))
        for rule in app.url_map.iter_rules()
        if rule.rule.startswith("/api/v1/") and rule.endpoint != "api_openapi"
        for method in rule.methods - {"HEAD", "OPTIONS"}
    }
    assert routes == {
        (m, path) for path, item in described["paths"].items() for m in item if m != "parameters"
    }


def test_every_refusal_is_described_as_a_problem_and_every_call_needs_a_token(api_for):
    described = api_for(None).get("/openapi.json").get_json()
    assert described["security"] == [{"token": []}]
    assert described["components"]["securitySchemes"]["token"]["scheme"] == "bearer"
    for name, answer in described["components"]["responses"].items():
        assert list(answer["content"]) == ["application/problem+json"], name
    for path, item in described["paths"].items():
        for method in set(item) - {"parameters"}:
            operation = item[method]
            assert {"401", "403", "422"} <= set(operation["responses"]), path
            assert operation["summary"]
            changes = method != "get" and not path.endswith(("/searches", "/matches"))  # these only look
            if changes and "decision" not in path:
                names = {p["name"] for p in operation["parameters"] if "name" in p}
                assert names & {"If-Match", "Idempotency-Key"}, path
