#pragma once
// Where a file that a command writes stands until it is whole.
//
//   std::ofstream out(part_path("people.json"));   // people.json.part, renamed at the end

#include <string>

namespace iacdb::cli {

/// Beside the name that it takes at the end. A device, a pipe or a link (/dev/stdout) stands for
/// itself: with a file in its place it would be none any more.
std::string part_path(const std::string& path);
/// Gives the part its name. False: it could not be done.
bool name_part(const std::string& part, const std::string& path);
/// Removes what is not whole.
void remove_part(const std::string& part, const std::string& path);

}  // namespace iacdb::cli
