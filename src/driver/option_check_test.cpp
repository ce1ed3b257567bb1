#include "driver/option_check.hpp"

#include <gtest/gtest.h>

#include <array>

#include "iacdb/error.hpp"

namespace iacdb::driver {
namespace {

class Optioned final : public Backend {
 public:
  std::string_view name() const noexcept override { return "optioned"; }
  std::span<const std::string_view> schemes() const noexcept override { return {}; }
  std::uint16_t default_port() const noexcept override { return 0; }
  std::span<const BackendOption> options() const noexcept override {
    static constexpr std::array<BackendOption, 4> table{{
        {"search_path", BackendOption::Kind::text, "", ""},
        {"keepalives", BackendOption::Kind::integer, "", ""},
        {"strict", BackendOption::Kind::boolean, "", ""},
        {"mode", BackendOption::Kind::choice, "ro|rw", ""},
    }};
    return table;
  }
  std::string client_version() const override { return ""; }
  std::unique_ptr<Connection> connect(const ConnectionSettings&, const Call&) const override {
    return nullptr;
  }
};

std::string refusal(const std::string& name, const std::string& value) {
  ConnectionSettings settings;
  settings.options[name] = value;
  try {
    check_options(settings, Optioned());
    return "";
  } catch (const ConfigError& error) {
    EXPECT_EQ(error.backend(), "optioned");
    return error.facts().message;
  }
}

TEST(OptionCheck, KnownOnesOfTheirTypePass) {
  EXPECT_EQ(refusal("search_path", "anything at all"), "");
  EXPECT_EQ(refusal("keepalives", "1"), "");
  EXPECT_EQ(refusal("keepalives", "-2000"), "");
  EXPECT_EQ(refusal("strict", "on"), "");
  EXPECT_EQ(refusal("mode", "rw"), "");
}

TEST(OptionCheck, UnknownOnesAreNamedWithTheNearest) {
  EXPECT_EQ(refusal("serch_path", "x"),
            "no option is called \"serch_path\"; did you mean \"search_path\"?");
  EXPECT_NE(refusal("zzzzzzz", "x").find("`iacdb backends --options` lists them"),
            std::string::npos);
  EXPECT_NE(refusal("a\nb\x1b", "x").find("\"a?b?\""), std::string::npos);
}

TEST(OptionCheck, ValuesAreCheckedAndNeverShown) {
  for (const char* name : {"keepalives", "strict", "mode"}) {
    const std::string message = refusal(name, "hush");
    EXPECT_NE(message.find(name), std::string::npos);
    EXPECT_EQ(message.find("hush"), std::string::npos);
  }
  EXPECT_EQ(refusal("mode", "r"), "option mode must be one of ro|rw");
  EXPECT_EQ(refusal("keepalives", "-"), "option keepalives must be a whole number");
}

}  // namespace
}  // namespace iacdb::driver
