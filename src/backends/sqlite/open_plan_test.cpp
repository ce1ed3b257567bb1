#include "backends/sqlite/open_plan.hpp"

#include <gtest/gtest.h>

#include "iacdb/error.hpp"

namespace iacdb::backends::sqlite {
namespace {

ConnectionSettings settings(std::map<std::string, std::string> options,
                            std::string file = "shop.db") {
  ConnectionSettings made;
  made.backend = "sqlite";
  made.database = std::move(file);
  for (auto& [name, value] : options) made.options[name] = value;
  return made;
}

std::string refusal(const ConnectionSettings& with) {
  try {
    plan_open(with);
  } catch (const ConfigError& error) {
    return error.what();
  }
  return "";
}

TEST(OpenPlan, TakesEveryOption) {
  const OpenPlan plan = plan_open(settings({{"busy_timeout_ms", "0"},
                                            {"cache_size", "-2000"},
                                            {"foreign_keys", "off"},
                                            {"journal_mode", "delete"},
                                            {"mmap_size", "1048576"},
                                            {"mode", "ro"},
                                            {"synchronous", "full"},
                                            {"transaction", "deferred"}}));
  EXPECT_EQ(plan.busy_timeout.count(), 0);
  EXPECT_EQ(plan.cache_size, "-2000");
  EXPECT_FALSE(plan.foreign_keys);
  EXPECT_EQ(plan.journal_mode, "delete");
  EXPECT_TRUE(plan.journal_mode_given);
  EXPECT_EQ(plan.mmap_size, "1048576");
  EXPECT_TRUE(plan.read_only);
  EXPECT_EQ(plan.synchronous, "full");
  EXPECT_EQ(plan.begin, BeginMode::deferred);
  EXPECT_EQ(plan_open(settings({{"transaction", "exclusive"}})).begin, BeginMode::exclusive);
  EXPECT_EQ(plan_open(settings({})).begin, BeginMode::immediate);
  for (const char* yes : {"true", "on", "1", "yes"}) {
    EXPECT_TRUE(plan_open(settings({{"foreign_keys", yes}})).foreign_keys) << yes;
  }
  EXPECT_EQ(plan_open(settings({{"memory_id", "a-B_9"}}, ":memory:")).memory_id, "a-B_9");
}

TEST(OpenPlan, RefusesWhatItDoesNotKnow) {
  const auto says = [](const ConnectionSettings& with, const char* words) {
    const std::string text = refusal(with);
    EXPECT_NE(text.find(words), std::string::npos) << "said: " << text;
  };
  says(settings({{"sychronous", "full"}}), "no option sychronous");
  says(settings({{"synchronous", "loud"}}), "must be one of");
  says(settings({{"foreign_keys", "maybe"}}), "must be true or false");
  says(settings({{"busy_timeout_ms", "soon"}}), "busy_timeout_ms must be");
  says(settings({{"busy_timeout_ms", "-1"}}), "from 0 to 86400000");
  says(settings({{"busy_timeout_ms", "86400001"}}), "from 0 to 86400000");
  says(settings({{"cache_size", "much"}}), "cache_size must be");
  says(settings({{"memory_id", "a"}}), "for :memory: databases only");
  says(settings({{"memory_id", "a b"}}, ":memory:"), "letters, digits");
  says(settings({{"mode", "ro"}}, ":memory:"), "cannot be read only");
  says(settings({}, ""), "no database file is given");
  says(settings({}, std::string("a\0b", 3)), "NUL byte");
}

}  // namespace
}  // namespace iacdb::backends::sqlite
