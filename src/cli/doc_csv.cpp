#include "cli/doc_csv.hpp"

#include <array>
#include <charconv>
#include <iacdb/error.hpp>
#include <utility>

#include "core/json.hpp"

namespace iacdb::cli {
namespace {

constexpr std::array<std::pair<std::string_view, CellType>, 10> types = {{
    {"auto", CellType::automatic},
    {"string", CellType::string},
    {"int32", CellType::int32},
    {"int64", CellType::int64},
    {"double", CellType::real},
    {"decimal", CellType::decimal},
    {"boolean", CellType::boolean},
    {"date", CellType::date},
    {"objectid", CellType::oid},
    {"json", CellType::json},
}};

std::string quoted(std::string_view text) {
  std::string out;
  core::append_json_string(out, text);
  return out;
}

std::string wrapped(const char* key, std::string_view text) {
  return std::string("{\"") + key + "\": " + quoted(text) + "}";
}

template <class Number>
bool is_whole(std::string_view text) {
  Number number{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  return error == std::errc() && end == text.data() + text.size();
}

[[noreturn]] void refuse(std::string_view text, std::string_view type) {
  raise(ErrorKind::data, "\"" + std::string(text.substr(0, 40)) + "\" is no " + std::string(type));
}

std::string automatic_json(const std::string& text) {
  if (is_whole<std::int32_t>(text)) return wrapped("$numberInt", text);
  if (is_whole<std::int64_t>(text)) return wrapped("$numberLong", text);
  const bool digits = text.find_first_of("0123456789") != std::string::npos &&
                      text.find_first_not_of("0123456789+-.eE") == std::string::npos;
  if (digits && is_whole<double>(text)) return wrapped("$numberDouble", text);
  return quoted(text);
}

std::string json_of(const std::string& text, CellType type) {
  switch (type) {
    case CellType::automatic:
      return automatic_json(text);
    case CellType::string:
      return quoted(text);
    case CellType::int32:
      if (!is_whole<std::int32_t>(text)) refuse(text, "int32");
      return wrapped("$numberInt", text);
    case CellType::int64:
      if (!is_whole<std::int64_t>(text)) refuse(text, "int64");
      return wrapped("$numberLong", text);
    case CellType::real:
      if (!is_whole<double>(text)) refuse(text, "double");
      return wrapped("$numberDouble", text);
    case CellType::decimal:
      return wrapped("$numberDecimal", text);
    case CellType::boolean:
      if (text == "true" || text == "1" || text == "TRUE" || text == "True") return "true";
      if (text == "false" || text == "0" || text == "FALSE" || text == "False") return "false";
      refuse(text, "boolean");
    case CellType::date:
      return wrapped("$date", text);
    case CellType::oid:
      return wrapped("$oid", text);
    case CellType::json:
      break;
  }
  return text;
}

/// Fields in the order in which they first appear; a branch has children instead of a value.
struct Branch {
  std::string name;
  std::string json;
  std::vector<Branch> children;

  Branch& child(const std::string& wanted) {
    for (Branch& one : children) {
      if (one.name == wanted) return one;
    }
    return children.emplace_back(Branch{wanted, {}, {}});
  }
  std::string text() const {
    if (children.empty()) return json;
    std::string out = "{";
    for (const Branch& one : children) {
      out += (out.size() > 1 ? ", " : "") + quoted(one.name) + ": " + one.text();
    }
    return out + "}";
  }
};

std::vector<std::string> split(const std::string& path) {
  std::vector<std::string> out;
  std::size_t begin = 0;
  for (std::size_t dot = path.find('.'); dot != path.npos; dot = path.find('.', begin)) {
    out.push_back(path.substr(begin, dot - begin));
    begin = dot + 1;
  }
  out.push_back(path.substr(begin));
  return out;
}

CellType take_type(std::string& name) {
  const std::size_t dot = name.rfind('.');
  const std::string_view last = std::string_view(name).substr(dot == name.npos ? 0 : dot + 1);
  if (dot == name.npos || !last.ends_with("()")) {
    raise(ErrorKind::data, "column " + name + " has no type; write it as " + name + ".string()");
  }
  const std::string_view wanted = last.substr(0, last.size() - 2);
  for (const auto& [known, type] : types) {
    if (known != wanted) continue;
    name.resize(dot);
    return type;
  }
  std::string all;
  for (const auto& [known, type] : types) all += (all.empty() ? "" : ", ") + std::string(known);
  raise(ErrorKind::data, "no type is called " + std::string(wanted) + "; there are " + all);
}

}  // namespace

std::vector<CsvColumn> csv_columns(const CopyFields& header, bool typed) {
  std::vector<CsvColumn> out;
  for (const auto& cell : header) {
    std::string name = cell.value_or("");
    CsvColumn column;
    if (typed) column.type = take_type(name);
    column.path = split(name);
    for (const std::string& part : column.path) {
      if (part.empty()) raise(ErrorKind::data, "the header has an empty name: \"" + name + "\"");
    }
    for (const CsvColumn& other : out) {
      const std::size_t common = std::min(other.path.size(), column.path.size());
      if (std::equal(other.path.begin(), other.path.begin() + static_cast<std::ptrdiff_t>(common),
                     column.path.begin())) {
        raise(ErrorKind::data, "two columns of the header are in each other's way: " + name);
      }
    }
    out.push_back(std::move(column));
  }
  return out;
}

Document csv_document(const std::vector<CsvColumn>& columns, const CopyFields& cells,
                      bool ignores_empty) {
  if (cells.size() != columns.size()) {
    raise(ErrorKind::data, std::to_string(cells.size()) + " cells where the header has " +
                               std::to_string(columns.size()));
  }
  Branch root;
  for (std::size_t i = 0; i < cells.size(); ++i) {
    const std::string text = cells[i].value_or("");
    if (text.empty() && ignores_empty) continue;
    const bool is_text =
        columns[i].type == CellType::automatic || columns[i].type == CellType::string;
    Branch* at = &root;
    for (const std::string& part : columns[i].path) at = &at->child(part);
    at->json = text.empty() && !is_text ? "null" : json_of(text, columns[i].type);
  }
  return Document::from_json(root.children.empty() ? "{}" : root.text());
}

std::optional<std::string> csv_cell(const Document& document, const std::string& path) {
  if (auto text = document.text(path)) return text;
  if (auto oid = document.oid(path)) return oid;
  std::string json = document.value_json(path);
  if (json.empty() || json == "null") return std::nullopt;
  constexpr std::string_view date = R"({"$date":")";
  if (json.starts_with(date) && json.ends_with("\"}")) {
    return json.substr(date.size(), json.size() - date.size() - 2);
  }
  return json;
}

}  // namespace iacdb::cli
