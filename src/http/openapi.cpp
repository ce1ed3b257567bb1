// The OpenAPI 3.1 document of the service. GET /openapi.json answers it; the tests check that every
// address in it answers and that the examples run.

#include "http/api.hpp"

namespace iacdb::http {
namespace {

constexpr std::string_view document = R"json({
  "openapi": "3.1.0",
  "info": {
    "title": "iacdb",
    "version": "1",
    "description": "SQL over HTTP on every configured database. Placeholders are ? on all of them, or :name.",
    "license": {"name": "Apache-2.0", "identifier": "Apache-2.0"}
  },
  "security": [{"bearer": []}],
  "paths": {
    "/healthz": {"get": {"summary": "The service is alive", "security": [],
      "responses": {"200": {"description": "Alive"}}}},
    "/readyz": {"get": {"summary": "Every configured database answers", "security": [],
      "responses": {"200": {"description": "Ready"}, "503": {"description": "Not ready, or shutting down"}}}},
    "/metrics": {"get": {"summary": "Metrics in Prometheus text form",
      "responses": {"200": {"description": "Metrics", "content": {"text/plain": {}}},
        "401": {"$ref": "#/components/responses/Error"}}}},
    "/openapi.json": {"get": {"summary": "This document", "security": [],
      "responses": {"200": {"description": "OpenAPI 3.1"}}}},
    "/v1/databases": {"get": {"summary": "The databases the token may use",
      "responses": {"200": {"description": "Names and access", "content": {"application/json": {}}},
        "401": {"$ref": "#/components/responses/Error"}}}},
    "/v1/databases/{name}": {
      "parameters": [{"$ref": "#/components/parameters/Name"}],
      "get": {"summary": "Product, version and capabilities",
        "responses": {"200": {"description": "Capabilities", "content": {"application/json": {}}},
          "default": {"$ref": "#/components/responses/Error"}}}},
    "/v1/databases/{name}/query": {
      "parameters": [{"$ref": "#/components/parameters/Name"}],
      "post": {"summary": "Run a statement and return its rows",
        "description": "Accept: application/x-ndjson streams: a line with the columns, a line for each row, a line with the counts. A failure after the first row ends the answer with an error member instead of the counts.",
        "requestBody": {"$ref": "#/components/requestBodies/Statement"},
        "responses": {"200": {"description": "Rows", "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/Result"}},
            "application/x-ndjson": {}}},
          "default": {"$ref": "#/components/responses/Error"}}}},
    "/v1/databases/{name}/exec": {
      "parameters": [{"$ref": "#/components/parameters/Name"}],
      "post": {"summary": "Run a statement and return what it changed",
        "requestBody": {"$ref": "#/components/requestBodies/Statement"},
        "responses": {"200": {"description": "Counts", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Changed"}}}},
          "default": {"$ref": "#/components/responses/Error"}}}},
    "/v1/databases/{name}/sessions": {
      "parameters": [{"$ref": "#/components/parameters/Name"}],
      "post": {"summary": "Begin a transaction on a connection of its own",
        "description": "Rolled back when nobody uses it for timeout_ms.",
        "requestBody": {"content": {"application/json": {"schema": {"$ref": "#/components/schemas/SessionRequest"}}}},
        "responses": {"201": {"description": "The session", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Session"}}}},
          "default": {"$ref": "#/components/responses/Error"}}}},
    "/v1/sessions/{id}/query": {
      "parameters": [{"$ref": "#/components/parameters/Id"}],
      "post": {"summary": "Run a statement in the transaction and return its rows",
        "requestBody": {"$ref": "#/components/requestBodies/Statement"},
        "responses": {"200": {"description": "Rows", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Result"}}}},
          "default": {"$ref": "#/components/responses/Error"}}}},
    "/v1/sessions/{id}/exec": {
      "parameters": [{"$ref": "#/components/parameters/Id"}],
      "post": {"summary": "Run a statement in the transaction and return what it changed",
        "requestBody": {"$ref": "#/components/requestBodies/Statement"},
        "responses": {"200": {"description": "Counts", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Changed"}}}},
          "default": {"$ref": "#/components/responses/Error"}}}},
    "/v1/sessions/{id}/commit": {
      "parameters": [{"$ref": "#/components/parameters/Id"}],
      "post": {"summary": "Commit and end the session",
        "responses": {"200": {"description": "Committed"}, "default": {"$ref": "#/components/responses/Error"}}}},
    "/v1/sessions/{id}/rollback": {
      "parameters": [{"$ref": "#/components/parameters/Id"}],
      "post": {"summary": "Roll back and end the session",
        "responses": {"200": {"description": "Rolled back"}, "default": {"$ref": "#/components/responses/Error"}}}}
  },
  "components": {
    "securitySchemes": {"bearer": {"type": "http", "scheme": "bearer"}},
    "parameters": {
      "Name": {"name": "name", "in": "path", "required": true, "schema": {"type": "string"}},
      "Id": {"name": "id", "in": "path", "required": true, "schema": {"type": "string"}}
    },
    "requestBodies": {
      "Statement": {"required": true, "content": {"application/json": {
        "schema": {"$ref": "#/components/schemas/Statement"},
        "examples": {"positional": {"value": {"sql": "select name from products where price > ?", "parameters": [100]}},
          "named": {"value": {"sql": "select name from products where price > :least", "parameters": {"least": {"type": "decimal", "value": "99.90"}}}}}}}}
    },
    "responses": {
      "Error": {"description": "What failed, where, and what to do", "content": {"application/json": {"schema": {"$ref": "#/components/schemas/Error"}}}}
    },
    "schemas": {
      "Statement": {"type": "object", "required": ["sql"], "additionalProperties": false, "properties": {
        "sql": {"type": "string"},
        "parameters": {"oneOf": [{"type": "array", "items": {"$ref": "#/components/schemas/Parameter"}},
          {"type": "object", "additionalProperties": {"$ref": "#/components/schemas/Parameter"}}]},
        "timeout_ms": {"type": "integer", "minimum": 0, "maximum": 86400000}}},
      "Parameter": {"description": "A JSON value, or a type and its text for what JSON lacks",
        "oneOf": [{"type": ["null", "boolean", "number", "string", "array"]},
          {"type": "object", "required": ["type", "value"], "additionalProperties": false, "properties": {
            "type": {"enum": ["text", "int64", "decimal", "date", "time", "timestamp", "timestamptz", "interval", "uuid", "json", "bytes", "float64", "list"]},
            "value": {}}}]},
      "Result": {"type": "object", "properties": {
        "columns": {"type": "array", "items": {"type": "object", "properties": {
          "name": {"type": "string"}, "type": {"type": "string"}, "database_type": {"type": "string"}}}},
        "rows": {"type": "array", "items": {"type": "array"}},
        "row_count": {"type": "integer"}, "rows_affected": {"type": "integer"},
        "more_results": {"type": "array", "items": {"$ref": "#/components/schemas/Result"}},
        "error": {"type": "object"}}},
      "Changed": {"type": "object", "properties": {
        "rows_affected": {"type": "integer"}, "generated_id": {"type": "integer"}}},
      "SessionRequest": {"type": "object", "additionalProperties": false, "properties": {
        "isolation": {"enum": ["read uncommitted", "read committed", "repeatable read", "snapshot", "serializable"]},
        "read_only": {"type": "boolean"}, "timeout_ms": {"type": "integer", "minimum": 0}}},
      "Session": {"type": "object", "properties": {
        "session": {"type": "string"}, "timeout_ms": {"type": "integer"}}},
      "Error": {"type": "object", "properties": {"error": {"type": "object", "required": ["kind", "message"], "properties": {
        "kind": {"type": "string"}, "message": {"type": "string"}, "sqlstate": {"type": "string"},
        "native_code": {"type": "integer"}, "backend": {"type": "string"}, "where": {"type": "string"},
        "server_message": {"type": "string"}, "retryable": {"type": "boolean"}}}}}
    }
  }
}
)json";

}  // namespace

std::string_view openapi_json() {
  return document;
}

}  // namespace iacdb::http
