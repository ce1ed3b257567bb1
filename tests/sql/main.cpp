// Runs the cases of translation: each statement is translated to every other dialect, executed on
// PostgreSQL, MariaDB and SQLite, and its rows compared with those the case states. The original
// runs on its own server where it is one of these. Text for SQL Server and Oracle is parsed back.
//
//   sql_cases FOLDER [--filter WORDS] [--show] [--to DIALECT]

#include <algorithm>
#include <charconv>
#include <cmath>
#include <filesystem>
#include <iostream>
#include <sstream>
#include <stdexcept>

#include "cases.hpp"
#include "servers.hpp"
#include "sql/parser.hpp"
#include "sql/split.hpp"
#include "sql/translate.hpp"

namespace iacdb::sql_cases {

namespace {

struct Options {
  std::string folder = {};
  std::string filter = {};
  std::string only_to = {};
  bool show = false;
};

std::optional<double> number_of(const std::string& text) {
  double value = 0;
  const char* end = text.data() + text.size();
  const auto [at, error] = std::from_chars(text.data(), end, value);
  if (error != std::errc() || at != end || text.empty()) return std::nullopt;
  return value;
}

/// The same value under another name: t and 1, 3.50 and 3.5, a day and its midnight.
std::string common(const std::string& text) {
  if (text == "t" || text == "true") return "1";
  if (text == "f" || text == "false") return "0";
  if (text.size() >= 19 && text[4] == '-' && text[10] == ' ') {
    const std::size_t zeros = text.find_last_not_of("0.");
    if (text.find('.') != std::string::npos && zeros < 19) return common(text.substr(0, 19));
    if (text.substr(11) == "00:00:00") return text.substr(0, 10);
  }
  if (const auto number = number_of(text)) {
    std::ostringstream out;
    out.precision(12);
    out << (std::abs(*number) < 1e-9 ? 0.0 : *number);
    return out.str();
  }
  return text;
}

std::string shown(const std::string& text) {
  if (text.empty()) return "''";
  std::size_t end = text.size();
  std::string blanks;
  while (end > 0 && text[end - 1] == ' ') {
    blanks += "·";
    --end;
  }
  return text.substr(0, end) + blanks;
}

std::string line_of(const Row& row, bool exact) {
  std::string out;
  for (std::size_t i = 0; i < row.size(); ++i) {
    if (i > 0) out += " | ";
    if (!row[i])
      out += "NULL";
    else
      out += exact ? shown(*row[i]) : shown(common(*row[i]));
  }
  return out;
}

std::string expected_line(const std::string& line) {
  std::string out;
  std::size_t at = 0;
  while (true) {
    const std::size_t bar = line.find(" | ", at);
    out += common(line.substr(at, bar == std::string::npos ? bar : bar - at));
    if (bar == std::string::npos) return out;
    out += " | ";
    at = bar + 3;
  }
}

bool has_order(std::string text) {
  std::ranges::transform(text, text.begin(), [](unsigned char c) { return std::tolower(c); });
  return text.find("order by") != std::string::npos ||
         text.find("order siblings by") != std::string::npos;
}

class Runner {
 public:
  explicit Runner(Options options) : options_(std::move(options)) {
    setups_ = read_setups(options_.folder + "/setups.sql");
    for (Dialect d : all_dialects) servers_[d] = connect(d);
  }

  int run() {
    std::vector<std::string> files;
    for (const auto& entry : std::filesystem::directory_iterator(options_.folder)) {
      if (entry.path().extension() == ".sqltest") files.push_back(entry.path().string());
    }
    std::ranges::sort(files);
    for (const std::string& file : files) {
      for (const Case& one : read_cases(file)) {
        const bool wanted = options_.filter.empty() ||
                            (one.file + " " + one.name).find(options_.filter) != std::string::npos;
        if (wanted) run(one);
      }
    }
    std::cout << cases_ << " cases, " << executed_ << " runs on servers, " << parsed_
              << " translations verified by text only, " << refused_ << " refusals expected, "
              << blind_refused_ << " refused and " << blind_warned_
              << " warned of without the schema, " << failures_ << " failures\n";
    return failures_ == 0 && cases_ > 0 ? 0 : 1;
  }

 private:
  void fail(const Case& c, Dialect target, const std::string& what) {
    ++failures_;
    std::cout << c.file << ":" << c.line << ": " << c.name << " (" << to_string(c.from) << " to "
              << to_string(target) << ")\n    " << what << "\n";
    for (const std::string& s : texts_) std::cout << "    > " << s << "\n";
  }

  void run(const Case& c) {
    ++cases_;
    for (Dialect target : all_dialects) {
      if (!options_.only_to.empty() && to_string(target) != options_.only_to) continue;
      const bool own = target == c.from;
      if (own && !servers_[target]) continue;
      const bool always = own && c.policies == sql::Policies{};
      if (!c.only.empty() && std::ranges::find(c.only, target) == c.only.end() && !always) continue;
      attempt(c, target, c.blind);
      if (!c.blind && !c.needs_schema && !own) attempt(c, target, true);
    }
  }

  /// A case runs with the schema, and again without: what is then not known may be refused, but
  /// never answered wrongly.
  void attempt(const Case& c, Dialect target, bool blind) {
    texts_.clear();
    try {
      run(c, target, blind);
    } catch (const std::exception& e) {
      const bool aloud = !std::string_view(e.what()).starts_with("rows differ");
      if (blind && !c.blind && aloud) {
        ++blind_failed_;  // the server refuses it: not silent
        return;
      }
      fail(c, target, std::string(blind && !c.blind ? "without the schema: " : "") + e.what());
    }
  }

  void run(const Case& c, Dialect target, bool blind) {
    std::string script;
    for (const std::string& name : c.uses) {
      const auto found = setups_.find(name);
      if (found == setups_.end()) throw std::runtime_error("no setup " + name);
      script += found->second;
    }
    const sql::SchemaFacts facts = sql::read_schema(script + c.setup, c.from);
    sql::TranslateOptions options;
    if (!blind) options.schema = &facts;
    options.policies = c.policies;
    Server* server = servers_[target].get();
    if (server) {
      server->reset();
      for (const auto& s : sql::split(script, Dialect::postgres)) server->run(std::string(s.text));
      for (const auto& s : sql::split(c.setup, c.from)) {
        sql::TranslateOptions known;
        known.schema = &facts;
        const sql::Translation t = sql::translate(s.text, c.from, target, known);
        if (t.error) throw std::runtime_error("setup refused: " + t.error->message);
        for (const std::string& text : t.statements) server->run(text);
      }
    }
    std::vector<Row> rows;
    const auto refusal = c.refused.find(target);
    for (const auto& s : sql::split(c.run, c.from)) {
      const sql::Translation t = sql::translate(s.text, c.from, target, options);
      if (t.error) {
        if (blind && !c.blind) {
          ++blind_refused_;
          if (options_.show) std::cout << "blind: " << t.error->message << "\n";
          return;
        }
        if (refusal != c.refused.end() && refusal->second == t.error->code) {
          ++refused_;
          return;
        }
        throw std::runtime_error("refused: " + t.error->code + ": " + t.error->message);
      }
      if (blind && !c.blind && !t.warnings.empty()) {
        ++blind_warned_;  // said aloud, and so not judged
        return;
      }
      for (std::size_t i = 0; i < t.statements.size(); ++i) {
        texts_.push_back(t.statements[i]);
        if (options_.show) std::cout << to_string(target) << ": " << t.statements[i] << "\n";
        std::vector<Row> got;
        if (server)
          got = server->run(t.statements[i]);
        else
          parse_back(t.statements[i], target);
        if (i == t.answer) rows = std::move(got);
      }
    }
    if (refusal != c.refused.end() && target != c.from && !(blind && !c.blind))
      throw std::runtime_error("not refused");
    if (!server) {
      ++parsed_;
      return;
    }
    ++executed_;
    if (c.expects_rows) compare(c, rows);
  }

  static void parse_back(const std::string& text, Dialect dialect) {
    sql::Arena arena;
    try {
      sql::parse(text, dialect, arena);
    } catch (const std::exception& e) {
      throw std::runtime_error(std::string("does not parse back: ") + e.what());
    }
  }

  static void compare(const Case& c, const std::vector<Row>& rows) {
    std::vector<std::string> wanted;
    std::vector<std::string> got;
    for (const std::string& line : c.rows) wanted.push_back(expected_line(line));
    for (const Row& row : rows) got.push_back(line_of(row, false));
    if (c.any_order || !has_order(c.run)) {
      std::ranges::sort(wanted);
      std::ranges::sort(got);
    }
    if (wanted == got) return;
    std::string message = "rows differ; got";
    for (const Row& row : rows) message += "\n      " + line_of(row, true);
    message += "\n    expected";
    for (const std::string& line : c.rows) message += "\n      " + line;
    throw std::runtime_error(message);
  }

  Options options_;
  std::map<std::string, std::string> setups_;
  std::map<Dialect, std::unique_ptr<Server>> servers_;
  std::vector<std::string> texts_ = {};
  int cases_ = 0;
  int executed_ = 0;
  int parsed_ = 0;
  int refused_ = 0;
  int blind_refused_ = 0;
  int blind_warned_ = 0;
  int blind_failed_ = 0;
  int failures_ = 0;
};

Options read_options(int argc, char** argv) {
  Options o;
  for (int i = 1; i < argc; ++i) {
    const std::string word = argv[i];
    if (word == "--filter" && i + 1 < argc)
      o.filter = argv[++i];
    else if (word == "--to" && i + 1 < argc)
      o.only_to = argv[++i];
    else if (word == "--show")
      o.show = true;
    else
      o.folder = word;
  }
  if (o.folder.empty()) throw std::runtime_error("which folder of cases?");
  return o;
}

}  // namespace

}  // namespace iacdb::sql_cases

int main(int argc, char** argv) {
  try {
    return iacdb::sql_cases::Runner(iacdb::sql_cases::read_options(argc, argv)).run();
  } catch (const std::exception& e) {
    std::cerr << e.what() << "\n";
    return 2;
  }
}
