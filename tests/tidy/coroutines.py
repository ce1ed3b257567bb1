"""g++ 12 may free a capturing lambda twice that is written inside a co_await expression.

    co_await run([&] { ... });                 // reported
    auto work = [&] { ... }; co_await run(work);   // fine: the lambda has a name
"""

from tree import Finding

_OPEN = {"(", "[", "{"}
_CLOSE = {")", "]", "}"}


def check(tree, rooms):
    del rooms
    for file in tree.cpp():
        code = [t for t in file.tokens if t.kind not in ("comment", "directive")]
        for position, token in enumerate(code):
            if token.text == "co_await":
                lambda_line = _capturing_lambda(code, position + 1)
                if lambda_line:
                    message = "a capturing lambda inside co_await: name it first"
                    yield Finding(file.path, lambda_line, message)


def _capturing_lambda(code, position):
    """The line of the first capturing lambda of the awaited expression, or None."""
    depth = 0
    while position < len(code):
        text = code[position].text
        if text == "[" and _starts_lambda(code, position) and code[position + 1].text != "]":
            return code[position].line
        if code[position].kind == "symbol":
            if text in _OPEN:
                depth += 1
            elif text in _CLOSE:
                depth -= 1
        if depth < 0 or (depth == 0 and text in (";", ",")):
            return None
        position += 1
    return None


def _starts_lambda(code, position):
    """A `[` after a value is an index; `[[` opens an attribute."""
    before, after = code[position - 1], code[position + 1]
    if after.text == "[" or before.text == "[":
        return False
    is_value = before.kind in ("word", "string") or before.text in (")", "]", "}")
    return not is_value or before.text in ("co_await", "return", "co_return")
