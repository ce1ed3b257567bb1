#include "base/url.hpp"

#include <gtest/gtest.h>

#include <array>
#include <random>

namespace iacdb::base {
namespace {

Url parsed(std::string_view text) {
  UrlProblem problem;
  auto url = parse_url(text, problem);
  EXPECT_TRUE(url) << text << ": " << problem.message;
  return url.value_or(Url{});
}

TEST(Url, TakesEveryPartApart) {
  const Url url = parsed("Postgres://us%65r:p%40s:s@h1:5432,h2,[::1]:6000/d%2Fb?a=1&b=x%26y");
  EXPECT_EQ(url.scheme, "postgres");
  EXPECT_EQ(url.user, "user");
  EXPECT_EQ(url.password, "p@s:s");
  const std::vector<UrlHost> hosts = {{"h1", 5432}, {"h2", 0}, {"::1", 6000}};
  EXPECT_EQ(url.hosts, hosts);
  EXPECT_EQ(url.path, "/d/b");
  const std::vector<UrlParameter> parameters = {{"a", "1"}, {"b", "x&y"}};
  EXPECT_EQ(url.parameters, parameters);
}

TEST(Url, KnowsUrlsWithoutAnAuthority) {
  EXPECT_EQ(parsed("sqlite:a b.db").path, "a b.db");
  EXPECT_FALSE(parsed("sqlite:a.db").has_authority);
  EXPECT_EQ(parsed("sqlite::memory:").path, ":memory:");
  EXPECT_EQ(parsed("sqlite:///var/a.db").path, "/var/a.db");
  EXPECT_TRUE(parsed("sqlite:///var/a.db").hosts.empty());
  EXPECT_EQ(parsed("sqlite:a.db?mode=ro").find("mode")->value, "ro");
}

TEST(Url, TakesACarelessPassword) {
  const Url url = parsed("mysql://app:p@ss:w@db/x");
  EXPECT_EQ(url.user, "app");
  EXPECT_EQ(url.password, "p@ss:w");
  EXPECT_EQ(url.hosts.at(0).host, "db");
}

TEST(Url, TakesASocketsPathAsHost) {
  EXPECT_EQ(parsed("postgres://%2Frun%2Fpg:5433/db").hosts.at(0), (UrlHost{"/run/pg", 5433}));
  EXPECT_TRUE(parsed("postgres:///db?host=/run/pg").hosts.empty());
}

TEST(Url, LeavesReferencesWhole) {
  UrlProblem problem;
  const auto url = parse_url(
      "postgres://${env:U}:${file:/run/a@b}@${env:H:-d,b}:1/x?p=${env:A:-?&%}", problem, true);
  ASSERT_TRUE(url) << problem.message;
  EXPECT_EQ(url->user, "${env:U}");
  EXPECT_EQ(url->password, "${file:/run/a@b}");
  EXPECT_EQ(url->hosts.at(0).host, "${env:H:-d,b}");
  EXPECT_EQ(url->find("p")->value, "${env:A:-?&%}");
}

struct Mistake {
  std::string_view text;
  std::size_t position;
  std::string_view words;
};

TEST(Url, SaysWhereAMistakeIs) {
  const std::array<Mistake, 16> mistakes = {{
      {"file.db", 0, "no scheme"},
      {":x", 0, "no scheme"},
      {"1x://h", 0, "no scheme"},
      {"pg://h/%", 7, "hexadecimal"},
      {"pg://h/%zz", 7, "hexadecimal"},
      {"pg://h/%00", 7, "other than 00"},
      {"pg://h:x/", 7, "a port is a number"},
      {"pg://h:0/", 7, "a port is a number"},
      {"pg://h:65536/", 7, "a port is a number"},
      {"pg://[::1/", 5, "closing ]"},
      {"pg://[::1]x/", 10, "only :port"},
      {"pg://[host]/", 6, "no IPv6"},
      {"pg://::1/", 5, "in brackets"},
      {"pg://h/d?a", 9, "without a value"},
      {"pg://h/d?=a", 9, "without a name"},
      {"pg://h/d#a", 8, "write %23"},
  }};
  for (const Mistake& mistake : mistakes) {
    UrlProblem problem;
    EXPECT_FALSE(parse_url(mistake.text, problem)) << mistake.text;
    EXPECT_EQ(problem.position, mistake.position) << mistake.text;
    EXPECT_NE(problem.message.find(mistake.words), std::string::npos) << problem.message;
  }
}

TEST(Url, HintsAtAPasswordThatEndsTheAuthority) {
  UrlProblem problem;
  EXPECT_FALSE(parse_url("postgres://app:top/secret@db/x", problem));
  EXPECT_NE(problem.message.find("%2F"), std::string::npos);
  EXPECT_EQ(problem.message.find("top"), std::string::npos);
  EXPECT_EQ(problem.message.find("secret"), std::string::npos);
}

TEST(Url, RefusesControlCharactersAndLength) {
  UrlProblem problem;
  EXPECT_FALSE(parse_url("pg://h/a\nb", problem));
  EXPECT_EQ(problem.position, 8u);
  EXPECT_FALSE(parse_url("pg://" + std::string(70'000, 'a'), problem));
  EXPECT_FALSE(parse_url("pg://" + std::string(70, ','), problem));
}

TEST(Url, PrintsWhatParsesToTheSame) {
  std::mt19937 random(7);
  constexpr std::string_view alphabet = "aZ0@:/?#%'\"\\ &=+,;[]{}$~\xC3\xA9";
  const auto text = [&] {
    std::string result;
    for (std::size_t i = random() % 9; i > 0; --i) result += alphabet[random() % alphabet.size()];
    return result;
  };
  for (int round = 0; round < 2000; ++round) {
    Url url;
    url.scheme = "pg";
    url.has_authority = true;
    url.user = text();
    url.password = text();
    url.hosts = {{"h" + text(), static_cast<std::uint16_t>(random() % 60'000 + 1)}, {"::1", 0}};
    url.hosts[0].host.erase(std::remove(url.hosts[0].host.begin(), url.hosts[0].host.end(), ':'),
                            url.hosts[0].host.end());
    url.path = "/" + text();
    url.parameters = {{"n" + text(), text()}};
    const Url again = parsed(print_url(url));
    EXPECT_EQ(again.user, url.user);
    EXPECT_EQ(again.password, url.password);
    EXPECT_EQ(again.hosts, url.hosts);
    EXPECT_EQ(again.path, url.path);
    EXPECT_EQ(again.parameters, url.parameters);
  }
}

TEST(Percent, DecodesOnlyWholeBytes) {
  EXPECT_EQ(percent_decode("a%20b"), "a b");
  EXPECT_EQ(percent_decode("%41"), "A");
  EXPECT_FALSE(percent_decode("%4"));
  EXPECT_FALSE(percent_decode("%"));
  EXPECT_FALSE(percent_decode("%g0"));
  EXPECT_FALSE(percent_decode("%00"));
}

}  // namespace
}  // namespace iacdb::base
