#pragma once
// Checks of whole sections: contradictions that no single key can tell.
//
// The tables of keys name these functions; bind_section() runs them. Each adds to the problems.
// Threads: plain functions.

#include "config/bind.hpp"

namespace iacdb::config {

void check_database(const Node& node, void* object, BindContext& context);
void check_replica(const Node& node, void* object, BindContext& context);
void check_token(const Node& node, void* object, BindContext& context);
void check_serve(const Node& node, void* object, BindContext& context);
void check_root(const Node& node, void* object, BindContext& context);

}  // namespace iacdb::config
