#include "config/reference.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>

#include "config/problem.hpp"

namespace iacdb::config {
namespace {

const Environment environment({{"NAME", "ada"}, {"EMPTY", ""}, {"TRICKY", "${env:NAME}"}});

std::string resolved(std::string_view text) {
  return resolve_references(text, environment, Mark::of("t"));
}

std::string refusal(std::string_view text) {
  try {
    resolved(text);
    return "";
  } catch (const SettingsError& error) {
    return error.facts().message;
  }
}

class ReferenceFile : public ::testing::Test {
 protected:
  void SetUp() override {
    folder_ =
        std::filesystem::temp_directory_path() / ("iacdb-reference-" + std::to_string(::getpid()));
    std::filesystem::create_directories(folder_);
  }
  void TearDown() override { std::filesystem::remove_all(folder_); }
  std::string file(const std::string& text) {
    const std::string path = (folder_ / "secret").string();
    std::ofstream(path, std::ios::binary) << text;
    return path;
  }
  std::filesystem::path folder_;
};

TEST(Reference, ReadsVariables) {
  EXPECT_EQ(resolved("${env:NAME}"), "ada");
  EXPECT_EQ(resolved("a ${env:NAME}/${env:NAME} b"), "a ada/ada b");
  EXPECT_EQ(resolved("${env:NONE:-x}"), "x");
  EXPECT_EQ(resolved("${env:EMPTY:-x}"), "x");
  EXPECT_EQ(resolved("${env:EMPTY}"), "");
  EXPECT_EQ(resolved("${env:NAME:-x}"), "ada");
  EXPECT_EQ(resolved("${env:NONE:-}"), "");
  EXPECT_EQ(resolved("${env:NONE:-${env:NAME}}"), "ada");
}

TEST(Reference, TakesWhatItYieldsLiterally) {
  EXPECT_EQ(resolved("${env:TRICKY}"), "${env:NAME}");
}

TEST(Reference, LeavesOtherDollarsAlone) {
  EXPECT_EQ(resolved("$"), "$");
  EXPECT_EQ(resolved("a$b $$ $1"), "a$b $$ $1");
  EXPECT_EQ(resolved("$${env:NAME}"), "${env:NAME}");
  EXPECT_EQ(resolved("$$${env:NAME}"), "$${env:NAME}");
  for (const char* text : {"${", "a${b}", "$${x}", "$$${", "$"}) {
    EXPECT_EQ(resolved(escape_references(text)), text);
    EXPECT_FALSE(has_reference(escape_references(text)));
  }
}

TEST(Reference, TellsReferencesApart) {
  EXPECT_TRUE(is_one_reference("${env:A}"));
  EXPECT_FALSE(is_one_reference("${env:A}${env:B}"));
  EXPECT_FALSE(is_one_reference("x${env:A}"));
  EXPECT_TRUE(has_reference("x${env:A}"));
  EXPECT_FALSE(has_reference("x$${env:A}"));
  EXPECT_EQ(check_references("${env:A} $${ ${file:/x}"), "");
}

TEST(Reference, RefusesMistakes) {
  EXPECT_NE(refusal("${env:NONE}").find("\"NONE\" is not set"), std::string::npos);
  EXPECT_NE(refusal("${env:}").find("empty"), std::string::npos);
  EXPECT_NE(refusal("${env:A B}").find("no variable's name"), std::string::npos);
  EXPECT_NE(refusal("${vault:x}").find("unknown reference"), std::string::npos);
  EXPECT_NE(refusal("${NAME}").find("unknown reference"), std::string::npos);
  EXPECT_NE(check_references("${env:A").find("without its }"), std::string::npos);
  EXPECT_NE(check_references("${env:A:-${x}}").find("unknown reference"), std::string::npos);
  EXPECT_NE(check_references("${cmd:a 'b}").find("quote is not closed"), std::string::npos);
}

TEST_F(ReferenceFile, ReadsFiles) {
  EXPECT_EQ(resolved("${file:" + file("top secret\n") + "}"), "top secret");
  EXPECT_EQ(resolved("${file:" + file("two\n\n") + "}"), "two\n");
  EXPECT_EQ(resolved("${file:" + file("crlf\r\n") + "}"), "crlf");
  EXPECT_EQ(resolved("${file:" + file("") + "}"), "");
}

TEST_F(ReferenceFile, NeverShowsContent) {
  const std::string secret(70'000, 's');
  const std::string message = refusal("${file:" + file(secret) + "}");
  EXPECT_NE(message.find("64 KiB"), std::string::npos);
  EXPECT_EQ(message.find("ssss"), std::string::npos);
  EXPECT_NE(refusal("${file:" + file(std::string("a\0b", 3)) + "}").find("zero byte"),
            std::string::npos);
  EXPECT_NE(refusal("${file:/nonexistent/x}").find("No such file"), std::string::npos);
  EXPECT_NE(refusal("${file:/}").find("no regular file"), std::string::npos);
}

TEST(Reference, RunsCommandsWithoutAShell) {
  EXPECT_EQ(resolved("${cmd:echo hello}"), "hello");
  EXPECT_EQ(resolved("${cmd:echo 'a  b' \"c\\\"d\" $HOME}"), "a  b c\"d $HOME");
  EXPECT_EQ(resolved("${cmd:printf 'x\\n\\n'}"), "x\n");
  EXPECT_EQ(resolved("${cmd:cat}"), "");  // Its input is empty.
}

TEST(Reference, TellsWhyACommandFailed) {
  EXPECT_NE(refusal("${cmd:false}").find("exit code 1"), std::string::npos);
  EXPECT_NE(refusal("${cmd:/nonexistent/program}").find("cannot be run"), std::string::npos);
  EXPECT_NE(refusal("${cmd:sh -c 'kill -9 $$'}").find("signal 9"), std::string::npos);
  EXPECT_NE(refusal("${cmd:head -c 100000 /dev/zero}").find("64 KiB"), std::string::npos);
  const std::string message = refusal("${cmd:sh -c 'echo s3cret; exit 3'}");
  EXPECT_NE(message.find("exit code 3"), std::string::npos);
  EXPECT_EQ(message.find("s3cret"), std::string::npos);
}

TEST(Reference, SplitsCommands) {
  using Words = std::vector<std::string>;
  EXPECT_EQ(split_command("a  b\tc"), (Words{"a", "b", "c"}));
  EXPECT_EQ(split_command("a '' \"\""), (Words{"a", "", ""}));
  EXPECT_EQ(split_command("a'b c'd"), (Words{"ab cd"}));
  EXPECT_EQ(split_command("a\\ b"), (Words{"a b"}));
  EXPECT_FALSE(split_command("  "));
  EXPECT_FALSE(split_command("a \"b"));
}

}  // namespace
}  // namespace iacdb::config
