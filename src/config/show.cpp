#include "config/show.hpp"

#include <array>

#include "config/connection_parts.hpp"
#include "config/document.hpp"
#include "config/key.hpp"
#include "config/secret_places.hpp"

namespace iacdb::config {
namespace {

/// True for text that YAML reads as that same text without quotes.
bool is_plain(std::string_view text) {
  if (text.empty() || looks_like_number(text)) return false;
  constexpr std::array<std::string_view, 10> words = {"true", "false", "null", "yes",   "no",
                                                      "on",   "off",   "True", "False", "Null"};
  for (const std::string_view word : words) {
    if (text == word) return false;
  }
  const bool starts_well = text.front() != '-' && text.front() != '.';
  return starts_well && text.find_first_not_of(
                            "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
                            "0123456789_-./") == std::string_view::npos;
}

std::string quoted(std::string_view text) {
  constexpr std::string_view digits = "0123456789ABCDEF";
  std::string result = "\"";
  for (const char c : text) {
    const auto byte = static_cast<unsigned char>(c);
    if (c == '"' || c == '\\') {
      result += {'\\', c};
    } else if (byte < 0x20 || byte == 0x7F) {
      result += {'\\', 'x', digits[byte >> 4], digits[byte & 15]};
    } else {
      result += c;
    }
  }
  return result + "\"";
}

std::string text_value(std::string_view text) {
  return is_plain(text) ? std::string(text) : quoted(text);
}

class Printer {
 public:
  explicit Printer(ShowOptions options) : options_(options) {}

  std::string print(const Node& root) {
    section(root, root_section(), 0);
    return std::move(text_);
  }

 private:
  void line(int depth, const std::string& content, const Mark* origin = nullptr) {
    text_.append(static_cast<std::size_t>(depth) * 2, ' ');
    if (dash_) text_.replace(text_.size() - 2, 2, "- ");
    dash_ = false;
    text_ += content;
    if (options_.origins && origin != nullptr && origin->source) text_ += "  # " + origin->text();
    text_ += "\n";
  }

  void section(const Node& node, const Section& rules, int depth) {
    for (const Key& key : rules.keys) {
      const Node* value = node.find(key.name);
      if (value != nullptr && value->kind != Node::Kind::null) entry(*value, key, depth);
    }
  }

  void entry(const Node& node, const Key& key, int depth) {
    const std::string name(key.name);
    switch (key.type) {
      case KeyType::section:
        if (node.entries.empty()) return;
        line(depth, name + ":");
        return section(node, *key.section, depth + 1);
      case KeyType::section_map:
        line(depth, name + (node.entries.empty() ? ": {}" : ":"));
        for (const Entry& named : node.entries) {
          line(depth + 1, text_value(named.key) + ":");
          section(named.value, *key.section, depth + 2);
        }
        return;
      case KeyType::section_list:
        line(depth, name + (node.items.empty() ? ": []" : ":"));
        for (const Node& item : node.items) {
          dash_ = !item.entries.empty();
          if (!dash_) line(depth + 1, "- {}");
          section(item, *key.section, depth + 2);
        }
        return;
      case KeyType::text_map:
      case KeyType::choice_map:
        return map(node, key, depth);
      case KeyType::hosts:
        return list(node, name, depth);
      default:
        line(depth, name + ": " + value_text(node, key), &node.mark);
    }
  }

  std::string value_text(const Node& node, const Key& key) const {
    if (key.type == KeyType::secret) {
      return text_value(options_.secrets ? node.text : masked(node));
    }
    if (key.type == KeyType::text || has_reference(node.text)) return text_value(node.text);
    return node.text;  // Numbers and names were checked.
  }

  void map(const Node& node, const Key& key, int depth) {
    if (!node.is_mapping()) return list(node, std::string(key.name), depth);
    if (node.entries.empty()) return;
    line(depth, std::string(key.name) + ":");
    for (const Entry& entry : node.entries) {
      const bool hide = !options_.secrets && is_secret_name(entry.key);
      const bool typed = entry.value.style == Node::Style::plain;
      const std::string text = hide ? masked(entry.value) : entry.value.text;
      line(depth + 1, text_value(entry.key) + ": " + (typed && !hide ? text : text_value(text)),
           &entry.value.mark);
    }
  }

  void list(const Node& node, const std::string& name, int depth) {
    if (node.is_scalar()) return line(depth, name + ": " + text_value(node.text), &node.mark);
    std::string text = name + ": [";
    for (std::size_t i = 0; i < node.items.size(); ++i) {
      if (i > 0) text += ", ";
      text += text_value(node.items[i].text);
    }
    line(depth, text + "]", &node.mark);
  }

  ShowOptions options_;
  std::string text_;
  bool dash_ = false;  ///< The next line begins an item of a list.
};

}  // namespace

std::string show_settings(const Settings& settings, ShowOptions options) {
  if (settings.document == nullptr) return "";
  const std::string text = Printer(options).print(settings.document->root);
  return text.empty() ? "databases: {}\n" : text;
}

}  // namespace iacdb::config
