// Indexes that nothing wants.

#include <algorithm>

#include "documents/advice/advise.hpp"
#include "documents/bson/codec.hpp"
#include "documents/bson/compare.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"

namespace iacdb::doc {
namespace {

bool is_true(const Value& v) {
  return v.is(Type::boolean) && v.boolean();
}

Key key_of(const Object& spec) {
  Key out;
  if (!spec.get("key").is(Type::object)) return out;
  for (const Field& field : spec.get("key").object()) {
    const bool wildcard = field.name == "$**" || field.name.ends_with(".$**");
    if (!field.value.is_number() || wildcard) return {};
    out.push_back({field.name, to_double(field.value) < 0});
  }
  return out;
}

/// Everything but key, name and version.
Object options_of(const Object& spec) {
  Object out;
  for (const Field& field : spec) {
    const bool own = field.name == "key" || field.name == "name" || field.name == "v" ||
                     field.name == "ns" || field.name == "background";
    const bool off = field.value.is(Type::boolean) && !field.value.boolean();
    if (!own && !off) out.add(field.name, field.value);
  }
  return out;
}

/// Whether `longer` begins with the key, or with the same in the other direction.
bool begins_with(const Key& longer, const Key& key) {
  if (key.empty() || longer.size() <= key.size()) return false;
  bool same = true;
  bool turned = true;
  for (std::size_t i = 0; i < key.size(); ++i) {
    if (longer[i].path != key[i].path) return false;
    same = same && longer[i].descending == key[i].descending;
    turned = turned && longer[i].descending != key[i].descending;
  }
  return same || turned;
}

Document key_document(const Object& spec) {
  return Document::trusted(encode(spec.get("key").object()));
}

}  // namespace

std::vector<ListedIndex> listed_indexes(Server& server, const std::string& collection,
                                        const IndexRules& rules) {
  std::vector<ListedIndex> out;
  for (Object& spec :
       first_batch(server, {{"listIndexes", Value(collection)},
                            {"cursor", Value(Object{{"batchSize", Value(1000)}})}})) {
    ListedIndex index;
    index.name = spec.get("name").is(Type::string) ? spec.get("name").text() : "";
    index.key = key_of(spec);
    index.plain = options_of(spec).empty();
    index.enforces = is_true(spec.get("unique")) || spec.has("expireAfterSeconds");
    const bool partial = is_true(spec.get("sparse")) || spec.has("partialFilterExpression");
    const bool of_id = index.name == "_id_";
    index.usable = !index.key.empty() && !spec.has("collation") && !is_true(spec.get("hidden")) &&
                   (!partial || rules.partial_is_whole) &&
                   std::all_of(index.key.begin(), index.key.end(), [&](const KeyField& field) {
                     return of_id || field.path == "_id" || rules.orders(split_path(field.path));
                   });
    index.spec = std::move(spec);
    out.push_back(std::move(index));
  }
  return out;
}

void find_redundant(const std::string& collection, const std::vector<ListedIndex>& indexes,
                    std::vector<IndexFinding>& out) {
  for (const ListedIndex& one : indexes) {
    if (one.name == "_id_" || one.enforces) continue;
    const Object options = options_of(one.spec);
    const auto covers = std::find_if(indexes.begin(), indexes.end(), [&](const ListedIndex& other) {
      Object others = options_of(other.spec);
      others.remove("unique");  // Serves reads all the same.
      return begins_with(other.key, one.key) && compare(Value(others), Value(options)) == 0;
    });
    if (covers == indexes.end()) continue;
    IndexFinding finding;
    finding.kind = IndexFinding::redundant;
    finding.collection = collection;
    finding.index = one.name;
    finding.key = key_document(one.spec);
    finding.covered_by = covers->name;
    finding.evidence = "the key of " + covers->name + " " + print_json(covers->spec.get("key")) +
                       " begins with it, and the options are the same";
    out.push_back(std::move(finding));
  }
}

void find_unused(Server& server, const std::string& collection,
                 const std::vector<ListedIndex>& indexes, const std::vector<std::string>& planned,
                 std::int64_t statements, std::vector<IndexFinding>& out) {
  const std::vector<IndexUse> uses = server.index_uses(collection);
  for (const ListedIndex& one : indexes) {
    if (one.name == "_id_" || one.enforces) continue;
    if (std::find(planned.begin(), planned.end(), one.name) != planned.end()) continue;
    const auto use = std::find_if(uses.begin(), uses.end(),
                                  [&](const IndexUse& u) { return u.name == one.name; });
    const bool counted = use != uses.end() && use->uses.has_value();
    if (counted ? *use->uses > 0 : statements == 0) continue;
    IndexFinding finding;
    finding.collection = collection;
    finding.index = one.name;
    finding.key = key_document(one.spec);
    if (counted) {
      finding.evidence = "the database has used it for no search " +
                         (use->since.empty() ? "since it began to count" : "since " + use->since);
      if (statements > 0) finding.evidence += ", and no plan of the workload does";
    } else {
      finding.evidence = "no plan of the workload's " + std::to_string(statements) +
                         " statements on the collection uses it";
    }
    if (use != uses.end() && use->bytes) {
      finding.evidence += "; it takes " + std::to_string(*use->bytes) + " bytes";
    }
    out.push_back(std::move(finding));
  }
}

}  // namespace iacdb::doc
