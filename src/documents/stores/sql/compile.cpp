#include "documents/stores/sql/compile.hpp"

#include <algorithm>
#include <limits>

#include "documents/bson/collation.hpp"
#include "documents/stores/sql/chosen_sql.hpp"
#include "documents/stores/sql/exact.hpp"
#include "documents/stores/sql/id_key.hpp"
#include "documents/stores/sql/index_keys.hpp"
#include "documents/stores/sql/narrow.hpp"
#include "documents/stores/sql/path_sql.hpp"

namespace iacdb::doc {
namespace {

/// Whether a condition compares what one of the indexes begins with.
bool is_indexed(const SqlForm& form, const CollectionInfo& collection, const std::string& where) {
  return std::any_of(
      collection.indexes.begin(), collection.indexes.end(), [&](const IndexInfo& index) {
        const auto parts = split_path(index.key.front().name);
        return is_plain_path(parts) && where.find(leaf_sql(form, parts)) != std::string::npos;
      });
}

/// Whether the table's own index finds documents.
bool compares_id(const Filter& filter) {
  return filter.path == "_id" ||
         std::any_of(filter.children.begin(), filter.children.end(),
                     [](const FilterPtr& child) { return compares_id(*child); });
}

bool is_by_id(const SqlForm& form, const Selection& selection) {
  return form.ordered_ids && !selection.sort.empty() && selection.sort[0].path == "_id";
}

/// What holds of the id of every matching document that is not odd.
Condition id_ranges(const SqlForm& form, const Filter& filter) {
  std::vector<Condition> all;
  if (auto range = id_range(form, filter, false)) all.push_back(std::move(*range));
  if (filter.kind == Filter::all_of) {
    for (const FilterPtr& child : filter.children) all.push_back(id_ranges(form, *child));
  }
  return all_of(all);
}

/// Whether no collation can make a difference: no string is compared.
bool is_free_of_collation(const Filter& filter) {
  const auto is_plain = [](const Value& v) {
    return v.is_number() || v.nullish() || v.is(Type::boolean) || v.is(Type::date) ||
           v.is(Type::oid);
  };
  switch (filter.kind) {
    case Filter::always_true:
    case Filter::always_false:
    case Filter::exists:
    case Filter::type:
    case Filter::mod:
    case Filter::bits:
    case Filter::regex:
    case Filter::array_size_is:
      return true;
    case Filter::equal:
    case Filter::less:
    case Filter::less_equal:
    case Filter::greater:
    case Filter::greater_equal:
      return is_plain(filter.value);
    case Filter::in:
      return filter.patterns.empty() &&
             std::all_of(filter.values.begin(), filter.values.end(), is_plain);
    case Filter::all_of:
    case Filter::any_of:
    case Filter::none_of:
    case Filter::not_:
      return std::all_of(filter.children.begin(), filter.children.end(),
                         [](const FilterPtr& child) { return is_free_of_collation(*child); });
    default:
      return false;
  }
}

/// That a definition from memory is still the one in the list. Of a definition only the collation
/// matters to a read: the table of a collection that is gone is gone with it.
Condition unchanged(const SqlForm& form, const CollectionInfo& collection,
                    const Selection& selection) {
  if (collection.version.empty()) return {};
  // The ids of a collection that is made anew may have another form than those of an older one.
  const bool other_ids =
      !collection.ordered_ids && selection.filter && compares_id(*selection.filter);
  if (selection.sort.empty() && !other_ids &&
      (!selection.filter || is_free_of_collation(*selection.filter))) {
    return {};
  }
  return {"(select xmin::text from " + form.registry() + " where name = ?) = ?",
          {collection.name, collection.version}};
}

/// An order of which SQL knows enough.
bool is_sortable(const Selection& selection) {
  return selection.collator == nullptr && !selection.for_update && !selection.sort.empty() &&
         std::all_of(selection.sort.begin(), selection.sort.end(), [](const SortKey& key) {
           return !key.text_score && is_plain_path(key.parts);
         });
}

class SelectCompiler {
 public:
  SelectCompiler(const SqlForm& form, const CollectionInfo& collection, const Selection& selection)
      : form_(form), collection_(collection), selection_(selection) {}

  CompiledSelect compile() {
    decide();
    if (is_sortable(selection_)) {
      sorted();
    } else {
      natural();
    }
    choose();
    return std::move(out_);
  }

 private:
  void decide() {
    const bool collated = selection_.collator != nullptr;
    out_.filtered = true;
    Condition where;
    if (selection_.filter) {
      Narrowed narrow = narrowed(form_, *selection_.filter, collated, collection_.indexes);
      where = std::move(narrow.where);
      by_index_ = is_indexed(form_, collection_, where.sql) ||
                  !id_ranges(form_, *selection_.filter).empty();
      if (narrow.exact) {
        doubt_ = std::move(narrow.look);
        if (by_index_ && form_.postgres && !selection_.for_update) {
          by_key_ = std::move(narrow.by_key);
          by_containment_ = std::move(narrow.by_containment);
        }
      } else if (auto exact = exact_filter(form_, *selection_.filter, collated)) {
        // Where no index helps, the filter alone is enough.
        if (!by_index_ && !compares_id(*selection_.filter)) where = {};
        match_ = std::move(exact->match);
        doubt_ = std::move(exact->doubt);
      } else {
        out_.filtered = false;
        where = all_of({where, decided_part(form_, *selection_.filter, collated)});
      }
    }
    where_ = all_of({where, unchanged(form_, collection_, selection_)});
  }

  void put(const std::string& text) { out_.sql += text; }
  void put(const std::string& before, const Condition& c) {
    if (c.empty()) return;
    out_.sql += before + c.sql;
    out_.parameters.insert(out_.parameters.end(), c.parameters.begin(), c.parameters.end());
  }
  static Condition negated(const Condition& c) {
    return c.empty() ? c : Condition{"not (" + c.sql + ")", c.parameters};
  }
  Condition possible() const {
    if (match_.empty() || doubt_.empty()) return match_;
    return any_of({match_, doubt_});
  }
  std::string columns() const { return "select seq, doc, "; }
  std::string from() const { return " from " + form_.table(collection_.table); }

  void limit() {
    const std::int64_t most = selection_.limit;
    if (most > 0) put(" limit " + std::to_string(most));
    if (most == 0 && selection_.skip > 0 && !form_.postgres) put(" limit -1");
    if (selection_.skip > 0) put(" offset " + std::to_string(selection_.skip));
  }

  bool newest() const {
    return selection_.sort.size() == 1 && selection_.sort[0].path == "$natural";
  }
  /// How many documents the selection takes at most; 0: no limit.
  std::int64_t most() const {
    const std::int64_t room = std::numeric_limits<std::int64_t>::max() - selection_.skip;
    return selection_.limit <= room
               ? selection_.limit + (selection_.limit > 0 ? selection_.skip : 0)
               : 0;
  }

  /// Two statements in one, each of which an index finds: less work than to look for both at once.
  /// What the first one finds is sure, and so may be limited.
  void alternatives() {
    const Condition known = unchanged(form_, collection_, selection_);
    const bool limited = out_.sorted && most() > 0;
    put((limited ? "(" : "") + columns() + "0 as look" + from());
    put(" where ", all_of({by_key_, known}));
    if (takes_any()) {
      out_.probe = "select doc" + from() + " where " + all_of({by_key_, known}).sql + " limit 1";
      out_.probe_parameters = out_.parameters.size();
    }
    if (limited && !takes_any()) order_naturally();
    if (limited) put(" limit " + std::to_string(most()) + ")");
    put(" union all " + columns() + "1" + from());
    put(" where ", all_of({by_containment_, known}));
  }
  /// One document in no order: the first that the index has.
  bool takes_any() const { return most() == 1 && selection_.sort.empty() && !by_key_.empty(); }

  void order_naturally() {
    // SQLite would rather walk the whole table in its order than sort what an index finds.
    put(by_index_ && !form_.postgres ? " order by +seq" : " order by seq");
    if (newest() && selection_.sort[0].descending) put(" desc");
  }

  void natural() {
    out_.sorted = selection_.sort.empty() || newest();
    if (by_key_.empty()) {
      single();
    } else {
      alternatives();
    }
    if (!takes_any()) order_naturally();
    if (out_.filtered && doubt_.empty() && out_.sorted) {
      out_.limited = true;
      limit();
    }
    if (form_.postgres && selection_.for_update) put(" for update");
  }

  void single() {
    put(columns());
    if (doubt_.empty()) {
      put("0");
    } else {
      put("case when ", doubt_);
      put(" then 1 else 0 end");
    }
    put(from());
    put(" where ", all_of({where_, possible()}));
  }

  static Condition either_of(const Condition& a, const Condition& b) {
    return b.empty() ? a : any_of({a, b});
  }

  /// Documents whose place in the order SQL does not know.
  Condition apart() const {
    std::vector<Condition> any;
    if (is_by_id(form_, selection_)) return either_of(odd_id(), doubt_);
    for (const SortKey& key : selection_.sort) {
      any.push_back({odd_sql(form_, key.parts), {}});
      if (form_.postgres) any.push_back({decimal_sql(key.parts), {}});
    }
    if (!doubt_.empty()) any.push_back(doubt_);
    return any_of(any);
  }

  std::string order() const {
    std::string out = " order by ";
    // No other document has the same, so that further keys make no difference.
    if (is_by_id(form_, selection_))
      return out + (selection_.sort[0].descending ? "id desc" : "id");
    for (const SortKey& key : selection_.sort) {
      const std::string direction = key.descending ? " desc, " : ", ";
      out += number_key_sql(form_, key.parts) + direction;
      if (form_.postgres) out += text_key_sql(key.parts) + direction;
    }
    return out + "seq";
  }

  void choose() {
    if (!selection_.fields || !out_.filtered || !out_.sorted || selection_.for_update) return;
    FieldChoice read = *selection_.fields;
    for (const SortKey& key : selection_.sort) {
      if (out_.merges && !read.wants(key.parts[0])) want(read, key.parts[0]);
    }
    const bool looks = out_.merges || !doubt_.empty() || !by_key_.empty();
    const auto chosen = chosen_sql(form_, out_.sql, read, looks);
    if (!chosen) return;
    out_.chosen = true;
    out_.sql = *chosen;
    if (!out_.probe.empty()) out_.probe = chosen_document_sql(out_.probe, *selection_.fields);
  }
  static void want(FieldChoice& choice, const std::string& name) {
    if (choice.inclusive) {
      choice.names.push_back(name);
    } else {
      std::erase(choice.names, name);
    }
  }

  // The first part is read before the second: neither database runs the parts of this union side by
  // side. (PostgreSQL leaves what reads a common table expression to the leader.)
  void sorted() {
    out_.sorted = true;
    out_.merges = true;
    out_.limited = out_.filtered;
    const Condition rest = apart();
    put(form_.postgres ? "with apart as materialized (" : "with apart as (");
    put(columns() + "1 as look" + from());
    put(" where ", all_of({where_, possible(), rest}));
    put(") select seq, doc, look from apart union all select seq, doc, look from (");
    put(columns() + "0 as look" + from());
    if (is_by_id(form_, selection_)) {
      const Condition range =
          selection_.filter ? id_ranges(form_, *selection_.filter) : Condition{};
      put(" where ", all_of({range, even_id(), where_, match_, negated(doubt_)}));
    } else {
      put(" where ", all_of({where_, match_, negated(rest)}));
    }
    put(order());
    if (out_.filtered && most() > 0) put(" limit " + std::to_string(most()));
    put(") as ordered");
  }

  const SqlForm& form_;
  const CollectionInfo& collection_;
  const Selection& selection_;
  bool by_index_ = false;
  Condition where_;
  Condition by_key_;
  Condition by_containment_;
  Condition match_;
  Condition doubt_;
  CompiledSelect out_;
};

}  // namespace

std::string key_text(const IndexInfo& index, const Array& key) {
  const Value& collation = index.options.get("collation");
  if (!collation.is(Type::object)) return equality_key(key);
  const auto collator = parse_collation(collation.object());
  return equality_key(key, collator.get());
}

CompiledSelect compile_select(const SqlForm& form, const CollectionInfo& collection,
                              const Selection& selection) {
  return SelectCompiler(form, collection, selection).compile();
}

std::optional<Condition> compile_count(const SqlForm& form, const CollectionInfo& collection,
                                       const Selection& selection) {
  if (selection.skip > 0 || selection.limit > 0) return std::nullopt;
  const std::string table = form.table(collection.table);
  const bool collated = selection.collator != nullptr;
  if (!selection.filter || is_exact(*selection.filter, collated)) {
    Condition where = unchanged(form, collection, selection);
    if (selection.filter) {
      where = all_of({narrow(form, *selection.filter, collated, collection.indexes), where});
    }
    return Condition{
        "select count(*), 0 from " + table + (where.empty() ? "" : " where ") + where.sql,
        where.parameters};
  }
  const auto exact = exact_filter(form, *selection.filter, collated);
  if (!exact) return std::nullopt;
  Condition out{"select count(*)", {}};
  const auto put = [&](const std::string& before, const Condition& c, const char* after) {
    out.sql += before + c.sql + after;
    out.parameters.insert(out.parameters.end(), c.parameters.begin(), c.parameters.end());
  };
  if (!exact->match.empty()) put(" filter (where ", exact->match, ")");
  if (exact->doubt.empty()) {
    out.sql += form.postgres ? ", 0::bigint" : ", 0";
  } else {
    put(", count(*) filter (where ", exact->doubt, ")");
  }
  out.sql += " from " + table;
  const Condition where = all_of({narrow(form, *selection.filter, collated, collection.indexes),
                                  unchanged(form, collection, selection)});
  if (!where.empty()) put(" where ", where, "");
  return out;
}

}  // namespace iacdb::doc
