// The BSON corpus of the MongoDB driver specifications: bytes and Extended JSON both ways.
// Run by scripts/mongo-specs, which hands the folder of the specification tests over.

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "documents/bson/codec.hpp"
#include "documents/bson/decimal.hpp"
#include "documents/bson/ext_json.hpp"
#include "documents/errors.hpp"
#include "documents/storage/encoding.hpp"

namespace iacdb::doc {
namespace {

using Json = nlohmann::ordered_json;

std::filesystem::path& folder() {
  static std::filesystem::path path;
  return path;
}

std::string bytes_of(const Json& entry, const char* key) {
  return *from_hex(entry.at(key).get<std::string>());
}

Json json_of(const std::string& text) {
  return Json::parse(text);
}

void check_valid(const Json& entry) {
  const std::string canonical = bytes_of(entry, "canonical_bson");
  const Object value = decode(canonical);
  EXPECT_EQ(to_hex(encode(value)), to_hex(canonical));
  EXPECT_EQ(encoded_size(value), encode(value).size());
  const auto extended = entry.at("canonical_extjson").get<std::string>();
  EXPECT_EQ(json_of(print_json(value, JsonForm::canonical)), json_of(extended));
  const bool lossy = entry.value("lossy", false);
  if (!lossy) {
    EXPECT_EQ(to_hex(encode(parse_json(extended))), to_hex(canonical));
    for (const KeyOrder order : {KeyOrder::listed, KeyOrder::kept}) {
      EXPECT_EQ(to_hex(encode(from_storage(to_storage(value, order)))), to_hex(canonical));
      std::string direct;
      storage_to_bson(to_storage(value, order), direct);
      EXPECT_EQ(to_hex(direct), to_hex(canonical));
      std::string stored;
      bson_to_storage(canonical, order, stored);
      EXPECT_EQ(to_hex(encode(from_storage(stored))), to_hex(canonical));
    }
  }
  if (entry.contains("relaxed_extjson")) {
    const auto relaxed = entry.at("relaxed_extjson").get<std::string>();
    EXPECT_EQ(json_of(print_json(value, JsonForm::relaxed)), json_of(relaxed));
    EXPECT_EQ(json_of(print_json(parse_json(relaxed), JsonForm::relaxed)), json_of(relaxed));
  }
  if (entry.contains("degenerate_bson")) {
    EXPECT_EQ(to_hex(encode(decode(bytes_of(entry, "degenerate_bson")))), to_hex(canonical));
  }
  if (entry.contains("degenerate_extjson") && !lossy) {
    const auto degenerate = entry.at("degenerate_extjson").get<std::string>();
    EXPECT_EQ(to_hex(encode(parse_json(degenerate))), to_hex(canonical));
  }
}

void check_file(const std::filesystem::path& path) {
  const Json corpus = Json::parse(std::ifstream(path));
  const std::string type = corpus.at("bson_type").get<std::string>();
  for (const Json& entry : corpus.value("valid", Json::array())) {
    SCOPED_TRACE(path.filename().string() + ": " + entry.at("description").get<std::string>());
    EXPECT_NO_THROW(check_valid(entry));
  }
  for (const Json& entry : corpus.value("decodeErrors", Json::array())) {
    SCOPED_TRACE(path.filename().string() + ": " + entry.at("description").get<std::string>());
    EXPECT_THROW(decode(bytes_of(entry, "bson")), Failure);
  }
  for (const Json& entry : corpus.value("parseErrors", Json::array())) {
    SCOPED_TRACE(path.filename().string() + ": " + entry.at("description").get<std::string>());
    const auto text = entry.at("string").get<std::string>();
    if (type == "0x13") {
      EXPECT_EQ(parse_decimal(text), std::nullopt);
    } else {
      EXPECT_THROW(parse_json(text), Failure);
    }
  }
}

TEST(BsonCorpus, holds) {
  std::size_t files = 0;
  for (const auto& entry : std::filesystem::directory_iterator(folder() / "bson_corpus")) {
    if (entry.path().extension() != ".json") continue;
    check_file(entry.path());
    ++files;
  }
  EXPECT_GT(files, 20U);
}

}  // namespace
}  // namespace iacdb::doc

int main(int argc, char** argv) {
  testing::InitGoogleTest(&argc, argv);
  if (argc != 2) return 2;
  iacdb::doc::folder() = argv[1];
  return RUN_ALL_TESTS();
}
