#pragma once
// MovingNames: host names of these tests whose address changes, as a fail-over by DNS does.
//
//   MovingNames::set("postgres.chaos.test", "127.0.0.2");
//
// The program's own getaddrinfo() answers for them, also to the client libraries it uses; every
// other name goes to the system's. Threads: safe to share.

#include <string>

namespace iacdb::chaos {

struct MovingNames {
  static void set(const std::string& name, const std::string& address);
};

}  // namespace iacdb::chaos
