"""A file and a function stay short enough to be read at once."""

from __future__ import annotations

import ast

from tests.rules.sources import called, code_files, functions, is_migration, is_test

MOST_LINES = 400
MOST_LINES_OF_A_TEST = 600
MOST_LINES_OF_A_FUNCTION = 40
MOST_ARGUMENTS = 4
#: A command's options arrive as arguments; there are as many as the command has.
OPTIONS = {"option", "argument"}


def test_files_are_short() -> None:
    long = []
    for file in code_files("brain", "plugins", "tests", "bench"):
        lines = len(file.read_text("utf-8").splitlines())
        most = MOST_LINES_OF_A_TEST if is_test(file) else MOST_LINES
        if lines > most and not is_migration(file):
            long.append(f"{called(file)}: {lines} lines, {most} at most")
    assert not long, "\n".join(long)


def test_functions_are_short() -> None:
    long = []
    for file in code_files("brain", "plugins", "bench"):
        if is_migration(file):
            continue
        for function, _place in functions(file):
            lines = (function.end_lineno or 0) - function.lineno + 1
            if lines > MOST_LINES_OF_A_FUNCTION:
                long.append(f"{called(file)}:{function.lineno} {function.name}: {lines} lines")
    assert not long, "\n".join(long)


def test_functions_take_few_arguments() -> None:
    wide = []
    for file in code_files():
        if is_test(file) or is_migration(file):
            continue
        for function, place in functions(file):
            if isinstance(place, ast.FunctionDef | ast.AsyncFunctionDef):
                continue  # a callback: whoever calls it chose the arguments
            count = _count_arguments(function, place)
            if count > MOST_ARGUMENTS and not _is_command(function):
                wide.append(f"{called(file)}:{function.lineno} {function.name}: {count} arguments")
    assert not wide, "\n".join(wide)


def _count_arguments(function: ast.FunctionDef | ast.AsyncFunctionDef, place: ast.AST) -> int:
    given = function.args
    count = len(given.posonlyargs) + len(given.args) + len(given.kwonlyargs)
    is_static = any(isinstance(d, ast.Name) and d.id == "staticmethod" for d in function.decorator_list)
    return count - int(isinstance(place, ast.ClassDef) and not is_static)


def _is_command(function: ast.FunctionDef | ast.AsyncFunctionDef) -> bool:
    calls = [d.func for d in function.decorator_list if isinstance(d, ast.Call)]
    return any(isinstance(call, ast.Attribute) and call.attr in OPTIONS for call in calls)
