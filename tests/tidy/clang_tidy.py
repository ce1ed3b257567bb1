#!/usr/bin/env python3
"""clang-tidy over the sources of src/ and apps/, with the checks of .clang-tidy.

    tests/tidy/clang_tidy.py --build build

Nearly all of the time goes into reading standard headers, so sources of one folder are checked
together, as one unit that includes them; where a unit does not pass, each of its sources is
checked alone, and that answer counts. A unit is checked again only when a source of it, a header
of ours that they include, the compiler options or .clang-tidy changed.
"""

import argparse
import json
import re
import shlex
import shutil
import sys
from functools import lru_cache
from pathlib import Path
from typing import NamedTuple

import cached
import cpp

FOLDERS = ("src", "apps")
SOURCES_PER_UNIT = 8
# What an anonymous namespace gives a name to, in the layout of clang-format: two sources that use
# the same one cannot be in one unit.
ANONYMOUS = re.compile(r"^namespace \{$(.*?)^\}  // namespace$", re.MULTILINE | re.DOTALL)
DEFINED = (
    re.compile(r"^(?:struct|class|enum class|enum|using) (\w+)", re.MULTILINE),
    re.compile(r"^(?:inline |static )?(?:constexpr|const|constinit|thread_local) "
               r"[^(\n]*?(\w+)(?:\[\])?\s*(?:=|\{|;)", re.MULTILINE),
    re.compile(r"^(?![ #/}])[^\n(={;]*?(\w+)\(", re.MULTILINE),
)


class Source(NamedTuple):
    path: Path
    options: tuple  # of the compiler


def sources(root, build):
    """Every source that is checked; tests are not."""
    for entry in json.loads((build / "compile_commands.json").read_text()):
        path = Path(entry["directory"], entry["file"]).resolve()
        if not path.is_relative_to(root) or path.stem.endswith("_test"):
            continue
        if path.relative_to(root).parts[0] in FOLDERS:
            yield Source(path, options_of(shlex.split(entry["command"])))


def options_of(words):
    return tuple(word for before, word in zip(words, words[1:])
                 if word.startswith(("-D", "-I", "-std", "-f")) or before == "-isystem")


def names_in(path):
    text = "".join(ANONYMOUS.findall(path.read_text(encoding="utf-8", errors="replace")))
    return {name for pattern in DEFINED for name in pattern.findall(text)}


def units(all_sources):
    """Lists of sources that can be read as one."""
    units_of = {}
    for source in sorted(all_sources):
        names = names_in(source.path)
        open_units = units_of.setdefault((source.path.parent, source.options), [])
        for members, taken in open_units:
            if len(members) < SOURCES_PER_UNIT and not taken & names:
                members.append(source)
                taken |= names
                break
        else:
            open_units.append(([source], names))
    return [members for open_units in units_of.values() for members, _ in open_units]


@lru_cache(maxsize=None)
def includes_of(path, root):
    found = []
    for _, name, _ in cpp.includes(path.read_text(encoding="utf-8", errors="replace")):
        for folder in (path.parent, root / "src", root / "include"):
            if (folder / name).is_file():
                found.append((folder / name).resolve())
                break
    return found


def closure(path, root):
    """The file and every header of ours that it includes, directly or not."""
    seen, waiting = set(), [path]
    while waiting:
        current = waiting.pop()
        if current not in seen:
            seen.add(current)
            waiting.extend(includes_of(current, root))
    return sorted(seen)


def key_of(members, root, settings):
    parts = []
    for source in members:
        # Where the tree and the build lie, does not matter.
        options = [word for word in source.options if not word.startswith(("-I", "/"))]
        parts += [source.path.relative_to(root).as_posix(), " ".join(options)]
        parts += [file.read_bytes() for file in closure(source.path, root)]
    return cached.digest(settings, *parts)


def command_of(members, tool, root, folder):
    """Checks the members as one unit, whose file is written to `folder`."""
    base = [tool, "--quiet", f"--config-file={root}/.clang-tidy", "--extra-arg=-Wno-everything"]
    if len(members) == 1:
        file = members[0].path
    else:
        text = "".join(f'#include "{source.path}"\n' for source in members)
        file = folder / f"{cached.digest(text)[:16]}.cpp"
        file.write_text(text)
        base.append("--checks=-bugprone-suspicious-include")
    options = [word if not word.startswith("/") else f"-isystem{word}"
               for word in members[0].options]
    return [*base, str(file), "--", *options]


def readable(output, root):
    lines = re.findall(r"^.*?:\d+:\d+: (?:error|warning):.*$", output, re.MULTILINE)
    return [line.replace(f"{root}/", "") for line in dict.fromkeys(lines)] or [output]


def main():
    parser = argparse.ArgumentParser(description=__doc__.split("\n")[0])
    parser.add_argument("--root", default=Path(__file__).resolve().parents[2], type=Path)
    parser.add_argument("--build", required=True, type=Path, help="has compile_commands.json")
    arguments = parser.parse_args()
    root = arguments.root.resolve()
    tool = shutil.which("clang-tidy")
    if tool is None:
        sys.exit("clang-tidy is missing; run scripts/install test")
    settings = (root / ".clang-tidy").read_text()
    folder = arguments.build / "clang-tidy-units"
    folder.mkdir(exist_ok=True)
    cache = arguments.build / "clang-tidy-cache"

    def check(lists):
        by_key = {key_of(members, root, settings): members for members in lists}
        commands = {key: command_of(members, tool, root, folder) for key, members in by_key.items()}
        return commands, {key: (by_key[key], output)
                          for key, output in cached.run_all(commands, cache).items()}

    commands, together = check(units(sources(root, arguments.build)))
    alone, failed = check([[source] for members, _ in together.values() for source in members])
    for key, (members, _) in together.items():
        if not any(set(members) & set(bad) for bad, _ in failed.values()):
            (cache / key).touch()
    cached.forget(cache, {**commands, **alone})
    failed = [output for _, output in failed.values()]
    for line in dict.fromkeys(line for output in failed for line in readable(output, root)):
        print(line)
    return 1 if failed else 0


if __name__ == "__main__":
    sys.exit(main())
