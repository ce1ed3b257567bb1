#pragma once
// The capability matrix: what each database claims, and which test of this suite proved it.
//
// The page docs/reference/capabilities.md is this text; scripts/capabilities writes it. Versions
// show without their last part, so that a repaired server does not make the page stale.

#include <iacdb/capabilities.hpp>
#include <map>
#include <set>
#include <string>
#include <vector>

namespace iacdb::conformance {

/// Capability -> the tests that needed it and passed.
using Proofs = std::map<Capability, std::set<std::string>>;

/// "MariaDB 10.11"
std::string short_product(const Capabilities& can);
/// The whole page. `products` are the distinct ones, in the order of its columns.
std::string print_matrix(const std::vector<Capabilities>& products, const Proofs& proofs);

}  // namespace iacdb::conformance
