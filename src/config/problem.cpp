#include "config/problem.hpp"

#include <algorithm>
#include <tuple>
#include <utility>

#include "base/text.hpp"

namespace iacdb::config {
namespace {

constexpr std::size_t problems_max = 20;
constexpr std::size_t listed_max = 8;

std::string line_of(const Problem& problem) {
  const std::string where = problem.mark.text();
  return where.empty() ? problem.message : where + ": " + problem.message;
}

}  // namespace

SettingsError::SettingsError(ErrorFacts facts, std::vector<Problem> problems, std::size_t more)
    : ConfigError(std::move(facts)),
      problems_(std::make_shared<const std::vector<Problem>>(std::move(problems))),
      more_(more) {}

std::vector<std::string> SettingsError::lines() const {
  std::vector<std::string> lines;
  for (const Problem& problem : *problems_) lines.push_back(line_of(problem));
  if (more_ > 0) lines.push_back("and " + std::to_string(more_) + " more problems");
  return lines;
}

void Problems::add(const SettingsError& error) {
  for (const Problem& problem : error.problems()) add(problem.mark, problem.message);
}

void Problems::add(const Mark& mark, std::string message) {
  if (found_.size() < problems_max) {
    found_.push_back({mark, std::move(message)});
  } else {
    ++more_;
  }
}

void Problems::raise_if_any() {
  if (found_.empty()) return;
  std::stable_sort(found_.begin(), found_.end(), [](const Problem& a, const Problem& b) {
    return std::tie(a.mark.line, a.mark.column) < std::tie(b.mark.line, b.mark.column);
  });
  ErrorFacts facts;
  facts.kind = ErrorKind::config;
  facts.message = found_.front().message;
  const std::size_t others = found_.size() - 1 + more_;
  if (others > 0) {
    facts.message +=
        others == 1 ? "; and 1 more problem" : "; and " + std::to_string(others) + " more problems";
    facts.message += ", listed by `iacdb config check`";
  }
  facts.where = found_.front().mark.text();
  throw SettingsError(std::move(facts), found_, more_);
}

void raise_problem(const Mark& mark, std::string message) {
  Problems problems;
  problems.add(mark, std::move(message));
  problems.raise_if_any();
  std::abort();  // Unreachable: there is one.
}

std::string suggestion(std::string_view word, const std::vector<std::string_view>& candidates) {
  const std::string_view near = base::nearest(word, candidates);
  if (!near.empty()) return "; did you mean \"" + std::string(near) + "\"?";
  if (candidates.empty() || candidates.size() > listed_max) return "";
  std::string text = "; possible: ";
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    if (i > 0) text += ", ";
    text += candidates[i];
  }
  return text;
}

std::string shown(std::string_view name) {
  constexpr std::size_t shown_bytes_max = 60;
  std::string text = "\"";
  for (const char c : name.substr(0, shown_bytes_max)) {
    text += static_cast<unsigned char>(c) < 0x20 ? '?' : c;
  }
  if (name.size() > shown_bytes_max) text += "...";
  return text + "\"";
}

}  // namespace iacdb::config
