#include "documents/bson/codec.hpp"

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "documents/errors.hpp"

namespace iacdb::doc {
namespace {

/// On the heap and of its own size, so that a sanitizer sees what is read beyond.
void expect_refused(std::string_view bytes) {
  const auto exact = std::make_unique<char[]>(bytes.size());
  bytes.copy(exact.get(), bytes.size());
  EXPECT_THROW(decode({exact.get(), bytes.size()}), Failure);
}

TEST(Codec, refuses_a_document_that_is_longer_than_the_one_around_it) {
  // {d: {l: [0.0]}}, where the array's length passes the end of d by 4 bytes.
  using namespace std::string_view_literals;
  expect_refused(
      "\x1b\0\0\0\3d\0\x13\0\0\0\4l\0\x10\0\0\0\1"
      "0\0\x08\3d\0$o\0\0\0"sv);
}

TEST(Codec, refuses_every_length_that_is_wrong_and_every_beginning) {
  const std::string whole =
      encode(Object{{"a", Value(Object{{"b", Value(Array{Value(1.5), Value("text")})}})},
                    {"c", Value(std::int64_t{5})}});
  for (std::size_t n = 0; n < whole.size(); ++n)
    expect_refused(std::string_view(whole).substr(0, n));
  // The lengths of the document, of a, of b and of the text.
  for (const std::size_t at : {0U, 7U, 14U, 32U}) {
    ASSERT_LT(static_cast<unsigned char>(whole[at]), whole.size() + 1);
    for (int wrong = 0; wrong < 256; ++wrong) {
      if (wrong == static_cast<unsigned char>(whole[at])) continue;
      std::string changed = whole;
      changed[at] = static_cast<char>(wrong);
      expect_refused(changed);
    }
  }
}

}  // namespace
}  // namespace iacdb::doc
