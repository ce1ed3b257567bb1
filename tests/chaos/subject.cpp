#include "subject.hpp"

#include <cstdlib>
#include <sstream>
#include <stdexcept>

#include "moving_name.hpp"

namespace iacdb::chaos {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;

constexpr auto recovery_limit = 30s;
/// A statement's deadline, the grace of an unconfirmed cancel, several of them in one write, and a
/// machine that does other things too: what lasts longer hangs.
constexpr auto hang = 15s;

std::string with_host(const std::string& url, const std::string& host, std::uint16_t port) {
  const std::size_t at = url.rfind('@') + 1;
  const std::size_t slash = url.find('/', at);
  return url.substr(0, at) + host + ":" + std::to_string(port) + url.substr(slash);
}

std::string url_of(const std::string& kind) {
  std::istringstream urls(variable("IACDB_TEST_URLS"));
  for (std::string url; urls >> url;) {
    if (url.starts_with(kind)) return url;
  }
  throw std::runtime_error("IACDB_TEST_URLS has no " + kind);
}

std::string admin_url(const std::string& kind) {
  if (kind == "postgres") {
    std::string folder;
    for (const char c : variable("IACDB_TEST_PG_SOCKET_DIR")) {
      folder += c == '/' ? std::string("%2F") : std::string(1, c);
    }
    return "postgres://iacdb_admin@" + folder + ":" + variable("IACDB_TEST_PG_PORT") + "/" +
           variable("IACDB_TEST_PG_DATABASE");
  }
  std::string url = url_of(kind);
  return url.replace(url.find("iacdb:"), 6, "iacdb_admin:");
}

std::uint16_t port_of(const std::string& kind) {
  return static_cast<std::uint16_t>(
      std::stoi(variable(kind == "postgres" ? "IACDB_TEST_PG_PORT" : "IACDB_TEST_MYSQL_PORT")));
}

}  // namespace

std::string variable(const std::string& name) {
  const char* value = std::getenv(name.c_str());
  if (value == nullptr) throw std::runtime_error(name + " is not set; see tests/chaos/run");
  return value;
}

void servers(const std::string& command) {
  const std::string line =
      std::string(IACDB_SERVERS) + " --dir '" + variable("IACDB_TEST_DIR") + "' " + command;
  const int status = std::system(line.c_str());
  if (status != 0) throw std::runtime_error(command + " failed");
}

int rounds() {
  const char* value = std::getenv("IACDB_CHAOS_ROUNDS");
  return value == nullptr ? 10 : std::atoi(value);
}

Subject::Subject(const std::string& kind) : kind_(kind) {
  const std::uint16_t server_port = port_of(kind);
  proxies_[0] = std::make_unique<FaultProxy>("127.0.0.1", 0, server_port);
  proxies_[1] = std::make_unique<FaultProxy>("127.0.0.2", proxies_[0]->port(), server_port);
  const std::string name = kind + ".chaos.test";
  MovingNames::set(name, "127.0.0.1");
  // Bounded: a server that hangs must fail the test, not hang it.
  admin_ = open(admin_url(kind), {.pool = PoolOptions{.open_max = 2, .idle_max = 2}})
               .with({.timeout = 60s});
  db_ = open(with_host(url_of(kind), name, proxies_[0]->port()),
             {.pool = PoolOptions{
                  .open_max = Writers::count, .idle_max = Writers::count, .acquire_timeout = 2s}});
  db_->exec("drop table if exists " + table_);
  db_->exec("create table " + table_ + " (writer int, number bigint, part int)");
  db_->exec("create index chaos_index on " + table_ + " (writer, number)");
}

void Subject::start_writers() {
  writers_ = std::make_unique<Writers>(*db_, table_, next_number_);
  next_number_ += 1'000'000;
  require_recovery("the start");
}

void Subject::require_recovery(const std::string& after) {
  const auto start = Clock::now();
  if (!writers_->all_succeed_within(recovery_limit)) {
    const Health health = db_->health();
    tally.contradictions.push_back(kind_ + " did not come back after " + after + ": " +
                                   health.message);
  }
  tally.longest_recovery =
      std::max(tally.longest_recovery,
               std::chrono::duration_cast<std::chrono::milliseconds>(Clock::now() - start));
}

void Subject::kill_and_restart() {
  const std::string name = is_postgres() ? "postgres" : "mariadb";
  std::this_thread::sleep_for(100ms);
  servers("kill " + name);
  std::this_thread::sleep_for(100ms);
  servers("start " + name);
  require_recovery("kill -9");
}

void Subject::hold(Fault fault, std::chrono::milliseconds span) {
  proxies_[place_]->set(fault);
  std::this_thread::sleep_for(span);
  proxies_[place_]->set(Fault::none);
  require_recovery(name_of(fault));
}

/// The server refuses more than three connections of this user; those there are get cut.
void Subject::exhaust_connections() {
  say(is_postgres() ? "alter role iacdb connection limit 3"
                    : "alter user iacdb@'%' with max_user_connections 3");
  hold(Fault::cut, 50ms);
  std::this_thread::sleep_for(200ms);
  say(is_postgres() ? "alter role iacdb connection limit -1"
                    : "alter user iacdb@'%' with max_user_connections 0");
  require_recovery("exhausted connections");
}

/// The server is well but answers nothing about this table for longer than statements may take.
void Subject::block_the_table() {
  Session session = admin_->session();
  if (is_postgres()) {
    Transaction tx = session.begin();
    tx.exec("lock table " + table_ + " in access exclusive mode");
    std::this_thread::sleep_for(Writers::timeout + 200ms);
    tx.rollback();
  } else {
    session.exec("lock tables " + table_ + " write");
    std::this_thread::sleep_for(Writers::timeout + 200ms);
    session.exec("unlock tables");
  }
  require_recovery("a blocked table");
}

void Subject::move_name() {
  const int old = place_;
  place_ = 1 - place_;
  proxies_[place_]->set(Fault::none);
  proxies_[old]->set(Fault::refuse);
  std::this_thread::sleep_for(50ms);
  MovingNames::set(kind_ + ".chaos.test", place_ == 0 ? "127.0.0.1" : "127.0.0.2");
  require_recovery("a moved name");
}

/// Over a connection of its own, and again after a restart of the server.
void Subject::say(const std::string& sql) {
  for (int tries = 0;; ++tries) {
    try {
      admin_->exec(sql);
      return;
    } catch (const Error& error) {
      if (tries == 50) throw;
      std::this_thread::sleep_for(100ms);
    }
  }
}

void Subject::settle_accounts() {
  Account account = writers_->finish();
  writers_.reset();
  // The sessions that were cut may still be ending on the server.
  std::this_thread::sleep_for(100ms);
  for (const std::string& line : account.check(read_ledger(*admin_, table_))) {
    tally.contradictions.push_back(kind_ + ": " + line);
  }
  if (account.longest > hang) {
    tally.contradictions.push_back(kind_ + ": a call took " +
                                   std::to_string(account.longest.count()) + " ms");
  }
  account.writes.clear();
  tally.account.add(account);
  ++tally.rounds;
  say("truncate table " + table_);
}

}  // namespace iacdb::chaos
