#include <algorithm>
#include <array>

#include "documents/errors.hpp"
#include "documents/pipeline/accumulator.hpp"

namespace iacdb::doc {
namespace {

enum class Form : std::uint8_t { plain, counted, ranked, ranked_counted, none, percentile };
struct Known {
  std::string_view name;
  Form form;
};
constexpr std::array known = {
    Known{"$sum", Form::plain},           Known{"$avg", Form::plain},
    Known{"$min", Form::plain},           Known{"$max", Form::plain},
    Known{"$first", Form::plain},         Known{"$last", Form::plain},
    Known{"$push", Form::plain},          Known{"$addToSet", Form::plain},
    Known{"$mergeObjects", Form::plain},  Known{"$stdDevPop", Form::plain},
    Known{"$stdDevSamp", Form::plain},    Known{"$count", Form::none},
    Known{"$firstN", Form::counted},      Known{"$lastN", Form::counted},
    Known{"$minN", Form::counted},        Known{"$maxN", Form::counted},
    Known{"$top", Form::ranked},          Known{"$bottom", Form::ranked},
    Known{"$topN", Form::ranked_counted}, Known{"$bottomN", Form::ranked_counted},
    Known{"$median", Form::percentile},   Known{"$percentile", Form::percentile},
    Known{"$concatArrays", Form::plain},  Known{"$setUnion", Form::plain},
};

const Known* find_known(std::string_view name) {
  const auto* it =
      std::find_if(known.begin(), known.end(), [&](const Known& k) { return k.name == name; });
  return it != known.end() ? it : nullptr;
}

/// The codes that MongoDB gives wrong arguments of a family of accumulators.
struct ArgumentCodes {
  int no_object;
  int unknown;
  int missing_n;
  int missing_input;  ///< Or $top's output.
  int missing_other;
};
constexpr ArgumentCodes counted_codes{5787801, 5787901, 5787906, 5787907, 5787907};
constexpr ArgumentCodes ranked_codes{5788001, 5788002, 5788003, 5788004, 5788005};
constexpr ArgumentCodes percentile_codes{7429703, 40415, 40414, 40414, 40414};

const Object& arguments_of(std::string_view op, const ArgumentCodes& codes, const Value& spec,
                           std::initializer_list<std::string_view> names) {
  if (!spec.is(Type::object)) {
    fail_at(codes.no_object, std::string(op) + " specification must be an object");
  }
  for (const Field& field : spec.object()) {
    if (std::find(names.begin(), names.end(), field.name) == names.end()) {
      fail_at(codes.unknown,
              "Unknown argument for " + std::string(op) + " operator: " + field.name);
    }
  }
  for (const std::string_view name : names) {
    if (spec.object().has(name)) continue;
    const bool input = name == "input" || name == "output";
    const int code = name == "n" ? codes.missing_n
                     : input     ? codes.missing_input
                                 : codes.missing_other;
    fail_at(code, "Missing value for '" + std::string(name) + "' in " + std::string(op));
  }
  return spec.object();
}

void parse_ranked(AccumulatedField& field, const Object& spec, const VariableNames& variables) {
  const Value& by = spec.get("sortBy");
  if (!by.is(Type::object)) {
    fail_at(10065, "invalid parameter: expected an object (sortBy)");
  }
  field.sort = parse_sort(by.object());
  if (field.sort.empty()) fail(Code::bad_value, "sortBy must name at least one field");
  field.argument = parse_expression(spec.get("output"), variables);
}

void parse_percentile(AccumulatedField& field, const Value& spec, const VariableNames& variables) {
  const bool median = field.op == "$median";
  const Object& arguments =
      median ? arguments_of(field.op, percentile_codes, spec, {"input", "method"})
             : arguments_of(field.op, percentile_codes, spec, {"input", "p", "method"});
  const Value& method = arguments.get("method");
  if (!method.is(Type::string) || method.text() != "approximate") {
    fail(Code::bad_value, "Currently only 'approximate' can be used as percentile 'method'.");
  }
  field.argument = parse_expression(arguments.get("input"), variables);
  if (median) return;
  const Value& p = arguments.get("p");
  if (!p.is(Type::array) || p.array().empty()) {
    fail_at(p.is(Type::array) ? 7750301 : 7750300,
            "The $percentile 'p' field must be an array of numbers from [0.0, 1.0]");
  }
  field.fractions = p.array();
}

}  // namespace

bool is_accumulator(std::string_view name) noexcept {
  return find_known(name) != nullptr;
}

AccumulatedField parse_accumulator(std::string name, const Value& spec,
                                   const VariableNames& variables) {
  if (name.find('.') != std::string::npos) {
    fail_at(40235, "The field name '" + name + "' cannot contain '.'");
  }
  if (name.starts_with('$')) {
    fail_at(40236, "The field name '" + name + "' cannot be an operator name");
  }
  if (!spec.is(Type::object) || spec.object().empty()) {
    fail_at(40234, "The field '" + name + "' must be an accumulator object");
  }
  if (spec.object().size() != 1) {
    fail_at(40238, "The field '" + name + "' must specify one accumulator");
  }
  const Field& call = spec.object().front();
  const Known* found = find_known(call.name);
  if (found == nullptr) {
    if (call.name == "$accumulator") {
      fail(Code::not_implemented, "$accumulator is not supported: JavaScript is not run");
    }
    fail_at(15952, "unknown group operator '" + call.name + "'");
  }
  AccumulatedField out;
  out.name = std::move(name);
  out.op = found->name;
  switch (found->form) {
    case Form::plain:
      if (call.value.is(Type::array)) {
        if (call.value.array().size() != 1) {
          fail_at(40237, "The " + call.name + " accumulator is a unary operator");
        }
        out.argument = parse_expression(call.value.array()[0], variables);
      } else {
        out.argument = parse_expression(call.value, variables);
      }
      break;
    case Form::none:
      if (!call.value.is(Type::object) || !call.value.object().empty()) {
        fail(Code::type_mismatch, "$count takes no arguments, i.e. $count:{}");
      }
      break;
    case Form::counted: {
      const Object& arguments = arguments_of(out.op, counted_codes, call.value, {"input", "n"});
      out.argument = parse_expression(arguments.get("input"), variables);
      out.count = parse_expression(arguments.get("n"), variables);
      break;
    }
    case Form::ranked:
      parse_ranked(out, arguments_of(out.op, ranked_codes, call.value, {"output", "sortBy"}),
                   variables);
      break;
    case Form::ranked_counted: {
      const Object& arguments =
          arguments_of(out.op, ranked_codes, call.value, {"n", "output", "sortBy"});
      parse_ranked(out, arguments, variables);
      out.count = parse_expression(arguments.get("n"), variables);
      break;
    }
    case Form::percentile:
      parse_percentile(out, call.value, variables);
      break;
  }
  return out;
}

}  // namespace iacdb::doc
