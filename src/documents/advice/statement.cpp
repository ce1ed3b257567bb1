#include "documents/advice/statement.hpp"

#include <algorithm>

#include "documents/bson/number.hpp"
#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

/// What a command looks for, still as it was written.
struct Search {
  Object filter;
  Object sort;
  std::int64_t skip = 0;
  std::int64_t limit = 0;
};

const Object& object_at(const Object& command, std::string_view name) {
  static const Object nothing;
  const Value& v = command.get(name);
  return v.is(Type::object) ? v.object() : nothing;
}

std::int64_t number_at(const Object& command, std::string_view name) {
  const Value& v = command.get(name);
  return v.is_number() ? exact_int64(v).value_or(0) : 0;
}

/// The one statement of an update or a delete.
const Object& write_at(const Object& command, std::string_view name) {
  static const Object nothing;
  const Value& v = command.get(name);
  if (!v.is(Type::array) || v.array().empty() || !v.array()[0].is(Type::object)) return nothing;
  return v.array()[0].object();
}

bool is_true(const Value& v) {
  return v.is(Type::boolean) && v.boolean();
}

/// The stages that a store's search takes in.
Search search_of_pipeline(const Value& stages) {
  Search out;
  if (!stages.is(Type::array)) return out;
  Array filters;
  for (const Value& one : stages.array()) {
    if (!one.is(Type::object) || one.object().size() != 1) break;
    const auto& [name, spec] = one.object().front();
    if (name == "$match" && spec.is(Type::object) && out.sort.empty() && out.limit == 0 &&
        out.skip == 0) {
      filters.push_back(spec);
    } else if (name == "$sort" && spec.is(Type::object) && out.sort.empty() && out.limit == 0 &&
               out.skip == 0) {
      out.sort = spec.object();
    } else if (name == "$skip" && out.skip == 0 && out.limit == 0) {
      out.skip = number_at(one.object(), "$skip");
    } else if (name == "$limit" && out.limit == 0) {
      out.limit = number_at(one.object(), "$limit");
    } else {
      break;
    }
  }
  if (filters.size() == 1) out.filter = filters[0].object();
  if (filters.size() > 1) out.filter = {{"$and", Value(std::move(filters))}};
  return out;
}

std::optional<Search> search_of(const Object& command) {
  const std::string& name = command.front().name;
  if (name == "find") {
    return Search{object_at(command, "filter"), object_at(command, "sort"),
                  number_at(command, "skip"), std::abs(number_at(command, "limit"))};
  }
  if (name == "count") {
    return Search{object_at(command, "query"),
                  {},
                  number_at(command, "skip"),
                  std::abs(number_at(command, "limit"))};
  }
  if (name == "distinct") return Search{object_at(command, "query"), {}, 0, 0};
  if (name == "findAndModify" || name == "findandmodify") {
    return Search{object_at(command, "query"), object_at(command, "sort"), 0, 1};
  }
  if (name == "update") {
    const Object& one = write_at(command, "updates");
    return Search{object_at(one, "q"), object_at(one, "sort"), 0,
                  is_true(one.get("multi")) ? 0 : 1};
  }
  if (name == "delete") {
    const Object& one = write_at(command, "deletes");
    return Search{object_at(one, "q"), {}, 0, number_at(one, "limit")};
  }
  if (name == "aggregate") return search_of_pipeline(command.get("pipeline"));
  return std::nullopt;
}

bool has_collation(const Object& command) {
  for (const char* writes : {"updates", "deletes"}) {
    if (write_at(command, writes).has("collation")) return true;
  }
  return !object_at(command, "collation").empty();
}

std::string operator_name(const Filter& filter) {
  switch (filter.kind) {
    case Filter::equal:
      return "equality with such a value";
    case Filter::less:
    case Filter::less_equal:
    case Filter::greater:
    case Filter::greater_equal:
      return "a range of such values";
    case Filter::in:
      return "$in with such values";
    case Filter::any_of:
      return "$or beside other conditions";
    case Filter::none_of:
      return "$nor";
    case Filter::not_:
      return "a negation";
    case Filter::exists:
      return "$exists";
    case Filter::type:
      return "$type";
    case Filter::mod:
      return "$mod";
    case Filter::regex:
      return "$regex that does not say how the text begins";
    case Filter::array_size_is:
      return "$size";
    case Filter::elem_match_object:
    case Filter::elem_match_value:
      return "$elemMatch";
    case Filter::expression:
      return "$expr";
    case Filter::schema:
      return "$jsonSchema";
    case Filter::text:
      return "$text";
    default:
      return "a condition that no index serves";
  }
}

Comparison::Role role_of(const Filter& filter) {
  if (filter.kind == Filter::equal) return Comparison::equality;
  if (filter.kind == Filter::in) {
    return filter.values.size() == 1 ? Comparison::equality : Comparison::list;
  }
  return Comparison::range;
}

void flatten(const FilterPtr& filter, std::vector<FilterPtr>& out) {
  if (filter->kind == Filter::all_of) {
    for (const FilterPtr& child : filter->children) flatten(child, out);
  } else if (filter->kind != Filter::always_true) {
    out.push_back(filter);
  }
}

/// The elements' own conditions, each seen by itself.
std::vector<FilterPtr> of_elements(const Filter& filter) {
  std::vector<FilterPtr> leaves;
  for (const FilterPtr& child : filter.children) flatten(child, leaves);
  std::vector<FilterPtr> out;
  for (const FilterPtr& leaf : leaves) {
    Filter one = filter;
    one.children = {leaf};
    out.push_back(std::make_shared<const Filter>(std::move(one)));
  }
  return out;
}

class Reader {
 public:
  Reader(Statement& out, const IndexRules& rules) : out_(out), rules_(rules) {}

  void read() {
    std::vector<FilterPtr> leaves;
    flatten(out_.filter, leaves);
    if (leaves.size() == 1 && leaves[0]->kind == Filter::any_of) {
      for (const FilterPtr& branch : leaves[0]->children) {
        std::vector<FilterPtr> own;
        flatten(branch, own);
        take(own);
      }
    } else {
      take(leaves);
    }
  }

 private:
  void take(const std::vector<FilterPtr>& leaves) {
    Comparisons& branch = out_.branches.emplace_back();
    for (const FilterPtr& leaf : leaves) {
      if (leaf->kind == Filter::elem_match_object) {
        for (const FilterPtr& one : of_elements(*leaf)) add(branch, one, *one->children[0]);
      } else {
        add(branch, leaf, *leaf);
      }
    }
  }

  void add(Comparisons& branch, const FilterPtr& filter, const Filter& leaf) {
    const bool inside = filter.get() != &leaf;
    const std::string path = inside ? filter->path + "." + leaf.path : leaf.path;
    // _id always has an index, at least for these.
    const bool by_id = path == "_id" && (leaf.kind == Filter::equal || leaf.kind == Filter::in);
    if (path.empty() || !(by_id || rules_.serves(*filter))) {
      out_.unserved.push_back((path.empty() ? "" : path + ": ") + operator_name(leaf));
      return;
    }
    if (count_++ < comparisons_max) branch.push_back({role_of(leaf), path, filter});
  }

  Statement& out_;
  const IndexRules& rules_;
  std::size_t count_ = 0;
};

void read_sort(Statement& out, const Object& sort, const IndexRules& rules) {
  if (sort.has("$natural")) return;
  out.sort = parse_sort(sort);
  out.orders = !out.sort.empty() && out.branches.size() == 1 &&
               std::all_of(out.sort.begin(), out.sort.end(), [&](const SortKey& key) {
                 return !key.text_score && rules.orders(key.parts);
               });
}

bool is_within(std::string_view inner, std::string_view outer) {
  return inner == outer ||
         (inner.size() > outer.size() && inner.starts_with(outer) && inner[outer.size()] == '.');
}

/// The paths that an update changes, without what stands for elements of an array.
std::string plain_path(std::string_view path) {
  std::string out;
  for (const std::string& part : split_path(path)) {
    if (part.starts_with('$') || is_index(part)) break;
    out += (out.empty() ? "" : ".") + part;
  }
  return out;
}

void add_changes(const Value& change, Writing& out) {
  const bool operators = change.is(Type::object) && !change.object().empty() &&
                         change.object().front().name.starts_with('$');
  out.every_field = !operators;
  if (!operators) return;
  for (const Field& op : change.object()) {
    if (!op.value.is(Type::object)) continue;
    for (const Field& field : op.value.object()) {
      out.paths.push_back(plain_path(field.name));
      const bool renames = op.name == "$rename" && field.value.is(Type::string);
      if (renames) out.paths.push_back(plain_path(field.value.text()));
    }
  }
}

}  // namespace

std::vector<Object> single_commands(const Object& command) {
  for (const char* list : {"updates", "deletes"}) {
    const Value& all = command.get(list);
    if (!all.is(Type::array) || all.array().size() < 2) continue;
    std::vector<Object> out;
    for (const Value& one : all.array()) {
      out.push_back(command);
      out.back().set(list, Value(Array{one}));
    }
    return out;
  }
  return {command};
}

std::optional<Statement> parse_statement(const Object& command, const IndexRules& rules) {
  if (command.empty() || !command.front().value.is(Type::string)) return std::nullopt;
  auto search = search_of(command);
  if (!search) return std::nullopt;
  Statement out;
  out.collection = command.front().value.text();
  out.skip = search->skip;
  out.limit = search->limit;
  out.filter = parse_filter(search->filter);
  if (has_collation(command)) {
    out.branches.emplace_back();
    out.unserved.emplace_back("comparisons under a collation");
  } else {
    Reader(out, rules).read();
    read_sort(out, search->sort, rules);
  }
  out.find = {{"find", Value(out.collection)}, {"filter", Value(std::move(search->filter))}};
  if (!search->sort.empty()) out.find.add("sort", Value(std::move(search->sort)));
  if (out.skip > 0) out.find.add("skip", Value(out.skip));
  if (out.limit > 0) out.find.add("limit", Value(out.limit));
  if (command.has("collation")) out.find.add("collation", command.get("collation"));
  return out;
}

bool Writing::touches(const std::string& path) const {
  return every_field || std::any_of(paths.begin(), paths.end(), [&](const std::string& changed) {
           return is_within(path, changed) || is_within(changed, path);
         });
}

std::optional<Writing> writing_of(const Object& command) {
  const std::string& name = command.front().name;
  Writing out;
  out.documents = 1;
  if (name == "insert") {
    const Value& documents = command.get("documents");
    out.every_field = true;
    if (documents.is(Type::array))
      out.documents = static_cast<std::int64_t>(documents.array().size());
  } else if (name == "delete") {
    out.every_field = true;
  } else if (name == "update") {
    add_changes(write_at(command, "updates").get("u"), out);
  } else if (name == "findAndModify" || name == "findandmodify") {
    if (is_true(command.get("remove"))) {
      out.every_field = true;
    } else {
      add_changes(command.get("update"), out);
    }
  } else {
    return std::nullopt;
  }
  return out;
}

}  // namespace iacdb::doc
