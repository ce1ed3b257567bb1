#include "backends/postgres/server_state.hpp"

#include "wire/postgres/backend_decode.hpp"
#include "wire/postgres/notice.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

void ServerState::take(const wp::Message& message) {
  if (message.type == wp::backend::parameter_status) {
    const auto status = wp::decode_parameter_status(message.body);
    parameters_.insert_or_assign(std::string(status.name), std::string(status.value));
    parameters_changed_ = true;
  } else if (message.type == wp::backend::notice_response) {
    const auto notice = wp::decode_notice(message.body);
    if (notices_.size() == notices_max) notices_.pop_front();
    notices_.push_back(
        {std::string(notice.severity), std::string(notice.code), std::string(notice.message)});
  } else {
    const auto told = wp::decode_notification(message.body);
    if (notifications_.size() == notifications_max) {
      ++notifications_lost_;
      return;
    }
    notifications_.push_back(
        {std::string(told.channel), std::string(told.payload), told.process_id});
  }
}

std::string_view ServerState::parameter(std::string_view name) const {
  const auto found = parameters_.find(name);
  return found == parameters_.end() ? std::string_view() : found->second;
}

void ServerState::forget_notifications() noexcept {
  notifications_.clear();
  notifications_lost_ = 0;
}

}  // namespace iacdb::backends::postgres
