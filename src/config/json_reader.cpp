#include <cstdint>
#include <nlohmann/json.hpp>
#include <utility>

#include "config/problem.hpp"
#include "config/reader.hpp"

namespace iacdb::config {
namespace {

/// Follows the parser through the text: where it is, and where the present token began.
struct Tracker {
  std::uint32_t line = 1;
  std::uint32_t column = 1;
  bool between = true;  ///< No token has begun since the last event.
  std::uint32_t token_line = 1;
  std::uint32_t token_column = 1;

  void pass(char c) {
    const bool separates = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == ',' || c == ':';
    if (between && !separates) {
      between = false;
      token_line = line;
      token_column = column;
    }
    if (c == '\n') {
      ++line;
      column = 1;
    } else {
      ++column;
    }
  }
};

/// An input iterator that tells the tracker of every character the parser takes.
class Feed {
 public:
  using iterator_category = std::input_iterator_tag;
  using value_type = char;
  using difference_type = std::ptrdiff_t;
  using pointer = const char*;
  using reference = const char&;

  Feed(const char* at, Tracker* tracker) : at_(at), tracker_(tracker) {}
  reference operator*() const { return *at_; }
  Feed& operator++() {
    tracker_->pass(*at_);
    ++at_;
    return *this;
  }
  Feed operator++(int) {
    Feed before = *this;
    ++*this;
    return before;
  }
  bool operator==(const Feed& other) const { return at_ == other.at_; }

 private:
  const char* at_;
  Tracker* tracker_;
};

class Events {
 public:
  Events(Mark mark, Tracker& tracker) : mark_(std::move(mark)), tracker_(tracker) {}

  Node take() { return builder_.take(); }

  bool null() {
    Node node;
    node.mark = token();
    builder_.scalar(std::move(node));
    return true;
  }
  bool boolean(bool value) { return plain(value ? "true" : "false"); }
  bool number_integer(std::int64_t value) { return plain(std::to_string(value)); }
  bool number_unsigned(std::uint64_t value) { return plain(std::to_string(value)); }
  bool number_float(double, const std::string& text) { return plain(text); }
  bool string(const std::string& text) {
    builder_.scalar(Node::scalar(text, token(), Node::Style::quoted));
    return true;
  }
  bool binary(const nlohmann::json::binary_t&) { return false; }
  bool key(const std::string& text) { return string(text); }
  bool start_object(std::size_t) {
    builder_.open_mapping(token());
    return true;
  }
  bool start_array(std::size_t) {
    builder_.open_sequence(token());
    return true;
  }
  bool end_object() { return end(); }
  bool end_array() { return end(); }
  bool parse_error(std::size_t, const std::string& last_token,
                   const nlohmann::json::exception& problem) {
    std::string message = "not JSON";
    const std::string_view what = problem.what();
    if (what.find("']'") != std::string_view::npos || what.find("'}'") != std::string_view::npos) {
      message += "; a comma is missing, or one too many stands before a closing bracket";
    } else if (last_token.ends_with('/')) {
      message += "; JSON has no comments, YAML has";
    } else if (what.find("end of input") != std::string_view::npos) {
      message += "; the text ends too early";
    }
    if (tracker_.between) raise_problem(mark_.at(tracker_.line, tracker_.column), message);
    raise_problem(token(), message);
  }

 private:
  Mark token() {
    tracker_.between = true;
    return mark_.at(tracker_.token_line, tracker_.token_column);
  }
  bool plain(std::string_view text) {
    builder_.scalar(Node::scalar(text, token(), Node::Style::plain));
    return true;
  }
  bool end() {
    tracker_.between = true;
    builder_.close();
    return true;
  }

  Mark mark_;
  Tracker& tracker_;
  NodeBuilder builder_;
};

}  // namespace

Node read_json(std::string_view text, const Mark& mark) {
  Tracker tracker;
  Events events(mark, tracker);
  nlohmann::json::sax_parse(Feed(text.data(), &tracker), Feed(text.data() + text.size(), &tracker),
                            &events);
  return events.take();
}

}  // namespace iacdb::config
