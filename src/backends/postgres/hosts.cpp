#include <algorithm>
#include <exception>
#include <optional>
#include <random>

#include "backends/postgres/login.hpp"
#include "backends/postgres/server_error.hpp"

namespace iacdb::backends::postgres {
namespace {

/// What a server is; servers since version 14 report it unasked.
bool is_standby(Channel& channel, const io::Wait& wait) {
  const auto told = channel.server().parameter("in_hot_standby");
  if (!told.empty()) return told == "on";
  return ask(channel, "select pg_catalog.pg_is_in_recovery()", wait) == "t";
}

bool is_read_only(Channel& channel, const io::Wait& wait) {
  const auto told = channel.server().parameter("default_transaction_read_only");
  if (!told.empty()) return told == "on" || is_standby(channel, wait);
  return ask(channel, "show transaction_read_only", wait) == "on";
}

bool fits(TargetSession target, Channel& channel, const io::Wait& wait) {
  switch (target) {
    case TargetSession::any:
      return true;
    case TargetSession::read_write:
      return !is_read_only(channel, wait);
    case TargetSession::read_only:
      return is_read_only(channel, wait);
    case TargetSession::primary:
      return !is_standby(channel, wait);
    case TargetSession::standby:
    case TargetSession::prefer_standby:
      return is_standby(channel, wait);
  }
  return false;
}

/// Another host may do better than one that failed like this.
bool try_others(const Error& error) noexcept {
  switch (error.kind()) {
    case ErrorKind::authentication:
    case ErrorKind::cancelled:
    case ErrorKind::config:
    case ErrorKind::undefined_object:
      return false;
    default:
      return true;
  }
}

class Search {
 public:
  Search(const Plan& plan, const io::Wait& wait) : plan_(plan), wait_(wait), hosts_(plan.hosts) {
    if (plan.shuffle_hosts) {
      std::shuffle(hosts_.begin(), hosts_.end(), std::mt19937(std::random_device()()));
    }
  }

  LoggedIn run() {
    if (auto found = pass(plan_.target)) return std::move(*found);
    if (plan_.target == TargetSession::prefer_standby) {
      if (auto found = pass(TargetSession::any)) return std::move(*found);
    }
    if (failure_) std::rethrow_exception(failure_);
    raise(own_facts(ErrorKind::connect,
                    "none of the servers has the role that target_session_attrs asks for; check "
                    "which is the primary"));
  }

 private:
  std::optional<LoggedIn> pass(TargetSession target) {
    for (const HostPort& host : hosts_) {
      try {
        LoggedIn in = log_in_to(plan_, host, wait_);
        if (fits(target, in.channel, wait_)) return in;
      } catch (const Error& error) {
        if (!try_others(error) || wait_.deadline.passed()) throw;
        failure_ = std::current_exception();
      }
    }
    return std::nullopt;
  }

  const Plan& plan_;
  io::Wait wait_;
  std::vector<HostPort> hosts_;
  std::exception_ptr failure_;
};

}  // namespace

LoggedIn log_in(const Plan& plan, const io::Wait& wait) {
  return Search(plan, wait).run();
}

}  // namespace iacdb::backends::postgres
