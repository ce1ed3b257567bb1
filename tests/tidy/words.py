"""Names and constructs that this house does without."""

import re

from tree import Finding

_VAGUE_TYPE = re.compile(r"(?:[A-Z]\w*)?(?:Manager|Helper|Util|Utils|Utility)(?![a-z])\w*")
_VAGUE_FILE = re.compile(r"(?:^|_)(?:manager|helper|helpers|util|utils)(?:_|\.|$)")
# Written so that these lines do not find themselves.
_UNFINISHED = re.compile(r"\b(?:TO[D]O|FIX[M]E|X[X]X)\b")
_MACHINE_PATH = re.compile(r"(?<![\w.])/(?:hom[e]|roo[t]|Use[r]s|mn[t]|wor[k])/\w")


def check(tree, rooms):
    del rooms
    for file in tree.files:
        if _VAGUE_FILE.search(file.full.name):
            yield Finding(file.path, 1, "a file name that says nothing: name its subject")
        if file.is_code or file.suffix == ".md":
            yield from _check_lines(file)
        if file.is_cpp:
            yield from _check_names(file)
        if file.is_header:
            yield from _check_header(file)


def _check_lines(file):
    for number, line in enumerate(file.lines, 1):
        if _UNFINISHED.search(line):
            yield Finding(file.path, number, "unfinished work: do it, or open an issue")
        if _MACHINE_PATH.search(line):
            yield Finding(file.path, number, "a path of one machine")


def _check_names(file):
    for token in file.tokens:
        if token.kind == "word" and _VAGUE_TYPE.fullmatch(token.text):
            yield Finding(file.path, token.line, f"{token.text}: a name that says nothing")


def _check_header(file):
    directives = [token for token in file.tokens if token.kind == "directive"]
    if not directives or not re.match(r"#\s*pragma\s+once\b", directives[0].text):
        yield Finding(file.path, 1, "a header starts with #pragma once")
    for token in directives:
        if re.match(r"#\s*define\b", token.text) and file.under("include", "src"):
            yield Finding(file.path, token.line, "a macro in a header: use constexpr or a function")
    code = [token for token in file.tokens if token.kind != "comment"]
    for first, second in zip(code, code[1:]):
        # Inside a function it reaches nobody else; the format indents those.
        reaches_out = not file.lines[first.line - 1].startswith(" ")
        if (first.text, second.text) == ("using", "namespace") and reaches_out:
            yield Finding(file.path, first.line, "using namespace in a header")
