#include "base/url.hpp"

#include <algorithm>
#include <charconv>
#include <utility>

#include "base/text.hpp"

namespace iacdb::base {
namespace {

constexpr std::size_t url_bytes_max = 64 * 1024;
constexpr std::size_t hosts_max = 64;
constexpr std::size_t parameters_max = 256;

constexpr int hex_value(char c) noexcept {
  if (is_digit(c)) return c - '0';
  const char low = to_lower(c);
  return low >= 'a' && low <= 'f' ? low - 'a' + 10 : -1;
}

constexpr bool is_unreserved(char c) noexcept {
  const char low = to_lower(c);
  return (low >= 'a' && low <= 'z') || is_digit(c) || c == '-' || c == '.' || c == '_' || c == '~';
}

/// Internal: thrown by the parser's steps, caught by parse_url.
struct Refusal {
  UrlProblem problem;
};

[[noreturn]] void refuse(std::size_t position, std::string message) {
  throw Refusal{{position, std::move(message)}};
}

class Parser {
 public:
  Parser(std::string_view text, bool references) : text_(text), references_(references) {}

  Url parse() {
    check_bytes();
    std::size_t at = scheme();
    const std::size_t query = find("?#", at, text_.size());
    if (text_.substr(at).starts_with("//")) {
      url_.has_authority = true;
      const std::size_t end = find("/", at + 2, query);
      authority(at + 2, end);
      at = end;
    }
    url_.path_position = at;
    url_.path = decode(at, query);
    if (query < text_.size()) parameters(query);
    return std::move(url_);
  }

 private:
  void check_bytes() const {
    if (text_.size() > url_bytes_max) refuse(0, "the URL is longer than 64 KiB");
    for (std::size_t i = 0; i < text_.size(); ++i) {
      const auto byte = static_cast<unsigned char>(text_[i]);
      if (byte < 0x20 || byte == 0x7F) {
        refuse(i, "a control character; write it as % and two hexadecimal digits");
      }
    }
  }

  std::size_t scheme() {
    const std::size_t end = text_.find(':');
    if (end == std::string_view::npos || end == 0) {
      refuse(0, "no scheme; a URL begins as in sqlite:file.db or postgres://host/database");
    }
    for (std::size_t i = 0; i < end; ++i) {
      const char c = to_lower(text_[i]);
      const bool letter = c >= 'a' && c <= 'z';
      if (!letter && (i == 0 || !(is_digit(c) || c == '+' || c == '-' || c == '.'))) {
        refuse(i, "no scheme; a URL begins as in sqlite:file.db or postgres://host/database");
      }
    }
    url_.scheme = lower(text_.substr(0, end));
    return end + 1;
  }

  /// The first of `delimiters` in [from, end) that lies outside ${...}, or end.
  std::size_t find(std::string_view delimiters, std::size_t from, std::size_t end) const {
    for (std::size_t i = from; i < end;) {
      if (const std::size_t after = reference_end(i); after != i) {
        i = std::min(after, end);
        continue;
      }
      if (delimiters.find(text_[i]) != std::string_view::npos) return i;
      ++i;
    }
    return end;
  }

  std::size_t reference_end(std::size_t at) const {
    return references_ ? skip_reference(text_, at) : at;
  }

  std::string decode(std::size_t from, std::size_t end) const {
    std::string result;
    for (std::size_t i = from; i < end;) {
      if (const std::size_t after = std::min(reference_end(i), end); after != i) {
        result += text_.substr(i, after - i);
        i = after;
      } else if (text_[i] != '%') {
        result += text_[i++];
      } else {
        const auto byte = percent_decode(text_.substr(i, std::min<std::size_t>(3, end - i)));
        if (!byte || byte->size() != 1) {
          refuse(i, "a % must be followed by two hexadecimal digits other than 00; write % as %25");
        }
        result += *byte;
        i += 3;
      }
    }
    return result;
  }

  void authority(std::size_t from, std::size_t end) {
    std::size_t host_from = from;
    for (std::size_t at = find("@", from, end); at < end; at = find("@", at + 1, end)) {
      host_from = at + 1;  // The last one: a host holds no @, a careless password may.
    }
    if (host_from != from) user_info(from, host_from - 1);
    if (host_from == end) return;  // postgres:///db: no host at all.
    for (std::size_t at = host_from;;) {
      const std::size_t comma = host_end(at, end);
      if (url_.hosts.size() == hosts_max) refuse(at, "more than 64 hosts");
      url_.hosts.push_back(host(at, comma));
      if (comma == end) break;
      at = comma + 1;
    }
  }

  std::size_t host_end(std::size_t from, std::size_t end) const { return find(",", from, end); }

  void user_info(std::size_t from, std::size_t end) {
    const std::size_t colon = find(":", from, end);
    url_.user_position = from;
    url_.user = decode(from, colon);
    if (colon == end) return;
    url_.password_position = colon + 1;
    url_.password = decode(colon + 1, end);
  }

  UrlHost host(std::size_t from, std::size_t end) const {
    UrlHost result;
    result.position = from;
    std::size_t port_colon = end;
    if (from < end && text_[from] == '[') {
      const std::size_t close = text_.find(']', from);
      if (close >= end) refuse(from, "an IPv6 address without its closing ]");
      result.host = decode(from + 1, close);
      check_ipv6(result.host, from + 1);
      port_colon = close + 1;
      if (port_colon < end && text_[port_colon] != ':') {
        refuse(port_colon, "after an address in brackets only :port may follow");
      }
    } else {
      port_colon = find(":", from, end);
      result.host = decode(from, port_colon);
      if (port_colon < end && find(":", port_colon + 1, end) < end) {
        refuse(from, "an IPv6 address is written in brackets: [::1]:5432" + hint(end));
      }
    }
    if (port_colon < end) result.port = port(port_colon + 1, end);
    return result;
  }

  static void check_ipv6(std::string_view address, std::size_t position) {
    const std::string_view digits = address.substr(0, address.find('%'));
    const bool fits = std::all_of(digits.begin(), digits.end(),
                                  [](char c) { return hex_value(c) >= 0 || c == ':' || c == '.'; });
    if (!fits || digits.find(':') == std::string_view::npos) {
      refuse(position, "no IPv6 address between the brackets");
    }
  }

  std::uint16_t port(std::size_t from, std::size_t end) const {
    if (from == end) return 0;
    const std::string_view digits = text_.substr(from, end - from);
    unsigned value = 0;
    const auto [stop, error] = std::from_chars(digits.data(), digits.data() + digits.size(), value);
    if (error != std::errc() || stop != digits.data() + digits.size() || value == 0 ||
        value > 65535) {
      refuse(from, "a port is a number from 1 to 65535" + hint(end));
    }
    return static_cast<std::uint16_t>(value);
  }

  /// When an @ follows the authority, a password has most likely ended it too early.
  std::string hint(std::size_t authority_end) const {
    if (text_.find('@', authority_end) == std::string_view::npos) return "";
    return "; in a password / is written %2F, ? is %3F, # is %23";
  }

  void parameters(std::size_t at) {
    if (text_[at] == '#') refuse(at, "a # begins a fragment, which means nothing here; write %23");
    ++at;
    const std::size_t fragment = find("#", at, text_.size());
    if (fragment < text_.size()) {
      refuse(fragment, "a # begins a fragment, which means nothing here; write %23");
    }
    while (at < text_.size()) {
      const std::size_t end = find("&", at, text_.size());
      const std::size_t equals = find("=", at, end);
      if (end != at) {
        if (equals == end) refuse(at, "a parameter without a value; write name=value");
        if (equals == at) refuse(at, "a parameter without a name; write name=value");
        if (url_.parameters.size() == parameters_max) refuse(at, "more than 256 parameters");
        url_.parameters.push_back({decode(at, equals), decode(equals + 1, end), at});
      }
      at = end + 1;
    }
  }

  std::string_view text_;
  bool references_;
  Url url_;
};

std::string print_host(const UrlHost& host) {
  std::string text;
  if (host.host.find(':') != std::string::npos && !host.host.starts_with('/')) {
    text = "[" + percent_encode(host.host, ":") + "]";
  } else {
    text = percent_encode(host.host);
  }
  if (host.port != 0) text += ":" + std::to_string(host.port);
  return text;
}

}  // namespace

const UrlParameter* Url::find(std::string_view name) const noexcept {
  for (const UrlParameter& parameter : parameters) {
    if (parameter.name == name) return &parameter;
  }
  return nullptr;
}

std::optional<Url> parse_url(std::string_view text, UrlProblem& problem, bool references) {
  try {
    return Parser(text, references).parse();
  } catch (Refusal& refusal) {
    problem = std::move(refusal.problem);
    return std::nullopt;
  }
}

std::string print_url(const Url& url) {
  std::string text = url.scheme + ":";
  if (url.has_authority) {
    text += "//";
    if (url.user) text += percent_encode(*url.user);
    if (url.password) text += ":" + percent_encode(*url.password);
    if (url.user || url.password) text += "@";
    for (std::size_t i = 0; i < url.hosts.size(); ++i) {
      if (i > 0) text += ",";
      text += print_host(url.hosts[i]);
    }
  }
  text += percent_encode(url.path, "/:");
  char separator = '?';
  for (const UrlParameter& parameter : url.parameters) {
    text +=
        separator + percent_encode(parameter.name) + "=" + percent_encode(parameter.value, "/,");
    separator = '&';
  }
  return text;
}

std::string percent_encode(std::string_view text, std::string_view keep) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result;
  result.reserve(text.size());
  for (const char c : text) {
    if (is_unreserved(c) || keep.find(c) != std::string_view::npos) {
      result += c;
    } else {
      const auto byte = static_cast<unsigned char>(c);
      result += {'%', digits[byte >> 4], digits[byte & 15]};
    }
  }
  return result;
}

std::optional<std::string> percent_decode(std::string_view text) {
  std::string result;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '%') {
      result += text[i];
      continue;
    }
    const int high = i + 2 < text.size() ? hex_value(text[i + 1]) : -1;
    const int low = i + 2 < text.size() ? hex_value(text[i + 2]) : -1;
    if (high < 0 || low < 0 || high + low == 0) return std::nullopt;
    result += static_cast<char>(high * 16 + low);
    i += 2;
  }
  return result;
}

std::size_t skip_reference(std::string_view text, std::size_t at) noexcept {
  if (!text.substr(at).starts_with("${")) return at;
  std::size_t depth = 0;
  for (std::size_t i = at + 1; i < text.size(); ++i) {
    if (text[i] == '{') ++depth;
    if (text[i] == '}' && --depth == 0) return i + 1;
  }
  return at;
}

}  // namespace iacdb::base
