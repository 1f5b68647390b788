"""The stories of both procedures, told again while the application has no more rights than it needs."""

from __future__ import annotations

from tests.journeys import test_extradition_incoming as extradition
from tests.journeys import test_trafficking_victim as trafficking
from tests.journeys.test_extradition_incoming import story as extradition_story
from tests.journeys.test_trafficking_victim import story, values
from tests.services import acting

__all__ = ["extradition_story", "story", "values"]


def test_the_whole_story_of_a_victim(story, values):
    trafficking.test_the_whole_story_of_a_victim(story, values)


def test_the_whole_story_of_a_request(extradition_story):
    extradition.test_the_whole_story_of_a_request(extradition_story)


def test_papers_and_a_handover(ctx, actor_for):
    acting.handed_over(actor_for)
    assert ctx.test_cli_runner().invoke(args=["ledger", "seal"]).exit_code == 0
    told = ctx.test_cli_runner().invoke(args=["ledger", "verify", "--deep"])
    assert told.exit_code == 0, told.output


def test_signing_in_and_out_and_being_refused(client_for):
    minh = client_for("minh")
    assert minh.get("/cases/").status_code == 200
    assert minh.get("/ledger").status_code == 403
