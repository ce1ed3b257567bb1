// Configuration: named databases from YAML or JSON; mistakes are told by line before anything is
// opened.

#include <iacdb/iacdb.hpp>
#include <iostream>

const char* const text = R"(
databases:
  shop:
    type: sqlite
    database: ":memory:"
    pool:
      open_max: 4
  archive:
    type: sqlite
    database: ":memory:"
)";

int main() {
  // A file: iacdb::Config::load("iacdb.yaml"), or wherever one is found: iacdb::Config::find().
  const iacdb::Config config = iacdb::Config::parse(text, "iacdb.yaml");
  for (const std::string& name : config.names()) std::cout << "configured: " << name << "\n";

  iacdb::Database shop = iacdb::open(config, "shop");
  shop.exec("create table items (name text)");
  std::cout << shop.name() << " may open " << shop.metrics().pool.open_max << " connections\n";

  try {
    iacdb::Config::parse("databases:\n  shop:\n    typ: sqlite\n", "iacdb.yaml");
  } catch (const iacdb::ConfigError& error) {
    std::cout << error.where() << "\n";
    std::clog << error.what() << "\n";
  }
}

// Prints:
//   configured: archive
//   configured: shop
//   shop may open 4 connections
//   iacdb.yaml:3:5
