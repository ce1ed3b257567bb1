"""Which operators of MongoDB's query language a command, filter, pipeline or update uses.

Each is told with its group, as the MongoDB manual groups them:

    of_case("find", '{"a": {"$gt": 1}}') -> {("filter", "$gt")}
"""

import json

JSON_KEYS = {"$numberInt", "$numberLong", "$numberDouble", "$numberDecimal", "$date", "$oid",
             "$binary", "$uuid", "$regularExpression", "$timestamp", "$symbol", "$code", "$scope",
             "$minKey", "$maxKey", "$undefined", "$dbPointer"}
GROUPS = ("filter", "update", "stage", "accumulator", "window", "expression", "projection")
FILTER_LISTS = ("$and", "$or", "$nor")


def is_value(value):
    return isinstance(value, dict) and value and next(iter(value)) in JSON_KEYS


def of_expression(value, found):
    if isinstance(value, list):
        for item in value:
            of_expression(item, found)
    elif isinstance(value, dict) and not is_value(value):
        for key, inner in value.items():
            if key.startswith("$"):
                found.add(("expression", key))
            if key not in ("$literal", "$const"):
                of_expression(inner, found)


def of_condition(value, found):
    """What stands beside a field: a value, or operators."""
    if not isinstance(value, dict) or is_value(value):
        if is_value(value) and "$regularExpression" in value:
            found.add(("filter", "$regex"))
        return
    for key, inner in value.items():
        if not key.startswith("$"):
            return
        found.add(("filter", key))
        if key in ("$not", "$elemMatch"):
            of_filter(inner, found)
        elif key in ("$in", "$nin", "$all") and isinstance(inner, list):
            for item in inner:
                if isinstance(item, dict) and "$elemMatch" in item:
                    of_condition(item, found)


def of_filter(value, found):
    if not isinstance(value, dict) or is_value(value):
        return
    for key, inner in value.items():
        if not key.startswith("$"):
            of_condition(inner, found)
            continue
        found.add(("filter", key))
        if key in FILTER_LISTS and isinstance(inner, list):
            for item in inner:
                of_filter(item, found)
        elif key == "$expr":
            of_expression(inner, found)
        elif key in ("$not", "$elemMatch"):
            of_filter(inner, found)


def of_accumulators(fields, found, group):
    for key, value in fields.items():
        if key == "_id" and group == "accumulator":
            of_expression(value, found)
        elif isinstance(value, dict):
            for name, inner in value.items():
                if name.startswith("$"):
                    found.add((group, name))
                of_expression(inner, found)


def of_stage(name, value, found):
    found.add(("stage", name))
    if name == "$match":
        of_filter(value, found)
    elif name == "$facet" and isinstance(value, dict):
        for pipeline in value.values():
            of_pipeline(pipeline, found)
    elif name == "$group" and isinstance(value, dict):
        of_accumulators(value, found, "accumulator")
    elif name in ("$bucket", "$bucketAuto") and isinstance(value, dict):
        of_accumulators(value.get("output", {}), found, "accumulator")
        of_expression(value.get("groupBy"), found)
    elif name == "$setWindowFields" and isinstance(value, dict):
        of_accumulators(value.get("output", {}), found, "window")
    elif name in ("$lookup", "$unionWith", "$merge", "$graphLookup") and isinstance(value, dict):
        of_pipeline(value.get("pipeline"), found)
        of_filter(value.get("restrictSearchWithMatch"), found)
        of_expression([value.get("let"), value.get("startWith")], found)
    elif name not in ("$limit", "$skip", "$count", "$out", "$unset", "$sort"):
        of_expression(value, found)


def of_pipeline(stages, found):
    for stage in stages if isinstance(stages, list) else []:
        if isinstance(stage, dict):
            for name, value in stage.items():
                of_stage(name, value, found)


def of_update(change, found):
    if isinstance(change, list):
        return of_pipeline(change, found)
    for name, fields in change.items() if isinstance(change, dict) else []:
        if not name.startswith("$"):
            continue
        found.add(("update", name))
        for path, value in fields.items() if isinstance(fields, dict) else []:
            found |= {("update", "$" + step[1:-1] if step.startswith("$[") and step != "$[]"
                       else step) for step in path.split(".") if step in ("$", "$[]")}
            if any(step.startswith("$[") and step != "$[]" for step in path.split(".")):
                found.add(("update", "$[<identifier>]"))
            if name == "$pull":
                of_condition(value, found)
            elif isinstance(value, dict) and name in ("$push", "$addToSet", "$bit"):
                found |= {("update", key) for key in value if key.startswith("$")}


def of_projection(fields, found):
    for value in fields.values() if isinstance(fields, dict) else []:
        if isinstance(value, dict) and not is_value(value):
            name = next(iter(value), "")
            if name in ("$slice", "$elemMatch", "$meta"):
                found.add(("projection", name))
            else:
                of_expression(value, found)


def of_command(command, found):
    for key in ("filter", "query", "q"):
        of_filter(command.get(key), found)
    of_projection(command.get("projection"), found)
    of_projection(command.get("fields"), found)
    of_pipeline(command.get("pipeline"), found)
    change = command.get("u", command.get("update"))
    if isinstance(change, (dict, list)):
        of_update(change, found)
    for item in [*command.get("updates", []), *command.get("deletes", [])]:
        if isinstance(item, dict):
            of_command(item, found)
    for filters in command.get("arrayFilters", []):
        of_filter(filters, found)


def of_case(kind, text):
    """The operators of a case of tests/documents/cases, with their groups."""
    found = set()
    decoder, values = json.JSONDecoder(), []
    while text.strip():
        value, end = decoder.raw_decode(text.strip())
        values.append(value)
        text = text.strip()[end:]
    if kind == "expr":
        of_expression(values[0], found)
    elif kind == "find":
        of_filter(values[0], found)
    elif kind == "agg":
        of_pipeline(values[0], found)
    elif kind == "update":
        of_filter(values[0], found)
        of_update(values[1], found)
    elif kind in ("run", "error") and isinstance(values[0], dict):
        of_command(values[0], found)
    return found
