"""The OpenAPI document: well formed, and true of what the service answers."""

import unittest

from service import Service

METHODS = {"get", "put", "post", "delete", "options", "head", "patch", "trace"}


class Document(unittest.TestCase):
    @classmethod
    def setUpClass(cls):
        cls.service = Service({"databases": {"shop": {"url": "sqlite::memory:"}}}).__enter__()
        cls.document = cls.service.ask("GET", "/openapi.json").json()

    @classmethod
    def tearDownClass(cls):
        cls.service.__exit__()

    def resolve(self, thing):
        while "$ref" in thing:
            parts = thing["$ref"].split("/")
            self.assertEqual(parts[0], "#")
            thing = self.document
            for part in parts[1:]:
                self.assertIn(part, thing)
                thing = thing[part]
        return thing

    def operations(self):
        for path, item in self.document["paths"].items():
            for method, operation in item.items():
                if method in METHODS:
                    yield path, method, item, operation

    def check(self, value, schema, where):
        """As much of JSON Schema as the document uses."""
        schema = self.resolve(schema)
        kinds = {"object": dict, "array": list, "string": str, "integer": int, "boolean": bool}
        if isinstance(schema.get("type"), str):
            self.assertIsInstance(value, kinds[schema["type"]], where)
        for name in schema.get("required", ()):
            self.assertIn(name, value, where)
        for name, inner in schema.get("properties", {}).items():
            if name in value:
                self.check(value[name], inner, f"{where}.{name}")
        if isinstance(value, dict) and "properties" in schema:
            self.assertLessEqual(set(value), set(schema["properties"]), where)
        if isinstance(value, list) and "items" in schema:
            for entry in value:
                self.check(entry, schema["items"], where + "[]")

    def test_rules(self):
        self.assertTrue(self.document["openapi"].startswith("3.1."))
        for name in ("title", "version"):
            self.assertTrue(self.document["info"][name])
        for path, method, item, operation in self.operations():
            self.assertTrue(path.startswith("/"))
            self.assertTrue(operation["responses"], path)
            for status, response in operation["responses"].items():
                self.assertTrue(status == "default" or status.isdigit())
                self.assertTrue(self.resolve(response)["description"], path)
            parameters = [self.resolve(entry) for entry in
                          item.get("parameters", []) + operation.get("parameters", [])]
            wanted = {part[1:-1] for part in path.split("/") if part.startswith("{")}
            self.assertEqual({entry["name"] for entry in parameters if entry["in"] == "path"},
                             wanted, path)
            for entry in parameters:
                self.assertTrue(entry["required"] and entry["schema"])

    def test_references_lead_somewhere(self):
        def walk(thing):
            if isinstance(thing, dict):
                if "$ref" in thing:
                    self.resolve(thing)
                for inner in thing.values():
                    walk(inner)
            elif isinstance(thing, list):
                for inner in thing:
                    walk(inner)
        walk(self.document)

    def test_every_address_takes_the_methods_it_names(self):
        for path, method, _, _ in self.operations():
            real = path.replace("{name}", "shop").replace("{id}", "0")
            allowed = self.service.ask("OPTIONS", real).headers["Allow"].lower().split(", ")
            self.assertIn(method, allowed, path)
        self.assertEqual(self.service.ask("DELETE", "/v1/databases").status, 405)

    def test_answers_are_as_described(self):
        schema = lambda path, status: self.resolve(
            self.document["paths"][path]["post"]["responses"][status])["content"][
                "application/json"]["schema"]
        base = "/v1/databases/{name}/"
        self.service.exec("shop", "create table if not exists t(a integer primary key)")
        self.check(self.service.query("shop", "select 1 as a").json(),
                   schema(base + "query", "200"), "query")
        self.check(self.service.exec("shop", "insert into t(a) values (null)").json(),
                   schema(base + "exec", "200"), "exec")
        self.check(self.service.query("shop", "selekt").json(),
                   schema(base + "query", "default"), "error")
        answer = self.service.ask("POST", "/v1/databases/shop/sessions", {"timeout_ms": 1000})
        self.check(answer.json(), schema(base + "sessions", "201"), "session")
        statement = self.document["components"]["requestBodies"]["Statement"]
        for example in statement["content"]["application/json"]["examples"].values():
            answer = self.service.ask("POST", "/v1/databases/shop/query", example["value"])
            self.assertEqual(answer.json()["error"]["kind"], "undefined_object")  # No such table.


if __name__ == "__main__":
    unittest.main()
