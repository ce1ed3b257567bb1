"""Whether an answer is what a unified test expects: numbers by value, documents without order."""

HEX_TYPES = {"int": (int,), "long": (int,), "double": (float,), "string": (str,), "bool": (bool,),
             "object": (dict,), "array": (list,), "null": (type(None),)}
MISSING = object()


def plain(value):
    """A value of canonical Extended JSON, its numbers as Python's."""
    if isinstance(value, list):
        return [plain(v) for v in value]
    if isinstance(value, dict):
        if len(value) == 1:
            (key, inner), = value.items()
            if key in ("$numberInt", "$numberLong"):
                return int(inner)
            if key == "$numberDouble":
                return float(inner)
        return {k: plain(v) for k, v in value.items()}
    return value


def is_number(value):
    return isinstance(value, (int, float)) and not isinstance(value, bool)


def matches_special(expected, actual):
    """The operators of the test format: {"$$exists": true} and its like. None: it is no such."""
    if not isinstance(expected, dict) or len(expected) != 1:
        return None
    (key, inner), = expected.items()
    if key == "$$exists":
        return (actual is not MISSING) == inner
    if key == "$$unsetOrMatches":
        return actual is MISSING or actual is None or matches(inner, actual)
    if key == "$$type":
        names = inner if isinstance(inner, list) else [inner]
        return any(isinstance(actual, HEX_TYPES.get(name, ())) for name in names)
    if key == "$$lte":
        return is_number(actual) and actual <= inner
    if key.startswith("$$"):
        raise KeyError(key)
    return None


def matches(expected, actual, root=True):
    """A document at the root of an answer may have more fields than are expected."""
    special = matches_special(expected, actual)
    if special is not None:
        return special
    if actual is MISSING:
        return False
    if isinstance(expected, dict):
        if not isinstance(actual, dict):
            return False
        if not root and any(key not in expected for key in actual):
            return False
        return all(matches(v, actual.get(k, MISSING), False) for k, v in expected.items())
    if isinstance(expected, list):
        return (isinstance(actual, list) and len(expected) == len(actual)
                and all(matches(e, a, root) for e, a in zip(expected, actual)))
    if is_number(expected):
        return is_number(actual) and expected == actual
    return type(expected) is type(actual) and expected == actual


def same_documents(expected, actual):
    """The contents of a collection: exact, with the order of keys."""
    if isinstance(expected, dict):
        special = matches_special(expected, actual)
        if special is not None:
            return special
        return (isinstance(actual, dict) and list(expected) == list(actual)
                and all(same_documents(v, actual[k]) for k, v in expected.items()))
    if isinstance(expected, list):
        return (isinstance(actual, list) and len(expected) == len(actual)
                and all(map(same_documents, expected, actual)))
    return matches(expected, actual)
