#pragma once
// Translation of a whole script: statement by statement, comments kept, definitions remembered.
//
//   Translator translator(Dialect::mysql, {Dialect::postgres}, {});
//   TranslatedScript script = translate_script(translator, text);
//   if (script.errors.empty()) write(script.text); else for (auto& e : script.errors) report(e);
//
// Threads: one at a time. Cost: linear in the script.

#include <string>
#include <string_view>
#include <vector>

#include "sql/translate.hpp"

namespace iacdb::sql {

struct TranslatorOptions {
  bool lossy = false;
  bool explain = false;
  Policies policies = {};
  bool whole_database = false;  ///< as in TranslateOptions; translate_script() sets it
};

/// From what to what; knows more of the schema with every definition it has translated.
class Translator {
 public:
  Translator(Dialect from, DialectVersion to, SchemaFacts schema,
             const TranslatorOptions& options = {});
  Translator(const Translator&) = delete;
  Translator& operator=(const Translator&) = delete;

  Translation statement(std::string_view text);
  /// A statement that was parsed; its tree is used up. See translate_tree().
  Translation tree(Node* tree, Arena& arena, std::string_view text);
  const SchemaFacts& schema() const noexcept { return schema_; }
  void whole_database() noexcept { options_.whole_database = options_.keys_later = true; }
  Dialect from() const noexcept { return from_; }
  Dialect to() const noexcept { return to_.dialect; }
  /// True when nothing changes: the same dialect, of no version in particular.
  bool keeps_text() const noexcept { return from_ == to_.dialect && to_.version == 0; }
  bool explains() const noexcept { return options_.explain; }

 private:
  Dialect from_;
  DialectVersion to_;
  SchemaFacts schema_;
  TranslateOptions options_;
};

/// A whole script as one text; without errors it can be run as it is.
struct TranslatedScript {
  std::string text = {};
  std::vector<std::string> errors = {};    ///< "12:3: unsupported: ..." in the script's order
  std::vector<std::string> warnings = {};  ///< the same
  std::vector<std::string> rules = {};     ///< when asked: "12:1: limits, null-order"
};

TranslatedScript translate_script(Translator& translator, std::string_view script);

}  // namespace iacdb::sql
