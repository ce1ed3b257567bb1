#pragma once
// Prepared: a statement the server knows, and what it told of parameters and columns.
//
// When it goes, its name waits in the connection's list to be closed with the next request.
// Lifetime: the list outlives it. Threads: one at a time.

#include <cstdint>
#include <string>
#include <utility>
#include <vector>

#include "backends/postgres/column_codec.hpp"
#include "backends/postgres/natural.hpp"
#include "backends/postgres/parameters.hpp"

namespace iacdb::backends::postgres {

/// The name of a statement on the server; "" is the unnamed one, which needs no closing.
class ServerName {
 public:
  ServerName() = default;
  ServerName(std::string name, std::vector<std::string>* closing)
      : name_(std::move(name)), closing_(closing) {}
  ServerName(ServerName&& other) noexcept
      : name_(std::exchange(other.name_, {})), closing_(other.closing_) {}
  ServerName& operator=(ServerName&& other) noexcept {
    std::swap(name_, other.name_);
    std::swap(closing_, other.closing_);
    return *this;
  }
  ServerName(const ServerName&) = delete;
  ServerName& operator=(const ServerName&) = delete;
  ~ServerName() {
    if (closing_ != nullptr && !name_.empty()) closing_->push_back(std::move(name_));
  }
  const std::string& text() const noexcept { return name_; }

 private:
  std::string name_;
  std::vector<std::string>* closing_ = nullptr;
};

struct Prepared {
  ServerName name;
  std::string sql;  ///< As the caller wrote it, for errors.
  std::vector<std::uint32_t> parameter_oids;
  ColumnPlan plan;
  bool touches_session = false;
  bool read_only = false;

  // For cells that are all of their parameter's own type: what stands before and behind their
  // values in the request, made once.
  std::vector<NaturalSlot> slots;
  std::vector<std::byte> request_head;  ///< Bind up to its values; its length is patched.
  std::vector<std::byte> request_tail;  ///< The result formats, Execute and Sync.
  std::size_t bind_tail_bytes = 0;      ///< How much of the tail still belongs to Bind.

  /// Fills in the members above, once name, parameters and plan are known.
  void make_request();
  /// Appends Bind, Execute and Sync; false when a cell needs encode_bind().
  bool put_request(base::Buffer& out, std::span<const Cell> cells) const;

  BindTarget target() const noexcept { return {name.text(), parameter_oids, plan.formats}; }
};

}  // namespace iacdb::backends::postgres
