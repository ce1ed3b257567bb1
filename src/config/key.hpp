#pragma once
// Key: the one description of a configuration key. Checks, the JSON Schema, the reference page,
// environment variables, URL parameters and `config show` all read it.
//
//   for (const Key& key : root_section().keys) print(key.name, key.description);
//
// A new setting is one member in settings.hpp and one Key in the table of its section.
// Threads: constant tables.

#include <chrono>
#include <cstdint>
#include <map>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "base/secret.hpp"
#include "config/settings.hpp"

namespace iacdb::config {

enum class KeyType : std::uint8_t {
  text,
  secret,  ///< Text that is shown as ***.
  integer,
  boolean,
  duration,  ///< Value::number in milliseconds.
  bytes,
  choice,        ///< Value::number is the index within Key::choices.
  hosts,         ///< A list of host or host:port.
  text_map,      ///< Names of the user's choosing with text, numbers or booleans.
  choice_map,    ///< Names with one of Key::choices; a bare name or list grants the first.
  section,       ///< Keys of a table, in the same object.
  section_map,   ///< Sections by name.
  section_list,  ///< Sections in order.
};

/// A checked value on its way into a settings object, or out of it.
struct Value {
  std::string text;
  std::int64_t number = 0;
  std::vector<std::string> list;
  std::map<std::string, std::string> pairs;
};

struct BindContext;
struct Node;
struct Section;

/// How a key reaches its member. `object` is the innermost Settings, DatabaseSettings,
/// ReplicaSettings or TokenSettings.
struct Binding {
  void (*set)(void* object, const Value& value) = nullptr;
  Value (*get)(const void* object) = nullptr;
  /// section_map and section_list: makes the element and answers it.
  void* (*add)(void* object, const std::string& name) = nullptr;
};

struct Key {
  std::string_view name;
  KeyType type = KeyType::text;
  std::int64_t least = 0;  ///< integer, bytes, duration (ms).
  std::int64_t most = INT64_MAX;
  std::int64_t plain_unit_ms = 1000;  ///< duration: what a number without a unit counts.
  std::string_view choices{};         ///< Separated by |.
  std::string_view url_parameter{};   ///< Its name in a URL's query; empty: not there.
  bool required = false;
  std::string_view description{};
  std::string_view example{};
  Binding binding{};
  const Section* section = nullptr;
};

struct Section {
  std::string_view description;
  std::span<const Key> keys;
  /// What the defaults are read from; null where the section has none of its own.
  const void* (*defaults)() = nullptr;
  /// What no single key can tell: contradictions. Runs when the keys were bound.
  void (*check)(const Node& node, void* object, BindContext& context) = nullptr;
  /// Keys of which one must be given, separated by |.
  std::string_view one_of{};

  const Key* find(std::string_view name) const noexcept;
  std::vector<std::string_view> names() const;
};

const Section& root_section();
const Section& database_section();
const Section& replica_section();

std::vector<std::string_view> split_choices(std::string_view choices);
/// The default as the file would hold it; empty when there is none.
std::string default_text(const Key& key, const Section& section);
/// A value as the file would hold it: "30s", "64KiB", "true".
std::string print_value(const Key& key, const Value& value);
/// "text", "duration (a plain number: seconds)" and so on, for people.
std::string describe_type(const Key& key);

// --- How members are read and written -----------------------------------------------------------

void assign(std::string& member, const Value& value);
void assign(base::Secret& member, const Value& value);
void assign(bool& member, const Value& value);
void assign(std::chrono::milliseconds& member, const Value& value);
void assign(std::optional<std::chrono::milliseconds>& member, const Value& value);
void assign(std::map<std::string, std::string>& member, const Value& value);
template <class Number>
requires std::is_arithmetic_v<Number> || std::is_enum_v<Number>
void assign(Number& member, const Value& value) {
  member = static_cast<Number>(value.number);
}

Value read(const std::string& member);
Value read(const base::Secret& member);
Value read(const std::chrono::milliseconds& member);
Value read(const std::optional<std::chrono::milliseconds>& member);
Value read(const std::map<std::string, std::string>& member);
template <class Number>
requires std::is_arithmetic_v<Number> || std::is_enum_v<Number> Value read(const Number& member) {
  Value value;
  value.number = static_cast<std::int64_t>(member);
  return value;
}

/// The binding of a member, given by its path from the object.
template <class Object, auto... Path>
constexpr Binding bind() {
  Binding binding;
  binding.set = [](void* at, const Value& value) {
    auto& object = *static_cast<Object*>(at);
    assign((object.*....*Path), value);
  };
  binding.get = [](const void* at) {
    const auto& object = *static_cast<const Object*>(at);
    return read((object.*....*Path));
  };
  return binding;
}

}  // namespace iacdb::config
