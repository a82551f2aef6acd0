"""Templates print: no script, no style, no unsafe markup, no untranslated word."""

from __future__ import annotations

from pathlib import Path

import pytest
from jinja2 import TemplateSyntaxError

from tests.rules.sources import called, template_files
from tests.rules.template_rules import faults, file_faults

FAULTY = [
    "{{ post.html|safe }}",
    "{% autoescape false %}{{ x }}{% endautoescape %}",
    "<script>open()</script>",
    "<style>p { color: red }</style>",
    '<p style="color: red">{{ x }}</p>',
    '<button onclick="go()">{{ _("Send") }}</button>',
    '<a href="javascript:go()">{{ _("Send") }}</a>',
    "<p>Send</p>",
    "<p>{{ name }} replied</p>",
    "{% if x %}<b>{{ x }}</b>{% else %}None yet{% endif %}",
    "{% macro button() %}<button>Send</button>{% endmacro %}",
    "{% set title %}Topics{% endset %}",
    '{{ button("Send") }}',
    '{% set title = "Topics" %}',
    '<img alt="A tile" src="{{ x }}">',
    '<input type="submit" value="Send">',
    '<input placeholder="Search">',
    "<p>عرض</p>",
]
SOUND = [
    '<p class="{% if x %}is-new{% endif %}" id="post-{{ n }}">{{ _("Send") }}</p>',
    '<a href="{{ url_for("discussion.thread", id=1) }}" title="{{ _("Open") }}">{{ title }}</a>',
    "{% trans name=name %}{{ name }} replied{% endtrans %}",
    "{% trans count=3 %}One reply{% pluralize %}{{ count }} replies{% endtrans %}",
    '<script type="module" src="{{ x }}"></script>',
    '<span translate="no">Markdown <b>GitHub</b></span> · 12 &nbsp; &middot;',
    '{{ ngettext("%(num)s reply", "%(num)s replies", n) }}',
    '{% if method == "POST" %}<hr>{% endif %}{# Words for us #}',
    '{% slot "home.aside" %}',
    '{% if field.type == "HiddenField" or field.type in ("RadioField", "BooleanField") %}<hr>{% endif %}',
]


@pytest.mark.parametrize("file", template_files(), ids=called)
def test_template_holds_nothing_it_may_not(file: Path) -> None:
    found = [f"{called(file)}:{fault.line} {fault.what}" for fault in file_faults(file)]
    assert not found, "\n".join(found)


@pytest.mark.parametrize("source", FAULTY)
def test_fault_in_a_template_is_found(source: str) -> None:
    assert len(faults(source)) == 1


@pytest.mark.parametrize("source", SOUND)
def test_sound_template_is_let_pass(source: str) -> None:
    assert faults(source) == []


@pytest.mark.parametrize(
    "source", ['{% slot "home.attic" %}', '{% slot "home.aside" thread=x %}', "{% if x %}"]
)
def test_template_that_cannot_be_read_is_refused(source: str) -> None:
    with pytest.raises(TemplateSyntaxError):
        faults(source)


def test_fault_is_found_on_its_line() -> None:
    source = '{% if x %}\n  <p>{{ _("One") }}</p>\n{% endif %}\n\n<p>\n  Two\n</p>\n'
    assert [fault.line for fault in faults(source)] == [5]


def test_letter_may_hold_styles_but_no_script() -> None:
    assert faults('<p style="margin: 0">{{ x }}</p>', is_letter=True) == []
    assert faults("<script>go()</script>", is_letter=True)


def test_bare_text_in_a_plain_letter_is_found() -> None:
    assert faults('{{ _("Hello") }}\n\nSee you', is_html=False)[0].line == 3
    assert faults('{{ _("Hello") }}\n\n-- \n{{ url }}', is_html=False) == []
