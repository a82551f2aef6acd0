"""Shapes of icons on a grid of 24, strokes only, and of the mark on a grid of 40.

A page carries only the shapes that it uses. `flip` in `face.icon` mirrors next
and reply where one reads from right to left.
"""

from __future__ import annotations

from markupsafe import Markup

ICONS: dict[str, Markup] = {
    "search": Markup('<circle cx="10.5" cy="10.5" r="6.5"/><path d="m15.5 15.5 5 5"/>'),
    "bell": Markup('<path d="M6 16V11a6 6 0 0 1 12 0v5l2 2H4zM10 21h4"/>'),
    "menu": Markup('<path d="M4 7h16M4 12h16M4 17h16"/>'),
    "down": Markup('<path d="m6 9 6 6 6-6"/>'),
    "next": Markup('<path d="M4 12h15m-6-6 6 6-6 6"/>'),
    "reply": Markup('<path d="M10 6 4 12l6 6M4 12h9a7 7 0 0 1 7 7"/>'),
    "quote": Markup('<path d="M10 7H5v6h5zv5a5 5 0 0 1-4 4M19 7h-5v6h5zv5a5 5 0 0 1-4 4"/>'),
    "keep": Markup('<path d="M6 4h12v17l-6-4-6 4z"/>'),
    "more": Markup('<path d="M5 12h.01M12 12h.01M19 12h.01" stroke-width="3"/>'),
    "flag": Markup('<path d="M5 21V4h13l-3 4.5 3 4.5H5"/>'),
    "words": Markup(
        '<path d="M3 6h10M8 3v3M11 6c-1 4-4 7-8 8M5 9c2 3 4 4 6 5M12 21l4.5-10L21 21M14 17.5h5"/>'
    ),
    "link": Markup(
        '<path d="M10 14a4 4 0 0 0 6 0l3-3a4 4 0 0 0-6-6l-1 1M14 10a4 4 0 0 0-6 0l-3 3a4 4 0 0 0 6 6l1-1"/>'
    ),
    "bold": Markup('<path d="M7 4h6a4 4 0 0 1 0 8H7zM7 12h7a4 4 0 0 1 0 8H7z"/>'),
    "italic": Markup('<path d="M14 4h-4m4 0-4 16m0 0H6m4 0h4M14 4h4"/>'),
    "list": Markup('<path d="M9 6h11M9 12h11M9 18h11M4 6h.01M4 12h.01M4 18h.01"/>'),
    "image": Markup('<path d="M4 5h16v14H4zM4 16l5-5 4 4 3-3 4 4M15.5 9h.01"/>'),
    "clip": Markup('<path d="m20 11-8 8a5 5 0 0 1-7-7l8-8a3.5 3.5 0 0 1 5 5l-8 8a1.5 1.5 0 0 1-2-2l7-7"/>'),
    "check": Markup('<path d="m4 12 5 6L20 6"/>'),
    "close": Markup('<path d="M6 6l12 12M18 6 6 18"/>'),
    "plus": Markup('<path d="M12 5v14M5 12h14"/>'),
    "people": Markup(
        '<circle cx="9" cy="8" r="3.5"/><path d="M2.5 20a6.5 6.5 0 0 1 13 0M16 5a3.5 3.5 0 0 1 0 '
        '6.5M18 14a6.5 6.5 0 0 1 3.5 6"/>'
    ),
    "lock": Markup('<path d="M6 11h12v9H6zM8.5 11V8a3.5 3.5 0 0 1 7 0v3"/>'),
    "get": Markup('<path d="M12 4v11m-5-4 5 5 5-5M4 20h16"/>'),
    "day": Markup('<path d="M4 6h16v14H4zM4 10h16M8 3v4M16 3v4"/>'),
    "pin": Markup(
        '<path d="M12 21s7-6.5 7-11.5a7 7 0 0 0-14 0C5 14.5 12 21 12 21z"/><circle cx="12" cy="9.5" r="2.5"/>'
    ),
    "edit": Markup('<path d="m4 20 1-5L16 4l4 4L9 19z"/>'),
    "clock": Markup('<circle cx="12" cy="12" r="8.5"/><path d="M12 7v5l3.5 2"/>'),
    "world": Markup(
        '<circle cx="12" cy="12" r="8.5"/><path d="M3.5 12h17M12 3.5c-5 5-5 12 0 17 5-5 5-12 0-17z"/>'
    ),
    "info": Markup('<circle cx="12" cy="12" r="8.5"/><path d="M12 11v5M12 8h.01"/>'),
    "warn": Markup('<path d="M12 3.5 21.5 20h-19zM12 10v4M12 17h.01"/>'),
    "eye": Markup('<path d="M2 12s4-7 10-7 10 7 10 7-4 7-10 7-10-7-10-7z"/><circle cx="12" cy="12" r="3"/>'),
    "mail": Markup('<path d="M3 6h18v13H3zm0 1 9 7 9-7"/>'),
}

MARK = Markup(
    '<path class="ga" transform="rotate(0 20 20)" d="M19 19h-8.5A8.5 8.5 0 1 1 19 10.5z"/>'
    '<path class="gb" transform="rotate(90 20 20)" d="M19 19h-8.5A8.5 8.5 0 1 1 19 10.5z"/>'
    '<path class="gd" transform="rotate(180 20 20)" d="M19 19h-8.5A8.5 8.5 0 1 1 19 10.5z"/>'
    '<path class="gc" transform="rotate(270 20 20)" d="M19 19h-8.5A8.5 8.5 0 1 1 19 10.5z"/>'
)
