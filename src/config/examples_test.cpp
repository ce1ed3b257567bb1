// The example files load, and the generated documents are those that are stored.
#include <gtest/gtest.h>

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iacdb/config.hpp>
#include <iterator>
#include <nlohmann/json.hpp>
#include <valijson/adapters/nlohmann_json_adapter.hpp>
#include <valijson/schema.hpp>
#include <valijson/schema_parser.hpp>
#include <valijson/validator.hpp>

#include "config/document.hpp"
#include "config/load.hpp"
#include "config/reader.hpp"
#include "config/schema.hpp"
#include "config/show.hpp"

namespace iacdb::config {
namespace {

/// The tree's root: the nearest folder above this file's that has a docs folder.
std::filesystem::path tree() {
  return std::filesystem::path(__FILE__).parent_path().parent_path().parent_path();
}

std::string content(const std::filesystem::path& path) {
  std::ifstream stream(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(stream), {}};
}

Environment variables() {
  return Environment(std::map<std::string, std::string>{{"SHOP_PASSWORD", "pw"}});
}

std::shared_ptr<const Settings> load(const std::string& name) {
  return load_settings(
      {.path = (tree() / "examples/config" / name).string(), .environment = variables()});
}

TEST(Examples, AllLoad) {
  std::size_t count = 0;
  for (const auto& entry : std::filesystem::directory_iterator(tree() / "examples/config")) {
    if (!entry.is_regular_file()) continue;
    const auto settings = load(entry.path().filename().string());
    EXPECT_FALSE(settings->databases.empty()) << entry.path();
    ++count;
  }
  EXPECT_GE(count, 8u);
}

TEST(Examples, SayWhatTheyLookLike) {
  EXPECT_EQ(load("sqlite.yaml")->database("shop").connection.database, "shop.db");
  const auto postgres = load("postgres.yaml")->database("shop");
  EXPECT_EQ(postgres.connection.password.reveal(), "pw");
  EXPECT_EQ(postgres.connection.tls.mode, TlsMode::verify_full);
  const auto mysql = load("mysql.yaml");
  EXPECT_EQ(mysql->database("shop").connection.password.reveal(), "pw");
  EXPECT_EQ(mysql->database("local").connection.backend, "mysql");
  const auto replicas = load("replicas.yaml");
  const auto& orders = replicas->databases.at("orders");
  ASSERT_EQ(orders.replicas.size(), 2u);
  EXPECT_EQ(orders.replicas[0].connection.hosts.at(0).host, "replica1");
  EXPECT_EQ(orders.replicas[0].connection.database, "orders");
  EXPECT_EQ(orders.replicas[0].pool.open_max, 60u);
  EXPECT_EQ(orders.replicas[1].pool.open_max, 30u);
  EXPECT_EQ(replicas->databases.at("reports").connection.tls.root_file, "/etc/iacdb/ca.pem");
  const auto production = load("production.yaml");
  EXPECT_EQ(production->serve.tokens.at(1).databases.at("*"), Access::read);
  EXPECT_EQ(production->serve.limits.request_bytes_max, 4u << 20);
}

TEST(Examples, AreShownAndReadBack) {
  for (const char* name :
       {"sqlite.yaml", "postgres.yaml", "mysql.yaml", "replicas.yaml", "production.yaml",
        "minimal.json", "configuration.json", "primary.json"}) {
    const auto settings = load(name);
    const std::string text = show_settings(*settings, {.secrets = true});
    const auto again = load_settings(
        {.path = "shown.yaml", .text = text, .environment = variables(), .use_environment = false});
    EXPECT_EQ(show_settings(*again, {.origins = false, .secrets = true}),
              show_settings(*settings, {.origins = false, .secrets = true}))
        << text;
  }
}

/// IACDB_WRITE_DOCS=1 writes them anew: scripts and people use it after a key has changed.
void expect_stored(const std::filesystem::path& path, const std::string& text) {
  if (std::getenv("IACDB_WRITE_DOCS") != nullptr) std::ofstream(path, std::ios::binary) << text;
  EXPECT_EQ(content(path), text) << path << " is not what the keys say; run this test with "
                                 << "IACDB_WRITE_DOCS=1 and commit the result";
}

nlohmann::json as_json(const Node& node) {
  if (node.is_mapping()) {
    nlohmann::json object = nlohmann::json::object();
    for (const Entry& entry : node.entries) object[entry.key] = as_json(entry.value);
    return object;
  }
  if (node.is_sequence()) {
    nlohmann::json array = nlohmann::json::array();
    for (const Node& item : node.items) array.push_back(as_json(item));
    return array;
  }
  if (node.kind == Node::Kind::null) return nullptr;
  const bool is_literal = node.style == Node::Style::plain &&
                          (looks_like_number(node.text) || describe(node) == "a boolean");
  return is_literal ? nlohmann::json::parse(node.text) : nlohmann::json(node.text);
}

bool validates(const Node& node) {
  const nlohmann::json schema_text = nlohmann::json::parse(json_schema());
  valijson::Schema schema;
  valijson::SchemaParser().populateSchema(valijson::adapters::NlohmannJsonAdapter(schema_text),
                                          schema);
  const nlohmann::json document = as_json(node);
  return valijson::Validator().validate(schema, valijson::adapters::NlohmannJsonAdapter(document),
                                        nullptr);
}

TEST(Schema, AcceptsTheExamplesOfTodaysForm) {
  for (const char* name : {"sqlite.yaml", "postgres.yaml", "mysql.yaml", "replicas.yaml",
                           "production.yaml", "minimal.json"}) {
    const auto path = tree() / "examples/config" / name;
    EXPECT_TRUE(validates(read_document(content(path), path.string()))) << name;
  }
}

TEST(Schema, RefusesWhatTheLoaderRefuses) {
  for (const char* text :
       {"databses: {}", "databases: {a: {host: h}}", "databases: {'a b': {type: mysql}}",
        "databases: {a: {type: mysq}}", "databases: {a: {type: mysql, port: 0}}",
        "databases: {a: {type: mysql, port: '5'}}",
        "databases: {a: {type: mysql, connect_timeout: soon}}",
        "databases: {a: {type: mysql, tls: {mode: on}}}",
        "databases: {a: {type: mysql, replicas: [{prt: 5}]}}", "log: {level: loud}",
        "serve: {limits: {request_bytes_max: big}}", "serve: {tokens: [{name: a}]}",
        "metrics: {enabled: yes}"}) {
    EXPECT_FALSE(validates(read_document(text, "f.yaml"))) << text;
    EXPECT_THROW(load_settings({.path = "f.yaml", .text = text, .use_environment = false}),
                 ConfigError)
        << text;
  }
}

TEST(Documents, SchemaIsUpToDate) {
  expect_stored(tree() / "docs/schema/iacdb.schema.json", json_schema());
}

TEST(Documents, ReferencePageIsUpToDate) {
  expect_stored(tree() / "docs/reference/configuration.md", reference_page());
}

}  // namespace
}  // namespace iacdb::config
