#include <algorithm>
#include <array>

#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"
#include "documents/pipeline/projection.hpp"

namespace iacdb::doc {

ProjectionNode* ProjectionNode::child(std::string_view name) {
  for (auto& [key, node] : children) {
    if (key == name) return node.get();
  }
  return nullptr;
}
const ProjectionNode* ProjectionNode::child(std::string_view name) const {
  for (const auto& [key, node] : children) {
    if (key == name) return node.get();
  }
  return nullptr;
}

namespace {

/// {$meta: "textScore"}; the rest is refused by name.
void check_meta(const Value& argument) {
  if (!argument.is(Type::string)) fail_at(17307, "$meta only supports string arguments");
  const std::string& what = argument.text();
  if (what == "textScore") return;
  constexpr std::array<std::string_view, 10> others = {
      "indexKey", "recordId",        "sortKey",      "searchScore",        "searchHighlights",
      "randVal",  "geoNearDistance", "geoNearPoint", "searchScoreDetails", "vectorSearchScore"};
  if (std::find(others.begin(), others.end(), what) != others.end()) {
    fail(Code::not_implemented, "{$meta: \"" + what + "\"} is not supported by this store");
  }
  fail_at(17308, "Unsupported argument to $meta: " + what);
}

void check_parts(const std::string& path, const std::vector<std::string>& parts) {
  if (path.empty()) fail_at(40352, "FieldPath cannot be constructed with empty string");
  if (path.ends_with('.')) fail_at(40353, "FieldPath must not end with a '.'.");
  for (const std::string& part : parts) {
    if (part.empty()) fail_at(15998, "FieldPath field names may not be empty strings.");
    if (part == "$") {
      fail_at(31394,
              "As of 4.4, it's illegal to specify positional operator in the middle of a path.");
    }
    if (part.starts_with('$')) {
      fail_at(16410,
              "FieldPath field names may not start with '$'. Consider using $getField or "
              "$setField.");
    }
  }
}

/// The node of a path, made where it is not there yet.
ProjectionNode& place(ProjectionNode& root, const std::string& path,
                      const std::vector<std::string>& parts) {
  ProjectionNode* at = &root;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    ProjectionNode* next = at->child(parts[i]);
    const bool last = i + 1 == parts.size();
    if (next != nullptr && last) fail_at(31250, "Path collision at " + path);
    if (next != nullptr && next->kind != ProjectionNode::branch) {
      std::string rest = parts[i + 1];
      for (std::size_t k = i + 2; k < parts.size(); ++k) rest += "." + parts[k];
      fail_at(31249, "Path collision at " + path + " remaining portion " + rest);
    }
    if (next == nullptr) {
      at->children.emplace_back(parts[i], std::make_shared<ProjectionNode>());
      next = at->children.back().second.get();
    }
    at = next;
  }
  return *at;
}

class Parser {
 public:
  Parser(ProjectionUse use, const VariableNames& variables) : use_(use), variables_(variables) {}

  Projection run(const Object& spec) {
    for (const Field& field : spec) entry(field.name, field.value);
    finish();
    return std::move(out_);
  }

 private:
  enum Side : std::uint8_t { undecided, including, excluding };

  void decide(Side side, const std::string& path) {
    if (side_ == undecided) side_ = side;
    if (side_ == side) return;
    if (side == including) {
      fail_at(31253, "Cannot do inclusion on field " + path + " in exclusion projection");
    }
    fail_at(31254, "Cannot do exclusion on field " + path + " in inclusion projection");
  }

  ProjectionNode& add(const std::string& path, ProjectionNode::Kind kind) {
    const std::vector<std::string> parts = split_path(path);
    check_parts(path, parts);
    ProjectionNode& node = place(out_.root, path, parts);
    node.kind = kind;
    return node;
  }

  void computed(const std::string& path, const Value& value) {
    if (side_ == excluding) {
      fail_at(value.is(Type::object) ? 31252 : 31310, "Cannot use an expression " + path + ": " +
                                                          print_json(value) +
                                                          " in an exclusion projection");
    }
    decide(including, path);
    add(path, ProjectionNode::compute).expression = parse_expression(value, variables_);
    if (path == "_id") out_.id_named = true;
  }

  void switched(const std::string& path, bool on) {
    if (path == "_id") {
      out_.id_named = true;
      out_.id_included = on;
      if (on) decided_by_id_ = true;
      return;
    }
    decide(on ? including : excluding, path);
    if (path.starts_with("_id.")) out_.id_named = true;
    add(path, on ? ProjectionNode::include : ProjectionNode::exclude);
  }

  void entry(const std::string& path, const Value& value) {
    if (path.ends_with(".$") || path == "$") {
      if (use_ != ProjectionUse::find) {
        fail_at(31324, "Cannot use positional projection in aggregation projection");
      }
      positional(path, value);
      return;
    }
    if (value.is_number() || value.is(Type::boolean)) {
      switched(path, truthy(value));
    } else if (value.is(Type::object) && !value.object().empty() &&
               value.object().front().name.starts_with('$')) {
      operation(path, value);
    } else if (value.is(Type::object)) {
      if (value.object().empty()) {
        fail_at(51270, "An empty sub-projection is not a valid value. Found empty object at path");
      }
      for (const Field& field : value.object()) entry(path + "." + field.name, field.value);
    } else {
      computed(path, value);
    }
  }

  void positional(const std::string& path, const Value& value) {
    if (path == "$" || path == ".$") {
      fail_at(5392900, "FieldPath of a positional projection is empty: " + path);
    }
    if (value.is(Type::object)) {
      fail_at(31271, "positional projection cannot be used with an expression or sub object");
    }
    if (!value.is_number() && !value.is(Type::boolean)) {
      fail_at(31308, "positional projection cannot be used with a literal");
    }
    if (!truthy(value)) {
      fail_at(31395, "positional projection cannot be used with exclusion");
    }
    if (positional_) {
      fail_at(31276, "Cannot specify more than one positional projection per query.");
    }
    decide(including, path);
    positional_ = true;
    const std::string bare = path.substr(0, path.size() - 2);
    if (bare.find(".$") != std::string::npos) {
      fail_at(31394,
              "As of 4.4, it's illegal to specify positional operator in the middle of a "
              "path.");
    }
    add(bare, ProjectionNode::positional);
  }

  void operation(const std::string& path, const Value& value) {
    const Field& op = value.object().front();
    if (use_ == ProjectionUse::find) {
      if (op.name == "$slice" && !expression_slice(op.value)) return slice(path, op.value);
      if (op.name == "$elemMatch") {
        if (!op.value.is(Type::object)) {
          fail_at(31274, "elemMatch: Invalid argument, object required, but got " +
                             std::string(type_name(op.value.type())));
        }
        if (path.find('.') != std::string::npos) {
          fail_at(31275, "Cannot use $elemMatch projection on a nested field.");
        }
        decide(including, path);
        add(path, ProjectionNode::elem_match).filter = parse_element_filter(op.value);
        return;
      }
    }
    if (op.name == "$meta") {
      check_meta(op.value);
      add(path, ProjectionNode::text_score);
      return;
    }
    computed(path, value);
  }

  /// The aggregation form of $slice: [array, n] with an expression first.
  static bool expression_slice(const Value& v) {
    return v.is(Type::array) && !v.array().empty() && !v.array()[0].is_number();
  }

  void slice(const std::string& path, const Value& value) {
    const auto whole = [&](const Value& v) {
      const auto n = v.is_number() ? truncated_int64(v) : std::nullopt;
      if (!n) {
        fail_at(28667, "Invalid $slice syntax. The given syntax { $slice: " + print_json(value) +
                           " } did not match the find() syntax");
      }
      return *n;
    };
    ProjectionNode& node = add(path, ProjectionNode::slice);
    if (!value.is(Type::array)) {
      node.limit = whole(value);
      return;
    }
    if (value.array().size() != 2) {
      fail_at(28667, "Invalid $slice syntax: the list needs skip and limit");
    }
    node.skip = whole(value.array()[0]);
    node.limit = whole(value.array()[1]);
    if (node.limit <= 0) {
      fail_at(28724, "First argument to $slice must be an array, but is of type: int");
    }
  }

  void finish() {
    if (side_ == undecided) {
      // Only _id, or only $slice and $meta: an _id that is named in decides for inclusion.
      side_ = out_.id_named && out_.id_included && decided_by_id_ ? including : excluding;
    }
    out_.inclusive = side_ == including;
  }

  ProjectionUse use_;
  const VariableNames& variables_;
  Projection out_;
  Side side_ = undecided;
  bool positional_ = false;
  bool decided_by_id_ = false;
};

void add_spec(ProjectionNode& root, const std::string& prefix, const Object& spec,
              const VariableNames& variables) {
  for (const Field& field : spec) {
    const std::string path = prefix.empty() ? field.name : prefix + "." + field.name;
    const bool nested = field.value.is(Type::object) && !field.value.object().empty() &&
                        !field.value.object().front().name.starts_with('$');
    if (nested) {
      add_spec(root, path, field.value.object(), variables);
      continue;
    }
    const std::vector<std::string> parts = split_path(path);
    check_parts(path, parts);
    ProjectionNode& node = place(root, path, parts);
    node.kind = ProjectionNode::compute;
    node.expression = parse_expression(field.value, variables);
  }
}

}  // namespace

Projection parse_projection(const Object& spec, ProjectionUse use, const VariableNames& variables) {
  if (spec.empty() && use == ProjectionUse::project) {
    fail_at(51272,
            "Invalid $project :: caused by :: projection specification must have at least "
            "one field");
  }
  return Parser(use, variables).run(spec);
}

std::shared_ptr<ProjectionNode> parse_added_fields(const Object& spec, std::string_view stage,
                                                   const VariableNames& variables) {
  if (spec.empty()) {
    fail_at(40177, "Invalid " + std::string(stage) +
                       " :: caused by :: specification must have at least one field");
  }
  auto root = std::make_shared<ProjectionNode>();
  add_spec(*root, "", spec, variables);
  return root;
}

}  // namespace iacdb::doc
