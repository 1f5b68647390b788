"""The description of the API is valid, complete, and true under generated requests of every role."""

from __future__ import annotations

import pytest

pytest.importorskip("schemathesis")
pytest.importorskip("openapi_spec_validator")

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from openapi_spec_validator import validate
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation.modes import GenerationMode

from tests.conftest import CAST

load_all_checks()
TRUTHS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
PEOPLE = ("minh", "tuan", "hoa", "van", "sen", "quan", "lan", "khac")
EXAMPLES = 14


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
            if method != "get" and "decision" not in path:
                names = {p["name"] for p in operation["parameters"] if "name" in p}
                assert names & {"If-Match", "Idempotency-Key"}, path


def places(story) -> dict[str, str]:
    """Ids that lead somewhere, by the name they have in a path."""
    officer = story.expect("tuan", "GET", story.path, 200)["officers"][0]["id"]
    other = story.expect(
        "hoa", "POST", "/reports", 201, json={"channel": "media", "content": {"what_happened": "Invented."}}
    )
    return {
        "case_id": story.case_id,
        "report_id": other["id"],
        "document_id": story.documents[0],
        "handover_id": story.handover["id"],
        "account_id": officer,
        "section_id": "identity",
        "track_id": "victim",
        "to": "closed",
    }


def test_no_generated_request_gets_an_answer_that_is_not_described(story, app, api_for):
    story.opened().described().transferring().documented().offered()
    real = places(story)
    tokens = {who: api_for(who)._headers for who in PEOPLE}
    assert set(PEOPLE) < set(CAST)
    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", app)
    truths = [CHECKS.get_one(name) for name in TRUTHS]

    def holds(operation, mode):
        @settings(
            max_examples=EXAMPLES,
            deadline=None,
            database=None,
            derandomize=True,
            phases=[Phase.generate],
            suppress_health_check=list(HealthCheck),
        )
        @given(
            case=operation.as_strategy(generation_mode=mode),
            who=st.sampled_from(PEOPLE),
            known=st.booleans(),
        )
        def check(case, who, known):
            if known:
                case.path_parameters.update({k: v for k, v in real.items() if k in case.path_parameters})
            response = case.call(headers=tokens[who])
            case.validate_response(response, checks=truths)

        check()

    for found in schema.get_all_operations():
        for mode in GenerationMode:
            holds(found.ok(), mode)
