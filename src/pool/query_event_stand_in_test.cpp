// The observe room refers to QueryEvent::fingerprint(), which is the database room's; nothing here
// calls it.
#include <iacdb/observer.hpp>

namespace iacdb {

std::string QueryEvent::fingerprint() const {
  return {};
}

}  // namespace iacdb
