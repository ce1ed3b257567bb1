#include "documents/pipeline/projection.hpp"

#include <algorithm>

#include "documents/errors.hpp"
#include "documents/filter/text_search.hpp"

namespace iacdb::doc {
namespace {

bool computes(const ProjectionNode& node) {
  if (node.kind == ProjectionNode::compute || node.kind == ProjectionNode::elem_match ||
      node.kind == ProjectionNode::text_score) {
    return true;
  }
  return std::any_of(node.children.begin(), node.children.end(),
                     [](const auto& child) { return computes(*child.second); });
}

bool leads_to_position(const ProjectionNode& node) {
  return node.kind == ProjectionNode::positional ||
         std::any_of(node.children.begin(), node.children.end(),
                     [](const auto& child) { return leads_to_position(*child.second); });
}

Value sliced(const ProjectionNode& node, const Value& v) {
  if (!v.is(Type::array)) return v;
  const Array& in = v.array();
  const auto size = static_cast<std::int64_t>(in.size());
  std::int64_t from = 0;
  std::int64_t count = node.limit;
  if (node.skip) {
    from =
        *node.skip < 0 ? std::max<std::int64_t>(0, size + *node.skip) : std::min(*node.skip, size);
  } else if (node.limit < 0) {
    from = std::max<std::int64_t>(0, size + node.limit);
    count = -node.limit;
  }
  const std::int64_t to = std::min(size, from + count);
  return Value(Array(in.begin() + from, in.begin() + to));
}

class Projector {
 public:
  Projector(const Projection& projection, const Scope& scope, std::optional<std::size_t> position)
      : projection_(projection), scope_(scope), position_(position) {}

  Value run(const Value& document) const {
    Object out;
    if (projection_.inclusive) {
      out = included(projection_.root, document.object(), true);
    } else {
      out = excluded(projection_.root, document.object(), true);
    }
    apply(projection_.root, out);
    return Value(std::move(out));
  }

  void apply(const ProjectionNode& node, Object& out) const {
    for (const auto& [name, child] : node.children) {
      if (child->kind == ProjectionNode::compute) {
        Value v = evaluate(*child->expression, scope_);
        if (v.missing()) {
          out.remove(name);
        } else {
          out.set(name, std::move(v));
        }
      } else if (child->kind == ProjectionNode::elem_match) {
        elem_match(name, *child, out);
      } else if (child->kind == ProjectionNode::text_score) {
        out.set(name, known_text_score(*scope_.root));
      } else if (child->kind == ProjectionNode::branch && computes(*child)) {
        out.set(name, applied(*child, out.get(name)));
      }
    }
  }

 private:
  Value applied(const ProjectionNode& node, const Value& v) const {
    if (v.is(Type::array)) {
      Array out;
      for (const Value& element : v.array()) out.push_back(applied(node, element));
      return Value(std::move(out));
    }
    Object out = v.is(Type::object) ? v.object() : Object();
    apply(node, out);
    return Value(std::move(out));
  }

  void elem_match(const std::string& name, const ProjectionNode& node, Object& out) const {
    const Value& array = scope_.root->object().get(name);
    out.remove(name);
    if (!array.is(Type::array)) return;
    const MatchContext context{.environment = scope_.environment, .bindings = scope_.bindings};
    for (const Value& element : array.array()) {
      if (!matches_element(*node.filter, element, context)) continue;
      out.add(name, Value(Array{element}));
      return;
    }
  }

  Object included(const ProjectionNode& node, const Object& document, bool top) const {
    Object out;
    for (const Field& field : document) {
      const ProjectionNode* child = node.child(field.name);
      if (child == nullptr) {
        if (top && field.name == "_id" && projection_.id_included) out.add(field.name, field.value);
        continue;
      }
      Value v = included_value(*child, field.value);
      if (!v.missing()) out.add(field.name, std::move(v));
    }
    return out;
  }

  Value included_value(const ProjectionNode& node, const Value& v) const {
    switch (node.kind) {
      case ProjectionNode::include:
        return v;
      case ProjectionNode::slice:
        return sliced(node, v);
      case ProjectionNode::positional:
        return placed_ ? v : positioned(v);
      case ProjectionNode::branch:
        break;
      default:
        return Value();
    }
    if (v.is(Type::object)) return Value(included(node, v.object(), false));
    if (v.is(Type::array) && !placed_ && leads_to_position(node)) {
      // The first array on the path is the one that the position is of.
      Projector inner = *this;
      inner.placed_ = true;
      return inner.included_value(node, positioned(v));
    }
    if (v.is(Type::array)) {
      Array out;
      for (const Value& element : v.array()) {
        Value inner = included_value(node, element);
        if (!inner.missing()) out.push_back(std::move(inner));
      }
      return Value(std::move(out));
    }
    return Value();
  }

  Value positioned(const Value& v) const {
    if (!v.is(Type::array)) return v;
    if (!position_ || *position_ >= v.array().size()) {
      fail_at(51246,
              "Executor error during find command :: caused by :: positional operator '.$' "
              "couldn't find a matching element in the array");
    }
    return Value(Array{v.array()[*position_]});
  }

  Object excluded(const ProjectionNode& node, const Object& document, bool top) const {
    Object out;
    for (const Field& field : document) {
      if (top && field.name == "_id" && projection_.id_named && !projection_.id_included) continue;
      const ProjectionNode* child = node.child(field.name);
      if (child == nullptr) {
        if (!top || field.name != "$textScore") out.add(field.name, field.value);
        continue;
      }
      Value v = excluded_value(*child, field.value);
      if (!v.missing()) out.add(field.name, std::move(v));
    }
    return out;
  }

  Value excluded_value(const ProjectionNode& node, const Value& v) const {
    if (node.kind == ProjectionNode::exclude) return Value();
    if (node.kind == ProjectionNode::slice) return sliced(node, v);
    if (node.kind != ProjectionNode::branch) return v;
    if (v.is(Type::object)) return Value(excluded(node, v.object(), false));
    if (v.is(Type::array)) {
      Array out;
      for (const Value& element : v.array()) {
        Value inner = excluded_value(node, element);
        if (!inner.missing()) out.push_back(std::move(inner));
      }
      return Value(std::move(out));
    }
    return v;
  }

  const Projection& projection_;
  const Scope& scope_;
  std::optional<std::size_t> position_;
  bool placed_ = false;
};

/// Whether it looks at nothing but the field that it is named after.
bool is_of_its_field(const ProjectionNode& node) {
  return node.kind != ProjectionNode::compute && node.kind != ProjectionNode::text_score &&
         node.kind != ProjectionNode::positional &&
         std::all_of(node.children.begin(), node.children.end(),
                     [](const auto& child) { return is_of_its_field(*child.second); });
}

}  // namespace

std::optional<ProjectedFields> projected_fields(const Projection& projection) {
  if (!is_of_its_field(projection.root)) return std::nullopt;
  ProjectedFields out{{projection.inclusive, {}}, true};
  const auto whole = projection.inclusive ? ProjectionNode::include : ProjectionNode::exclude;
  for (const auto& [name, child] : projection.root.children) {
    out.whole = out.whole && child->kind == whole;
    // What stays in part, or goes in part, is there to be looked at.
    if (projection.inclusive || child->kind == whole) out.choice.names.push_back(name);
  }
  const bool names_id = projection.inclusive
                            ? projection.id_included && projection.root.child("_id") == nullptr
                            : projection.id_named && !projection.id_included;
  if (names_id) out.choice.names.emplace_back("_id");
  return out;
}

Value project(const Projection& projection, const Value& document, const Scope& scope,
              std::optional<std::size_t> position) {
  return Projector(projection, scope, position).run(document);
}

Value add_fields(const ProjectionNode& added, const Value& document, const Scope& scope) {
  static const Projection none;
  Object out = document.object();
  Projector(none, scope, std::nullopt).apply(added, out);
  return Value(std::move(out));
}

}  // namespace iacdb::doc
