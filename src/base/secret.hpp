#pragma once
// Secret: text that prints as *** and is wiped when it goes.
//
//   Secret password("s3cret");
//   log(password);            // does not compile; password.reveal() is the only way in
//
// Threads: plain value.

#include <string>
#include <string_view>
#include <utility>

namespace iacdb::base {

class Secret {
 public:
  Secret() = default;
  explicit Secret(std::string_view text) : text_(text) {}
  Secret(const Secret& other) = default;
  Secret(Secret&& other) noexcept { text_.swap(other.text_); }
  Secret& operator=(const Secret& other) {
    if (this != &other) {
      wipe();
      text_ = other.text_;
    }
    return *this;
  }
  Secret& operator=(Secret&& other) noexcept {
    if (this != &other) {
      wipe();
      text_.swap(other.text_);  // Swapped, not copied: no second buffer keeps the text.
    }
    return *this;
  }
  ~Secret() { wipe(); }

  bool empty() const noexcept { return text_.empty(); }
  /// The text itself: hand it to a protocol or a library, to nothing that prints.
  std::string_view reveal() const noexcept { return text_; }
  /// What may be shown: "***", or "" when there is none.
  std::string_view masked() const noexcept { return text_.empty() ? "" : "***"; }
  bool operator==(const Secret&) const = default;

 private:
  void wipe() noexcept {
    volatile char* at = text_.data();  // volatile: the writes must not be optimised away.
    for (std::size_t i = 0; i < text_.size(); ++i) at[i] = '\0';
    text_.clear();
  }
  std::string text_;
};

}  // namespace iacdb::base
