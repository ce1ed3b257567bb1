#pragma once
// ServerState: what a server says unasked: parameters, notices, notifications, the key to cancel.
//
//   state.take(message);                        // ParameterStatus, NoticeResponse, Notification
//   if (state.parameter("in_hot_standby") == "on") ...
//
// Limits: 256 notices are kept, the oldest go first; 65,536 notifications, after which the loss is
// counted and told. Threads: one at a time.

#include <cstdint>
#include <deque>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "iacdb/result.hpp"
#include "wire/postgres/framing.hpp"

namespace iacdb::backends::postgres {

class ServerState {
 public:
  static constexpr std::size_t notices_max = 256;
  static constexpr std::size_t notifications_max = 65'536;

  /// True for the three messages that may come at any time; they are then dealt with.
  static bool is_asynchronous(char type) noexcept {
    return type == 'N' || type == 'S' || type == 'A';
  }
  void take(const wire::postgres::Message& message);

  /// "" when the server has not reported it.
  std::string_view parameter(std::string_view name) const;
  std::deque<Notice>& notices() noexcept { return notices_; }
  std::deque<Notification>& notifications() noexcept { return notifications_; }
  std::uint64_t notifications_lost() const noexcept { return notifications_lost_; }
  void forget_notifications() noexcept;
  /// A reported parameter changed after the session began: SET was used somewhere.
  bool parameters_changed() const noexcept { return parameters_changed_; }
  void settle_parameters() noexcept { parameters_changed_ = false; }

  std::int32_t process_id = 0;
  std::vector<std::byte> secret_key;

 private:
  std::map<std::string, std::string, std::less<>> parameters_;
  std::deque<Notice> notices_;
  std::deque<Notification> notifications_;
  std::uint64_t notifications_lost_ = 0;
  bool parameters_changed_ = false;
};

}  // namespace iacdb::backends::postgres
