#include "cases.hpp"

#include <fstream>
#include <sstream>
#include <stdexcept>

namespace iacdb::sql_cases {

namespace {

Dialect dialect_of(const std::string& name, const std::string& where) {
  for (Dialect d : all_dialects) {
    if (to_string(d) == name) return d;
  }
  throw std::runtime_error(where + ": no dialect " + name);
}

std::vector<std::string> words_of(const std::string& text) {
  std::istringstream in(text);
  std::vector<std::string> words;
  for (std::string w; in >> w;) words.push_back(w);
  return words;
}

class Reader {
 public:
  explicit Reader(std::string path) : path_(std::move(path)) {}

  std::vector<Case> read() {
    std::ifstream in(path_);
    if (!in) throw std::runtime_error(path_ + ": cannot be read");
    for (std::string line; std::getline(in, line);) {
      ++number_;
      if (line.starts_with('%'))
        directive(line.substr(1));
      else
        content(line);
    }
    return std::move(cases_);
  }

 private:
  std::string where() const { return path_ + ":" + std::to_string(number_); }

  void directive(const std::string& line) {
    section_ = nullptr;
    in_rows_ = false;
    const std::size_t space = std::min(line.find(' '), line.size());
    const std::string word = line.substr(0, space);
    const std::string rest = space < line.size() ? line.substr(space + 1) : "";
    if (word == "case") {
      cases_.push_back({});
      cases_.back().file = path_;
      cases_.back().line = number_;
      cases_.back().name = rest;
      return;
    }
    if (cases_.empty()) throw std::runtime_error(where() + ": a case begins with %case");
    if (!setting(cases_.back(), word, rest)) {
      throw std::runtime_error(where() + ": no directive %" + word);
    }
  }

  bool setting(Case& c, const std::string& word, const std::string& rest) {
    if (word == "from") {
      c.from = dialect_of(rest, where());
    } else if (word == "use") {
      c.uses = words_of(rest);
    } else if (word == "blind") {
      c.blind = true;
    } else if (word == "needs-schema") {
      c.needs_schema = true;
    } else if (word == "any-order") {
      c.any_order = true;
    } else if (word == "setup") {
      section_ = &c.setup;
    } else if (word == "run") {
      section_ = &c.run;
    } else if (word == "rows") {
      in_rows_ = c.expects_rows = true;
    } else if (word == "only") {
      for (const std::string& w : words_of(rest)) c.only.push_back(dialect_of(w, where()));
    } else if (word == "policy") {
      const auto words = words_of(rest);
      sql::set_policy(c.policies, words.at(0), words.at(1));
    } else if (word == "refused") {
      refused(c, words_of(rest));
    } else {
      return false;
    }
    return true;
  }

  void refused(Case& c, const std::vector<std::string>& words) {
    if (words.empty()) throw std::runtime_error(where() + ": %refused needs a code");
    for (std::size_t i = 1; i < words.size(); ++i) {
      c.refused[dialect_of(words[i], where())] = words[0];
    }
    if (words.size() > 1) return;
    for (Dialect d : all_dialects) c.refused[d] = words[0];
  }

  void content(const std::string& line) {
    if (section_) {
      *section_ += line + "\n";
    } else if (in_rows_) {
      if (!line.empty()) cases_.back().rows.push_back(line);
    } else if (!line.empty() && line[0] != '#') {
      throw std::runtime_error(where() + ": text outside a section");
    }
  }

  std::string path_;
  std::vector<Case> cases_ = {};
  std::string* section_ = nullptr;
  bool in_rows_ = false;
  int number_ = 0;
};

}  // namespace

std::vector<Case> read_cases(const std::string& path) {
  return Reader(path).read();
}

std::map<std::string, std::string> read_setups(const std::string& path) {
  std::ifstream in(path);
  if (!in) throw std::runtime_error(path + ": cannot be read");
  std::map<std::string, std::string> setups;
  std::string name;
  for (std::string line; std::getline(in, line);) {
    if (line.starts_with("-- "))
      name = line.substr(3);
    else
      setups[name] += line + "\n";
  }
  return setups;
}

}  // namespace iacdb::sql_cases
