// What only a Session has: notifications, COPY, procedures, large values, pipelines.

#include "database/executors.hpp"
#include "iacdb/database.hpp"
#include "iacdb/error.hpp"

namespace iacdb {
namespace {

using database::SessionExecutor;

/// How long one wait inside a loop lasts before the stop token is looked at again.
constexpr std::chrono::seconds notification_wait{1};

SessionExecutor& session_executor(const std::shared_ptr<detail::Executor>& executor) {
  return static_cast<SessionExecutor&>(*executor);  // A Session has no other.
}

}  // namespace

void Session::listen(std::string_view channel) {
  session_executor(executor_).run(
      "listen", [&](driver::Connection& c, const driver::Call& call) { c.listen(channel, call); });
}

void Session::unlisten(std::string_view channel) {
  session_executor(executor_).run("unlisten", [&](driver::Connection& c, const driver::Call& call) {
    c.unlisten(channel, call);
  });
}

std::vector<Notification> Session::notifications(std::chrono::milliseconds wait) {
  return session_executor(executor_).run(
      "wait for notifications", [&](driver::Connection& c, const driver::Call& call) {
        const auto until = std::min(base::Deadline::in(wait), call.deadline);
        return c.notifications(driver::Call{until, call.stop});
      });
}

void Session::notifications(const std::function<void(const Notification&)>& sink,
                            std::stop_token stop) {
  session_executor(executor_).run(
      "wait for notifications", [&](driver::Connection& c, const driver::Call& call) {
        while (!stop.stop_requested() && !call.stop.stop_requested()) {
          const driver::Call wait{base::Deadline::in(notification_wait), stop};
          for (const Notification& one : c.notifications(wait)) sink(one);
        }
      });
}

std::vector<Notice> Session::notices() {
  return session_executor(executor_).run(
      "take notices",
      [](driver::Connection& c, const driver::Call& call) { return c.notices(call); });
}

std::uint64_t Session::copy_in(std::string_view sql,
                               const std::function<std::size_t(std::span<std::byte>)>& source) {
  return session_executor(executor_).run(
      sql,
      [&](driver::Connection& c, const driver::Call& call) { return c.copy_in(sql, source, call); },
      true);
}

std::uint64_t Session::copy_out(std::string_view sql, const std::function<void(BytesView)>& sink) {
  return session_executor(executor_).run(sql, [&](driver::Connection& c, const driver::Call& call) {
    return c.copy_out(sql, sink, call);
  });
}

CallResult Session::call(std::string_view procedure, std::vector<ProcedureParameter> parameters) {
  return session_executor(executor_).run(
      "call procedure",
      [&](driver::Connection& c, const driver::Call& call) {
        return c.call_procedure(procedure, parameters, call);
      },
      true);
}

std::vector<ExecResult> Session::pipeline(std::span<const PipelinedStatement> statements) {
  return session_executor(executor_).run(
      "pipeline",
      [&](driver::Connection& c, const driver::Call& call) { return c.pipeline(statements, call); },
      true);
}

std::uint64_t Session::read_large_with(const std::function<void(BytesView)>& sink,
                                       std::string_view sql, const Arguments& arguments) {
  if (!arguments.names.empty() || !arguments.list_sizes.empty()) {
    raise(ErrorKind::usage, "read_large takes positional arguments without lists");
  }
  return session_executor(executor_).run(sql, [&](driver::Connection& c, const driver::Call& call) {
    return c.read_large(sql, arguments.cells, sink, call);
  });
}

}  // namespace iacdb
