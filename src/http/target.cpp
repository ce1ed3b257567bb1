#include "http/target.hpp"

#include "base/text.hpp"
#include "iacdb/error.hpp"

namespace iacdb::http {
namespace {

int hex_value(char c) noexcept {
  if (c >= '0' && c <= '9') return c - '0';
  const int lower = c | 0x20;
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

std::string decoded(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      out += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = high >= 0 ? hex_value(text[i + 2]) : -1;
    if (low < 0) raise(ErrorKind::usage, "the address has a % that is not followed by two digits");
    if (high == 0 && low == 0) raise(ErrorKind::usage, "the address holds a NUL");
    out += static_cast<char>(high << 4 | low);
    i += 2;
  }
  if (!base::is_utf8(out)) raise(ErrorKind::usage, "the address is not UTF-8");
  return out;
}

std::string_view trimmed(std::string_view text) {
  const auto begin = text.find_first_not_of(" \t");
  if (begin == text.npos) return {};
  return text.substr(begin, text.find_last_not_of(" \t") - begin + 1);
}

bool is_loopback_address(std::string_view host) {
  int parts = 0;
  if (!host.starts_with("127.") || host.ends_with('.')) return false;
  while (!host.empty()) {
    const auto part = host.substr(0, host.find('.'));
    if (part.empty() || part.size() > 3 || part.find_first_not_of("0123456789") != part.npos ||
        std::stoi(std::string(part)) > 255) {
      return false;
    }
    ++parts;
    host.remove_prefix(std::min(part.size() + 1, host.size()));
  }
  return parts == 4;
}

}  // namespace

Path parse_target(std::string_view target) {
  const auto scheme = target.find("://");
  if (scheme != target.npos && !target.starts_with('/')) {
    const auto path = target.find('/', scheme + 3);
    target = path == target.npos ? "/" : target.substr(path);
  }
  target = target.substr(0, target.find_first_of("?#"));
  Path path;
  while (target.starts_with('/')) {
    target.remove_prefix(1);
    const auto end = std::min(target.find('/'), target.size());
    path.push_back(decoded(target.substr(0, end)));
    target.remove_prefix(end);
  }
  if (!target.empty()) raise(ErrorKind::usage, "the address does not begin with a slash");
  return path;
}

bool is_loopback_name(std::string_view host) {
  if (host.starts_with('[')) {
    const auto end = host.find(']');
    return end != host.npos && host.substr(0, end + 1) == "[::1]" &&
           (end + 1 == host.size() || host[end + 1] == ':');
  }
  host = host.substr(0, host.find(':'));
  return base::lower(host) == "localhost" || is_loopback_address(host);
}

bool is_media_type(std::string_view header, std::string_view type) {
  return base::lower(trimmed(header.substr(0, header.find(';')))) == type;
}

bool accepts(std::string_view header, std::string_view type) {
  while (!header.empty()) {
    const auto entry = header.substr(0, header.find(','));
    header.remove_prefix(std::min(entry.size() + 1, header.size()));
    if (!is_media_type(entry, type)) continue;
    const auto q = entry.find("q=");
    return q == entry.npos || trimmed(entry.substr(q + 2)).find_first_not_of("0.") != entry.npos;
  }
  return false;
}

}  // namespace iacdb::http
