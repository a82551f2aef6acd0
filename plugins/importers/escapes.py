"""Text on its way into Markdown: cleaned, and kept from meaning anything there."""

from __future__ import annotations

import re

from .addresses import mask_mail

_UNFIT = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_SURROGATE = re.compile("[\ud800-\udfff]")
_MEANINGFUL = re.compile(
    r"\\(?=[!-/:-@\[-`{-~])"  # a backslash before punctuation
    r"|[`*]|(?<![^\W_])_|_(?![^\W_])|~~+"  # code and emphasis, not within a word
    r"|<(?=[A-Za-z/])|&(?=#?\w{1,32};)"  # tags and entities
    r"|\](?=[(\[:])|\[(?=/?quote)"  # links, definitions, quotes of members
    r"|(?<![\w@/.])@(?=\w)",  # what calls nobody, or it would be a link
    re.IGNORECASE,
)
_ENTITIES = {"&": "&amp;", "[": "&#91;"}
_BLOCK_START = re.compile(
    r"#{1,6}(?=\s|$)|>|[-+*](?=\s|$)|(?:-[ \t]*+){3,}$|={3,}[ \t]*$|~{3}"
    r"|\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*$"
)
_NUMBER_START = re.compile(r"(\d{1,9})([.)])(?=\s|$)")
_BRACKET = re.compile(r"[\[\]]")
_BLANKS = re.compile(r"[ \t\n\r\f]+")


def clean(text: str) -> str:
    """Drop what no database takes: NUL, other controls, halves of characters."""
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    return _SURROGATE.sub("\ufffd", _UNFIT.sub("", text))


def collapse(text: str) -> str:
    """Fold each run of blanks into one, as a browser does."""
    return _BLANKS.sub(" ", text)


def escape(text: str) -> str:
    """Write running text so that Markdown shows it as it is; mail is masked."""
    return _MEANINGFUL.sub(_escaped, mask_mail(text))


def _escaped(found: re.Match[str]) -> str:
    mark = found[0]
    return _ENTITIES.get(mark) or "".join(f"\\{character}" for character in mark)


def escape_label(text: str) -> str:
    """Write text that stands between the brackets of a link or an image."""
    return _BRACKET.sub(r"\\\g<0>", escape(text.replace("\n", " ")).replace("\\]", "]"))


def escape_line_starts(paragraph: str) -> str:
    """Keep a paragraph's lines from beginning a list, heading, quote or table."""
    return "\n".join(map(_escape_line_start, paragraph.split("\n")))


def _escape_line_start(line: str) -> str:
    line = line.strip(" \t")
    if _BLOCK_START.match(line):
        return f"\\{line}"
    return _NUMBER_START.sub(r"\1\\\2", line, count=1) if _NUMBER_START.match(line) else line


def code_span(code: str) -> str:
    """Write code within a line."""
    code = code.replace("\n", " ")
    if not code.strip():
        return code
    mark = "`" * (_longest_run(code) + 1)
    blank = " " if code[0] in "` " or code[-1] in "` " else ""
    return f"{mark}{blank}{code}{blank}{mark}"


def code_block(code: str, language: str) -> str:
    """Write code as a block of its own."""
    mark = "`" * max(3, _longest_run(code) + 1)
    language = language if re.fullmatch(r"[A-Za-z0-9_+#.-]{1,30}", language) else ""
    return f"{mark}{language}\n{code}\n{mark}"


def _longest_run(code: str) -> int:
    return max(map(len, re.findall("`+", code)), default=0)
