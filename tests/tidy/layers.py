"""Who may include whom: the include closure of each room, as CMake knows it.

rooms.txt has a line "room: allowed room, allowed room" each; public headers belong to a room too.
"""

import cpp
from tree import Finding

# The room that a public header of <iacdb/> speaks for; whoever may include the room may include it.
PUBLIC_HEADERS = {
    "argument": "core",
    "capabilities": "core",
    "cell": "core",
    "change_stream": "documents",
    "config": "config",
    "convert": "core",
    "database": "database",
    "dialect": "core",
    "document": "documents",
    "document_builder": "documents",
    "document_schema": "documents",
    "index_advice": "documents",
    "documents": "documents",
    "error": "core",
    "full_text": "core",
    "health": "core",
    "iacdb": "database",
    "observer": "core",
    "options": "core",
    "policies": "core",
    "query": "sql",
    "result": "core",
    "row": "core",
    "rows": "core",
    "run_query": "database",
    "sql": "sql",
    "two_phase": "database",
    "types": "core",
    "value": "core",
}

# Outside libraries that only some rooms may know.
OUTSIDE = {
    "boost/asio": ("net", "http", "gateway"),
    "boost/beast": ("net", "http", "gateway"),
    "sqlite3.h": ("backends/sqlite",),
    "mysql.h": ("backends/mysql",),
    "mysql/": ("backends/mysql",),
    "mariadb/": ("backends/mysql",),
    "pcre2.h": ("documents",),
    "unicode/": ("documents",),
    "mongoc/": ("documents",),
    "libpq": (),
    "CLI/": ("cli",),
    "yaml-cpp/": ("config",),
    "prometheus/": ("observe",),
    "histedit.h": ("cli",),
    "editline/": ("cli",),
}

# Folders whose plugs never know each other.
PLUG_FOLDERS = ("backends", "wire", "sql/dialects", "gateway/frontends", "migrate/sources")

_LOWER_CASE = "abcdefghijklmnopqrstuvwxyz0123456789_"


class Rooms:
    def __init__(self, text):
        self.allowed = {}
        for line in filter(None, text.splitlines()):
            room, _, closure = line.partition(":")
            self.allowed[room.strip()] = set(closure.replace(";", " ").replace(",", " ").split())

    def of(self, path):
        """The room of a path below src/: the longest that fits, or None."""
        fitting = [room for room in self.allowed if path.startswith(room + "/")]
        return max(fitting, key=len, default=None)


def check(tree, rooms):
    for file in tree.cpp():
        if file.under("src"):
            yield from _check_room_file(tree, rooms, file)
        elif file.under("include"):
            yield from _check_public_header(file)
    yield from _check_plugs(rooms)


def _check_room_file(tree, rooms, file):
    room = rooms.of(file.path.removeprefix("src/"))
    if room is None:
        yield Finding(file.path, 1, "belongs to no room; declare it in cmake/tree.cmake")
        return
    allowed = rooms.allowed[room]
    is_test = file.full.stem.endswith("_test")
    for line, name, quoted in cpp.includes(file.text):
        target = _room_of_include(tree, rooms, file, name, quoted)
        if target is not None and target not in allowed:
            message = f'room {room} must not include "{name}" of room {target}'
            yield Finding(file.path, line, message)
        if not is_test:
            yield from _check_outside(file, room, line, name)


def _room_of_include(tree, rooms, file, name, quoted):
    if name.startswith("iacdb/"):
        header = name.removeprefix("iacdb/").removesuffix(".hpp")
        return PUBLIC_HEADERS.get(header, f"(unknown: add {name} to tests/tidy/layers.py)")
    if quoted and (file.full.parent / name).exists():
        path = (file.full.parent / name).resolve()
        if not path.is_relative_to(tree.root / "src"):
            return "(outside src)"
        return rooms.of(path.relative_to(tree.root / "src").as_posix()) or "(none)"
    if quoted and (tree.root / "src" / name).exists():
        return rooms.of(name) or "(none)"
    return None


def _check_outside(file, room, line, name):
    for prefix, owners in OUTSIDE.items():
        is_owner = any(room == owner or room.startswith(owner + "/") for owner in owners)
        if name.startswith(prefix) and not is_owner:
            where = " or ".join(owners) or "tests and benchmarks"
            yield Finding(file.path, line, f"<{name}> belongs to {where}, not to room {room}")


def _check_public_header(file):
    for line, name, quoted in cpp.includes(file.text):
        is_standard = not quoted and all(c in _LOWER_CASE for c in name)
        if is_standard or name.startswith(("iacdb/", "boost/pfr")) and not quoted:
            continue
        allowed = "only std, <iacdb/...> and <boost/pfr...> may be"
        yield Finding(file.path, line, f"a public header includes {name}: {allowed}")
    header = file.full.stem
    if file.path == f"include/iacdb/{header}.hpp" and header not in PUBLIC_HEADERS:
        message = "belongs to no room; add it to PUBLIC_HEADERS in tests/tidy/layers.py"
        yield Finding(file.path, 1, message)


def _check_plugs(rooms):
    """Plugs of one kind do not know each other, and nobody knows a backend."""
    for room, allowed in rooms.allowed.items():
        for other in sorted(allowed - {room}):
            if other.startswith("backends/"):
                yield Finding("cmake/tree.cmake", 1, f"room {room} depends on the backend {other}")
                continue
            for folder in PLUG_FOLDERS:
                if room.startswith(folder + "/") and other.startswith(folder + "/"):
                    message = f"plug {room} depends on its sibling {other}"
                    yield Finding("cmake/tree.cmake", 1, message)
