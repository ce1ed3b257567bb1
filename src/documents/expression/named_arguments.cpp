// Named arguments, {input: ..., find: ...}: which there are, and the codes of what is wrong.

#include <algorithm>

#include "documents/expression/operators.hpp"

namespace iacdb::doc {
namespace {

/// Most operators have codes of their own; the others say FailedToParse.
struct Codes {
  std::string_view operators;  ///< Names with a space after each.
  int object;
  int unknown;
  std::initializer_list<int> needed;  ///< One for all, or one for each that is needed.
};

const Codes& codes_of(std::string_view name) {
  static const Codes plain{"", 9, 9, {9}};
  static const Codes own[] = {
      {"$dateAdd $dateSubtract ", 5166400, 5166401, {5166402}},
      {"$dateDiff ", 5166301, 5166302, {5166303, 5166304, 5166305}},
      {"$dateTrunc ", 5439007, 5439008, {5439009, 5439010}},
      {"$dateToString ", 18629, 18534, {18628}},
      {"$dateFromString ", 40540, 40541, {40542}},
      {"$dateToParts ", 40524, 40520, {40522}},
      {"$replaceOne $replaceAll ", 51751, 51750, {51749, 51748, 51747}},
      {"$regexMatch $regexFind $regexFindAll ", 51103, 31024, {31022, 31023}},
      {"$firstN $lastN $maxN $minN ", 5787900, 5787901, {5787906, 5787907}},
      {"$setField ", 4161100, 4161101, {4161102, 4161109, 4161103}},
      {"$unsetField ", 4161100, 4161101, {4161102, 4161109}},
      {"$percentile ", 7429703, 40415, {40414}},
      {"$median ", 7436100, 40415, {40414}},
  };
  for (const Codes& codes : own) {
    if (codes.operators.find(std::string(name) + ' ') != std::string_view::npos) return codes;
  }
  return plain;
}

struct Known {
  std::string_view name;
  bool optional = false;
};

std::vector<Known> known_names(std::string_view words) {
  std::vector<Known> out;
  while (!words.empty()) {
    const std::size_t space = words.find(' ');
    std::string_view word = words.substr(0, space);
    words = space == std::string_view::npos ? std::string_view() : words.substr(space + 1);
    const bool optional = word.ends_with('?');
    if (optional) word.remove_suffix(1);
    out.push_back({word, optional});
  }
  return out;
}

}  // namespace

void parse_named(const Value& spec, const VariableNames& variables, Expression& call) {
  const std::string name(call.op->name);
  const Codes& codes = codes_of(name);
  if (!spec.is(Type::object)) {
    fail_at(codes.object, name + " only supports an object as its argument");
  }
  const std::vector<Known> known = known_names(call.op->named);
  for (const Field& field : spec.object()) {
    if (std::none_of(known.begin(), known.end(),
                     [&](const Known& k) { return k.name == field.name; })) {
      fail_at(codes.unknown, name + " found an unknown argument: " + field.name);
    }
    call.fields.push_back({field.name, parse_expression(field.value, variables)});
  }
  std::size_t needed = 0;
  for (const Known& argument : known) {
    if (argument.optional) continue;
    if (call.named(argument.name) == nullptr) {
      fail_at(codes.needed.begin()[std::min(needed, codes.needed.size() - 1)],
              name + " requires '" + std::string(argument.name) + "' to be specified");
    }
    ++needed;
  }
}

}  // namespace iacdb::doc
