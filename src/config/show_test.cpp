#include "config/show.hpp"

#include <gtest/gtest.h>

#include "config/load.hpp"

namespace iacdb::config {
namespace {

using Variables = std::map<std::string, std::string>;

std::shared_ptr<const Settings> load(std::string text, Variables variables = {}) {
  return load_settings({.path = "f.yaml",
                        .text = std::move(text),
                        .environment = Environment(std::move(variables))});
}

TEST(Show, PrintsTheFormOfTodayWithOrigins) {
  const auto settings = load(
      "databases:\n  shop:\n    url: postgres://app:hunter2@db1:5432/shop\n    options: {token: "
      "t0psecret, a: '5'}\n",
      {{"IACDB_DATABASES_SHOP_POOL_OPEN_MAX", "7"}});
  EXPECT_EQ(show_settings(*settings), R"(databases:
  shop:
    type: postgres  # f.yaml:3:10
    host: db1  # f.yaml:3:10, position 24
    port: 5432  # f.yaml:3:10, position 24
    database: shop  # f.yaml:3:10, position 33
    username: app  # f.yaml:3:10, position 12
    password: "***"  # f.yaml:3:10, position 16
    options:
      token: "***"  # f.yaml:4:22
      a: "5"  # f.yaml:4:36
    pool:
      open_max: 7  # IACDB_DATABASES_SHOP_POOL_OPEN_MAX
)");
}

TEST(Show, HidesDefaultsOfReferencesAndKeepsReferences) {
  const auto settings = load(
      "databases:\n  a: {type: mysql, password: '${env:X:-hunter2}'}\n  b: {type: mysql, password: "
      "'${file:/run/s}'}\n  c: {type: mysql, password: 'x${env:X}'}\n");
  const std::string text = show_settings(*settings, {.origins = false});
  EXPECT_EQ(text.find("hunter2"), std::string::npos);
  EXPECT_NE(text.find("password: \"${file:/run/s}\""), std::string::npos);
  EXPECT_EQ(text.find("x${"), std::string::npos);
}

TEST(Show, ReadsBackToTheSame) {
  const std::string hostile = "a\\\"b'c: #d\\n\\t\\u00e9 $${x}";
  const auto settings = load(
      "databases:\n  a:\n    type: postgres\n    hosts: ['db1:1', db2]\n    password: \"" +
      hostile +
      "\"\n    username: 'no'\n    database: '1e5'\n    options: {x: 5, y: 'true', 'z w': ''}\n"
      "    replicas: [{host: r1, pool: {open_max: 3}}, {host: '::1', port: 7}]\n"
      "serve:\n  tokens:\n    - {name: a, token: 'abcdefghijklmnop', databases: [a, '*']}\n"
      "    - {name: b, token: 'abcdefghijklmnop', databases: {a: write}}\n");
  const std::string text = show_settings(*settings, {.secrets = true});
  const auto again = load(text);
  const DatabaseSettings before = settings->database("a");
  const DatabaseSettings after = again->database("a");
  EXPECT_EQ(after.connection.password.reveal(), before.connection.password.reveal());
  EXPECT_EQ(before.connection.password.reveal(), "a\"b'c: #d\n\t\xC3\xA9 ${x}");
  EXPECT_EQ(after.connection.username, "no");
  EXPECT_EQ(after.connection.database, "1e5");
  EXPECT_EQ(after.connection.hosts, before.connection.hosts);
  EXPECT_EQ(after.connection.options, before.connection.options);
  ASSERT_EQ(after.replicas.size(), 2u);
  EXPECT_EQ(after.replicas[1].connection.hosts, before.replicas[1].connection.hosts);
  EXPECT_EQ(after.replicas[0].pool, before.replicas[0].pool);
  EXPECT_EQ(again->serve.tokens.at(0).databases, settings->serve.tokens.at(0).databases);
  EXPECT_EQ(again->serve.tokens.at(1).databases, settings->serve.tokens.at(1).databases);
  EXPECT_EQ(show_settings(*again, {.origins = false}),
            show_settings(*settings, {.origins = false}));
}

}  // namespace
}  // namespace iacdb::config
