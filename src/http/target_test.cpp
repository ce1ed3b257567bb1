#include "http/target.hpp"

#include <gtest/gtest.h>

#include "http/routes.hpp"
#include "iacdb/error.hpp"

namespace iacdb::http {
namespace {

TEST(Target, DecodesSegmentsOneByOne) {
  EXPECT_EQ(parse_target("/v1/databases/a%2Fb?x=1#y"), (Path{"v1", "databases", "a/b"}));
  EXPECT_EQ(parse_target("/%C3%A9"), (Path{"\xc3\xa9"}));
  EXPECT_EQ(parse_target("/"), (Path{""}));
  EXPECT_EQ(parse_target("/a//b/"), (Path{"a", "", "b", ""}));
  EXPECT_EQ(parse_target("http://host:80/a/b"), (Path{"a", "b"}));
  EXPECT_EQ(parse_target("http://host"), (Path{""}));
}

TEST(Target, RefusesWhatIsMalformed) {
  for (const std::string_view wrong :
       {"*", "a", "/%", "/%4", "/%zz", "/%+1", "/%0g", "/% 1", "/%00", "/%ff", "/\xc3"}) {
    EXPECT_THROW(parse_target(wrong), UsageError) << wrong;
  }
}

TEST(Target, KnowsTheLoopback) {
  for (const std::string_view name :
       {"localhost", "LocalHost:80", "127.0.0.1", "127.255.0.3:8080", "[::1]", "[::1]:80"}) {
    EXPECT_TRUE(is_loopback_name(name)) << name;
  }
  for (const std::string_view name :
       {"", "127.", "127.1", "127.0.0.1.evil.example", "127.evil.example", "128.0.0.1",
        "127.0.0.256", "127.0.0.1.", "localhost.evil", "[::2]", "[::1].evil", "[::1", "::1"}) {
    EXPECT_FALSE(is_loopback_name(name)) << name;
  }
}

TEST(Target, ReadsMediaTypes) {
  EXPECT_TRUE(is_media_type("Application/JSON ; charset=utf-8", "application/json"));
  EXPECT_FALSE(is_media_type("application/jsonx", "application/json"));
  EXPECT_FALSE(is_media_type("", "application/json"));
  EXPECT_TRUE(accepts("text/html, application/x-ndjson;q=0.5", "application/x-ndjson"));
  EXPECT_FALSE(accepts("application/x-ndjson;q=0.0", "application/x-ndjson"));
  EXPECT_FALSE(accepts("*/*", "application/x-ndjson"));
}

TEST(Routes, MatchPathAndMethod) {
  const Match match = match_route("POST", parse_target("/v1/databases/shop/query"));
  ASSERT_NE(match.route, nullptr);
  EXPECT_EQ(match.route->action, Action::query);
  EXPECT_EQ(match.argument, "shop");
  EXPECT_EQ(match_route("GET", parse_target("/v1/databases/shop/query")).route, nullptr);
  EXPECT_EQ(match_route("HEAD", parse_target("/healthz")).route->action, Action::health);
  EXPECT_EQ(allowed_methods(parse_target("/v1/databases")), "GET, HEAD, OPTIONS");
  EXPECT_EQ(allowed_methods(parse_target("/v1/databases/")), "GET, HEAD, OPTIONS");
  EXPECT_EQ(allowed_methods(parse_target("/v1")), "");
  EXPECT_EQ(allowed_methods(parse_target("/")), "");
}

}  // namespace
}  // namespace iacdb::http
