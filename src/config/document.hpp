#pragma once
// Document: all sources of a configuration, merged, as they were written.
//
//   settings.document->root.find_path("databases.shop.port")->mark.text();   // where it was said
//
// Threads: plain value; safe to share when const.

#include "config/node.hpp"
#include "config/reference.hpp"

namespace iacdb::config {

struct Document {
  Node root;  ///< In today's form, whatever the files looked like; URLs are spread into keys.
  Environment environment;
};

}  // namespace iacdb::config
