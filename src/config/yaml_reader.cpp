#include <yaml-cpp/eventhandler.h>
#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>
#include <unordered_map>
#include <utility>

#include "base/text.hpp"
#include "config/problem.hpp"
#include "config/reader.hpp"

namespace iacdb::config {
namespace {

/// Turns yaml-cpp's events into nodes. An event's mark counts from 0.
class Events : public YAML::EventHandler {
 public:
  Events(Mark mark, std::string_view text) : mark_(std::move(mark)), text_(text) {}

  Node take() { return builder_.take(); }
  /// Where the innermost list or section that is still open began.
  const Mark& open_mark() const noexcept {
    return open_marks_.empty() ? mark_ : open_marks_.back();
  }

  void OnDocumentStart(const YAML::Mark&) override {}
  void OnDocumentEnd() override {}
  void OnNull(const YAML::Mark& at, YAML::anchor_t anchor) override {
    Node node;
    node.mark = mark(at);
    remember(anchor, node);
    builder_.scalar(std::move(node));
  }
  void OnAlias(const YAML::Mark& at, YAML::anchor_t anchor) override {
    const auto found = anchors_.find(anchor);
    if (found == anchors_.end()) raise_problem(mark(at), "an alias inside its own anchor");
    if (builder_.wants_key()) raise_problem(mark(at), "a key must be a name, not an alias");
    builder_.scalar(found->second);
  }
  void OnScalar(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                const std::string& value) override {
    check_tag(at, tag);
    check_quote(at);
    // yaml-cpp gives quoted scalars the tag "!", plain ones "?" or none.
    const bool quoted = tag == "!" || tag.ends_with(":str");
    Node node = Node::scalar(value, mark(at), quoted ? Node::Style::quoted : Node::Style::plain);
    if (!quoted && (value == "null" || value == "~")) node.kind = Node::Kind::null;
    if (builder_.wants_key()) node.kind = Node::Kind::scalar;
    remember(anchor, node);
    builder_.scalar(std::move(node));
  }
  void OnSequenceStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                       YAML::EmitterStyle::value) override {
    check_tag(at, tag);
    builder_.open_sequence(mark(at));
    open_anchors_.push_back(anchor);
    open_marks_.push_back(mark(at));
  }
  void OnSequenceEnd() override { close(); }
  void OnMapStart(const YAML::Mark& at, const std::string& tag, YAML::anchor_t anchor,
                  YAML::EmitterStyle::value) override {
    check_tag(at, tag);
    builder_.open_mapping(mark(at));
    open_anchors_.push_back(anchor);
    open_marks_.push_back(mark(at));
  }
  void OnMapEnd() override { close(); }

 private:
  Mark mark(const YAML::Mark& at) const {
    return mark_.at(static_cast<std::uint32_t>(at.line) + 1,
                    static_cast<std::uint32_t>(at.column) + 1);
  }
  void check_tag(const YAML::Mark& at, const std::string& tag) const {
    if (tag.empty() || tag == "?" || tag == "!" || tag == "tag:yaml.org,2002:str") return;
    raise_problem(mark(at), "YAML tags such as !name are not used here; remove it");
  }
  /// yaml-cpp takes a single quote that is never closed; we do not.
  void check_quote(const YAML::Mark& at) const {
    std::string_view rest = text_from(at);
    while (rest.starts_with('&') || rest.starts_with('!')) {
      rest.remove_prefix(std::min(rest.find_first_of(" \n"), rest.size()));
      rest = base::trim(rest);
    }
    if (!rest.starts_with('\'')) return;
    for (std::size_t i = rest.find('\'', 1); i != std::string_view::npos;
         i = rest.find('\'', i + 2)) {
      if (i + 1 == rest.size() || rest[i + 1] != '\'') return;
    }
    raise_problem(mark(at), "a quote is not closed");
  }
  /// The text from a mark on; yaml-cpp counts columns in code points.
  std::string_view text_from(const YAML::Mark& at) const {
    std::string_view rest = text_;
    for (int line = 0; line < at.line; ++line)
      rest.remove_prefix(std::min(rest.find('\n') + 1, rest.size()));
    for (int column = 0; column < at.column && !rest.empty(); ++column) {
      rest.remove_prefix(1);
      while (!rest.empty() && base::continues_utf8(rest.front())) rest.remove_prefix(1);
    }
    return rest;
  }
  void remember(YAML::anchor_t anchor, const Node& node) {
    if (anchor != 0) anchors_[anchor] = node;
  }
  void close() {
    const YAML::anchor_t anchor = open_anchors_.back();
    open_anchors_.pop_back();
    open_marks_.pop_back();
    remember(anchor, builder_.close());
  }

  Mark mark_;
  std::string_view text_;
  NodeBuilder builder_;
  std::vector<YAML::anchor_t> open_anchors_;
  std::vector<Mark> open_marks_;
  std::unordered_map<YAML::anchor_t, Node> anchors_;
};

std::string_view line_at(std::string_view text, std::size_t number) {
  for (; number > 0; --number) {
    const std::size_t end = text.find('\n');
    if (end == std::string_view::npos) return {};
    text.remove_prefix(end + 1);
  }
  return text.substr(0, text.find('\n'));
}

bool is_indented_by_tab(std::string_view line) {
  const std::size_t first = line.find_first_not_of(' ');
  return first != std::string_view::npos && line[first] == '\t' && !base::trim(line).empty();
}

[[noreturn]] void raise_syntax(std::string_view text, const Mark& mark, const Mark& open,
                               const YAML::Exception& problem) {
  if (problem.mark.is_null()) raise_problem(mark, "not YAML: " + problem.msg);
  // The end of a list that is not closed has no useful place; its beginning has.
  if (problem.msg.starts_with("end of ")) raise_problem(open, "not YAML: " + problem.msg);
  const auto line = static_cast<std::size_t>(problem.mark.line);
  for (const std::size_t near : {line, line > 0 ? line - 1 : 0}) {
    if (is_indented_by_tab(line_at(text, near))) {
      raise_problem(mark.at(static_cast<std::uint32_t>(near) + 1, 1),
                    "indented by a tab; YAML wants spaces");
    }
  }
  raise_problem(mark.at(static_cast<std::uint32_t>(line) + 1,
                        static_cast<std::uint32_t>(problem.mark.column) + 1),
                "not YAML: " + problem.msg);
}

}  // namespace

Node read_yaml(std::string_view text, const Mark& mark) {
  Events events(mark, text);
  try {
    std::istringstream stream{std::string(text)};
    YAML::Parser parser(stream);
    parser.HandleNextDocument(events);
    Node root = events.take();
    Events rest(mark, text);
    if (parser.HandleNextDocument(rest)) {
      raise_problem(rest.take().mark, "a second YAML document; one file holds one");
    }
    return root;
  } catch (const YAML::Exception& problem) {
    raise_syntax(text, mark, events.open_mark(), problem);
  }
}

}  // namespace iacdb::config
