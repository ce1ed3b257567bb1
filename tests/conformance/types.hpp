#pragma once
// What each database calls things: the one place of the suite that knows products apart, because
// DDL and a few functions are not portable.

#include <string>
#include <string_view>
#include <vector>

namespace iacdb::conformance {

/// Column types by what they hold, "" where the database has none. TABLE and NAME in the longer
/// texts stand for the test's own names.
struct Types {
  std::string int32{};
  std::string int64{};
  std::string float64{};
  std::string decimal{};  ///< 60 digits, 20 of them after the point.
  std::string text{};
  std::string varchar{};
  std::string bytes{};
  std::string boolean{};
  std::string date{};
  std::string time{};
  std::string timestamp{};
  std::string timestamptz{};
  std::string interval{};
  std::string uuid{};
  std::string json{};
  std::string int64_array{};
  std::string text_array{};
  std::string unsigned64{};
  std::string id{};  ///< Filled in by the database.

  std::string json_path_of_seven{};
  std::vector<std::string> full_text_setup{};
  std::string full_text_query{};
  std::string full_text_table{};    ///< With the text columns title and body.
  std::string add_procedure{};      ///< NAME(inout a bigint, in b bigint): a becomes a + b.
  std::string text_procedure{};     ///< NAME(in a bigint, inout b varchar(20)): b becomes 'n' || a.
  std::string results_procedure{};  ///< NAME(): two results, where one procedure can have them.
  std::string lock_wait_setting{};  ///< A row lock is waited for a second at most.
  std::string changed_setting{};    ///< Session state that a returned lease must not keep...
  std::string setting_query{};      ///< ... and how to see it.
  std::string process_query{};      ///< The number that end_process takes.
  std::string end_process{};        ///< Ends the connection of that number.
  std::vector<std::string> prepare_transaction{};  ///< DO stands for the statement in it.
  std::string commit_prepared{};
  std::string question_mark{};  ///< A condition with the operator `?`, where there is one; true.
  std::string forbidden{};      ///< What the user of the tests may not do.
  /// The last of them needs more than the database has.
  std::vector<std::string> beyond_a_limit{};
  std::string snapshots{};   ///< A setting that refuses to change rows that changed meanwhile.
  std::string huge_sleep{};  ///< A statement that takes a minute.
};

const Types& types_of(std::string_view backend);

}  // namespace iacdb::conformance
