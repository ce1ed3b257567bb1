#include "config/key.hpp"

#include "config/quantity.hpp"

namespace iacdb::config {

const Key* Section::find(std::string_view name) const noexcept {
  for (const Key& key : keys) {
    if (key.name == name) return &key;
  }
  return nullptr;
}

std::vector<std::string_view> Section::names() const {
  std::vector<std::string_view> result;
  for (const Key& key : keys) result.push_back(key.name);
  return result;
}

std::vector<std::string_view> split_choices(std::string_view choices) {
  std::vector<std::string_view> result;
  while (!choices.empty()) {
    const std::size_t bar = std::min(choices.find('|'), choices.size());
    result.push_back(choices.substr(0, bar));
    choices.remove_prefix(std::min(bar + 1, choices.size()));
  }
  return result;
}

std::string print_value(const Key& key, const Value& value) {
  switch (key.type) {
    case KeyType::integer:
      return std::to_string(value.number);
    case KeyType::boolean:
      return value.number != 0 ? "true" : "false";
    case KeyType::duration:
      return print_duration(value.number);
    case KeyType::bytes:
      return print_bytes(value.number);
    case KeyType::choice: {
      const auto choices = split_choices(key.choices);
      const auto index = static_cast<std::size_t>(value.number);
      return index < choices.size() ? std::string(choices[index]) : "";
    }
    default:
      return value.text;
  }
}

std::string default_text(const Key& key, const Section& section) {
  if (section.defaults == nullptr || key.binding.get == nullptr || key.required) return "";
  const Value value = key.binding.get(section.defaults());
  if (key.type == KeyType::duration && value.number < 0) return "";         // An unset optional.
  if (key.type == KeyType::integer && value.number < key.least) return "";  // A port not given.
  return print_value(key, value);
}

std::string describe_type(const Key& key) {
  switch (key.type) {
    case KeyType::text:
      return "text";
    case KeyType::secret:
      return "text, secret";
    case KeyType::integer:
      return "number";
    case KeyType::boolean:
      return "true or false";
    case KeyType::duration:
      return key.plain_unit_ms == 1 ? "duration; plain number: milliseconds"
                                    : "duration; plain number: seconds";
    case KeyType::bytes:
      return "size; plain number: bytes";
    case KeyType::choice:
      return "one of the names listed";
    case KeyType::hosts:
      return "list of host or host:port";
    case KeyType::text_map:
      return "names with values";
    case KeyType::choice_map:
      return "names with rights";
    case KeyType::section:
      return "section";
    case KeyType::section_map:
      return "sections by name";
    case KeyType::section_list:
      return "list of sections";
  }
  return "";
}

void assign(std::string& member, const Value& value) {
  member = value.text;
}

void assign(base::Secret& member, const Value& value) {
  member = base::Secret(value.text);
}

void assign(bool& member, const Value& value) {
  member = value.number != 0;
}

void assign(std::chrono::milliseconds& member, const Value& value) {
  member = std::chrono::milliseconds(value.number);
}

void assign(std::optional<std::chrono::milliseconds>& member, const Value& value) {
  member = std::chrono::milliseconds(value.number);
}

void assign(std::map<std::string, std::string>& member, const Value& value) {
  for (const auto& [name, text] : value.pairs) member.insert_or_assign(name, text);
}

Value read(const std::string& member) {
  Value value;
  value.text = member;
  return value;
}

Value read(const base::Secret&) {
  return {};  // Secrets stay where they are.
}

Value read(const std::chrono::milliseconds& member) {
  Value value;
  value.number = member.count();
  return value;
}

Value read(const std::optional<std::chrono::milliseconds>& member) {
  Value value;
  value.number = member ? member->count() : -1;
  return value;
}

Value read(const std::map<std::string, std::string>& member) {
  Value value;
  value.pairs = member;
  return value;
}

}  // namespace iacdb::config
