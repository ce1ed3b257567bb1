"""What a server of MongoDB's protocol lacks, or does not do as MongoDB's manual says.

A file of lines, each with its reason:

    code 59: it has no such command           the server refused a case by this code, which the
                                              case did not expect
    case commands.txt *Schema Validation*: ...   cases whose `FILE (SECTION): KIND TEXT` matches

A line that covers no failure is a mistake.
"""

import fnmatch


class LeftOut:
    def __init__(self, path):
        self.name, self.rules, self.used, self.count = path.name, [], set(), 0
        for line in path.read_text(encoding="utf-8").splitlines():
            if line and not line.startswith("#"):
                what, _, reason = line.rpartition(": ")
                kind, _, pattern = what.partition(" ")
                if kind not in ("code", "case") or not reason:
                    raise SystemExit(f"{path.name}: {line}")
                self.rules.append((kind, pattern))

    def covers(self, where, kind, text, got):
        """Whether a failed case is left out; `where` is FILE:LINE (SECTION)."""
        name, _, rest = where.partition(":")
        shown = f"{name} {rest.partition(' ')[2]}: {kind} {text}"
        codes = code_of(got)
        for rule in self.rules:
            hit = rule[1] in codes if rule[0] == "code" else fnmatch.fnmatchcase(shown, rule[1])
            if hit:
                self.used.add(rule)
                self.count += 1
                return True
        return False

    def unused(self):
        return [f"{self.name}: nothing is covered by: {' '.join(r)}" for r in self.rules
                if r not in self.used]


def code_of(reply):
    """The codes of a refused command, as text."""
    if not isinstance(reply, dict):
        return []
    out = []
    for error in [reply, *reply.get("writeErrors", [])]:
        code = error.get("code") if isinstance(error, dict) else None
        out.append(str(code.get("$numberInt") if isinstance(code, dict) else code))
    return out
