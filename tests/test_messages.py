"""Every text of the interface can be read in Vietnamese and in English, and nothing escapes the translators."""

from __future__ import annotations

import ast
import re
from configparser import ConfigParser
from functools import cache
from pathlib import Path

import pytest
from babel.messages.extract import extract_from_dir
from babel.messages.frontend import parse_keywords
from babel.messages.pofile import read_po
from markupsafe import escape

from tests.conftest import csrf_of

ROOT = Path(__file__).parents[1]
CATALOGUE = ROOT / "app/translations/vi/LC_MESSAGES/messages.po"
SAME_IN_BOTH: frozenset[str] = frozenset()  # texts that are rightly the same word in both languages
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]")
ENGLISH = re.compile(r"\b(the|of|and|with|this|your|please|not|from|for)\b", re.IGNORECASE)
NAMES = {"Bến An", "– Bến An", "English", "Tiếng Việt", "SHA-256"}
KEYS = {"Esc", "Esc Esc", "Ctrl", "Enter", "Ctrl Enter", "n"}
PART_OF_A_TAG = re.compile(r"[a-z-]+=\"|[a-z]+-+[a-z]*$")


@cache
def _extracted() -> frozenset[tuple[str, str]]:
    """(context, msgid) of every marked text, collected the way `make messages` does."""
    script = (ROOT / "scripts/update-messages.sh").read_text(encoding="utf-8")
    mapping = ConfigParser()
    mapping.read(ROOT / "babel.cfg", encoding="utf-8")
    methods = [(pattern, method) for method, pattern in (name.split(": ") for name in mapping.sections())]
    options = {name.split(": ")[1]: dict(mapping[name]) for name in mapping.sections()}
    keywords = parse_keywords(re.findall(r"-k (\S+)", script))
    found = extract_from_dir(ROOT, methods, options, keywords=keywords, directory_filter=_is_ours)
    return frozenset((context or "", _first(msgid)) for _file, _line, msgid, _comments, context in found)


def _is_ours(folder: str) -> bool:
    return Path(folder) == ROOT or Path(folder).relative_to(ROOT).parts[0] in {"app", "templates"}


def _first(msgid) -> str:
    return msgid if isinstance(msgid, str) else msgid[0]


@cache
def _catalogue():
    with CATALOGUE.open("rb") as source:
        return read_po(source, locale="vi")


def _messages():
    return [message for message in _catalogue() if message.id]


def _written(message) -> list[str]:
    return [message.string] if isinstance(message.string, str) else list(message.string)


def test_the_catalogue_holds_exactly_what_the_interface_says():
    held = {(message.context or "", _first(message.id)) for message in _messages()}
    assert len(_extracted()) > 600
    assert _extracted() - held == set(), "run: make messages, then translate"
    assert held - _extracted() == set(), "run: make messages"


def test_every_text_is_translated():
    blank = [message.id for message in _messages() if not all(text.strip() for text in _written(message))]
    unsure = [message.id for message in _messages() if message.fuzzy]
    assert blank == []
    assert unsure == []


def test_no_translation_is_the_english_text():
    same = {_first(message.id) for message in _messages() if _first(message.id) in _written(message)}
    assert same == SAME_IN_BOTH


def test_no_translation_speaks_english():
    texts = [text for message in _messages() for text in _written(message)]
    assert [text for text in texts if ENGLISH.search(text)] == []


def test_vietnamese_has_one_plural_form():
    plurals = [message for message in _messages() if message.pluralizable]
    assert plurals
    assert {len(_written(message)) for message in plurals} == {1}


def test_the_parameters_of_a_text_are_those_of_its_translation():
    differing = {
        _first(message.id): text
        for message in _messages()
        for text in _written(message)
        if sorted(PLACEHOLDER.findall(text)) != sorted(PLACEHOLDER.findall(_first(message.id)))
    }
    assert differing == {}


def test_quotation_marks_agree():
    differing = {
        message.id: text
        for message in _messages()
        for text in _written(message)
        if text.count("“") != text.count("”") or ("“" in text) != ("“" in _first(message.id))
    }
    assert differing == {}


def test_no_message_is_written_past_the_translators():
    past = [
        f"{path.relative_to(ROOT)}:{call.lineno}"
        for path in sorted((ROOT / "app").rglob("*.py"))
        for call in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(call, ast.Call)
        and isinstance(call.func, ast.Name)
        and call.func.id == "Message"
        and call.args
        and isinstance(call.args[0], ast.Constant | ast.JoinedStr | ast.BinOp)
    ]
    assert past == []


def _is_a_paper(template: Path) -> bool:
    """Official papers are Vietnamese by law; they stand beside the pages about them."""
    own = 'extends "layout.html"' not in template.read_text(encoding="utf-8")
    return template.parent.name == "documents" and own


def _bare_words(template: Path) -> set[str]:
    """What a page would show without asking the translators."""
    source = template.read_text(encoding="utf-8")
    markup = re.sub(r"\{#.*?#\}|\{%.*?%\}|\{\{.*?\}\}", "\n", source, flags=re.DOTALL)
    pieces = {piece.strip() for piece in re.sub(r"<[^>]*>", "\n", markup).split("\n")}
    return {
        piece
        for piece in pieces - NAMES - KEYS
        if re.search(r"[^\W\d_]", piece) and not PART_OF_A_TAG.match(piece)
    }


def test_no_page_has_words_of_its_own():
    pages = [page for page in sorted((ROOT / "templates").rglob("*.html")) if not _is_a_paper(page)]
    assert len(pages) > 20
    bare = {page.relative_to(ROOT).as_posix(): _bare_words(page) for page in pages}
    assert {page: words for page, words in bare.items() if words} == {}


def _in_vietnamese(msgid: str) -> str:
    return _written(_catalogue()[msgid])[0]


SAID = {  # who looks, where, and what the page says there
    "sign-in": (None, "/sign-in", ("Sign in", "User name", "Password", "Skip to the content")),
    "desk": ("minh", "/", ("Desk", "Sign out", "Cases due first", "Every reading of a file is recorded.")),
    "cases": ("minh", "/cases/", ("Cases", "Overdue", "The single keys work")),
    "approvals": ("tuan", "/approvals", ("Approvals", "No step waits for your decision.")),
    "lost": (
        "minh",
        "/nowhere",
        ("Not found", "It does not exist, or it is not assigned to you. Check the code."),
    ),
}


def _switch(client, page: str, locale: str) -> None:
    token = csrf_of(client.get(page).text)
    answer = client.post("/language", data={"csrf_token": token, "locale": locale, "back": page})
    assert answer.status_code in (302, 303)


@pytest.mark.parametrize("place", SAID)
def test_a_page_speaks_the_chosen_language_and_no_other(client_for, place):
    who, address, said = SAID[place]
    client = client_for(who)
    start = "/sign-in" if who is None else "/"
    for locale in ("en", "vi"):
        _switch(client, start, locale)
        page = client.get(address).text
        assert f'<html lang="{locale}">' in page
        for msgid in said:
            english, vietnamese = str(escape(msgid)), str(escape(_in_vietnamese(msgid)))
            wanted, other = (english, vietnamese) if locale == "en" else (vietnamese, english)
            assert wanted in page
            assert not re.search(rf">\s*{re.escape(other)}\s*<", page)


def test_vietnamese_is_spoken_to_whoever_has_not_chosen(client_for):
    assert _in_vietnamese("Sign in") in client_for(None).get("/sign-in").text


def test_a_refused_form_answers_in_the_chosen_language(client_for):
    client = client_for(None)
    for locale, text in (("en", "The user name or the password is wrong."), ("vi", None)):
        _switch(client, "/sign-in", locale)
        token = csrf_of(client.get("/sign-in").text)
        answer = client.post("/sign-in", data={"csrf_token": token, "username": "nobody", "password": "x"})
        assert (text or _in_vietnamese("The user name or the password is wrong.")) in answer.text
