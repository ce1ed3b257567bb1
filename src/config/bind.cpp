#include "config/bind.hpp"

#include <algorithm>
#include <array>

#include "config/host_text.hpp"
#include "config/quantity.hpp"

namespace iacdb::config {
namespace {

using Style = Node::Style;

/// Checks one value and hands it to its member.
class ValueReader {
 public:
  ValueReader(const Node& node, const Key& key, BindContext& context)
      : node_(node), key_(key), context_(context) {}

  void bind(void* object) {
    if (!read()) return;
    if (key_.binding.set != nullptr) key_.binding.set(object, value_);
  }

 private:
  /// False: there was a problem, or nothing to set yet.
  bool read() {
    switch (key_.type) {
      case KeyType::hosts:
        return hosts();
      case KeyType::text_map:
        return text_map();
      case KeyType::choice_map:
        return choice_map();
      default:
        return scalar();
    }
  }

  bool fail(const Node& at, const std::string& message) {
    context_.problems.add(at.mark, std::string(key_.name) + " " + message);
    return false;
  }
  bool fail(const std::string& message) { return fail(node_, message); }

  /// A scalar's text with its references resolved. False: stop here.
  bool take(const Node& node, std::string& text, Style& style) {
    if (node.kind == Node::Kind::null) return fail(node, "has no value; give one or drop the key");
    if (!node.is_scalar()) return fail(node, wants() + ", not " + std::string(describe(node)));
    style = node.style;
    text = node.text;
    if (!has_reference(text)) {
      text = resolve_references(text, context_.environment, node.mark);  // $${ to ${.
      return true;
    }
    if (const std::string problem = check_references(text); !problem.empty()) {
      return fail(node, "holds " + problem);
    }
    style = Style::untyped;
    if (context_.resolve) {
      text = resolve_references(text, context_.environment, node.mark);
      return true;
    }
    const bool shows_reference = key_.type == KeyType::text && key_.choices.empty();
    return shows_reference;
  }

  std::string wants() const {
    switch (key_.type) {
      case KeyType::integer:
        return "is a number";
      case KeyType::boolean:
        return "is true or false";
      case KeyType::duration:
        return "is a duration such as 30s or 5m";
      case KeyType::bytes:
        return "is a size such as 64KiB or 1MB";
      case KeyType::choice:
        return "is one of its names";
      default:
        return "is text";
    }
  }

  bool scalar() {
    Style style = Style::plain;
    if (!take(node_, value_.text, style)) return false;
    switch (key_.type) {
      case KeyType::integer:
        return integer(style);
      case KeyType::boolean:
        return boolean(style);
      case KeyType::duration:
        return quantity(style, parse_duration(value_.text, key_.plain_unit_ms));
      case KeyType::bytes:
        return quantity(style, parse_bytes(value_.text));
      case KeyType::choice:
        return choice();
      default:
        return text(style);
    }
  }

  bool text(Style style) {
    const bool is_word = value_.text == "true" || value_.text == "false";
    if (style == Style::plain && (is_word || looks_like_number(value_.text))) {
      return fail("is text; write it in quotes");
    }
    if (key_.type == KeyType::secret && value_.text == "***") {
      return fail("is the mask that `config show` prints; put the secret itself, or a reference");
    }
    if (key_.choices.empty()) return true;
    value_.text = canonical_backend(value_.text);
    const auto choices = split_choices(key_.choices);
    if (std::find(choices.begin(), choices.end(), value_.text) != choices.end()) return true;
    return fail("is none that is known" + suggestion(value_.text, choices));
  }

  bool integer(Style style) {
    if (style == Style::quoted) return fail("is a number; write it without quotes");
    const auto number = parse_integer(value_.text);
    if (!number) return fail("is a whole number");
    value_.number = *number;
    return in_range();
  }

  bool boolean(Style style) {
    if (style == Style::quoted) return fail("is true or false; write it without quotes");
    if (value_.text != "true" && value_.text != "false") return fail("is true or false");
    value_.number = value_.text == "true" ? 1 : 0;
    return true;
  }

  bool quantity(Style style, const std::optional<std::int64_t>& number) {
    if (!number) return fail(wants());
    if (style == Style::quoted && looks_like_number(value_.text)) {
      return fail(wants() + "; write a unit, or a number without quotes");
    }
    value_.number = *number;
    return in_range();
  }

  bool in_range() {
    if (value_.number >= key_.least && value_.number <= key_.most) return true;
    Value least, most;
    least.number = key_.least;
    most.number = key_.most;
    std::string message = "must be at least " + print_value(key_, least);
    if (key_.most != INT64_MAX) {
      message = "must be from " + print_value(key_, least) + " to " + print_value(key_, most);
    }
    return fail(message);
  }

  bool choice() {
    const auto choices = split_choices(key_.choices);
    const auto found = std::find(choices.begin(), choices.end(), value_.text);
    if (found == choices.end()) {
      return fail("is none of its names" + suggestion(value_.text, choices));
    }
    value_.number = found - choices.begin();
    return true;
  }

  bool hosts() {
    if (node_.is_scalar()) return hosts_text();
    if (!node_.is_sequence()) return fail("is a list such as [db1:5432, db2]");
    for (const Node& item : node_.items) {
      std::string text;
      Style style = Style::plain;
      if (take(item, text, style) && !host(item, text)) return false;
    }
    if (node_.items.empty()) return fail("is an empty list");
    return !value_.list.empty();
  }

  bool hosts_text() {
    std::string text;
    Style style = Style::plain;
    if (!take(node_, text, style)) return false;
    for (std::size_t at = 0; at <= text.size();) {
      const std::size_t comma = std::min(text.find(',', at), text.size());
      if (!host(node_, text.substr(at, comma - at))) return false;
      at = comma + 1;
    }
    return true;
  }

  bool host(const Node& at, const std::string& text) {
    if (text.empty() || !parse_host(text)) {
      return fail(at, "holds what is no host; write db1, db1:5432 or [::1]:5432");
    }
    value_.list.push_back(text);
    return true;
  }

  bool text_map() {
    if (!node_.is_mapping()) return fail("is a section of names and values");
    for (const Entry& entry : node_.entries) {
      std::string text;
      Style style = Style::plain;
      if (take(entry.value, text, style)) value_.pairs[entry.key] = text;
    }
    return true;
  }

  bool choice_map() {
    const auto choices = split_choices(key_.choices);
    if (node_.is_scalar()) {
      value_.pairs[node_.text] = choices.front();
      return true;
    }
    for (const Node& item : node_.items) {
      if (!item.is_scalar()) return fail(item, "is a list of names");
      value_.pairs[item.text] = choices.front();
    }
    for (const Entry& entry : node_.entries) {
      const std::string& right = entry.value.text;
      if (std::find(choices.begin(), choices.end(), right) == choices.end()) {
        return fail(entry.value, "gives a right that is unknown" + suggestion(right, choices));
      }
      value_.pairs[entry.key] = right;
    }
    if (value_.pairs.empty()) return fail("grants nothing; name a database");
    return true;
  }

  const Node& node_;
  const Key& key_;
  BindContext& context_;
  Value value_;
};

bool is_valid_name(std::string_view name) {
  constexpr std::size_t name_bytes_max = 63;
  if (name.empty() || name.size() > name_bytes_max) return false;
  return name.find_first_not_of(
             "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789_-") ==
         std::string_view::npos;
}

void bind_named_sections(const Node& node, const Key& key, void* object, BindContext& context) {
  if (node.kind == Node::Kind::null) return;
  if (!node.is_mapping()) {
    context.problems.add(node.mark, std::string(key.name) + " holds sections by name, not " +
                                        std::string(describe(node)));
    return;
  }
  for (const Entry& entry : node.entries) {
    if (!is_valid_name(entry.key)) {
      context.problems.add(entry.mark,
                           "the name " + shown(entry.key) +
                               " is not usable; letters, digits, _ and - are, up to 63");
      continue;
    }
    bind_section(entry.value, *key.section, key.binding.add(object, entry.key), context);
  }
}

void bind_listed_sections(const Node& node, const Key& key, void* object, BindContext& context) {
  if (node.kind == Node::Kind::null) return;
  if (!node.is_sequence()) {
    context.problems.add(node.mark, std::string(key.name) + " is a list of sections, not " +
                                        std::string(describe(node)));
    return;
  }
  for (const Node& item : node.items) {
    bind_section(item, *key.section, key.binding.add(object, ""), context);
  }
}

void bind_key(const Node& node, const Key& key, void* object, BindContext& context) {
  switch (key.type) {
    case KeyType::section:
      if (node.kind != Node::Kind::null) bind_section(node, *key.section, object, context);
      return;
    case KeyType::section_map:
      return bind_named_sections(node, key, object, context);
    case KeyType::section_list:
      return bind_listed_sections(node, key, object, context);
    default:
      return ValueReader(node, key, context).bind(object);
  }
}

void check_names(const Node& node, const Section& section, BindContext& context) {
  for (const Entry& entry : node.entries) {
    if (section.find(entry.key) != nullptr) continue;
    context.problems.add(
        entry.mark, "unknown key " + shown(entry.key) + suggestion(entry.key, section.names()));
  }
}

}  // namespace

void bind_section(const Node& node, const Section& section, void* object, BindContext& context) {
  if (!node.is_mapping() && node.kind != Node::Kind::null) {
    context.problems.add(node.mark,
                         "expected a section with keys, found " + std::string(describe(node)));
    return;
  }
  check_names(node, section, context);
  for (const Key& key : section.keys) {
    if (const Node* value = node.find(key.name)) {
      bind_key(*value, key, object, context);
    } else if (key.required) {
      context.problems.add(node.mark, std::string(key.name) + " is missing");
    }
  }
  if (section.check != nullptr) section.check(node, object, context);
}

namespace {

constexpr std::array<std::string_view, 6> alias_names = {"postgresql", "mariadb", "sqlite3",
                                                         "sqlserver",  "mongo",   "mongodb+srv"};
constexpr std::array<std::string_view, 6> alias_targets = {"postgres", "mysql",   "sqlite",
                                                           "mssql",    "mongodb", "mongodb"};

}  // namespace

std::string_view canonical_backend(std::string_view name) noexcept {
  for (std::size_t i = 0; i < alias_names.size(); ++i) {
    if (name == alias_names[i]) return alias_targets[i];
  }
  return name;
}

std::span<const std::string_view> backend_aliases() noexcept {
  return std::span(alias_names).first(4);  // The last two are URL schemes more than types.
}

}  // namespace iacdb::config
