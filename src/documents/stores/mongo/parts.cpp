// Writes that are larger than what MongoDB takes at once.

#include "documents/bson/codec.hpp"
#include "documents/bson/number.hpp"
#include "documents/expression/expression.hpp"
#include "documents/stores/mongo/mongo_server.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t statements_max = 100'000;
/// A command may be a little larger than a document; what libmongoc adds to it is smaller still.
constexpr std::size_t command_bytes_max = document_bytes_max + std::size_t{8} * 1024;
/// A statement's type, its name (an index) and its end.
constexpr std::size_t statement_overhead = 10;

const char* statements_name(std::string_view command) {
  if (command == "insert") return "documents";
  if (command == "update") return "updates";
  if (command == "delete") return "deletes";
  return nullptr;
}

/// Indexes in a part's reply count from the part's beginning.
void append_indexed(Object& total, const Object& reply, const char* name, std::size_t offset) {
  const Value& list = reply.get(name);
  if (!list.is(Type::array)) return;
  Array all = total.get(name).is(Type::array) ? total.get(name).array() : Array();
  for (const Value& item : list.array()) {
    Object moved = item.object();
    const std::int64_t index = exact_int64(moved.get("index")).value_or(0);
    moved.set("index", Value(static_cast<std::int32_t>(index + static_cast<std::int64_t>(offset))));
    all.push_back(Value(std::move(moved)));
  }
  total.set(name, Value(std::move(all)));
}

void add_reply(Object& total, const Object& reply, std::size_t offset) {
  for (const char* name : {"n", "nModified"}) {
    if (!reply.has(name)) continue;
    const std::int64_t before = exact_int64(total.get(name)).value_or(0);
    const std::int64_t more = exact_int64(reply.get(name)).value_or(0);
    total.set(name, Value(static_cast<std::int32_t>(before + more)));
  }
  append_indexed(total, reply, "upserted", offset);
  append_indexed(total, reply, "writeErrors", offset);
  if (reply.has("writeConcernError")) {
    total.set("writeConcernError", reply.get("writeConcernError"));
  }
}

}  // namespace

Object run_in_parts(const Object& command, const std::function<Object(const Object&)>& run) {
  const char* name = statements_name(command.front().name);
  if (name == nullptr || !command.get(name).is(Type::array)) return run(command);
  const Array& statements = command.get(name).array();
  if (statements.size() <= statements_max && encoded_size(command) <= command_bytes_max) {
    return run(command);
  }
  Object part = command;
  part.set(name, Value(Array()));
  const std::size_t room = command_bytes_max - std::min(command_bytes_max, encoded_size(part));
  const bool ordered = !command.has("ordered") || truthy(command.get("ordered"));
  Object total;
  for (std::size_t at = 0; at < statements.size();) {
    Array some;
    std::size_t bytes = 0;
    while (at + some.size() < statements.size() && some.size() < statements_max) {
      const Value& next = statements[at + some.size()];
      bytes += statement_overhead + (next.is(Type::object) ? encoded_size(next.object()) : 16);
      if (!some.empty() && bytes > room) break;
      some.push_back(next);
    }
    const std::size_t taken = some.size();
    part.set(name, Value(std::move(some)));
    add_reply(total, run(part), at);
    if (ordered && total.has("writeErrors")) break;
    at += taken;
  }
  total.add("ok", Value(1.0));
  return total;
}

}  // namespace iacdb::doc
