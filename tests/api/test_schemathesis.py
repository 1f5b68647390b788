"""The description of the API is true: generated requests of every role get only answers it names."""

from __future__ import annotations

import pytest

pytest.importorskip("schemathesis")

import schemathesis
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st
from schemathesis.checks import CHECKS, load_all_checks
from schemathesis.generation.modes import GenerationMode

from tests.api.conftest import REPORT
from tests.conftest import CAST

load_all_checks()
TRUTHS = (
    "not_a_server_error",
    "status_code_conformance",
    "content_type_conformance",
    "response_schema_conformance",
    "response_headers_conformance",
)
PEOPLE = ("tuan", "minh", "sen", "tuan", "minh", "hoa", "van", "quan", "khac")
EXAMPLES = 3


def places(story) -> dict[str, str]:
    """Ids that lead somewhere, by the name they have in a path."""
    officer = story.expect("tuan", "GET", story.path, 200)["officers"][0]["id"]
    other = story.expect("hoa", "POST", "/reports", 201, json=REPORT)
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
            known=st.sampled_from((True, True, False)),
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
