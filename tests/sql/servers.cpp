#include "servers.hpp"

#include <libpq-fe.h>
#include <mysql.h>
#include <sqlite3.h>
#include <unistd.h>

#include <cstdlib>
#include <stdexcept>

namespace iacdb::sql_cases {

namespace {

std::string environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string(name) + " is not set; see scripts/servers");
  return value;
}

/// Of this process: two runs on one server do not drop each other's tables.
const std::string& own_name() {
  static const std::string name = "sql_cases_" + std::to_string(getpid());
  return name;
}

class Postgres final : public Server {
 public:
  Postgres() {
    const std::string host = environment("IACDB_TEST_PG_HOST");
    const std::string port = environment("IACDB_TEST_PG_PORT");
    const std::string database = environment("IACDB_TEST_PG_DATABASE");
    const std::string user = environment("IACDB_TEST_PG_USER");
    const std::string password = environment("IACDB_TEST_PG_PASSWORD");
    const char* const names[] = {"host", "port", "dbname", "user", "password", nullptr};
    const char* const values[] = {host.c_str(), port.c_str(),     database.c_str(),
                                  user.c_str(), password.c_str(), nullptr};
    connection_ = PQconnectdbParams(names, values, 0);
    if (PQstatus(connection_) != CONNECTION_OK) {
      const std::string message = PQerrorMessage(connection_);
      PQfinish(connection_);
      throw std::runtime_error("postgres: " + message);
    }
    run("SET client_min_messages = error");
    run("CREATE SCHEMA IF NOT EXISTS " + own_name());
    run("SET search_path = " + own_name());
  }
  Postgres(const Postgres&) = delete;
  Postgres& operator=(const Postgres&) = delete;
  ~Postgres() override {
    PQclear(PQexec(connection_, ("ROLLBACK; DROP SCHEMA " + own_name() + " CASCADE").c_str()));
    PQfinish(connection_);
  }

  /// A case runs in a transaction that never commits.
  void reset() override {
    PQclear(PQexec(connection_, "ROLLBACK"));
    run("BEGIN");
  }

  std::vector<Row> run(const std::string& statement) override {
    PGresult* result = PQexec(connection_, statement.c_str());
    const ExecStatusType status = PQresultStatus(result);
    if (status != PGRES_TUPLES_OK && status != PGRES_COMMAND_OK && status != PGRES_EMPTY_QUERY) {
      const std::string message = PQresultErrorMessage(result);
      PQclear(result);
      throw std::runtime_error(message);
    }
    std::vector<Row> rows;
    for (int i = 0; i < PQntuples(result); ++i) {
      Row row;
      for (int k = 0; k < PQnfields(result); ++k) {
        if (PQgetisnull(result, i, k))
          row.emplace_back(std::nullopt);
        else
          row.emplace_back(PQgetvalue(result, i, k));
      }
      rows.push_back(std::move(row));
    }
    PQclear(result);
    return rows;
  }

 private:
  PGconn* connection_;
};

class Maria final : public Server {
 public:
  Maria() {
    connection_ = mysql_init(nullptr);
    const std::string host = environment("IACDB_TEST_MYSQL_HOST");
    const std::string user = environment("IACDB_TEST_MYSQL_ADMIN_USER");
    const std::string password = environment("IACDB_TEST_MYSQL_PASSWORD");
    const auto port =
        static_cast<unsigned>(std::atoi(environment("IACDB_TEST_MYSQL_PORT").c_str()));
    mysql_options(connection_, MYSQL_SET_CHARSET_NAME, "utf8mb4");
    if (!mysql_real_connect(connection_, host.c_str(), user.c_str(), password.c_str(), nullptr,
                            port, nullptr, 0)) {
      const std::string message = mysql_error(connection_);
      mysql_close(connection_);
      throw std::runtime_error("mariadb: " + message);
    }
  }
  Maria(const Maria&) = delete;
  Maria& operator=(const Maria&) = delete;
  ~Maria() override {
    mysql_query(connection_, ("DROP DATABASE IF EXISTS " + own_name()).c_str());
    mysql_close(connection_);
  }

  void reset() override {
    mysql_reset_connection(connection_);  // temporary tables too
    run("DROP DATABASE IF EXISTS " + own_name());
    run("CREATE DATABASE " + own_name() + " CHARACTER SET utf8mb4");
    run("USE " + own_name());
  }

  std::vector<Row> run(const std::string& statement) override {
    if (mysql_real_query(connection_, statement.c_str(), statement.size()) != 0) fail();
    std::vector<Row> rows;
    MYSQL_RES* result = mysql_store_result(connection_);
    if (!result) {
      if (mysql_errno(connection_) != 0) fail();
      return rows;
    }
    const unsigned columns = mysql_num_fields(result);
    while (const MYSQL_ROW values = mysql_fetch_row(result)) {
      const unsigned long* lengths = mysql_fetch_lengths(result);
      Row row;
      for (unsigned k = 0; k < columns; ++k) {
        if (values[k])
          row.emplace_back(std::string(values[k], lengths[k]));
        else
          row.emplace_back(std::nullopt);
      }
      rows.push_back(std::move(row));
    }
    mysql_free_result(result);
    return rows;
  }

 private:
  [[noreturn]] void fail() { throw std::runtime_error(mysql_error(connection_)); }
  MYSQL* connection_;
};

class Sqlite final : public Server {
 public:
  Sqlite() = default;
  Sqlite(const Sqlite&) = delete;
  Sqlite& operator=(const Sqlite&) = delete;
  ~Sqlite() override { sqlite3_close(database_); }

  void reset() override {
    sqlite3_close(database_);
    if (sqlite3_open(":memory:", &database_) != SQLITE_OK) throw std::runtime_error("sqlite");
  }

  std::vector<Row> run(const std::string& statement) override {
    sqlite3_stmt* prepared = nullptr;
    const char* tail = nullptr;
    if (sqlite3_prepare_v2(database_, statement.c_str(), -1, &prepared, &tail) != SQLITE_OK) {
      throw std::runtime_error(sqlite3_errmsg(database_));
    }
    if (tail && std::string_view(tail).find_first_not_of(" \n\r\t;") != std::string_view::npos) {
      sqlite3_finalize(prepared);
      throw std::runtime_error("more than one statement in a text");
    }
    std::vector<Row> rows;
    int step = SQLITE_DONE;
    while ((step = sqlite3_step(prepared)) == SQLITE_ROW) {
      Row row;
      for (int k = 0; k < sqlite3_column_count(prepared); ++k) {
        const auto* text = reinterpret_cast<const char*>(sqlite3_column_text(prepared, k));
        if (text)
          row.emplace_back(std::string(text, sqlite3_column_bytes(prepared, k)));
        else
          row.emplace_back(std::nullopt);
      }
      rows.push_back(std::move(row));
    }
    const bool good = step == SQLITE_DONE;
    const std::string message = good ? "" : sqlite3_errmsg(database_);
    sqlite3_finalize(prepared);
    if (!good) throw std::runtime_error(message);
    return rows;
  }

 private:
  sqlite3* database_ = nullptr;
};

}  // namespace

std::unique_ptr<Server> connect(Dialect dialect) {
  switch (dialect) {
    case Dialect::postgres:
      return std::make_unique<Postgres>();
    case Dialect::mysql:
      return std::make_unique<Maria>();
    case Dialect::sqlite:
      return std::make_unique<Sqlite>();
    default:
      return nullptr;
  }
}

}  // namespace iacdb::sql_cases
