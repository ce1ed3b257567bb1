#pragma once
// Where a file that a command writes stands until it is whole.
//
//   const PartFile file = part_of("people.json");   // people.json.part
//   std::ofstream out = open_part(file);            // ...
//   if (!name_part(file)) ...                       // now it is people.json

#include <fstream>
#include <string>

namespace iacdb::cli {

struct PartFile {
  std::string part;   ///< Is written.
  std::string whole;  ///< What the part is named at the end; a link's target.
};

/// A part beside the file. What is no file (a device, a pipe, /dev/stdout) is written as it is:
/// with a file in its place it would be none any more.
PartFile part_of(const std::string& path);
/// Opens it for writing: an older part is cut off, what is no file goes on where it stands.
std::ofstream open_part(const PartFile& file);
/// Gives the part its name. False: it could not be done.
bool name_part(const PartFile& file);
/// Removes what is not whole.
void remove_part(const PartFile& file);

}  // namespace iacdb::cli
