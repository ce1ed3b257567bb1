#include "backends/postgres/bulk.hpp"

#include <algorithm>
#include <exception>
#include <utility>

#include "backends/postgres/connection.hpp"
#include "backends/postgres/copy.hpp"
#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/frontend_encode.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

namespace {

constexpr std::size_t chunk_bytes = 60 * 1024;

}  // namespace

BulkCopy::BulkCopy(Exchange& exchange, std::vector<std::uint32_t> types, std::string sql,
                   const driver::Call& call)
    : exchange_(exchange),
      types_(std::move(types)),
      sql_(std::move(sql)),
      call_(call),
      binary_(std::all_of(types_.begin(), types_.end(), is_copy_binary)),
      in_transaction_(exchange.status() != wp::TransactionStatus::idle || exchange.sent_begin()),
      copy_(exchange.out()) {
  if (binary_) sql_ += " (FORMAT binary)";
  exchange_.send_query(sql_, wait());
  await_copy(exchange_, wp::backend::copy_in_response, sql_, wait());
  for (std::size_t i = 0; i < types_.size(); ++i) {
    slots_.push_back(natural_slot(types_[i]));
    room_bytes_ += slots_.back().has_size() ? 4 + short_text_bytes : natural_bytes_max;
  }
  exchange_.out().clear();
  if (binary_) copy_.begin();
}

BulkCopy::~BulkCopy() {
  if (!open_) return;
  exchange_.cancel_and_settle();
}

void BulkCopy::raise_width(std::size_t width) const {
  raise(own_facts(ErrorKind::usage, "a row of a bulk insert has " + std::to_string(width) +
                                        " values for " + std::to_string(types_.size()) +
                                        " columns"));
}

void BulkCopy::write(std::span<const Cell> row) {
  const std::size_t width = slots_.size();
  if (row.size() != width) [[unlikely]]
    raise_width(row.size());
  if (!binary_) [[unlikely]]
    return write_slow(row);
  std::byte* to = copy_.begin_row(static_cast<std::uint16_t>(width), room_bytes_);
  const NaturalSlot* slot = slots_.data();
  for (const Cell* cell = row.data(); cell != row.data() + width; ++cell, ++slot) {
    if (cell->type() != slot->type) [[unlikely]] {
      if (!cell->is_null()) return write_slow(row);
      to = wp::put_null(to);
      continue;
    }
    if (!slot->has_size()) [[likely]] {
      to = put_number(to, *slot, *cell);
    } else {
      // Room is there for short texts only.
      if (cell->is_streamed() || cell->text().size() > short_text_bytes) [[unlikely]]
        return write_slow(row);
      to = put_natural(to, *slot, *cell);
    }
    if (to == nullptr) [[unlikely]]
      return write_slow(row);
  }
  copy_.end_row(to);
  if (exchange_.out().size() >= chunk_bytes) [[unlikely]]
    send_chunk();
}

void BulkCopy::write_slow(std::span<const Cell> row) {
  if (binary_) copy_.begin_row(0, 0);  // Opens a message, if none is, before its size is noted.
  const std::size_t before = exchange_.out().size();
  try {
    if (binary_) {
      write_converted(row);
    } else {
      write_text(row);
    }
  } catch (...) {
    exchange_.out().truncate(before);  // The rows before it stay as they are.
    throw;
  }
  if (exchange_.out().size() >= chunk_bytes) send_chunk();
}

void BulkCopy::write_converted(std::span<const Cell> row) {
  copy_.open_row(static_cast<std::uint16_t>(row.size()));
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (row[i].is_null()) {
      exchange_.out().append_be(std::int32_t{-1});
    } else {
      encode_converted(exchange_.out(), types_[i], row[i], i + 1);
    }
  }
}

void BulkCopy::write_text(std::span<const Cell> row) {
  base::Buffer& out = exchange_.out();
  wp::MessageWriter message(out, wp::frontend::copy_data, 64);
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i != 0) out.append("\t");
    encode_copy_text(out, row[i], i + 1);
  }
  out.append("\n");
  message.finish();
}

void BulkCopy::send_chunk() {
  try {
    copy_.cut();
    exchange_.channel().send(wait());
    check_refusal(exchange_, sql_, wait());
  } catch (...) {
    open_ = false;
    exchange_.recover(std::current_exception(), sql_);
  }
}

std::uint64_t BulkCopy::finish() {
  open_ = false;
  bool sent = false;
  try {
    if (binary_) {
      copy_.end();
    } else {
      wp::encode_copy_done(exchange_.out());
    }
    exchange_.channel().send(wait());
    exchange_.set_copy_in(false);
    sent = true;
    return finish_copy(exchange_, sql_, wait());
  } catch (const Error& error) {
    const bool lost = sent && !in_transaction_ && error.kind() == ErrorKind::connection_lost;
    if (!lost) exchange_.recover(std::current_exception(), sql_);
    exchange_.set_broken();
    ErrorFacts facts =
        own_facts(ErrorKind::in_doubt,
                  "the end of the bulk insert was sent but its answer was lost; look "
                  "into the data to see whether it happened");
    facts.breaks_connection = facts.breaks_transaction = true;
    raise(std::move(facts));
  }
}

namespace {

std::string join_names(const std::vector<std::string>& names) {
  std::string joined;
  for (const auto& name : names) joined.append(joined.empty() ? "" : ", ").append(name);
  return joined;
}

/// The types of the columns. The group stays open, so that the table stays locked against changes
/// until the COPY that follows.
std::vector<std::uint32_t> describe_columns(Exchange& exchange, const std::string& table,
                                            const std::string& columns, const io::Wait& wait) {
  const std::string sql = "select " + columns + " from " + table + " limit 0";
  check_text(sql, 0);
  exchange.open_group();
  wp::encode_parse(exchange.out(), {}, sql, {});
  wp::encode_describe(exchange.out(), wp::Target::statement, {});
  exchange.flush();
  exchange.send(wait);
  exchange.skip_prefix(wait);
  std::vector<std::uint32_t> types;
  for (;;) {
    const auto message = exchange.next(wait);
    if (message.type == wp::backend::error_response) exchange.fail(message, {.sql = sql}, wait);
    exchange.consume(message);
    if (message.type != wp::backend::row_description) continue;
    std::vector<wp::FieldDescription> fields;
    wp::decode_row_description(message.body, fields);
    for (const auto& field : fields) types.push_back(field.type_oid);
    return types;
  }
}

}  // namespace

std::unique_ptr<detail::BulkSink> PostgresConnection::bulk(const driver::BulkTarget& target,
                                                           const driver::Call& call) {
  require_no_cursor();
  std::vector<std::string> names = target.columns;
  if (names.empty()) names = insertable_columns(target.table, call);
  const std::string columns = join_names(names);
  try {
    auto types = describe_columns(exchange_, target.table, columns, wait_of(call));
    return std::make_unique<BulkCopy>(
        exchange_, std::move(types), "COPY " + target.table + "(" + columns + ") FROM STDIN", call);
  } catch (...) {
    exchange_.recover(std::current_exception(), {});
  }
}

/// All columns in table order, but for those that the server computes.
std::vector<std::string> PostgresConnection::insertable_columns(std::string_view table,
                                                                const driver::Call& call) {
  const std::string sql = std::string(
                              "select attname::text from pg_catalog.pg_attribute "
                              "where attrelid = cast(? as pg_catalog.regclass) and attnum > 0 "
                              "and not attisdropped") +
                          (can_.version_number >= 120000 ? " and attgenerated = ''" : "") +
                          " order by attnum";
  const Cell name = Cell::of_text(table);
  Cursor& cursor = query(sql, {&name, 1}, true, call);
  std::vector<std::string> names;
  Batch batch;
  while (cursor.fetch(batch)) {
    for (std::uint32_t i = 0; i < batch.rows_count; ++i) {
      names.push_back(quote_name(batch.cells[i].text()));
    }
  }
  cursor.close();
  return names;
}

}  // namespace iacdb::backends::postgres
