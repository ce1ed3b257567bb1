#include "wire/postgres/malformed.hpp"

#include <string>

#include "iacdb/error.hpp"

namespace iacdb::wire::postgres {

void raise_malformed(std::string_view part) {
  ErrorFacts facts;
  facts.kind = ErrorKind::internal;
  facts.message = "malformed PostgreSQL message (" + std::string(part) +
                  "); the peer does not speak protocol 3, or the stream is damaged";
  facts.backend = "postgres";
  facts.breaks_connection = true;
  facts.breaks_transaction = true;
  raise(std::move(facts));
}

void raise_too_large(std::string_view part) {
  ErrorFacts facts;
  facts.kind = ErrorKind::resource;
  facts.message = "PostgreSQL message over the size limit (" + std::string(part) +
                  "); fetch less at once or raise the limit";
  facts.backend = "postgres";
  facts.breaks_connection = true;
  facts.breaks_transaction = true;
  raise(std::move(facts));
}

void raise_data(std::string_view message) {
  ErrorFacts facts;
  facts.kind = ErrorKind::data;
  facts.message = std::string(message);
  facts.backend = "postgres";
  raise(std::move(facts));
}

}  // namespace iacdb::wire::postgres
