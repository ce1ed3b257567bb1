#include "sql/reserved.hpp"

#include <algorithm>
#include <array>
#include <string>
#include <unordered_set>

#include "sql/word.hpp"

namespace iacdb::sql {

namespace {

/// Reserved in all five.
constexpr std::string_view common =
    "all and as between by case check create cross default delete desc distinct drop else exists "
    "foreign from group having in index insert into is join left like not null on or order outer "
    "primary references right select set table then to union unique update values when where with "
    "using constraint end alter add inner";

/// SQLite: "SQLite Keywords", those that the parser does not accept as names.
constexpr std::string_view sqlite_words =
    "autoincrement collate commit deferrable escape except glob if intersect isnull limit natural "
    "notnull nothing transaction returning raise group offset";

/// PostgreSQL 15, appendix C: reserved, and reserved (can be function or type).
constexpr std::string_view postgres_words =
    "analyse analyze any array asc asymmetric authorization binary both cast collate collation "
    "column concurrently current_catalog current_date current_role current_schema current_time "
    "current_timestamp current_user deferrable do except false fetch for freeze full grant ilike "
    "initially intersect isnull lateral leading limit localtime localtimestamp natural notnull "
    "offset only overlaps placing returning session_user similar some symmetric tablesample "
    "trailing true user variadic verbose window";

/// MySQL 8.0, "Keywords and Reserved Words", with what MariaDB 10.11 adds.
constexpr std::string_view mysql_words =
    "accessible analyze asc asensitive before bigint binary blob both call cascade change char "
    "character collate column condition continue convert cube cume_dist current_date current_role "
    "current_time current_timestamp current_user cursor database databases day_hour "
    "day_microsecond day_minute day_second dec decimal declare delayed delete_domain_id "
    "dense_rank describe deterministic distinctrow div do_domain_ids double dual each elseif "
    "empty enclosed escaped except exit explain false fetch first_value float for force fulltext "
    "function generated get grant grouping groups high_priority hour_microsecond hour_minute "
    "hour_second if ignore ignore_domain_ids infile inout insensitive int integer intersect "
    "interval iterate json_table key keys kill lag last_value lateral lead leading leave limit "
    "linear lines load localtime localtimestamp lock long longblob longtext loop low_priority "
    "master_demote_to_replica master_demote_to_slave master_ssl_verify_server_cert match maxvalue "
    "mediumblob mediumint mediumtext middleint minute_microsecond minute_second mod modifies "
    "natural no_write_to_binlog nth_value ntile numeric of offset optimize option optionally out "
    "outfile over page_checksum parse_vcol_expr partition percent_rank portion precision "
    "procedure purge range rank read read_write reads real recursive ref_system_id regexp release "
    "rename repeat replace require resignal restrict return returning revoke rlike row row_number "
    "rows schema schemas second_microsecond sensitive separator show signal smallint spatial "
    "specific sql sql_big_result sql_calc_found_rows sql_small_result sqlexception sqlstate "
    "sqlwarning ssl starting stats_auto_recalc stats_persistent stats_sample_pages stored "
    "straight_join system terminated tinyblob tinyint tinytext trailing trigger true undo unlock "
    "unsigned usage use utc_date utc_time utc_timestamp varbinary varchar varcharacter varying "
    "virtual while window write xor year_month zerofill";

/// SQL Server 2019, "Reserved Keywords (Transact-SQL)".
constexpr std::string_view tsql_words =
    "any asc authorization backup begin break browse bulk cascade checkpoint close clustered "
    "coalesce collate column commit compute contains containstable continue convert current "
    "current_date current_time current_timestamp current_user cursor database dbcc deallocate "
    "declare deny disk distributed double dump errlvl escape except exec execute exit external "
    "fetch file fillfactor for freetext freetexttable full function goto grant holdlock identity "
    "identity_insert identitycol if intersect key kill lineno load merge national nocheck "
    "nonclustered nullif of off offsets open opendatasource openquery openrowset openxml option "
    "over percent pivot plan precision print proc procedure public raiserror read readtext "
    "reconfigure replication restore restrict return revert revoke rollback rowcount rowguidcol "
    "rule save schema session_user setuser shutdown some statistics system_user tablesample "
    "textsize top tran transaction trigger truncate try_convert tsequal unpivot updatetext use "
    "user varying view waitfor while within writetext";

/// Oracle 19c, "Oracle SQL Reserved Words".
constexpr std::string_view oracle_words =
    "access any asc audit char cluster column comment compress connect current date decimal "
    "exclusive file float for grant identified immediate increment initial integer intersect level "
    "lock long maxextents minus mlslabel mode modify noaudit nocompress nowait number of offline "
    "online option pctfree prior public raw rename resource revoke row rowid rownum rows session "
    "share size smallint start successful synonym sysdate trigger uid user validate varchar "
    "varchar2 view whenever";

using Words = std::unordered_set<std::string_view>;

void add_words(Words& set, std::string_view list) {
  std::size_t at = 0;
  while (at < list.size()) {
    const std::size_t end = std::min(list.find(' ', at), list.size());
    if (end > at) set.insert(list.substr(at, end - at));
    at = end + 1;
  }
}

const Words& words_of(Dialect dialect) {
  static const std::array<Words, 5> sets = [] {
    constexpr std::array<std::string_view, 5> lists{sqlite_words, postgres_words, mysql_words,
                                                    tsql_words, oracle_words};
    std::array<Words, 5> all;
    for (std::size_t i = 0; i < all.size(); ++i) {
      add_words(all[i], common);
      add_words(all[i], lists[i]);
    }
    // Words of the common list that one dialect takes as names.
    for (std::string_view word : {"end", "index", "by", "using", "inner"}) {
      all[static_cast<std::size_t>(Dialect::oracle)].erase(word);
    }
    for (std::string_view word : {"index", "exists", "values", "add", "alter", "drop", "set",
                                  "update", "delete", "insert", "by", "between"}) {
      all[static_cast<std::size_t>(Dialect::postgres)].erase(word);
    }
    return all;
  }();
  return sets[static_cast<std::size_t>(dialect)];
}

}  // namespace

bool is_reserved(std::string_view word, Dialect dialect) noexcept {
  std::array<char, 24> lowered{};
  if (word.size() > lowered.size()) return false;
  for (std::size_t i = 0; i < word.size(); ++i) lowered[i] = lower(word[i]);
  return words_of(dialect).contains(std::string_view(lowered.data(), word.size()));
}

}  // namespace iacdb::sql
