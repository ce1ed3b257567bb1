#include "conformance/matrix.hpp"

#include <functional>

namespace iacdb::conformance {
namespace {

const std::string introduction = R"(# Capabilities

What each supported database can do, as `Database::can()` reports it on the versions that the tests
run on. This page is written by `scripts/capabilities` at the end of the conformance suite: "yes"
means that the database claims the capability and that the named tests proved it there; "–" means
that the library says so too and refuses, or that the SQL for it does not exist. What to do where one
is missing is in [troubleshooting](../guides/troubleshooting.md#unsupported).

)";

std::string join(const std::set<std::string>& names) {
  std::string result;
  for (const std::string& name : names) {
    if (!result.empty()) result += ", ";
    result += name;
  }
  return result;
}

std::string head(const std::string& first, const std::vector<Capabilities>& products) {
  std::string names = "| " + first;
  std::string line = "|---";
  for (const Capabilities& can : products) {
    names += " | " + short_product(can);
    line += "|---";
  }
  return names + " |\n" + line + "|\n";
}

std::string number(std::uint64_t value) {
  return value == 0 ? "none" : std::to_string(value);
}

std::string limits(const std::vector<Capabilities>& products) {
  using Fact = std::pair<std::string, std::function<std::string(const Capabilities&)>>;
  const std::vector<Fact> facts = {
      {"parameters of a statement", [](auto& can) { return number(can.parameters_max); }},
      {"bytes of an identifier", [](auto& can) { return number(can.identifier_bytes_max); }},
      {"bytes of a statement", [](auto& can) { return number(can.statement_bytes_max); }},
      {"bytes of a value", [](auto& can) { return number(can.value_bytes_max); }},
      {"isolation unless asked for",
       [](auto& can) { return std::string(to_string(can.default_isolation)); }},
  };
  std::string result = "## Limits and defaults\n\n" + head("At most", products);
  for (const auto& [name, of] : facts) {
    result += "| " + name;
    for (const Capabilities& can : products) result += " | " + of(can);
    result += " |\n";
  }
  return result + "\n";
}

}  // namespace

std::string short_product(const Capabilities& can) {
  const std::uint32_t major = can.version_number / 10'000;
  const std::uint32_t minor = can.version_number / 100 % 100;
  // PostgreSQL's versions have one part that counts since 10.
  const bool has_minor = can.backend != "postgres";
  return can.product + " " + std::to_string(major) + (has_minor ? "." + std::to_string(minor) : "");
}

std::string print_matrix(const std::vector<Capabilities>& products, const Proofs& proofs) {
  std::string page = introduction + head("Capability", products);
  for (std::size_t i = 0; i < capabilities_count; ++i) {
    const auto capability = static_cast<Capability>(i);
    page += "| `" + std::string(to_string(capability)) + "`";
    for (const Capabilities& can : products) page += can.has(capability) ? " | yes" : " | –";
    page += " |\n";
  }
  page += "\n" + limits(products);
  page += "## What each one means, and what proves it\n\n";
  page += "| Capability | Meaning | Tests |\n|---|---|---|\n";
  for (std::size_t i = 0; i < capabilities_count; ++i) {
    const auto capability = static_cast<Capability>(i);
    const auto found = proofs.find(capability);
    page += "| `" + std::string(to_string(capability)) + "` | ";
    page += std::string(describe(capability)) + " | ";
    page += (found == proofs.end() ? std::string("none yet") : join(found->second)) + " |\n";
  }
  return page;
}

}  // namespace iacdb::conformance
