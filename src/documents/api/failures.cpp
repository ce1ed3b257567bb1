#include "documents/api/failures.hpp"

#include <iacdb/document.hpp>

#include "documents/bson/codec.hpp"
#include "documents/command/engine.hpp"
#include "documents/command/validation_details.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t rules_named_max = 5;

/// Which rules a document breaks, and where: ": name: required, age: minimum".
std::string named_rules(const Object& reply) {
  const Value* holder = &reply.get("errInfo");
  const Value& writes = reply.get("writeErrors");
  if (writes.is(Type::array) && !writes.array().empty()) {
    holder = &writes.array()[0].object().get("errInfo");
  }
  if (!holder->is(Type::object)) return "";
  std::string out;
  const std::vector<std::string> rules = broken_rules(holder->object());
  for (std::size_t i = 0; i < rules.size() && i < rules_named_max; ++i) {
    out += (i == 0 ? ": " : ", ") + rules[i];
  }
  return rules.size() > rules_named_max ? out + ", ..." : out;
}

/// The kind is iacdb's name for the code.
ErrorFacts facts_of(int code, const std::string& message) {
  ErrorFacts facts;
  facts.kind = ErrorKind::data;
  if (code == 11000) facts.kind = ErrorKind::unique_violation;
  if (code == 121) facts.kind = ErrorKind::check_violation;
  if (code == 238 || code == 115) facts.kind = ErrorKind::unsupported;
  if (code == 112) facts.kind = ErrorKind::serialization_failure;
  if (code == 26) facts.kind = ErrorKind::undefined_object;
  if (code == 48) facts.kind = ErrorKind::duplicate_object;
  facts.retryable = code == 112;
  facts.message = message;
  facts.native_code = code;
  facts.backend = "documents";
  return facts;
}

}  // namespace

Error error_without_values(int code, const std::string& code_name, const std::string& message) {
  ErrorFacts facts = facts_of(code, "the document store refused the command: " + code_name);
  facts.server_message = message;
  return Error(std::move(facts));
}

void raise_document_error(int code, const std::string& message, const Object& reply) {
  ErrorFacts facts = facts_of(code, message);
  if (code == 121) facts.message += named_rules(reply);
  const Value& name = reply.get("codeName");
  throw DocumentError(std::move(facts), name.is(Type::string) ? name.text() : code_name(code),
                      Document::trusted(encode(reply)));
}

void raise_failure(const Failure& failure) {
  raise_document_error(failure.code(), failure.what(), error_reply(failure));
}

}  // namespace iacdb::doc
