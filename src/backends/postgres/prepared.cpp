#include "backends/postgres/prepared.hpp"

#include <algorithm>

#include "wire/postgres/frontend_encode.hpp"
#include "wire/postgres/message_writer.hpp"

namespace iacdb::backends::postgres {

namespace wp = wire::postgres;

void Prepared::make_request() {
  for (const auto type : parameter_oids) slots.push_back(natural_slot(type));
  base::Buffer whole;
  const wp::Format binary = wp::Format::binary;
  wp::BindEncoder bind(whole, {}, name.text(), {&binary, 1}, parameter_oids.size());
  const std::size_t head = whole.size();
  bind.finish(plan.formats);
  bind_tail_bytes = whole.size() - head;
  wp::encode_execute(whole, {}, 0);
  wp::encode_sync(whole);
  const auto bytes = whole.view();
  request_head.assign(bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(head));
  request_tail.assign(bytes.begin() + static_cast<std::ptrdiff_t>(head), bytes.end());
}

bool Prepared::put_request(base::Buffer& out, std::span<const Cell> cells) const {
  std::size_t need = request_head.size() + request_tail.size() + cells.size() * natural_bytes_max;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    if (cells[i].type() != slots[i].type) {
      if (!cells[i].is_null()) return false;
    } else if (slots[i].has_size()) {
      if (cells[i].is_streamed()) return false;
      need += cells[i].text().size();
    }
  }
  if (need > wp::message_bytes_max) return false;
  std::byte* const start = out.prepare(need);
  std::byte* to = base::put_bytes(start, request_head);
  for (std::size_t i = 0; i < cells.size(); ++i) {
    to = cells[i].is_null() ? wp::put_null(to) : put_natural(to, slots[i], cells[i]);
    if (to == nullptr) [[unlikely]]
      return false;
  }
  to = base::put_bytes(to, request_tail);
  const auto length = static_cast<std::size_t>(to - start) - request_tail.size() + bind_tail_bytes;
  base::store_be(start + 1, static_cast<std::uint32_t>(length - 1));
  out.commit_to(to);
  return true;
}

}  // namespace iacdb::backends::postgres
