"""Sizes: a file has one subject, a function fits a screen, a line fits the window.

A table that splitting would hide says so, with a reason, and is measured no more:
    // tidy: table, <reason>       in the file's first 20 lines: for the file
                                   on the line above a function: for that function
"""

import re

import cpp
from tree import Finding

FILE_LINES_MAX = 500
FUNCTION_LINES_MAX = 70
COLUMNS_MAX = 100

_MARKER = re.compile(r"(?://|#) tidy: table, (.{10,})")


def check(tree, rooms):
    del rooms
    for file in tree.code():
        yield from _check_file(file)
        yield from _check_columns(file)
        if file.is_cpp:
            yield from _check_functions(file)


def _check_file(file):
    lines = len(file.lines) - (file.lines[-1] == "")
    if lines > FILE_LINES_MAX and not any(_MARKER.search(line) for line in file.lines[:20]):
        yield Finding(file.path, 1, f"{lines} lines; at most {FILE_LINES_MAX}: split the subject")


def _check_columns(file):
    raw = _raw_string_lines(file) if file.is_cpp else set()
    for number, line in enumerate(file.lines, 1):
        # An address cannot be broken, and a raw string is what it is.
        if len(line) > COLUMNS_MAX and number not in raw and "://" not in line:
            yield Finding(file.path, number, f"{len(line)} columns; at most {COLUMNS_MAX}")


def _raw_string_lines(file):
    lines = set()
    for token in file.tokens:
        if token.kind == "string" and "\n" in token.text:
            lines.update(range(token.line, token.line + token.text.count("\n") + 1))
    return lines


def _check_functions(file):
    for function in cpp.functions(file.tokens):
        if function.lines <= FUNCTION_LINES_MAX:
            continue
        if function.first >= 2 and _MARKER.search(file.lines[function.first - 2]):
            continue
        message = f"{function.name} has {function.lines} lines; at most {FUNCTION_LINES_MAX}"
        yield Finding(file.path, function.first, message)
