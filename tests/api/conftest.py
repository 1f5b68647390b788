"""One invented case, brought as far over the API as a test asks."""

from __future__ import annotations

import pytest

from tests.documents.samples import content

REPORT = {"channel": "hotline_111", "danger_now": False, "content": {"what_happened": "An invented call."}}
SECTIONS = {
    "identity": {"full_name": "Nguyễn Thị Hư Cấu", "sex": "female", "birth_date": "1995"},
    "health": {"condition": "Ổn định"},
    "consent": {"answers": [{"purpose": "handover", "answer": "given", "answered_on": "2026-11-20"}]},
}
PAPERS = ("victim_handover", "records_handover")


class Story:
    """Each step does what its name says and checks that the API agreed."""

    def __init__(self, api_for) -> None:
        self.api_for = api_for
        self.report: dict = {}
        self.case_id = ""
        self.handover: dict = {}
        self.documents: list[str] = []

    def expect(self, who, method, path, status, *, version=None, key=None, json=None):
        """One call; returns the answer's body and keeps nothing."""
        headers = {"Accept-Language": "en"}
        if version is not None:
            headers["If-Match"] = f'"{version}"'
        if key:
            headers["Idempotency-Key"] = key
        options = {} if json is None else {"json": json}
        answer = self.api_for(who).open(method, path, headers=headers, **options)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:600])
        return answer.get_json()

    @property
    def path(self) -> str:
        return f"/cases/{self.case_id}"

    def version(self, who: str = "tuan") -> int:
        return self.expect(who, "GET", self.path, 200)["version"]

    def opened(self, officer: str = "minh") -> Story:
        self.report = self.expect("hoa", "POST", "/reports", 201, json=REPORT)
        decision = {"outcome": "case_opened", "procedure_id": "trafficking_victim"}
        path = f"/reports/{self.report['id']}/classification"
        self.expect("hoa", "POST", path, 200, version=self.report["version"], json=decision)
        case = self.expect("tuan", "GET", "/cases", 200)["items"][0]
        self.case_id = case["id"]
        officers = self.expect("tuan", "GET", "/officers", 200)["items"]
        chosen = next(o["id"] for o in officers if o["name"].startswith(officer_name(officer)))
        path = f"{self.path}/assignments"
        self.expect("tuan", "POST", path, 200, version=case["version"], json={"account_id": chosen})
        return self

    def described(self) -> Story:
        for section, values in SECTIONS.items():
            path = f"{self.path}/sections/{section}"
            self.expect("minh", "PUT", path, 200, version=0, json={"values": values})
        return self

    def transferring(self) -> Story:
        move = {"track": "victim", "to": "transferring"}
        asked = self.expect(
            "minh", "POST", f"{self.path}/moves", 202, version=self.version("minh"), json=move
        )
        path = f"/approvals/{asked['approval']['id']}/decision"
        self.expect("tuan", "POST", path, 200, json={"approved": True})
        return self

    def documented(self) -> Story:
        for kind in PAPERS:
            entries = {"type": kind, "form": dict(content(kind).form)}
            made = self.expect("minh", "POST", f"{self.path}/documents", 201, json=entries)
            path = f"/documents/{made['id']}/issue"
            self.expect("minh", "POST", path, 200, version=made["version"])
            self.documents.append(made["id"])
        return self

    def offered(self) -> Story:
        units = self.expect("minh", "GET", "/units", 200)["items"]
        to = next(u["id"] for u in units if u["symbol"] == "NTL")
        self.handover = self.expect(
            "minh",
            "POST",
            f"{self.path}/handovers",
            201,
            version=self.version("minh"),
            key="the offer",
            json={"to_unit_id": to},
        )
        return self


def officer_name(username: str) -> str:
    return {"minh": "Nguyễn Văn Minh", "lan": "Phạm Thị Lan"}[username]


@pytest.fixture
def story(api_for) -> Story:
    """The invented case, not begun."""
    return Story(api_for)
