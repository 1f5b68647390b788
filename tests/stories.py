"""What journeys share: complete invented entries, and a story told over the API, act by act."""

from __future__ import annotations

from datetime import date

from app.cli.demo import extradition_entries, paper_entries, trafficking_entries
from app.cli.demo.people import CALLERS, VICTIMS, WANTED
from app.domain.deadlines import LOCAL

PERSON = {"trafficking_victim": VICTIMS[2], "extradition_incoming": WANTED[0]}
_SECTIONS = {
    "trafficking_victim": trafficking_entries.sections,
    "extradition_incoming": extradition_entries.sections,
}


def section_values(procedure_id: str, today: date) -> dict[str, dict]:
    """Complete valid values for every section an officer writes."""
    return {k: filled(v) for k, v in _SECTIONS[procedure_id](PERSON[procedure_id], today).items()}


def document_forms(today: date) -> dict[str, dict]:
    """Complete valid forms of every official paper."""
    return dict(paper_entries.forms(today))


def report_entries(procedure_id: str) -> dict:
    """An intake form that leads to such a case."""
    if procedure_id == "trafficking_victim":
        return trafficking_entries.report(CALLERS[0], PERSON[procedure_id], danger=True)
    return extradition_entries.report(CALLERS[0], PERSON[procedure_id])


def filled(values: dict) -> dict:
    """The entries without blanks, as a machine sends them."""
    return {k: v for k, v in values.items() if v != ""}


class Story:
    """Members of the cast acting over the API on one case; a minute passes with every call.

    `opened` keeps who opened which section, in order: what the ledger must show, no more and no less.
    """

    def __init__(self, api_for, clock, procedure_id: str) -> None:
        self._api_for, self._clients, self.clock = api_for, {}, clock
        self.procedure_id = procedure_id
        self.track = {"trafficking_victim": "victim", "extradition_incoming": "request"}[procedure_id]
        self.id = self.report_id = self.code = ""
        self.opened: list[tuple[str, str]] = []
        self.denied: list[tuple[str, str]] = []

    @property
    def today(self) -> date:
        return self.clock().astimezone(LOCAL).date()

    def days(self, count: int) -> None:
        """Let days pass; tokens may have run out, so everybody gets a new one."""
        self.clock.forward(days=count)
        self._clients.clear()

    def call(self, who: str, method: str, path: str, status: int = 200, **kwargs):
        """One call; its status is asserted."""
        if who not in self._clients:
            self._clients[who] = self._api_for(who)
        self.clock.forward(minutes=1)
        headers = {"Accept-Language": "en", **kwargs.pop("headers", {})}
        answer = self._clients[who].open(method, path, headers=headers, **kwargs)
        assert answer.status_code == status, (who, method, path, answer.status_code, answer.text[:2000])
        if status in (403, 404):
            self.denied.append((who, path))
        return answer

    def get(self, who: str, path: str, status: int = 200):
        return self.call(who, "GET", path, status)

    def post(
        self, who: str, path: str, body=None, *, status: int = 200, tag: str | None = None, headers=None
    ):
        headers = {**(headers or {}), **({"If-Match": tag} if tag else {})}
        return self.call(who, "POST", path, status, json=body, headers=headers)

    def tag(self, who: str, path: str) -> str:
        """The entity tag of what is at that path now."""
        return self.get(who, path).headers["ETag"]

    @property
    def case(self) -> str:
        return f"/cases/{self.id}"

    def begin(self, entries: dict, *, operator="hoa", supervisor="tuan", officer="minh", note=None) -> None:
        """A report, its classification, and the officer put on the case."""
        report = self.post(operator, "/reports", entries, status=201)
        self.report_id = report.json["id"]
        decision = {"outcome": "case_opened", "procedure_id": self.procedure_id}
        decision |= {"note": note} if note else {}
        path = f"/reports/{self.report_id}"
        self.post(operator, f"{path}/classification", decision, tag=self.tag(operator, path))
        (row,) = self.get(supervisor, "/cases").json["items"]
        self.id, self.code = row["id"], row["code"]
        self.assign(supervisor, officer)

    def assign(self, supervisor: str, officer: str) -> None:
        names = {"minh": "Minh", "lan": "Lan"}
        officers = self.get(supervisor, "/officers").json["items"]
        (chosen,) = [o["id"] for o in officers if names[officer] in o["name"]]
        self.post(
            supervisor,
            f"{self.case}/assignments",
            {"account_id": chosen},
            tag=self.tag(supervisor, self.case),
        )

    def open(self, who: str, section: str, status: int = 200, reason: str | None = None):
        """Open a section; an opening that succeeds is remembered."""
        path = f"{self.case}/sections/{section}" + (f"?reason={reason}" if reason else "")
        answer = self.get(who, path, status)
        if status == 200:
            self.opened.append((who, section))
        return answer

    def write(self, section: str, values: dict, *, who: str = "minh", status: int = 200):
        """Open a section, then save it with these entries added."""
        seen = self.open(who, section)
        body = {"values": {**seen.json["values"], **filled(values)}}
        headers = {"If-Match": seen.headers["ETag"]}
        return self.call(who, "PUT", f"{self.case}/sections/{section}", status, json=body, headers=headers)

    def move(self, to: str, *, who: str = "minh", status: int = 200, event_on=None, reason=None):
        body = {
            "track": self.track,
            "to": to,
            "event_on": event_on and event_on.isoformat(),
            "reason": reason,
        }
        body = {k: v for k, v in body.items() if v}
        return self.post(who, f"{self.case}/moves", body, status=status, tag=self.tag(who, self.case))

    def decide(self, who: str, approval_id: str, *, approved=True, reason=None, status: int = 200):
        body = {"approved": approved, **({"reason": reason} if reason else {})}
        return self.post(who, f"/approvals/{approval_id}/decision", body, status=status)

    def approved(self, to: str, *, asks: str = "minh", decides: str = "tuan", **kwargs) -> None:
        """A step asked for by one and agreed to by another."""
        asked = self.move(to, who=asks, status=202, **kwargs)
        self.decide(decides, asked.json["approval"]["id"])

    def issue(self, type_id: str, form: dict, *, who: str = "minh") -> dict:
        """Draft and issue a paper; its row."""
        draft = self.post(who, f"{self.case}/documents", {"type": type_id, "form": form}, status=201)
        path = f"/documents/{draft.json['id']}"
        return self.post(who, f"{path}/issue", tag=self.tag(who, path)).json

    def offer(self, symbol: str, *, who: str = "minh", status: int = 201):
        units = self.get(who, "/units").json["items"]
        (unit,) = [u["id"] for u in units if u["symbol"] == symbol]
        tag = self.tag(who, self.case)
        return self.post(who, f"{self.case}/handovers", {"to_unit_id": unit}, status=status, tag=tag)

    def stage(self, who: str) -> str:
        """Where the case stands."""
        (place,) = self.get(who, self.case).json["places"]
        return place["stage"]["id"]

    def ledger(self, who: str) -> list[dict]:
        """Every entry of the case, oldest first."""
        entries, cursor = [], ""
        while cursor is not None:
            page = self.get(
                who, f"{self.case}/ledger?limit=100" + (f"&cursor={cursor}" if cursor else "")
            ).json
            entries += page["items"]
            cursor = page["next_cursor"]
        return entries[::-1]

    def hand_over_papers(self, *types: str) -> dict[str, dict]:
        """Every paper the handover needs, issued today."""
        forms = document_forms(self.today)
        return {type_id: self.issue(type_id, forms[type_id]) for type_id in types}
