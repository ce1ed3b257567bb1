#pragma once
// Looking for prepared branches, for coordinators and for those who only look.
//
//   for (const PreparedBranch& branch : find_prepared(databases)) show(branch);
//
// Threads: safe to share.

#include <iacdb/two_phase.hpp>
#include <vector>

namespace iacdb::database {

/// What every coordinator of iacdb begins its names with.
inline constexpr std::string_view branch_prefix = "iacdb-";

/// Each branch once, with Decision::unknown; databases without two-phase commit have none.
/// Throws: ConnectError.
std::vector<PreparedBranch> find_prepared(const std::vector<Database>& databases,
                                          std::chrono::milliseconds timeout);

}  // namespace iacdb::database
