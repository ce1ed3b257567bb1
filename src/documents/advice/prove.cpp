// The proof of proposals: the indexes are made, plans are asked for, and all is rolled back.

#include <charconv>
#include <chrono>

#include "documents/advice/advise.hpp"
#include "documents/bson/number.hpp"

namespace iacdb::doc {
namespace {

using Clock = std::chrono::steady_clock;
constexpr int timings_max = 3;
/// What takes longer is not run again to be timed.
constexpr std::chrono::seconds timed_once{1};

std::chrono::microseconds since(Clock::time_point start) {
  return std::chrono::duration_cast<std::chrono::microseconds>(Clock::now() - start);
}

const Object& inner(const Object& object, std::string_view name) {
  static const Object nothing;
  const Value& v = object.get(name);
  return v.is(Type::object) ? v.object() : nothing;
}

struct Seen {
  std::string plan;
  std::string index;
  std::optional<double> cost;
  std::optional<double> scanned;
  std::chrono::microseconds time{0};
};

/// Of "Sort  (cost=1.00..8.31 rows=1 width=32)" the second number.
std::optional<double> planner_cost(std::string_view plan) {
  const std::size_t at = plan.find("(cost=");
  const std::size_t dots = at == std::string_view::npos ? at : plan.find("..", at);
  if (dots == std::string_view::npos) return std::nullopt;
  double out = 0;
  std::from_chars(plan.data() + dots + 2, plan.data() + plan.size(), out);
  return out;
}

/// The same search, counted where its documents are.
Object counting(const Object& find) {
  Array stages{Value(Object{{"$match", find.get("filter")}})};
  for (const char* part : {"sort", "skip", "limit"}) {
    if (find.has(part)) stages.push_back(Value(Object{{std::string("$") + part, find.get(part)}}));
  }
  stages.push_back(Value(Object{{"$count", Value("n")}}));
  return {{"aggregate", find.front().value},
          {"pipeline", Value(std::move(stages))},
          {"cursor", Value(Object())}};
}

Seen look(Server& server, const Object& find) {
  const Object reply =
      server.run({{"explain", Value(find)}, {"verbosity", Value("executionStats")}});
  Seen out;
  const Object& plan = inner(inner(reply, "queryPlanner"), "winningPlan");
  if (plan.get("plan").is(Type::string)) out.plan = plan.get("plan").text();
  out.index = planned_index(reply).value_or("");
  out.cost = planner_cost(out.plan);
  const Value& examined = inner(reply, "executionStats").get("totalDocsExamined");
  if (examined.is_number()) out.scanned = to_double(examined);
  const Object timed = counting(find);
  for (int i = 0; i < timings_max; ++i) {
    const auto start = Clock::now();
    server.run(timed);
    const auto took = since(start);
    if (i == 0 || took < out.time) out.time = took;
    if (took > timed_once) break;
  }
  return out;
}

}  // namespace

void prove(Server& server, const std::string& collection, std::vector<Provable>& proposals) {
  const ServerPtr inside = server.begin();  // Never committed.
  inside->refresh_statistics(collection);
  for (Provable& one : proposals) {
    for (std::size_t i = 0; i < one.finds.size(); ++i) {
      const Seen before = look(*inside, one.finds[i]);
      PlanProof& proof = one.proposal->serves[i].proof.emplace();
      proof.plan_before = before.plan;
      proof.index_before = before.index;
      proof.cost_before = before.cost;
      proof.scanned_before = before.scanned;
      proof.time_before = before.time;
    }
  }
  for (Provable& one : proposals) {
    const auto start = Clock::now();
    inside->run({{"createIndexes", Value(collection)},
                 {"indexes", Value(Array{Value(Object{{"key", Value(one.key)},
                                                      {"name", Value(one.proposal->name)}})})}});
    one.proposal->build_time = since(start);
  }
  inside->refresh_statistics(collection);
  const std::vector<IndexUse> uses = inside->index_uses(collection);
  for (Provable& one : proposals) {
    for (const IndexUse& use : uses) {
      if (use.name == one.proposal->name) one.proposal->bytes = use.bytes;
    }
    for (std::size_t i = 0; i < one.finds.size(); ++i) {
      const Seen after = look(*inside, one.finds[i]);
      PlanProof& proof = *one.proposal->serves[i].proof;
      proof.plan_after = after.plan;
      proof.index_after = after.index;
      proof.cost_after = after.cost;
      proof.scanned_after = after.scanned;
      proof.time_after = after.time;
    }
  }
}

}  // namespace iacdb::doc
