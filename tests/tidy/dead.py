"""Files that nobody reads: headers nobody includes, pages nobody links to, links to nothing."""

import re

import cpp
from tree import Finding

_LINK = re.compile(r"\[[^\]]*\]\(<?([^)\s>#]+)[^)]*\)")
_CODE_BLOCK = re.compile(r"```.*?```|`[^`\n]*`", re.DOTALL)


def check(tree, rooms):
    del rooms
    yield from _unused_headers(tree)
    yield from _pages(tree)


def _unused_headers(tree):
    used = set()
    for file in tree.cpp():
        for _, name, quoted in cpp.includes(file.text):
            if quoted and (file.full.parent / name).exists():
                used.add((file.full.parent / name).resolve())
            used.add((tree.root / "src" / name).resolve())
    for file in tree.cpp():
        if file.is_header and file.under("src") and file.full.resolve() not in used:
            yield Finding(file.path, 1, "no file includes this header")


def _pages(tree):
    linked = set()
    for page in tree.documents():
        text = _CODE_BLOCK.sub(lambda m: re.sub(r"[^\n]", " ", m[0]), page.text)
        for match in _LINK.finditer(text):
            target = match[1]
            if re.match(r"[a-z][a-z0-9+.-]*:", target):
                continue
            path = (page.full.parent / target).resolve()
            linked.add(path)
            if not path.exists():
                line = text.count("\n", 0, match.start()) + 1
                yield Finding(page.path, line, f"a link to {target}, which does not exist")
    for page in tree.documents():
        if page.under("docs") and page.full.resolve() not in linked:
            yield Finding(page.path, 1, "no page links here")
