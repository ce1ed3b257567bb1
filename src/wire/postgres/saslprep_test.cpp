#include "wire/postgres/saslprep.hpp"

#include <gtest/gtest.h>

#include <string>

namespace iacdb::wire::postgres {
namespace {

std::string prepared(std::string_view text) {
  const auto out = saslprep(text);
  return out ? std::string(view(*out)) : "(refused)";
}

// RFC 4013, section 3.
TEST(Saslprep, TheExamplesOfRfc4013) {
  EXPECT_EQ(prepared("I\u00adX"), "IX") << "soft hyphen vanishes";
  EXPECT_EQ(prepared("user"), "user");
  EXPECT_EQ(prepared("USER"), "USER") << "case is kept";
  EXPECT_EQ(prepared("\u00aa"), "a") << "NFKC";
  EXPECT_EQ(prepared("\u2168"), "IX") << "NFKC";
  EXPECT_EQ(prepared("\u00e9\u0007"), "(refused)") << "prohibited";
  EXPECT_EQ(prepared("\u0627\u0031"), "(refused)") << "direction";
}

TEST(Saslprep, AsciiIsTakenAsItIs) {
  EXPECT_EQ(prepared(""), "");
  EXPECT_EQ(prepared("a\x07z"), "a\x07z") << "PostgreSQL does not look at ASCII passwords";
}

TEST(Saslprep, SpacesAndInvisibleCharacters) {
  EXPECT_EQ(prepared("a\u00a0b\u3000c"), "a b c");
  EXPECT_EQ(prepared("a\u200bb"), "a b") << "in both tables: the space wins, as in PostgreSQL";
  EXPECT_EQ(prepared("a\u200db\ufeff"), "ab");
  EXPECT_EQ(prepared("\u00ad"), "(refused)") << "nothing is left";
}

TEST(Saslprep, Normalises) {
  EXPECT_EQ(prepared("e\u0301"), "\u00e9");
  EXPECT_EQ(prepared("e\u0323\u0302"), "\u1ec7");
  EXPECT_EQ(prepared("e\u0302\u0323"), "\u1ec7") << "marks are ordered first";
  EXPECT_EQ(prepared("\u1112\u1161\u11ab"), "\ud55c") << "Hangul composes";
  EXPECT_EQ(prepared("\uff21\uff11"), "A1") << "full width";
  EXPECT_EQ(prepared("\ufb03"), "ffi");
  EXPECT_EQ(prepared("\u212b"), "\u00c5");
  EXPECT_EQ(prepared("\U0001d400"), "A") << "a run of the table";
  EXPECT_EQ(prepared("\U0001d419"), "Z");
  EXPECT_EQ(prepared("\u0958"), "\u0915\u093c") << "excluded from composition";
}

TEST(Saslprep, RefusesWhatIsNotUtf8) {
  for (const char* bytes :
       {"\xff", "\xc3", "\xc0\x80", "\xc1\xbf", "\xe0\x80\x80", "\xe0\x9f\xbf", "\xed\xa0\x80",
        "\xf0\x80\x80\x80", "\xf4\x90\x80\x80", "\xf5\x80\x80\x80", "\x80", "\xe2\x82", "a\xc3z"}) {
    EXPECT_EQ(prepared(bytes), "(refused)");
    EXPECT_EQ(view(prepare_password(bytes)), bytes) << "the raw bytes serve instead";
  }
}

TEST(Saslprep, RefusesProhibitedAndUnassigned) {
  for (const char* text : {"\u00e9\u007f", "\u0080", "\u2028\u00e9", "\ue000", "\ufdd0", "\ufffd",
                           "\u200e", "\u2ff0", "\U000e0001", "\U0010ffff", "\u0221"})
    EXPECT_EQ(prepared(text), "(refused)") << text;
}

TEST(Saslprep, RightToLeftTextMustBeAllOfIt) {
  EXPECT_EQ(prepared("\u0627\u0031\u0628"), "\u0627\u0031\u0628");
  EXPECT_EQ(prepared("\u0627x\u0628"), "(refused)");
  EXPECT_EQ(prepared("x\u0628"), "(refused)");
}

}  // namespace
}  // namespace iacdb::wire::postgres
