"""A small C++ lexer and a finder of functions: enough for rules about layout, not a compiler.

    for function in functions(tokens(text)): print(function.name, function.first, function.last)

Comments, strings and raw strings never count as code; a lambda belongs to its function.
"""

import re
from dataclasses import dataclass


@dataclass(frozen=True)
class Token:
    kind: str  # word, number, string, symbol, directive, comment
    text: str
    line: int


@dataclass(frozen=True)
class Function:
    name: str
    first: int  # line of the signature
    last: int  # line of the closing brace

    @property
    def lines(self):
        return self.last - self.first + 1


_PATTERN = re.compile(
    r"""
    (?P<space>\s+)
  | (?P<comment>//(?:[^\n\\]|\\.|\\\n)*|/\*.*?(?:\*/|\Z))
  | (?P<raw>(?:u8|u|U|L)?R"(?P<mark>[^()\\\s]{0,16})\(.*?(?:\)(?P=mark)"|\Z))
  | (?P<string>(?:u8|u|U|L)?"(?:[^"\\\n]|\\.)*(?:"|(?=\n)|\Z))
  | (?P<char>(?:u8|u|U|L)?'(?:[^'\\\n]|\\.)*(?:'|(?=\n)|\Z))
  | (?P<number>\.?\d(?:[eEpP][+-]|'?[\w.])*)
  | (?P<word>[A-Za-z_]\w*)
  | (?P<symbol>->\*|->|::|<=>|<<=|>>=|==|!=|<=|>=|&&|\|\||[-+*/%&|^]=|\+\+|--|\.\.\.|.)
    """,
    re.VERBOSE | re.DOTALL,
)


def tokens(text, comments=False):
    """The tokens of a file; a preprocessor directive is one token, comments only on request."""
    result = []
    line = 1
    position = 0
    line_is_empty = True
    while position < len(text):
        if line_is_empty and text[position] == "#":
            end = _directive_end(text, position)
            kind, lexeme = "directive", text[position:end]
        else:
            match = _PATTERN.match(text, position)
            end = match.end()
            # The name of the last group that matched: `mark` lies inside `raw`.
            kind = "raw" if match["raw"] is not None else match.lastgroup
            lexeme = match[0]
        if kind in ("raw", "char"):
            kind = "string"
        if kind != "space" and (comments or kind != "comment"):
            result.append(Token(kind, lexeme, line))
        newlines = lexeme.count("\n")
        line += newlines
        if kind == "space":
            line_is_empty = line_is_empty or newlines > 0
        elif kind != "comment":
            line_is_empty = kind == "directive"
        position = end
    return result


def _directive_end(text, position):
    while True:
        end = text.find("\n", position)
        if end < 0:
            return len(text)
        comment = text.find("/*", position, end)
        if comment >= 0 and text.find("*/", comment, end) < 0:
            closing = text.find("*/", comment)
            position = closing if closing >= 0 else len(text)
            continue
        line_comment = text.find("//", position, end)
        if line_comment >= 0 and text[end - 1] != "\\":
            return line_comment
        if text[end - 1] != "\\":
            return end
        position = end + 1


def includes(text):
    """(line, name, is_quoted) of every #include."""
    for token in tokens(text):
        if token.kind == "directive":
            match = re.match(r'#\s*include\s*(["<])([^">]+)[">]', token.text)
            if match:
                yield token.line, match[2], match[1] == '"'


_SCOPES = {"namespace", "class", "struct", "union", "enum"}
_OPEN = {"(": ")", "[": "]", "{": "}"}


def functions(token_list):
    """Every function with a body, at any depth of namespaces and classes."""
    code = [t for t in token_list if t.kind not in ("directive", "comment")]
    found = []
    _scan_scope(code, 0, found)
    return found


def _scan_scope(code, position, found):
    """Reads declarations until the scope's closing brace; returns the position after it."""
    head_start = position
    while position < len(code):
        text = code[position].text
        if text == "}":
            return position + 1
        if text == "{":
            position, head_start = _open_brace(code, head_start, position, found)
        elif text in ("(", "["):
            position = _skip(code, position)
        else:
            position += 1
            if text == ";" or (text == ":" and _is_access(code, position - 2)):
                head_start = position
    return position


def _open_brace(code, head_start, position, found):
    """Handles a `{` at namespace or class level; returns (next position, next head)."""
    head = code[head_start:position]
    kind = _classify(head)
    if kind == "scope":
        after = _scan_scope(code, position + 1, found)
        return after, after
    after = _skip(code, position)
    if kind == "function":
        found.append(Function(_name(head), head[0].line, code[after - 1].line))
        return after, after
    return after, head_start  # an initializer: the declaration goes on


def _skip(code, position):
    """The position after the bracket that closes the one at position."""
    closing = [_OPEN[code[position].text]]
    position += 1
    while position < len(code) and closing:
        text = code[position].text
        if code[position].kind == "symbol":
            if text in _OPEN:
                closing.append(_OPEN[text])
            elif text in _OPEN.values():
                closing.pop()
        position += 1
    return position


def _is_access(code, position):
    return position >= 0 and code[position].text in ("public", "private", "protected")


def _classify(head):
    """What a `{` after these tokens opens: scope, function or initializer."""
    top = _top_level(_without_template_lists(head))
    texts = [t.text for t in top]
    if not texts or texts[:1] == ["extern"] and len(texts) == 2:
        return "scope"
    if "operator" not in texts and "=" in texts:
        return "initializer"
    if "(" not in texts:
        return "scope" if _SCOPES & set(texts) else "initializer"
    closing = texts.index("(")
    if _SCOPES & set(texts[:closing]) and "operator" not in texts and _is_type_head(texts, closing):
        return "scope"
    if ":" in texts[closing:] and (top[-1].kind == "word" or texts[-1] == ">"):
        return "initializer"  # `: member_{...}` of a constructor
    return "function"


def _is_type_head(texts, parenthesis):
    """struct alignas(16) X {, struct [[nodiscard]] X {: the bracket is not a parameter list."""
    return texts[parenthesis - 1] in ("alignas", "__attribute__", "decltype")


def _top_level(head):
    """The tokens outside brackets, the brackets themselves included."""
    result, depth = [], 0
    for token in head:
        is_symbol = token.kind == "symbol"
        if is_symbol and token.text in _OPEN.values():
            depth -= 1
        if depth == 0:
            result.append(token)
        if is_symbol and token.text in _OPEN:
            depth += 1
    return result


def _without_template_lists(head):
    """Drops `template <...>` and `requires (...)`, whose = and ( would mislead."""
    result, position = [], 0
    while position < len(head):
        if head[position].text == "template":
            position = _skip_angles(head, position + 1)
            continue
        if head[position].text == "requires" and position + 1 < len(head):
            position += 1
            if head[position].text == "(":
                position = _skip(head, position)
            continue
        result.append(head[position])
        position += 1
    return result


def _skip_angles(head, position):
    depth = 0
    while position < len(head):
        text = head[position].text
        if text in ("(", "["):
            position = _skip(head, position)
            continue
        depth += {"<": 1, ">": -1}.get(text, 0)
        position += 1
        if depth <= 0:
            break
    return position


def _name(head):
    """The words before the parameter list, for messages: `Pool::lease`."""
    texts = [t.text for t in _top_level(_without_template_lists(head))]
    if "operator" in texts:
        at = texts.index("operator")
        return "operator" + "".join(texts[at + 1 : texts.index("(", at)])
    at = texts.index("(")
    name = texts[at - 1] if at else "?"
    if at >= 3 and texts[at - 2] == "::":
        name = texts[at - 3] + "::" + name
    return name
