"""Named places in pages where plugins put something.

A slot is written as a tag, checked when the template compiles:

    {% slot "thread.aside" thread=thread %}
    {% slot "post.footer" into footers posts=posts %}  {{ footers[post.id] }}

The second form is for lists: every fill is loaded once a page for all items.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from jinja2 import TemplateSyntaxError, nodes
from jinja2.ext import Extension
from jinja2.parser import Parser
from markupsafe import Markup

from brain.base.access import Viewer


@dataclass(frozen=True)
class SlotSpec:
    """What a slot is given; `batch` slots take a list and give a map by id."""

    takes: tuple[str, ...] = ()
    batch: bool = False
    meaning: str = ""


#: Every slot there is; docs/hooks.md is made from this table.
SLOTS: dict[str, SlotSpec] = {
    "head.end": SlotSpec(meaning="End of the page's head: links to feeds, metadata."),
    "nav.main": SlotSpec(meaning="Main navigation, after Topics."),
    "nav.member": SlotSpec(meaning="The member's own menu."),
    "home.aside": SlotSpec(meaning="Beside the home page."),
    "topic.header": SlotSpec(("topic",), meaning="Under a topic's name."),
    "topic.aside": SlotSpec(("topic",), meaning="Beside a topic's threads."),
    "thread.header": SlotSpec(("thread",), meaning="Under a thread's title."),
    "thread.aside": SlotSpec(("thread",), meaning="Beside a thread."),
    "post.byline": SlotSpec(("posts",), True, "After the author's name of each post."),
    "post.menu": SlotSpec(("posts",), True, "In the menu of each post."),
    "post.footer": SlotSpec(("posts",), True, "Under the text of each post."),
    "composer.tools": SlotSpec(("thread",), meaning="Under the text field while writing."),
    "search.aside": SlotSpec(("terms",), meaning="Beside search results."),
    "profile.header": SlotSpec(("member",), meaning="Under a member's name."),
    "profile.tabs": SlotSpec(("member",), meaning="Sections on a member's page."),
    "settings.sections": SlotSpec(("member",), meaning="Sections of a member's own settings."),
    "case.aside": SlotSpec(("case",), meaning="Beside a moderation case."),
    "admin.home": SlotSpec(meaning="On the admin's first page."),
    "page.footer": SlotSpec(meaning="In the footer of every page."),
}

Load = Callable[[Sequence[Any], Viewer], Mapping[Any, Mapping[str, Any]]]


@dataclass(frozen=True)
class SlotFill:
    """What a plugin puts into a slot.

    `load(items, viewer)` is called once a page with all items and returns a
    template context for each item id that gets something; for a slot without
    an item the list is empty and the id is None.
    """

    slot: str
    template: str
    load: Load


#: Set at assembly: renders every active fill of a slot, contained per plugin.
Filler = Callable[[str, Sequence[Any]], Mapping[Any, Markup]]
_nothing: Mapping[Any, Markup] = {}


class SlotTag(Extension):
    """The `{% slot %}` tag; an unknown name or argument fails at compile time."""

    tags = {"slot"}

    def parse(self, parser: Parser) -> nodes.Node:
        """Read the tag and check it against `SLOTS`."""
        line = next(parser.stream).lineno
        name = parser.parse_expression()
        if not isinstance(name, nodes.Const) or name.value not in SLOTS:
            raise TemplateSyntaxError(f"unknown slot {getattr(name, 'value', '?')!r}", line)
        spec = SLOTS[name.value]
        into = None
        if parser.stream.skip_if("name:into"):
            into = parser.parse_assign_target(name_only=True)
        arguments = []
        while parser.stream.current.type != "block_end":
            key = parser.stream.expect("name").value
            parser.stream.expect("assign")
            arguments.append(nodes.Keyword(key, parser.parse_expression()))
        if tuple(argument.key for argument in arguments) != spec.takes:
            raise TemplateSyntaxError(f"slot {name.value!r} takes {spec.takes}", line)
        if spec.batch != (into is not None):
            raise TemplateSyntaxError(f"slot {name.value!r}: batch slots are written `into` a name", line)
        values = nodes.List([argument.value for argument in arguments])
        if into is not None:
            call = self.call_method("fill_many", [name, values])
            return nodes.Assign(into, call).set_lineno(line)
        return nodes.Output([self.call_method("fill_one", [name, values])]).set_lineno(line)

    def _filler(self) -> Filler | None:
        filler: Filler | None = self.environment.globals.get("fill_slot")  # type: ignore[assignment]
        return filler

    def fill_many(self, name: str, values: list[Any]) -> Mapping[Any, Markup]:
        """Fill a batch slot: a map from item id to markup, empty where none."""
        filler = self._filler()
        return _Filled(filler(name, values[0]) if filler and values[0] else _nothing)

    def fill_one(self, name: str, values: list[Any]) -> Markup:
        """Fill a slot of the page."""
        filler = self._filler()
        if filler is None:
            return Markup("")
        return Markup("").join(filler(name, values).values())


class _Filled(dict[Any, Markup]):
    def __missing__(self, key: Any) -> Markup:
        return Markup("")
