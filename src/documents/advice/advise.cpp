#include "documents/advice/advise.hpp"

#include <algorithm>
#include <set>

#include "documents/bson/codec.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/bson/number.hpp"
#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

/// More shapes of one collection are not looked into.
constexpr std::size_t loads_max = 100;
/// What a statement without an index has to look at more than it returns, to be told.
constexpr double wasted_factor = 10;

std::string plan_in(const Object& plan) {
  const Value& name = plan.get("indexName");
  if (name.is(Type::string)) return name.text();
  const Value& stage = plan.get("stage");
  if (stage.is(Type::string) && stage.text() == "IDHACK") return "_id_";
  for (const Field& field : plan) {
    std::string found;
    if (field.value.is(Type::object)) found = plan_in(field.value.object());
    if (field.value.is(Type::array)) {
      for (const Value& one : field.value.array()) {
        if (found.empty() && one.is(Type::object)) found = plan_in(one.object());
      }
    }
    if (!found.empty()) return found;
  }
  return "";
}

std::string joined(const std::vector<std::string>& texts) {
  std::set<std::string> once(texts.begin(), texts.end());
  std::string out;
  for (const std::string& one : once) out += (out.empty() ? "" : "; ") + one;
  return out;
}

bool serves(const IndexProposal& proposal, const std::string& shape) {
  return std::any_of(proposal.serves.begin(), proposal.serves.end(),
                     [&](const ServedShape& one) { return one.shape == shape; });
}

/// The work on one collection.
class OfCollection {
 public:
  OfCollection(Server& server, std::string name, const AdviceOptions& options, IndexAdvice& out)
      : server_(server),
        name_(std::move(name)),
        options_(options),
        rules_(server.index_rules()),
        out_(out) {}

  void advise(const std::vector<Workload::Entry>& entries) {
    indexes_ = listed_indexes(server_, name_, rules_);
    for (const ListedIndex& index : indexes_) {
      if (index.usable) existing_.push_back(index.key);
    }
    read(entries);
    if (!loads_.empty()) propose();
    find_redundant(name_, indexes_, out_.findings);
    find_unused(server_, name_, indexes_, planned_, explained_, out_.findings);
  }

 private:
  void note(const std::string& text) { out_.notes.push_back(name_ + ": " + text); }

  void read(std::vector<Workload::Entry> entries) {
    std::stable_sort(entries.begin(), entries.end(),
                     [](const auto& a, const auto& b) { return a.count > b.count; });
    for (Workload::Entry& entry : entries) {
      if (entry.samples.empty()) {
        note("too long to be looked into: " + entry.shape);
        continue;
      }
      const auto writing = writing_of(entry.samples[0]);
      if (writing) writes_.push_back({*writing, entry.written});
      add_load(std::move(entry));
    }
  }

  void add_load(Workload::Entry entry) {
    Load load;
    try {
      for (const Object& command : entry.samples) {
        auto statement = parse_statement(command, rules_);
        if (!statement) return;
        load.samples.emplace_back(std::move(*statement), rules_);
      }
    } catch (const Failure& failure) {
      note("not understood: " + entry.shape + " (" + failure.what() + ")");
      return;
    }
    if (!entry.is_stage) out_.statements += entry.count;
    load.entry = std::move(entry);
    if (loads_.size() == loads_max) {
      note("more than " + std::to_string(loads_max) + " shapes; the rarer ones are left out");
    }
    if (loads_.size() <= loads_max) loads_.push_back(std::move(load));
  }

  void propose() {
    total_ = to_double(server_.run({{"count", Value(name_)}}).get("n"));
    look_at_documents();
    for (const Load& load : loads_) {
      for (const Measured& sample : load.samples) {
        const auto plan = plan_of(sample);
        if (plan && !plan->empty()) planned_.push_back(*plan);
        if (&sample == &load.samples.front()) plans_.push_back(plan);
      }
      if (plans_.back()) explained_ += load.entry.count;
    }
    Chooser chooser(rules_, total_, existing_);
    for (Load& load : loads_) chooser.add(std::move(load));
    chosen_ = chooser.choose(writes_, static_cast<double>(options_.spared_min));
    finds_.resize(chosen_.size());
    const std::size_t first = out_.proposals.size();
    for (const Key& key : chosen_) add_proposal(key);
    for (std::size_t i = 0; i < chooser.loads().size(); ++i) {
      serve(chooser.loads()[i], plans_[i], first);
    }
    finish(chooser, first);
    if (options_.prove) prove_from(first);
  }

  std::optional<std::string> plan_of(const Measured& sample) {
    try {
      return planned_index(server_.run(
          {{"explain", Value(sample.statement().find)}, {"verbosity", Value("queryPlanner")}}));
    } catch (const Failure&) {
      return std::nullopt;  // A server that does not explain.
    }
  }

  void look_at_documents() {
    Object command{{"find", Value(name_)}};
    if (total_ > static_cast<double>(options_.documents_max)) {
      const Object size{{"size", Value(options_.documents_max)}};
      const Array stages{Value(Object{{"$sample", Value(size)}})};
      command = {
          {"aggregate", Value(name_)}, {"pipeline", Value(stages)}, {"cursor", Value(Object())}};
    }
    RawBatch batch;
    Object reply = server_.run_raw(command, batch);
    const Environment environment;
    for (;;) {
      for (const std::string& bytes : batch) {
        const Value document(decode(bytes));
        for (Load& load : loads_) {
          for (Measured& one : load.samples) one.look_at(document, environment);
        }
      }
      const std::int64_t id = exact_int64(reply.get("cursor").object().get("id")).value_or(0);
      if (id == 0) return;
      reply = server_.run_raw({{"getMore", Value(id)},
                               {"collection", Value(name_)},
                               {"batchSize", Value(std::int32_t{1000})}},
                              batch);
    }
  }

  void add_proposal(const Key& key) {
    IndexProposal& proposal = out_.proposals.emplace_back();
    proposal.collection = name_;
    proposal.key = Document::trusted(encode(object_of(key)));
    proposal.name = default_index_name(key);
    proposal.writes_kept = writes_kept(writes_, key, rules_);
    for (const WriteLoad& one : writes_) proposal.writes += one.documents;
    for (const ListedIndex& index : indexes_) {
      const bool begins = index.plain && index.name != "_id_" && index.key.size() < key.size() &&
                          std::equal(index.key.begin(), index.key.end(), key.begin());
      if (begins) proposal.replaces.push_back(index.name);
    }
  }

  std::vector<Key> all_keys() const {
    std::vector<Key> out = existing_;
    out.insert(out.end(), chosen_.begin(), chosen_.end());
    return out;
  }

  /// Whether the statement gets dearer without the index.
  bool needs(const Load& load, std::size_t chosen, double then) const {
    std::vector<Key> without = existing_;
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      if (i != chosen) without.push_back(chosen_[i]);
    }
    return load.cost(without, total_).total() > then * 1.01 + 0.5;
  }

  void serve(const Load& load, const std::optional<std::string>& plan, std::size_t first) {
    const Cost now = load.cost(existing_, total_);
    const Cost then = load.cost(all_keys(), total_);
    double returned = 0;
    for (const Measured& one : load.samples) returned += one.returned(total_);
    returned /= static_cast<double>(load.samples.size());
    bool served = false;
    const auto ms = std::chrono::duration<double, std::milli>(load.entry.time).count();
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      if (then.total() >= now.total() || !needs(load, i, then.total())) continue;
      served = true;
      out_.proposals[first + i].serves.push_back({load.entry.shape, load.entry.count, ms, returned,
                                                  now.documents, then.documents, plan,
                                                  std::nullopt});
      finds_[i].push_back(load.samples[0].statement().find);
    }
    const double wasted = now.documents - std::max(returned, 1.0);
    if (served || (plan && !plan->empty()) || wasted < static_cast<double>(options_.spared_min) ||
        now.documents < wasted_factor * std::max(returned, 1.0)) {
      return;
    }
    out_.unserved.push_back({name_, load.entry.shape, load.entry.count, now.documents, returned,
                             reason_for(load.samples[0])});
  }

  std::string reason_for(const Measured& sample) const {
    const std::string unserved = joined(sample.statement().unserved);
    if (!unserved.empty()) return "no index here serves " + unserved;
    const std::string arrays = joined(sample.paths_of_arrays());
    if (arrays.empty() || rules_.arrays == IndexRules::Arrays::by_element) {
      return "no index would spare enough to be worth its writes";
    }
    return "this store looks through the arrays at " + arrays + " one by one";
  }

  /// What an index spares, against what the collection's statements look at now.
  void finish(const Chooser& chooser, std::size_t first) {
    double looked = 0;
    for (const Load& load : chooser.loads()) {
      looked += static_cast<double>(load.entry.count) * load.cost(existing_, total_).documents;
    }
    for (std::size_t i = first; i < out_.proposals.size(); ++i) {
      double spared = 0;
      for (const ServedShape& shape : out_.proposals[i].serves) {
        const auto together = std::count_if(
            out_.proposals.begin() + static_cast<std::ptrdiff_t>(first), out_.proposals.end(),
            [&](const IndexProposal& other) { return serves(other, shape.shape); });
        spared += static_cast<double>(shape.statements) * (shape.scanned_now - shape.scanned_then) /
                  static_cast<double>(together);
      }
      out_.proposals[i].gain = looked > 0 ? std::max(0.0, spared / looked) : 0;
    }
  }

  void prove_from(std::size_t first) {
    std::vector<Provable> all;
    for (std::size_t i = 0; i < chosen_.size(); ++i) {
      all.push_back({&out_.proposals[first + i], object_of(chosen_[i]), finds_[i]});
    }
    if (!all.empty()) prove(server_, name_, all);
  }

  Server& server_;
  std::string name_;
  const AdviceOptions& options_;
  IndexRules rules_;
  IndexAdvice& out_;
  std::vector<ListedIndex> indexes_;
  std::vector<Key> existing_;
  std::vector<Load> loads_;
  std::vector<WriteLoad> writes_;
  std::vector<std::optional<std::string>> plans_;  ///< Of each load.
  std::vector<std::string> planned_;               ///< Indexes that plans use.
  std::vector<Key> chosen_;
  std::vector<std::vector<Object>> finds_;  ///< Of each that was chosen.
  std::int64_t explained_ = 0;              ///< Statements whose plan is known.
  double total_ = 0;
};

/// What the $lookup stages of an aggregate look for, each as finds of values that there are.
/// One find a document that comes to the stage is not known to be more than one a command.
std::vector<Workload::Entry> lookups_of(Server& server, const Workload::Entry& entry) {
  constexpr std::int32_t values_max = 3;
  std::vector<Workload::Entry> out;
  const Value& stages = entry.samples.empty() ? Value() : entry.samples[0].get("pipeline");
  if (!stages.is(Type::array)) return out;
  for (const Value& stage : stages.array()) {
    const Value& spec = stage.is(Type::object) ? stage.object().get("$lookup") : Value();
    if (!spec.is(Type::object)) continue;
    const Value& from = spec.object().get("from");
    const Value& local = spec.object().get("localField");
    const Value& foreign = spec.object().get("foreignField");
    if (!from.is(Type::string) || !local.is(Type::string) || !foreign.is(Type::string)) continue;
    Workload::Entry& one = out.emplace_back();
    one.collection = from.text();
    one.is_stage = true;
    one.count = entry.count;
    one.time = entry.time;
    one.shape = R"({"$lookup":{"from":)" + print_json(from) + R"(,"foreignField":)" +
                print_json(foreign) + "}} of " + entry.shape;
    const std::vector<std::string> parts = split_path(local.text());
    for (const Object& document : first_batch(
             server,
             {{"find", Value(entry.collection)},
              {"filter", Value(Object{{local.text(), Value(Object{{"$exists", Value(true)}})}})},
              {"limit", Value(values_max)}})) {
      const Value value = value_at(Value(document), parts);
      const bool many = value.is(Type::array);
      if (value.missing() || (many && value.array().empty())) continue;
      const Object operand{{many ? "$in" : "$eq", value}};
      one.samples.push_back(
          {{"find", from}, {"filter", Value(Object{{foreign.text(), Value(operand)}})}});
    }
    if (one.samples.empty()) out.pop_back();
  }
  return out;
}

/// Names of collections, with "view" for those that are views.
std::map<std::string, std::string> collections_of(Server& server) {
  std::map<std::string, std::string> out;
  for (const Object& one : first_batch(
           server, {{"listCollections", Value(std::int32_t{1})},
                    {"cursor", Value(Object{{"batchSize", Value(std::int32_t{1'000'000})}})}})) {
    const Value& type = one.get("type");
    const std::string& name = one.get("name").text();
    if (!name.starts_with("system.")) out[name] = type.is(Type::string) ? type.text() : "";
  }
  return out;
}

}  // namespace

std::vector<Object> first_batch(Server& server, const Object& command) {
  const Object reply = server.run(command);
  std::vector<Object> out;
  for (const Value& one : reply.get("cursor").object().get("firstBatch").array()) {
    out.push_back(one.object());
  }
  return out;
}

Object object_of(const Key& key) {
  Object out;
  for (const KeyField& field : key) {
    out.add(field.path, Value(std::int32_t{field.descending ? -1 : 1}));
  }
  return out;
}

std::string default_index_name(const Key& key) {
  std::string out;
  for (const KeyField& field : key) {
    out += (out.empty() ? "" : "_") + field.path + (field.descending ? "_-1" : "_1");
  }
  return out;
}

std::optional<std::string> planned_index(const Object& explanation) {
  const Value& planner = explanation.get("queryPlanner");
  if (!planner.is(Type::object)) return std::nullopt;
  const Value& plan = planner.object().get("winningPlan");
  if (!plan.is(Type::object)) return std::nullopt;
  return plan_in(plan.object());
}

IndexAdvice advise(Server& server, const Workload& workload, const AdviceOptions& options) {
  if (options.prove && !server.can_take_indexes_back()) {
    raise(
        ErrorKind::unsupported,
        "this store cannot take an index back, so nothing is proved; make the index, ask explain, "
        "and drop it again");
  }
  std::map<std::string, std::vector<Workload::Entry>> asked;
  const std::map<std::string, std::string> there = collections_of(server);
  for (Workload::Entry& entry : workload.entries()) {
    if (there.contains(entry.collection)) {
      for (Workload::Entry& one : lookups_of(server, entry)) {
        asked[one.collection].push_back(std::move(one));
      }
    }
    asked[entry.collection].push_back(std::move(entry));
  }
  std::set<std::string> wanted(options.collections.begin(), options.collections.end());
  if (wanted.empty()) {
    for (const auto& [name, type] : there) wanted.insert(name);
    for (const auto& [name, entries] : asked) wanted.insert(name);
  }
  IndexAdvice out;
  for (const std::string& name : wanted) {
    const auto found = there.find(name);
    if (found == there.end()) {
      out.notes.push_back(name + ": there is no such collection");
    } else if (found->second == "view") {
      if (asked.contains(name)) {
        out.notes.push_back(name + ": a view; ask about the collection that it reads");
      }
    } else {
      OfCollection(server, name, options, out).advise(asked[name]);
    }
  }
  if (workload.dropped() > 0) {
    out.notes.push_back(std::to_string(workload.dropped()) +
                        " statements of further shapes were not recorded");
  }
  return out;
}

}  // namespace iacdb::doc
