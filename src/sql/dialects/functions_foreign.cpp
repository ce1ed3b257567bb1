// Functions of one or a few dialects that no table translates, so that a call of one is refused.

#include <string>
#include <string_view>
#include <unordered_set>

#include "sql/dialects/functions.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

namespace {

constexpr std::string_view foreign =
    " AGE ARRAY_APPEND ARRAY_LENGTH ARRAY_TO_STRING ARRAY_POSITION ARRAY_REMOVE ARRAY_UPPER UNNEST "
    "STRING_TO_ARRAY STRING_TO_TABLE REGEXP_MATCHES REGEXP_MATCH REGEXP_SPLIT_TO_TABLE "
    "REGEXP_SPLIT_TO_ARRAY REGEXP_COUNT REGEXP_INSTR JSONB_BUILD_OBJECT JSON_BUILD_OBJECT "
    "JSONB_AGG JSON_AGG JSONB_SET JSONB_EACH JSON_EACH JSON_TREE JSON_SET JSON_INSERT JSON_REPLACE "
    "JSON_REMOVE JSON_CONTAINS JSON_KEYS JSON_ARRAYAGG JSON_OBJECTAGG JSON_TABLE "
    "JSON_TYPE JSON_VALID OPENJSON STRING_SPLIT FORMATMESSAGE STR REMAINDER PARSENAME PATINDEX "
    "SOUNDEX ORD TO_SECONDS MICROSECOND TO_BASE64 FROM_BASE64 CHECKSUM_AGG VSIZE JSONB_TYPEOF "
    "JSON_TYPEOF "
    "DIFFERENCE TIMESTAMPADD TIMESTAMPDIFF ADDDATE SUBDATE ADDTIME SUBTIME TIMEDIFF "
    "PERIOD_ADD PERIOD_DIFF FROM_DAYS SEC_TO_TIME TIME_FORMAT GET_LOCK "
    "RELEASE_LOCK INET_ATON INET_NTOA BENCHMARK SLEEP FIELD EXPORT_SET MAKE_SET CONVERT_TZ "
    "TO_TSVECTOR TO_TSQUERY PLAINTO_TSQUERY TS_RANK SETVAL CURRVAL PG_SLEEP PRINTF QUOTE "
    "ZEROBLOB RANDOMBLOB GLOB LIKELIHOOD CHANGES TOTAL_CHANGES TYPEOF OBJECT_ID OBJECT_NAME "
    "HASHBYTES CHECKSUM TRY_PARSE PARSE SWITCHOFFSET TODATETIMEOFFSET ISDATE ISNUMERIC DATENAME "
    "NEXT_DAY NEW_TIME NUMTODSINTERVAL NUMTOYMINTERVAL TO_CLOB TO_LOB RAWTOHEX HEXTORAW DUMP "
    "USERENV "
    "SYS_CONTEXT SYS_CONNECT_BY_PATH ORA_HASH XMLAGG XMLELEMENT XMLTABLE WM_CONCAT COLLECT "
    "NVL2 LNNVL DATE_BIN TO_ASCII QUOTE_IDENT QUOTE_LITERAL GENERATE_SUBSCRIPTS "
    "ROW_TO_JSON TO_JSON TO_JSONB ARRAY_CAT CARDINALITY JUSTIFY_DAYS WIDTH_BUCKET COMPRESS "
    "CONNECTION_ID USER SYSTEM_USER SESSION_USER TO_HEX QUOTENAME SUSER_SNAME FORMAT "
    "DECODE ENCODE WEEK YEARWEEK CRC32 SHA1 SHA2 SHA BIN OCT CONV UNHEX "
    "TIMESTAMP CHOOSE ELT DATEADD DATEDIFF DATEPART DATE_ADD DATE_SUB GENERATE_SERIES NANVL "
    "NUM_NULLS NUM_NONNULLS MAKE_INTERVAL JSON_GROUP_OBJECT JSON_GROUP_ARRAY JSON_OBJECT_AGG "
    "JSON_MERGE_PRESERVE JSON_MERGE_PATCH JSON_MERGE JSON_DEPTH JSON_PRETTY JSON_OVERLAPS "
    "JSON_SEARCH JSON_QUOTE JSON_STORAGE_SIZE JSON_ARRAY_APPEND JSON_ARRAY_INSERT INET6_ATON "
    "INET6_NTOA IS_IPV4 IS_IPV6 IS_FREE_LOCK IS_USED_LOCK RELEASE_ALL_LOCKS UUID_SHORT UUID_TO_BIN "
    "BIN_TO_UUID EXTRACTVALUE UPDATEXML MASTER_POS_WAIT AES_ENCRYPT AES_DECRYPT UNCOMPRESS "
    "JSON_EXTRACT_SCALAR COUNT_IF STRING_ESCAPE JSON_MODIFY JSON_OBJECT JSON_ARRAY JSON_QUERY ";

}  // namespace

/// Foreign functions that two or more dialects share with one meaning.
struct Shared {
  std::string_view name;
  std::string_view dialects;  ///< letters s p m t o
};
constexpr Shared shared[] = {
    {"REGEXP_INSTR", "pmto"},  {"JSON_SET", "sm"},      {"JSON_REMOVE", "sm"},
    {"JSON_INSERT", "sm"},     {"JSON_REPLACE", "sm"},  {"JSON_VALID", "sm"},
    {"GENERATE_SERIES", "pt"}, {"JSON_ARRAYAGG", "mo"}, {"JSON_OBJECTAGG", "mo"},
    {"SOUNDEX", "mto"},        {"DIFFERENCE", "t"},     {"WIDTH_BUCKET", "po"},
    {"REGEXP_COUNT", "pto"},
};

bool is_foreign_function(std::string_view name, Dialect source, Dialect target) {
  static const std::unordered_set<std::string_view> words = [] {
    std::unordered_set<std::string_view> set;
    for (std::size_t at = 0; at < foreign.size();) {
      const std::size_t end = foreign.find(' ', at);
      set.insert(foreign.substr(at, end - at));
      at = end + 1;
    }
    return set;
  }();
  std::string upper_name(name);
  for (char& c : upper_name) c = upper(c);
  if (!words.contains(upper_name)) return false;
  static constexpr std::string_view letters = "spmto";
  for (const Shared& f : shared) {
    if (f.name != upper_name) continue;
    const auto has = [&](Dialect d) {
      return f.dialects.find(letters[static_cast<std::size_t>(d)]) != std::string_view::npos;
    };
    return !has(source) || !has(target);
  }
  return true;
}

}  // namespace iacdb::sql
