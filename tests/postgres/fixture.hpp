#pragma once
// What the live PostgreSQL tests share: settings from the variables of `scripts/servers urls`.
//
// A missing variable fails the test: a server that is not there must not look like success.

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "backends/postgres/connection.hpp"
#include "backends/postgres/postgres.hpp"
#include "iacdb/argument.hpp"
#include "iacdb/error.hpp"
#include "iacdb/value.hpp"

namespace iacdb::postgres_tests {

inline std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) {
    throw std::runtime_error(name + " is not set; run: eval \"$(scripts/servers urls)\"");
  }
  return value;
}

inline ConnectionSettings settings_for(const std::string& user_variable) {
  ConnectionSettings settings;
  settings.backend = "postgres";
  settings.hosts = {{variable("IACDB_TEST_PG_HOST"),
                     static_cast<std::uint16_t>(std::stoi(variable("IACDB_TEST_PG_PORT")))}};
  settings.database = variable("IACDB_TEST_PG_DATABASE");
  settings.username = variable(user_variable);
  settings.password = base::Secret(variable("IACDB_TEST_PG_PASSWORD"));
  return settings;
}
inline ConnectionSettings settings() {
  return settings_for("IACDB_TEST_PG_USER");
}
inline std::uint16_t port(const std::string& name) {
  return static_cast<std::uint16_t>(std::stoi(variable(name)));
}

inline std::unique_ptr<driver::Connection> connect(const ConnectionSettings& with,
                                                   const driver::Call& call = {}) {
  return backends::backend_postgres().connect(with, call);
}

/// The facts of the error that a callable throws; fails the test when it throws none.
template <class F>
ErrorFacts error_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.facts();
  }
  ADD_FAILURE() << "no error was thrown";
  return {};
}
template <class F>
ErrorKind kind_of(F&& f) {
  return error_of(std::forward<F>(f)).kind;
}

class Live : public ::testing::Test {
 protected:
  explicit Live(const ConnectionSettings& with = settings()) : connection_(connect(with)) {}

  template <class... Args>
  ExecResult exec(std::string_view sql, const Args&... args) {
    const auto packed = detail::pack(args...);
    return connection_->exec(sql, packed.cells, call_);
  }
  /// All cells of all rows, row after row.
  template <class... Args>
  std::vector<Value> query(std::string_view sql, const Args&... args) {
    const auto packed = detail::pack(args...);
    Cursor& cursor = connection_->query(sql, packed.cells, false, call_);
    const Closer closer{cursor};
    return rest(cursor);
  }
  template <class... Args>
  Value one(std::string_view sql, const Args&... args) {
    const auto values = query(sql, args...);
    EXPECT_EQ(values.size(), 1U) << sql;
    return values.empty() ? Value() : values[0];
  }
  template <class... Args>
  std::string text(std::string_view sql, const Args&... args) {
    return one(sql, args...).print();
  }
  static std::vector<Value> rest(Cursor& cursor) {
    std::vector<Value> values;
    Batch batch;
    while (cursor.fetch(batch)) {
      const std::size_t count = batch.rows_count * cursor.columns().size();
      for (std::size_t i = 0; i < count; ++i) values.push_back(Value::of(batch.cells[i]));
    }
    return values;
  }
  driver::Connection& other() {
    if (!other_) other_ = connect(settings());
    return *other_;
  }

  struct Closer {
    Cursor& cursor;
    ~Closer() { cursor.close(); }
  };

  driver::Call call_;
  std::unique_ptr<driver::Connection> connection_;
  std::unique_ptr<driver::Connection> other_;
};

}  // namespace iacdb::postgres_tests
