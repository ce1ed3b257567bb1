#pragma once
// What the live MariaDB tests share: settings from the variables of `scripts/servers urls`.
//
// A missing variable fails the test: a server that is not there must not look like success.

#include <gtest/gtest.h>

#include <cstdlib>
#include <string>

#include "backends/mysql/mysql.hpp"
#include "iacdb/argument.hpp"
#include "iacdb/error.hpp"
#include "iacdb/value.hpp"

namespace iacdb {
// How GoogleTest shows them.
inline void PrintTo(const Value& value, std::ostream* out) {
  *out << to_string(value.type()) << ' ' << value.print().substr(0, 200);
}
inline void PrintTo(ErrorKind kind, std::ostream* out) {
  *out << to_string(kind);
}
}  // namespace iacdb

namespace iacdb::mysql_tests {

inline std::string variable(const char* name) {
  const char* value = std::getenv(name);
  if (value == nullptr) {
    throw std::runtime_error(std::string(name) +
                             " is not set; run: eval \"$(scripts/servers urls)\"");
  }
  return value;
}

inline std::uint16_t port_variable(const char* name) {
  return static_cast<std::uint16_t>(std::stoi(variable(name)));
}

inline ConnectionSettings settings_for(std::string user) {
  ConnectionSettings settings;
  settings.backend = "mysql";
  settings.hosts = {{variable("IACDB_TEST_MYSQL_HOST"), port_variable("IACDB_TEST_MYSQL_PORT")}};
  settings.database = variable("IACDB_TEST_MYSQL_DATABASE");
  settings.username = std::move(user);
  settings.password = base::Secret(variable("IACDB_TEST_MYSQL_PASSWORD"));
  return settings;
}
inline ConnectionSettings settings() {
  return settings_for(variable("IACDB_TEST_MYSQL_USER"));
}

inline std::unique_ptr<driver::Connection> connect(const ConnectionSettings& with,
                                                   const driver::Call& call = {}) {
  return backends::backend_mysql().connect(with, call);
}

/// The error a callable throws; fails the test when it throws none.
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

using Rows = std::vector<std::vector<Value>>;

class Live : public ::testing::Test {
 protected:
  Live() : connection_(connect(settings())) {}

  ExecResult exec(std::string_view sql) { return connection_->exec(sql, {}, call_); }
  template <class... Args>
  ExecResult exec(std::string_view sql, const Args&... args) {
    const auto packed = detail::pack(args...);
    return connection_->exec(sql, packed.cells, call_);
  }
  template <class... Args>
  Cursor& open(std::string_view sql, const Args&... args) {
    const auto packed = detail::pack(args...);
    return connection_->query(sql, packed.cells, false, call_);
  }
  static std::vector<Value> values(const Cursor& cursor, const Batch& batch) {
    std::vector<Value> row;
    for (std::size_t i = 0; i < cursor.columns().size(); ++i) {
      row.push_back(Value::of(batch.cells[i], cursor.columns()[i].type));
    }
    return row;
  }
  static Rows rest(Cursor& cursor) {
    Rows rows;
    Batch batch;
    while (cursor.fetch(batch)) rows.push_back(values(cursor, batch));
    return rows;
  }
  template <class... Args>
  Rows query(std::string_view sql, const Args&... args) {
    Cursor& cursor = open(sql, args...);
    Closer closer{cursor};
    return rest(cursor);
  }
  template <class... Args>
  Value one(std::string_view sql, const Args&... args) {
    const Rows rows = query(sql, args...);
    EXPECT_EQ(rows.size(), 1U) << sql;
    return rows.empty() ? Value() : rows[0].at(0);
  }
  template <class... Args>
  std::string text(std::string_view sql, const Args&... args) {
    return one(sql, args...).print();
  }

  struct Closer {
    Cursor& cursor;
    ~Closer() { cursor.close(); }
  };

  driver::Call call_;
  std::unique_ptr<driver::Connection> connection_;
};

}  // namespace iacdb::mysql_tests
