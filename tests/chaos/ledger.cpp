#include "ledger.hpp"

#include <algorithm>
#include <sstream>

namespace iacdb::chaos {
namespace {

using namespace std::chrono_literals;
using Clock = std::chrono::steady_clock;
using Record3 = std::tuple<std::int64_t, std::int64_t, std::int64_t>;

std::string describe(const Write& write, const std::string& what) {
  std::ostringstream text;
  text << "write " << write.number << " of writer " << write.writer << ' ' << what;
  if (!write.error.empty()) text << ": " << write.error;
  return text.str();
}

}  // namespace

void Account::add(const Account& other) {
  writes.insert(writes.end(), other.writes.begin(), other.writes.end());
  acknowledged += other.acknowledged;
  in_doubt += other.in_doubt;
  in_doubt_present += other.in_doubt_present;
  failed += other.failed;
  longest = std::max(longest, other.longest);
  for (const auto& [kind, count] : other.errors) errors[kind] += count;
}

std::vector<std::string> Account::check(const Found& found) {
  std::vector<std::string> contradictions;
  std::size_t known = 0;
  for (const Write& write : writes) {
    const auto at = found.find({write.writer, write.number});
    const bool is_there = at != found.end();
    known += is_there ? 1 : 0;
    if (write.told == Told::acknowledged && !is_there) {
      contradictions.push_back(describe(write, "was acknowledged and is lost"));
    }
    if (write.told == Told::failed && is_there) {
      contradictions.push_back(describe(write, "was told to have failed and is there"));
    }
    if (!is_there) continue;
    if (write.told == Told::in_doubt) ++in_doubt_present;
    if (at->second.size() != write.parts) {
      contradictions.push_back(describe(write, "is there in part"));
    }
    for (const auto& [part, count] : at->second) {
      if (count != 1) contradictions.push_back(describe(write, "was done twice"));
    }
  }
  if (known != found.size()) contradictions.push_back("the table holds writes that nobody made");
  return contradictions;
}

Writers::Writers(Database db, std::string table, std::int64_t first_number)
    : table_(std::move(table)), first_number_(first_number), db_(std::move(db)) {
  for (int writer = 0; writer < count; ++writer) {
    threads_.emplace_back([this, writer] { run(writer); });
  }
}

Writers::~Writers() {
  finish();
}

/// The ways to write, in turn.
void Writers::write_one(Database& db, Write& write) {
  const std::string insert = "insert into " + table_ + " (writer, number, part) values (?, ?, ?)";
  const auto row = [&](std::int64_t part) { return Record3(write.writer, write.number, part); };
  switch (write.number % 4) {
    case 0:
      db.exec(insert, write.writer, write.number, 0);
      return;
    case 1:
      write.parts = 3;
      db.transact([&](Transaction& tx) {
        for (std::int64_t part = 0; part < 3; ++part) {
          tx.exec(insert, write.writer, write.number, part);
        }
      });
      return;
    case 2: {
      write.parts = 2;
      Session session = db.session();
      Transaction tx = session.begin();
      tx.exec(insert, write.writer, write.number, 0);
      tx.one<std::int64_t>("select count(*) from " + table_ + " where writer = ? and number = ?",
                           write.writer, write.number);
      tx.exec(insert, write.writer, write.number, 1);
      tx.commit();
      return;
    }
    default:
      write.parts = 5;
      db.bulk_insert(table_ + "(writer, number, part)",
                     std::vector<Record3>{row(0), row(1), row(2), row(3), row(4)});
  }
}

void Writers::run(int writer) {
  Account& account = accounts_[static_cast<std::size_t>(writer)];
  Database db = db_.with({.timeout = timeout, .label = "chaos writer"});
  for (std::int64_t number = first_number_; !ends_; ++number) {
    Write write{.writer = writer, .number = number};
    const std::uint64_t epoch = epoch_;
    const auto start = Clock::now();
    try {
      write_one(db, write);
      write.told = Told::acknowledged;
      ++account.acknowledged;
      succeeded_[static_cast<std::size_t>(writer)] = epoch;
    } catch (const InDoubtError& error) {
      write.told = Told::in_doubt;
      ++account.in_doubt;
      ++account.errors[std::string(to_string(error.kind()))];
    } catch (const Error& error) {
      ++account.failed;
      write.error = std::string(to_string(error.kind())) + " " + error.what() + " | " +
                    error.server_message();
      ++account.errors[std::string(to_string(error.kind()))];
    }
    const auto took = Clock::now() - start;
    account.longest =
        std::max(account.longest, std::chrono::duration_cast<std::chrono::milliseconds>(took));
    account.writes.push_back(write);
    // A client that fails fast must not spin; and the ledger stays small.
    std::this_thread::sleep_for(write.told == Told::acknowledged ? 2ms : 20ms);
  }
}

bool Writers::all_succeed_within(std::chrono::milliseconds limit) {
  const std::uint64_t epoch = ++epoch_;
  const auto end = Clock::now() + limit;
  const auto is_behind = [&](const auto& at) { return at < epoch; };
  while (std::any_of(succeeded_.begin(), succeeded_.end(), is_behind)) {
    if (Clock::now() >= end) return false;
    std::this_thread::sleep_for(5ms);
  }
  return true;
}

Account Writers::finish() {
  ends_ = true;
  for (std::thread& thread : threads_) thread.join();
  threads_.clear();
  Account account;
  for (const Account& one : accounts_) account.add(one);
  accounts_ = {};
  return account;
}

Found read_ledger(Database& db, const std::string& table) {
  Found found;
  for (auto [writer, number, part] :
       db.query<Record3>("select writer, number, part from " + table)) {
    ++found[{writer, number}][part];
  }
  return found;
}

}  // namespace iacdb::chaos
