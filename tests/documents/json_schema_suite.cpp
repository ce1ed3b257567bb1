// The public test suite of JSON Schema, draft 2020-12, against what DocumentSchema is made of.
//
//   json_schema_suite FOLDER       a folder of the suite's files, *.json
//
// A group whose schema is refused by name is counted apart; the reasons are printed.

#include <algorithm>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <map>
#include <sstream>

#include "documents/bson/ext_json.hpp"
#include "documents/errors.hpp"
#include "documents/filter/json_schema.hpp"

namespace {

using namespace iacdb::doc;

struct Sums {
  int passed = 0;
  int failed = 0;
  std::map<std::string, int> refused;
};

void run_group(const std::string& file, const Object& group, Sums& sums) {
  const Array& tests = group.get("tests").array();
  SchemaPtr schema;
  try {
    schema = parse_schema_2020(group.get("schema"));
  } catch (const Failure& failure) {
    sums.refused[failure.what()] += static_cast<int>(tests.size());
    return;
  }
  for (const Value& test : tests) {
    const Value& data = test.object().get("data");
    const bool valid = satisfies(*schema, data);
    const bool told = explain(*schema, data).empty();
    if (valid == test.object().get("valid").boolean() && told == valid) {
      ++sums.passed;
      continue;
    }
    ++sums.failed;
    std::printf("%s: %s: %s\n", file.c_str(), group.get("description").text().c_str(),
                test.object().get("description").text().c_str());
  }
}

}  // namespace

int main(int, char** arguments) {
  Sums sums;
  for (const auto& entry : std::filesystem::directory_iterator(arguments[1])) {
    if (entry.path().extension() != ".json") continue;
    std::ifstream in(entry.path());
    std::ostringstream text;
    text << in.rdbuf();
    const Value groups = parse_json_value(text.str());
    for (const Value& group : groups.array()) {
      run_group(entry.path().filename().string(), group.object(), sums);
    }
  }
  int refused = 0;
  for (const auto& [reason, tests] : sums.refused) {
    std::printf("refused, %d tests: %s\n", tests, reason.c_str());
    refused += tests;
  }
  std::printf("%d passed, %d failed, %d of schemas that are refused by name\n", sums.passed,
              sums.failed, refused);
  return sums.failed == 0 && sums.passed > 0 ? 0 : 1;
}
