#include "documents/advice/index_rules.hpp"

namespace iacdb::doc {

IndexRules mongo_index_rules() {
  IndexRules out;
  out.serves = [](const Filter& filter) {
    const Filter& leaf = filter.kind == Filter::elem_match_object ? *filter.children[0] : filter;
    switch (leaf.kind) {
      case Filter::equal:
      case Filter::in:
      case Filter::less:
      case Filter::less_equal:
      case Filter::greater:
      case Filter::greater_equal:
        return true;
      case Filter::regex:
        return leaf.patterns[0].source().starts_with('^') && leaf.patterns[0].options().empty();
      default:
        return false;
    }
  };
  out.orders = [](const std::vector<std::string>&) { return true; };
  return out;
}

}  // namespace iacdb::doc
