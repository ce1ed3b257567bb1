#include "driver/option_check.hpp"

#include <algorithm>

#include "base/text.hpp"
#include "iacdb/error.hpp"

namespace iacdb::driver {
namespace {

[[noreturn]] void refuse(const Backend& backend, std::string message) {
  ErrorFacts facts;
  facts.kind = ErrorKind::config;
  facts.backend = backend.name();
  facts.message = std::move(message);
  raise(std::move(facts));
}

/// Options come from files and URLs: what is shown of them is short and printable.
std::string shown(std::string_view name) {
  constexpr std::size_t shown_bytes_max = 40;
  std::string text(name.substr(0, shown_bytes_max));
  std::replace_if(
      text.begin(), text.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7F; }, '?');
  return '"' + text + '"';
}

[[noreturn]] void refuse_unknown(const Backend& backend, std::string_view name) {
  std::vector<std::string_view> known;
  for (const BackendOption& option : backend.options()) known.push_back(option.name);
  const std::string_view near = base::nearest(name, known);
  refuse(backend, "no option is called " + shown(name) +
                      (near.empty() ? "; `iacdb backends --options` lists them"
                                    : "; did you mean \"" + std::string(near) + "\"?"));
}

bool is_one_of(std::string_view choices, std::string_view value) {
  while (!choices.empty()) {
    const auto bar = std::min(choices.find('|'), choices.size());
    if (choices.substr(0, bar) == value) return true;
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return false;
}

void check_value(const Backend& backend, const BackendOption& option, std::string_view value) {
  const auto must_be = [&](std::string_view what) {
    refuse(backend, "option " + std::string(option.name) + " must be " + std::string(what));
  };
  switch (option.kind) {
    case BackendOption::Kind::integer: {
      const std::string_view digits = value.substr(value.starts_with('-') ? 1 : 0);
      if (digits.empty() || digits.find_first_not_of("0123456789") != digits.npos) {
        must_be("a whole number");
      }
      break;
    }
    case BackendOption::Kind::boolean:
      if (!is_one_of("true|false|on|off|yes|no|1|0", value)) must_be("true or false");
      break;
    case BackendOption::Kind::choice:
      if (!is_one_of(option.choices, value)) must_be("one of " + std::string(option.choices));
      break;
    case BackendOption::Kind::text:
      break;
  }
}

}  // namespace

void check_options(const ConnectionSettings& settings, const Backend& backend) {
  const auto known = backend.options();
  for (const auto& given : settings.options) {
    const auto found = std::find_if(known.begin(), known.end(), [&](const BackendOption& option) {
      return option.name == given.first;
    });
    if (found == known.end()) refuse_unknown(backend, given.first);
    check_value(backend, *found, given.second);
  }
}

}  // namespace iacdb::driver
