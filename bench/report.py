"""Writes what was measured as a Markdown table."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from bench.pages import Row

HEAD = (
    "| page | who | clients | requests/s | p50 ms | p95 ms | p99 ms | CPU ms | share of hello-world "
    "| bytes | gzip | failed | MB |\n|---|---|---|---|---|---|---|---|---|---|---|---|---|\n"
)

#: By page: in a new process, and again.
Statements = dict[str, tuple[int, int]]


def write_report(folder: Path, size: str, rows: Sequence[Row], statements: Statements) -> Path:
    """Write `report.md` into the folder and give its path."""
    lines = [_line(row) for row in rows]
    asked = "\n".join(f"- `{path}`: {first}, then {again}" for path, (first, again) in statements.items())
    table = HEAD + "".join(lines)
    head = f"# Measured on the {size} community"
    text = f"{head}\n\n{table}\nStatements a page, visitor, in a new process and again:\n{asked}\n"
    target = folder / "report.md"
    target.write_text(text, "utf-8")
    return target


def _line(row: Row) -> str:
    share = f"1/{1 / row.share:.1f}" if row.share else ""
    return (
        f"| {row.page} | {row.who} | {row.clients} | {row.rate:.0f} | {row.p50:.1f} | {row.p95:.1f} "
        f"| {row.p99:.1f} | {row.cpu_ms:.2f} | {share} | {row.size} | {row.packed or ''} "
        f"| {row.failed or ''} "
        f"| {row.memory_mb:.0f} |\n"
    )
