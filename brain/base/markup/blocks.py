"""Blocks that hold no other blocks: code, headings, rules, definitions, paragraphs."""

from __future__ import annotations

import re
from xml.etree.ElementTree import SubElement

from markdown.util import AtomicString

from brain.base.markup.address import safe_url
from brain.base.markup.inlines import label_key, unmarked
from brain.base.markup.structure import FENCE, HEADING, RULE, Chunk, closes, indent_of, starts_block
from brain.base.markup.tables import starts_table

LOWERED_BY = 2
"""A page's title is h1 and each post's own heading h2, so `#` in a post is h3."""

_LANGUAGE = re.compile(r"[A-Za-z0-9_+#.-]{1,30}")
# Three at least: two dashes alone begin a mail's signature.
_UNDERLINE = re.compile(r" {0,3}(={3,}|-{3,})[ \t]*$")
_DEFINITION = re.compile(
    r""" {0,3}\[((?:[^\[\]\\]|\\.){1,200})\]:[ \t]*(?:<([^<>]*)>|([^\s<]\S*))"""
    r"""(?:[ \t]+(?:"([^"]*)"|'([^']*)'|\(([^()]*)\)))?[ \t]*$"""
)


def read_fenced_code(chunk: Chunk) -> bool:
    """Read code between fences; an open fence runs to the container's end."""
    start = FENCE.match(chunk.line)
    if not start:
        return False
    margin, fence, described = start[1], start[2], start[3]
    lines = []
    chunk.at += 1
    while chunk.at < len(chunk.lines):
        line = chunk.line
        chunk.at += 1
        if closes(fence, line):
            break
        lines.append(line[min(len(margin), indent_of(line)) :])
    described = unmarked(described).strip()
    language = described if _LANGUAGE.fullmatch(described) else ""
    if described and not language:
        lines.insert(0, described)  # people begin their code on the fence's own line
    _add_code(chunk, lines, language)
    return True


def read_indented_code(chunk: Chunk) -> bool:
    """Read lines set in by four blanks, with the blank lines between them."""
    if indent_of(chunk.line) < 4:
        return False
    lines: list[str] = []
    end = chunk.at
    for number in range(chunk.at, len(chunk.lines)):
        line = chunk.lines[number]
        if line.strip():
            if indent_of(line) < 4:
                break
            end = number + 1
        lines.append(line[4:])
    _add_code(chunk, lines[: end - chunk.at], "")
    chunk.at = end
    return True


def _add_code(chunk: Chunk, lines: list[str], language: str) -> None:
    attributes = {"class": f"language-{language}"} if language else {}
    code = SubElement(SubElement(chunk.parent, "pre"), "code", attributes)
    code.text = AtomicString("".join(f"{line}\n" for line in lines))


def read_heading(chunk: Chunk) -> bool:
    """Read `# Heading`; without a blank after it a `#` is text (#12, #topic)."""
    found = HEADING.match(chunk.line)
    if not found:
        return False
    _add_heading(chunk, len(found[1]), found[2] or "")
    chunk.at += 1
    return True


def _add_heading(chunk: Chunk, level: int, text: str) -> None:
    chunk.add(f"h{min(6, level + LOWERED_BY)}").text = text.strip()


def read_rule(chunk: Chunk) -> bool:
    """Read a line across."""
    if not RULE.match(chunk.line):
        return False
    SubElement(chunk.parent, "hr")
    chunk.at += 1
    return True


def read_definition(chunk: Chunk) -> bool:
    """Read `[label]: address "title"`, which shows nothing by itself.

    It stays text if it could never be used: a second one of the same label,
    or an address that is not allowed.
    """
    found = _DEFINITION.match(chunk.line) if "]:" in chunk.line else None
    if not found or not found[1].strip():
        return False
    key = label_key(found[1])
    address = safe_url(unmarked(found[2] if found[2] is not None else found[3]))
    if address is None or key in chunk.references:
        return False
    chunk.references[key] = (address, unmarked(found[4] or found[5] or found[6] or ""))
    chunk.at += 1
    return True


def read_paragraph(chunk: Chunk) -> bool:
    """Read lines up to a blank one or the start of another block.

    Underlined by === or ---, they are a heading instead.
    """
    lines = [chunk.line.strip()]
    chunk.at += 1
    while chunk.at < len(chunk.lines) and (line := chunk.line).strip():
        underline = _UNDERLINE.match(line)
        if underline:
            chunk.at += 1
            _add_heading(chunk, 1 if underline[1][0] == "=" else 2, "\n".join(lines))
            return True
        if starts_block(line) or starts_table(chunk):
            break
        lines.append(line.strip())
        chunk.at += 1
    chunk.add("p").text = "\n".join(lines)
    return True
