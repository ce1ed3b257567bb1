// Writing functions: sqlite, postgres, mysql, tsql, oracle, in this order.
// tidy: table, one common function a row

#include <string>
#include <unordered_set>

#include "sql/dialects/functions.hpp"
#include "sql/word.hpp"

namespace iacdb::sql {

namespace {

constexpr WriteFunction table[] = {
    // conditions
    {"$IF",
     3,
     {"IIF(:1, :2, :3)", "CASE WHEN :1 THEN :2 ELSE :3 END", "CASE WHEN :1 THEN :2 ELSE :3 END",
      "IIF(:1, :2, :3)", "CASE WHEN :1 THEN :2 ELSE :3 END"}},
    // text
    {"LENGTH", 1, {"=", "=", "CHAR_LENGTH(:1)", "LEN(:1)", "="}},
    {"$LEN",
     1,
     {"LENGTH(RTRIM(:1))", "LENGTH(RTRIM(:1))", "CHAR_LENGTH(RTRIM(:1))", "LEN(:1)",
      "LENGTH(RTRIM(:1))"}},
    {"OCTET_LENGTH",
     1,
     {"LENGTH(CAST(:1 AS BLOB))", "=", "LENGTH(:1)", "DATALENGTH(:1)", "LENGTHB(:1)"}},
    {"$STRPOS",
     2,
     {"INSTR(:1, :2)", "POSITION(:2 IN :1)", "LOCATE(:2, :1)", "CHARINDEX(:2, :1)",
      "INSTR(:1, :2)"}},
    {"$STRPOS",
     3,
     {"IIF(INSTR(SUBSTRING(:1, :3), :2) = 0, 0, INSTR(SUBSTRING(:1, :3), :2) + :3 - 1)",
      "CASE WHEN POSITION(:2 IN SUBSTRING(:1 FROM :3)) = 0 THEN 0 ELSE "
      "POSITION(:2 IN SUBSTRING(:1 FROM :3)) + :3 - 1 END",
      "LOCATE(:2, :1, :3)", "CHARINDEX(:2, :1, :3)", "INSTR(:1, :2, :3)"}},
    {"$STRPOS",
     4,
     {"(WITH RECURSIVE p(i, n) AS (SELECT 1, CASE WHEN INSTR(SUBSTR(:1, :3), :2) = 0 THEN 0 ELSE "
      "INSTR(SUBSTR(:1, :3), :2) + :3 - 1 END UNION ALL SELECT i + 1, CASE WHEN "
      "INSTR(SUBSTR(:1, n + 1), :2) = 0 THEN 0 ELSE INSTR(SUBSTR(:1, n + 1), :2) + n END FROM p "
      "WHERE n > 0 AND i < :4) SELECT COALESCE(MAX(CASE WHEN i = :4 THEN n END), 0) FROM p)",
      "(WITH RECURSIVE p(i, n) AS (SELECT 1, CASE WHEN STRPOS(SUBSTR(:1, :3), :2) = 0 THEN 0 ELSE "
      "STRPOS(SUBSTR(:1, :3), :2) + :3 - 1 END UNION ALL SELECT i + 1, CASE WHEN "
      "STRPOS(SUBSTR(:1, n + 1), :2) = 0 THEN 0 ELSE STRPOS(SUBSTR(:1, n + 1), :2) + n END FROM p "
      "WHERE n > 0 AND i < :4) SELECT COALESCE(MAX(CASE WHEN i = :4 THEN n END), 0) FROM p)",
      "", "", "INSTR(:1, :2, :3, :4)"}},
    {"LEFT", 2, {"SUBSTR(:1, 1, :2)", "=", "=", "=", "SUBSTR(:1, 1, :2)"}},
    {"RIGHT",
     2,
     {"CASE WHEN :2 >= LENGTH(:1) THEN :1 WHEN :2 > 0 THEN SUBSTR(:1, -:2) ELSE SUBSTR(:1, 1, 0) "
      "END",
      "=", "=", "=", "CASE WHEN :2 >= LENGTH(:1) THEN :1 ELSE SUBSTR(:1, -:2) END"}},
    {"LPAD",
     2,
     {"SUBSTR(REPLACE(HEX(ZEROBLOB(:2)), '00', ' '), 1, MAX(:2 - LENGTH(:1), 0)) || "
      "SUBSTR(:1, 1, :2)",
      "=", "LPAD(:1, :2, ' ')", "RIGHT(REPLICATE(' ', :2) + LEFT(:1, :2), :2)", "="}},
    {"LPAD",
     3,
     {"SUBSTR(REPLACE(HEX(ZEROBLOB(:2)), '00', :3), 1, MAX(:2 - LENGTH(:1), 0)) || "
      "SUBSTR(:1, 1, :2)",
      "=", "=", "RIGHT(REPLICATE(:3, :2) + LEFT(:1, :2), :2)", "="}},
    {"RPAD",
     2,
     {"SUBSTR(:1 || REPLACE(HEX(ZEROBLOB(:2)), '00', ' '), 1, :2)", "=", "RPAD(:1, :2, ' ')",
      "LEFT(:1 + REPLICATE(' ', :2), :2)", "="}},
    {"RPAD",
     3,
     {"SUBSTR(:1 || REPLACE(HEX(ZEROBLOB(:2)), '00', :3), 1, :2)", "=", "=",
      "LEFT(:1 + REPLICATE(:3, :2), :2)", "="}},
    {"REPEAT",
     2,
     {"REPLACE(HEX(ZEROBLOB(:2)), '00', :1)", "=", "=", "REPLICATE(:1, :2)",
      "RPAD(:1, LENGTH(:1) * :2, :1)"}},
    {"REVERSE",
     1,
     {"(WITH RECURSIVE r(i, t) AS (SELECT LENGTH(:1), '' UNION ALL SELECT i - 1, t || "
      "SUBSTR(:1, i, 1) FROM r WHERE i > 0) SELECT t FROM r WHERE i = 0)",
      "=", "=", "=", "="}},
    {"CHR", 1, {"CHAR(:1)", "=", "CHAR(:1 USING utf8mb4)", "CHAR(:1)", "="}},
    {"ASCII", 1, {"UNICODE(:1)", "=", "=", "=", "="}},
    {"$CODEPOINT",
     1,
     {"UNICODE(:1)", "ASCII(:1)", "ORD(CONVERT(:1 USING utf32))", "UNICODE(:1)",
      "ASCII(UNISTR(:1))"}},
    {"TRANSLATE", 3, {"", "=", "", "=", "="}},
    {"INITCAP",
     1,
     {"(WITH RECURSIVE r(i, t, b) AS (SELECT 0, '', 1 UNION ALL SELECT i + 1, t || CASE WHEN b = 1 "
      "THEN UPPER(SUBSTR(:1, i + 1, 1)) ELSE LOWER(SUBSTR(:1, i + 1, 1)) END, CASE WHEN "
      "SUBSTR(:1, i + 1, 1) GLOB '[A-Za-z0-9]' OR UNICODE(SUBSTR(:1, i + 1, 1)) > 127 THEN 0 ELSE "
      "1 END FROM r WHERE i < LENGTH(:1)) SELECT t FROM r WHERE i = LENGTH(:1))",
      "=", "", "", "="}},
    {"$STUFF",
     4,
     {"SUBSTR(:1, 1, :2 - 1) || :4 || SUBSTR(:1, :2 + :3)", "OVERLAY(:1 PLACING :4 FROM :2 FOR :3)",
      "INSERT(:1, :2, :3, :4)", "STUFF(:1, :2, :3, :4)",
      "SUBSTR(:1, 1, :2 - 1) || :4 || SUBSTR(:1, :2 + :3)"}},
    {"OVERLAY",
     4,
     {"SUBSTR(:1, 1, :3 - 1) || :2 || SUBSTR(:1, :3 + :4)", "OVERLAY(:1 PLACING :2 FROM :3 FOR :4)",
      "INSERT(:1, :3, :4, :2)", "STUFF(:1, :3, :4, :2)",
      "SUBSTR(:1, 1, :3 - 1) || :2 || SUBSTR(:1, :3 + :4)"}},
    {"SPLIT_PART", 3, {"=split", "=", "=split", "=split", "=split"}},
    {"$SUBSTRING_INDEX",
     3,
     {"=split", "=split", "SUBSTRING_INDEX(:1, :2, :3)", "=split", "=split"}},
    {"MD5",
     1,
     {"", "=", "=", "LOWER(CONVERT(VARCHAR(32), HASHBYTES('MD5', :1), 2))",
      "LOWER(STANDARD_HASH(:1, 'MD5'))"}},
    {"$HEX",
     1,
     {"HEX(:1)", "UPPER(ENCODE(CONVERT_TO(:1, 'UTF8'), 'hex'))", "HEX(:1)",
      "CONVERT(VARCHAR(MAX), CAST(:1 AS VARBINARY(MAX)), 2)", "RAWTOHEX(UTL_RAW.CAST_TO_RAW(:1))"}},
    {"$HEX_BYTES",
     1,
     {"HEX(:1)", "UPPER(ENCODE(:1, 'hex'))", "HEX(:1)", "CONVERT(VARCHAR(MAX), :1, 2)",
      "RAWTOHEX(:1)"}},
    {"$HEX_NUMBER",
     1,
     {"PRINTF('%X', :1)", "UPPER(TO_HEX(CAST(:1 AS BIGINT)))", "HEX(:1)", "FORMAT(:1, 'X')",
      "TRIM(TO_CHAR(:1, 'XXXXXXXXXXXXXXXX'))"}},
    {"$UNHEX",
     1,
     {"", "DECODE(:1, 'hex')", "UNHEX(:1)", "CONVERT(VARBINARY(MAX), :1, 2)", "HEXTORAW(:1)"}},
    {"$BASE64", 1, {"", "ENCODE(:1, 'base64')", "TO_BASE64(:1)", "", ""}},
    {"$UNBASE64", 1, {"", "DECODE(:1, 'base64')", "FROM_BASE64(:1)", "", ""}},
    {"$TEXT_BYTES",
     1,
     {"CAST(:1 AS BLOB)", "CONVERT_TO(:1, 'UTF8')", "CAST(:1 AS BINARY)",
      "CAST(:1 AS VARBINARY(MAX))", "UTL_RAW.CAST_TO_RAW(:1)"}},
    {"$BYTES_TEXT",
     1,
     {"CAST(:1 AS TEXT)", "CONVERT_FROM(:1, 'UTF8')", "CONVERT(:1 USING utf8mb4)",
      "CAST(:1 AS VARCHAR(MAX))", "UTL_RAW.CAST_TO_VARCHAR2(:1)"}},
    {"$BINARY_DIGITS",
     1,
     {"(WITH RECURSIVE b(n, t) AS (SELECT :1, '' UNION ALL SELECT n / 2, (n % 2) || t FROM b WHERE "
      "n > 0) SELECT COALESCE(NULLIF(t, ''), '0') FROM b WHERE n = 0)",
      "COALESCE(NULLIF(LTRIM(CAST(CAST(CAST(:1 AS BIGINT) AS BIT(64)) AS TEXT), '0'), ''), '0')",
      "BIN(:1)", "", ""}},
    {"$OCTAL_DIGITS", 1, {"PRINTF('%o', :1)", "", "OCT(:1)", "", ""}},
    {"$LEVENSHTEIN", 2, {"EDITDIST3(:1, :2)", "LEVENSHTEIN(:1, :2)", "", "", ""}},
    {"$TO_TEXT",
     1,
     {"CAST(:1 AS TEXT)", "CAST(:1 AS TEXT)", "CAST(:1 AS CHAR)", "CAST(:1 AS VARCHAR(MAX))",
      "TO_CHAR(:1)"}},
    {"$TO_NUMBER",
     1,
     {"CAST(:1 AS REAL)", "CAST(:1 AS DECIMAL)", "CAST(:1 AS DECIMAL(38, 10))", "CAST(:1 AS FLOAT)",
      "TO_NUMBER(:1)"}},
    {"$FIXED",
     2,
     {"PRINTF('%.*f', :2, :1)", "CAST(ROUND(CAST(:1 AS NUMERIC), :2) AS TEXT)",
      "REPLACE(FORMAT(:1, :2), ',', '')", "LTRIM(STR(:1, 40, :2))", ""}},
    {"$STR",
     3,
     {"CASE WHEN LENGTH(PRINTF('%.*f', :3, :1)) > :2 THEN REPLACE(HEX(ZEROBLOB(:2)), '00', '*') "
      "WHEN :1 IS NOT NULL THEN PRINTF('%*.*f', :2, :3, :1) END",
      "CASE WHEN LENGTH(CAST(ROUND(CAST(:1 AS NUMERIC), :3) AS TEXT)) > :2 THEN REPEAT('*', :2) "
      "ELSE LPAD(CAST(ROUND(CAST(:1 AS NUMERIC), :3) AS TEXT), :2) END",
      "CASE WHEN CHAR_LENGTH(REPLACE(FORMAT(:1, :3), ',', '')) > :2 THEN REPEAT('*', :2) ELSE "
      "LPAD(REPLACE(FORMAT(:1, :3), ',', ''), :2, ' ') END",
      "STR(:1, :2, :3)", ""}},
    {"$FIND_IN_SET",
     2,
     {"(LENGTH(SUBSTR(',' || :2, 1, INSTR(',' || :2 || ',', ',' || :1 || ','))) - "
      "LENGTH(REPLACE(SUBSTR(',' || :2, 1, INSTR(',' || :2 || ',', ',' || :1 || ',')), ',', '')))",
      "CASE WHEN :1 IS NOT NULL AND :2 IS NOT NULL THEN "
      "COALESCE(ARRAY_POSITION(STRING_TO_ARRAY(:2, ','), :1), 0) END",
      "FIND_IN_SET(:1, :2)", "", ""}},
    // numbers
    {"CEIL", 1, {"=", "=", "=", "CEILING(:1)", "="}},
    {"TRUNC", 1, {"=", "=", "TRUNCATE(:1, 0)", "ROUND(:1, 0, 1)", "="}},
    {"TRUNC",
     2,
     // 1.15 * 100 is a little less than 115 there.
     {"TRUNC(ROUND(:1 * POWER(10, :2), 6)) / POWER(10, :2)", "=", "TRUNCATE(:1, :2)",
      "ROUND(:1, :2, 1)", "="}},
    {"LN", 1, {"=", "=", "=", "LOG(:1)", "="}},
    {"LOG10", 1, {"=", "LOG(:1)", "=", "=", "LOG(10, :1)"}},
    {"$LOG", 2, {"LOG(:1, :2)", "LOG(:1, :2)", "LOG(:1, :2)", "LOG(:2, :1)", "LOG(:1, :2)"}},
    {"$BIT_COUNT",
     1,
     {"", "BIT_COUNT(CAST(CAST(:1 AS BIGINT) AS BIT(64)))", "BIT_COUNT(:1)", "", ""}},
    {"CBRT", 1, {"", "=", "", "", ""}},
    {"$WIDTH_BUCKET",
     4,
     {"CASE WHEN :1 < :2 THEN 0 WHEN :1 >= :3 THEN :4 + 1 ELSE CAST((:1 - :2) * 1.0 * :4 / (:3 - "
      ":2) AS INTEGER) + 1 END",
      "WIDTH_BUCKET(:1, :2, :3, :4)",
      "CASE WHEN :1 < :2 THEN 0 WHEN :1 >= :3 THEN :4 + 1 ELSE FLOOR((:1 - :2) * :4 / (:3 - :2)) + "
      "1 END",
      "CASE WHEN :1 < :2 THEN 0 WHEN :1 >= :3 THEN :4 + 1 ELSE CAST(FLOOR((:1 - :2) * 1.0 * :4 / "
      "(:3 - :2)) AS INT) + 1 END",
      "WIDTH_BUCKET(:1, :2, :3, :4)"}},
    {"SIGN", 1, {"=", "=", "=", "=", "="}},
    {"PI", 0, {"=", "=", "=", "=", "ACOS(-1)"}},
    {"$RANDOM",
     0,
     {"((RANDOM() + 9223372036854775808.0) / 18446744073709551616.0)", "RANDOM()", "RAND()",
      "RAND()", "DBMS_RANDOM.VALUE()"}},
    {"$RANDOM_INTEGER", 0, {"RANDOM()", "RANDOM()", "RAND()", "RAND()", "DBMS_RANDOM.VALUE()"}},
    // aggregates
    {"$BOOL_AND", 1, {"MIN(:1)", "BOOL_AND(:1)", "MIN(:1)", "MIN(CAST(:1 AS INT))", "MIN(:1)"}},
    {"$BOOL_OR", 1, {"MAX(:1)", "BOOL_OR(:1)", "MAX(:1)", "MAX(CAST(:1 AS INT))", "MAX(:1)"}},
    {"$ANY_VALUE", 1, {"MIN(:1)", "MIN(:1)", "MIN(:1)", "MIN(:1)", "ANY_VALUE(:1)"}},
    {"STDDEV_SAMP",
     1,
     {"SQRT(MAX((SUM(1.0 * (:1) * (:1)) - 1.0 * SUM(:1) * SUM(:1) / COUNT(:1)) / NULLIF(COUNT(:1) "
      "- 1, 0), 0))",
      "=", "=", "STDEV(:1)", "="}},
    {"STDDEV_POP",
     1,
     {"SQRT(MAX(AVG(1.0 * (:1) * (:1)) - AVG(:1) * AVG(:1), 0))", "=", "=", "STDEVP(:1)", "="}},
    {"VAR_SAMP",
     1,
     {"((SUM(1.0 * (:1) * (:1)) - 1.0 * SUM(:1) * SUM(:1) / COUNT(:1)) / NULLIF(COUNT(:1) - 1, 0))",
      "=", "=", "VAR(:1)", "="}},
    {"VAR_POP", 1, {"(AVG(1.0 * (:1) * (:1)) - AVG(:1) * AVG(:1))", "=", "=", "VARP(:1)", "="}},
    {"$MEDIAN",
     1,
     {"", "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY :1)", "MEDIAN(:1)",
      "PERCENTILE_CONT(0.5) WITHIN GROUP (ORDER BY :1)", "MEDIAN(:1)"}},
    {"$MODE", 1, {"", "MODE() WITHIN GROUP (ORDER BY :1)", "", "", "STATS_MODE(:1)"}},
    {"CORR", 2, {"", "=", "", "", "="}},
    {"ARRAY_AGG", 1, {"", "=", "", "", ""}},
    // moments
    {"$NOW",
     0,
     {"CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", "CURRENT_TIMESTAMP", "GETDATE()",
      "CURRENT_TIMESTAMP"}},
    {"$CLOCK",
     0,
     {"CURRENT_TIMESTAMP", "CLOCK_TIMESTAMP()", "SYSDATE()", "GETDATE()", "SYSTIMESTAMP"}},
    {"$UTC",
     0,
     {"CURRENT_TIMESTAMP", "(CURRENT_TIMESTAMP AT TIME ZONE 'UTC')", "UTC_TIMESTAMP()",
      "GETUTCDATE()", "SYS_EXTRACT_UTC(SYSTIMESTAMP)"}},
    {"$TODAY",
     0,
     {"CURRENT_DATE", "CURRENT_DATE", "CURRENT_DATE", "CAST(GETDATE() AS DATE)", "CURRENT_DATE"}},
    {"$DATE", 1, {"DATE(:1)", "CAST(:1 AS DATE)", "DATE(:1)", "CAST(:1 AS DATE)", "TRUNC(:1)"}},
    {"$TIME",
     1,
     {"TIME(:1)", "CAST(CAST(:1 AS TIMESTAMP) AS TIME)", "TIME(:1)", "CAST(:1 AS TIME)", ""}},
    {"$LAST_DAY",
     1,
     {"DATE(:1, 'start of month', '+1 month', '-1 day')",
      "CAST(DATE_TRUNC('MONTH', CAST(:1 AS DATE)) + INTERVAL '1 MONTH' - INTERVAL '1 DAY' AS DATE)",
      "LAST_DAY(:1)", "EOMONTH(:1)", "LAST_DAY(:1)"}},
    {"$DAYS_BETWEEN",
     2,
     {"CAST(JULIANDAY(DATE(:1)) - JULIANDAY(DATE(:2)) AS INTEGER)",
      "(CAST(:1 AS DATE) - CAST(:2 AS DATE))", "DATEDIFF(:1, :2)", "DATEDIFF(DAY, :2, :1)",
      "(TRUNC(:1) - TRUNC(:2))"}},
    {"$TO_DAYS",
     1,
     {"CAST(JULIANDAY(DATE(:1)) - 1721059.5 AS INTEGER)",
      "(CAST(:1 AS DATE) - DATE '0001-01-01' + 366)", "TO_DAYS(:1)",
      "(DATEDIFF(DAY, '0001-01-01', :1) + 366)", "(TRUNC(:1) - DATE '0001-01-01' + 366)"}},
    {"$FROM_DAYS",
     1,
     {"DATE(:1 + 1721059.5)", "(DATE '0001-01-01' + (:1 - 366))", "FROM_DAYS(:1)",
      "DATEADD(DAY, :1 - 366, CAST('0001-01-01' AS DATE))", "(DATE '0001-01-01' + (:1 - 366))"}},
    {"COT", 1, {"(1.0 / TAN(:1))", "=", "=", "=", "(1 / TAN(:1))"}},
    {"$CLOCK_TEXT",
     1,
     {"CASE WHEN :1 IS NOT NULL THEN PRINTF('%s%02d:%02d:%02d', CASE WHEN :1 < 0 THEN '-' ELSE '' "
      "END, ABS(CAST(:1 AS INTEGER)) / 3600, ABS(CAST(:1 AS INTEGER)) / 60 % 60, ABS(CAST(:1 AS "
      "INTEGER)) % 60) END",
      "CASE WHEN :1 < 0 THEN '-' ELSE '' END || TO_CHAR(CAST(TRUNC(ABS(:1) / 3600) AS INT), "
      "'FM99999900') || ':' || TO_CHAR(MOD(CAST(TRUNC(ABS(:1) / 60) AS INT), 60), 'FM00') || ':' "
      "|| "
      "TO_CHAR(MOD(CAST(TRUNC(ABS(:1)) AS INT), 60), 'FM00')",
      "SEC_TO_TIME(:1)", "", ""}},
    {"$TIME_SECONDS",
     1,
     {"CAST(STRFTIME('%s', '1970-01-01 ' || :1) AS INTEGER)",
      "CAST(EXTRACT(EPOCH FROM CAST(:1 AS INTERVAL)) AS INTEGER)", "TIME_TO_SEC(:1)", "", ""}},
    {"$EPOCH",
     1,
     {"CAST(STRFTIME('%s', :1) AS INTEGER)", "EXTRACT(EPOCH FROM CAST(:1 AS TIMESTAMP))",
      "TIMESTAMPDIFF(SECOND, '1970-01-01', :1)", "DATEDIFF_BIG(SECOND, '1970-01-01', :1)",
      "((:1 - DATE '1970-01-01') * 86400)"}},
    {"$EPOCH_LOCAL",
     1,
     {"CAST(STRFTIME('%s', :1) AS INTEGER)",
      "CAST(EXTRACT(EPOCH FROM CAST(:1 AS TIMESTAMPTZ)) AS BIGINT)", "UNIX_TIMESTAMP(:1)",
      "DATEDIFF_BIG(SECOND, '1970-01-01', :1)", "((:1 - DATE '1970-01-01') * 86400)"}},
    {"$FROM_EPOCH_UTC",
     1,
     {"DATETIME(:1, 'unixepoch')", "(TIMESTAMP '1970-01-01 00:00:00' + (:1) * INTERVAL '1 SECOND')",
      "DATE_ADD('1970-01-01 00:00:00', INTERVAL :1 SECOND)", "DATEADD(SECOND, :1, '1970-01-01')",
      "(DATE '1970-01-01' + :1 / 86400)"}},
    {"$EPOCH_NOW",
     0,
     {"CAST(STRFTIME('%s', 'now') AS INTEGER)",
      "CAST(EXTRACT(EPOCH FROM CURRENT_TIMESTAMP) AS BIGINT)", "UNIX_TIMESTAMP()",
      "DATEDIFF_BIG(SECOND, '1970-01-01', GETUTCDATE())",
      "FLOOR((CAST(SYS_EXTRACT_UTC(SYSTIMESTAMP) AS DATE) - DATE '1970-01-01') * 86400)"}},
    {"$FROM_EPOCH",
     1,
     {"DATETIME(:1, 'unixepoch')", "CAST(TO_TIMESTAMP(:1) AS TIMESTAMP)", "FROM_UNIXTIME(:1)",
      "DATEADD(SECOND, :1, '1970-01-01')", "(DATE '1970-01-01' + :1 / 86400)"}},
    {"$MAKE_DATE",
     3,
     {"PRINTF('%04d-%02d-%02d', :1, :2, :3)", "MAKE_DATE(:1, :2, :3)",
      "STR_TO_DATE(CONCAT_WS('-', :1, :2, :3), '%Y-%c-%e')", "DATEFROMPARTS(:1, :2, :3)",
      "TO_DATE(:1 || '-' || :2 || '-' || :3, 'YYYY-MM-DD')"}},
    {"$MAKE_MOMENT",
     6,
     {"PRINTF('%04d-%02d-%02d %02d:%02d:%02d', :1, :2, :3, :4, :5, :6)",
      "MAKE_TIMESTAMP(:1, :2, :3, :4, :5, :6)",
      "STR_TO_DATE(CONCAT_WS('-', :1, :2, :3, :4, :5, :6), '%Y-%c-%e-%k-%i-%s')",
      "DATETIMEFROMPARTS(:1, :2, :3, :4, :5, :6, 0)",
      "TO_DATE(:1 || '-' || :2 || '-' || :3 || '-' || :4 || '-' || :5 || '-' || :6, "
      "'YYYY-MM-DD-HH24-MI-SS')"}},
    {"$AT_CLOCK",
     1,
     {"('2000-01-01 ' || :1)", "(DATE '2000-01-01' + CAST(:1 AS TIME))",
      "CONCAT('2000-01-01 ', :1)", "CAST(:1 AS DATETIME)", ""}},
    {"$PERIOD_ADD",
     2,
     {"((:1 / 100 * 12 + :1 % 100 - 1 + :2) / 12 * 100 + (:1 / 100 * 12 + :1 % 100 - 1 + :2) % 12 "
      "+ 1)",
      "((:1 / 100 * 12 + :1 % 100 - 1 + :2) / 12 * 100 + (:1 / 100 * 12 + :1 % 100 - 1 + :2) % 12 "
      "+ 1)",
      "PERIOD_ADD(:1, :2)",
      "((:1 / 100 * 12 + :1 % 100 - 1 + :2) / 12 * 100 + (:1 / 100 * 12 + :1 % 100 - 1 + :2) % 12 "
      "+ 1)",
      ""}},
    {"$PERIOD_DIFF",
     2,
     {"(:1 / 100 * 12 + :1 % 100 - :2 / 100 * 12 - :2 % 100)",
      "(:1 / 100 * 12 + :1 % 100 - :2 / 100 * 12 - :2 % 100)", "PERIOD_DIFF(:1, :2)",
      "(:1 / 100 * 12 + :1 % 100 - :2 / 100 * 12 - :2 % 100)", ""}},
    {"$MICROSECOND",
     1,
     {"CASE WHEN :1 IS NOT NULL THEN CAST(SUBSTR(SUBSTR(:1, INSTR(:1 || '.', '.') + 1) || "
      "'000000', 1, 6) AS INTEGER) END",
      "CAST(EXTRACT(MICROSECONDS FROM CAST(:1 AS TIME)) AS INTEGER) % 1000000", "MICROSECOND(:1)",
      "DATEPART(MICROSECOND, :1)", ""}},
    {"$UTC_TODAY",
     0,
     {"CURRENT_DATE", "CAST(CURRENT_TIMESTAMP AT TIME ZONE 'UTC' AS DATE)", "UTC_DATE()",
      "CAST(GETUTCDATE() AS DATE)", "TRUNC(CAST(SYS_EXTRACT_UTC(SYSTIMESTAMP) AS DATE))"}},
    {"$MAKE_TIME",
     3,
     {"PRINTF('%02d:%02d:%02d', :1, :2, :3)", "MAKE_TIME(:1, :2, :3)", "MAKETIME(:1, :2, :3)",
      "TIMEFROMPARTS(:1, :2, :3, 0, 0)", ""}},
    {"$MAKEDATE",
     2,
     {"DATE(PRINTF('%04d-01-01', :1), (:2 - 1) || ' days')",
      "(MAKE_DATE(CAST(:1 AS INTEGER), 1, 1) + CAST(:2 - 1 AS INTEGER))", "MAKEDATE(:1, :2)",
      "DATEADD(DAY, :2 - 1, DATEFROMPARTS(:1, 1, 1))", ""}},
    {"$JULIANDAY",
     1,
     {"JULIANDAY(:1)", "(EXTRACT(EPOCH FROM CAST(:1 AS TIMESTAMP)) / 86400 + 2440587.5)",
      "(TIMESTAMPDIFF(SECOND, '1970-01-01', :1) / 86400 + 2440587.5)",
      "(DATEDIFF_BIG(SECOND, '1970-01-01', :1) / 86400.0 + 2440587.5)", ""}},
    {"$MONTHS_BETWEEN", 2, {"=months", "=months", "=months", "=months", "MONTHS_BETWEEN(:1, :2)"}},
    // JSON: (document, path in the form $.a.b[0])
    {"$JSON",
     2,
     {"=json", "=json", "JSON_EXTRACT(:1, :2)", "ISNULL(JSON_QUERY(:1, :2), JSON_VALUE(:1, :2))",
      "JSON_EXTRACT(:1, :2)"}},
    {"$JSON_TEXT",
     2,
     {"=json", "=json", "=json", "ISNULL(JSON_QUERY(:1, :2), JSON_VALUE(:1, :2))",
      "JSON_VALUE(:1, :2)"}},
    {"$JSON_SCALAR", 2, {"=json", "=json", "=json", "JSON_VALUE(:1, :2)", "JSON_VALUE(:1, :2)"}},
    {"$JSON_FRAGMENT", 2, {"=json", "=json", "=json", "JSON_QUERY(:1, :2)", "JSON_QUERY(:1, :2)"}},
    {"$JSON_SET",
     3,
     {"JSON_SET(:1, :2, :3)", "=json_change", "JSON_SET(:1, :2, :3)", "JSON_MODIFY(:1, :2, :3)",
      ""}},
    {"$JSON_REMOVE",
     2,
     {"JSON_REMOVE(:1, :2)", "=json_change", "JSON_REMOVE(:1, :2)", "JSON_MODIFY(:1, :2, NULL)",
      ""}},
    {"$JSON_ARRAY_LENGTH",
     1,
     {"JSON_ARRAY_LENGTH(:1)", "JSONB_ARRAY_LENGTH(CAST(:1 AS JSONB))", "JSON_LENGTH(:1)", "", ""}},
    {"$JSON_OBJECT",
     -1,
     {"JSON_OBJECT(:all)", "JSON_BUILD_OBJECT(:all)", "JSON_OBJECT(:all)", "=json_made",
      "=json_made"}},
    {"$JSON_ARRAY",
     -1,
     {"JSON_ARRAY(:all)", "JSON_BUILD_ARRAY(:all)", "JSON_ARRAY(:all)", "=json_made",
      "=json_made"}},
    {"$JSON_WITHOUT_NULLS",
     1,
     {"JSON_PATCH('{}', :1)", "JSON_STRIP_NULLS(:1)", "JSON_MERGE_PATCH('{}', :1)", "", ""}},
    {"JSON_VALID", 1, {"=", "", "=", "ISJSON(:1)", ""}},
    {"$JSON_TYPE",
     1,
     {"CASE JSON_TYPE(:1) WHEN 'integer' THEN 'number' WHEN 'real' THEN 'number' WHEN 'text' THEN "
      "'string' WHEN 'true' THEN 'boolean' WHEN 'false' THEN 'boolean' ELSE JSON_TYPE(:1) END",
      "JSONB_TYPEOF(:1)",
      "CASE WHEN JSON_TYPE(:1) IN ('INTEGER', 'UNSIGNED INTEGER', 'DOUBLE', 'DECIMAL') THEN "
      "'number' ELSE LOWER(JSON_TYPE(:1)) END",
      "", ""}},
    {"$JSON_LENGTH",
     1,
     {"(SELECT COUNT(*) FROM JSON_EACH(:1))",
      "CASE JSONB_TYPEOF(CAST(:1 AS JSONB)) WHEN 'array' THEN JSONB_ARRAY_LENGTH(CAST(:1 AS "
      "JSONB)) "
      "WHEN 'object' THEN (SELECT COUNT(*) FROM JSONB_OBJECT_KEYS(CAST(:1 AS JSONB))) ELSE "
      "CASE WHEN :1 IS NOT NULL THEN 1 END END",
      "JSON_LENGTH(:1)", "", ""}},
    {"$JSON_UNQUOTE", 1, {"JSON_EXTRACT(:1, '$')", "(:1 #>> '{}')", "JSON_UNQUOTE(:1)", "", ""}},
    // regular expressions
    {"$REGEXP",
     2,
     {":1 REGEXP :2", ":1 ~ :2", ":1 REGEXP :2", "REGEXP_LIKE(:1, :2)", "REGEXP_LIKE(:1, :2)"}},
    {"$REGEXP_I",
     2,
     {"", ":1 ~* :2", ":1 REGEXP :2", "REGEXP_LIKE(:1, :2, 'i')", "REGEXP_LIKE(:1, :2, 'i')"}},
    {"$REGEXP_REPLACE_ALL",
     3,
     {"", "REGEXP_REPLACE(:1, :2, :3, 'g')", "REGEXP_REPLACE(:1, :2, :3)",
      "REGEXP_REPLACE(:1, :2, :3)", "REGEXP_REPLACE(:1, :2, :3)"}},
    {"$REGEXP_REPLACE_ONE",
     3,
     {"", "REGEXP_REPLACE(:1, :2, :3)",
      "CASE WHEN REGEXP_INSTR(:1, :2) = 0 THEN :1 ELSE INSERT(:1, REGEXP_INSTR(:1, :2), "
      "CHAR_LENGTH(REGEXP_SUBSTR(:1, :2)), :3) END",
      "REGEXP_REPLACE(:1, :2, :3, 1, 1)", "REGEXP_REPLACE(:1, :2, :3, 1, 1)"}},
    {"$REGEXP_REPLACE_FLAGS", 4, {"", "REGEXP_REPLACE(:1, :2, :3, :4)", "", "", ""}},
    {"$REGEXP_SUBSTR",
     2,
     {"", "REGEXP_SUBSTR(:1, :2)", "REGEXP_SUBSTR(:1, :2)", "REGEXP_SUBSTR(:1, :2)",
      "REGEXP_SUBSTR(:1, :2)"}},
    // the session
    {"$LAST_ID",
     0,
     {"LAST_INSERT_ROWID()", "LASTVAL()", "LAST_INSERT_ID()", "SCOPE_IDENTITY()", ""}},
    {"$DATABASE",
     0,
     {"", "CURRENT_DATABASE()", "DATABASE()", "DB_NAME()", "SYS_CONTEXT('USERENV', 'DB_NAME')"}},
    {"$SCHEMA",
     0,
     {"'main'", "CURRENT_SCHEMA", "SCHEMA()", "SCHEMA_NAME()",
      "SYS_CONTEXT('USERENV', 'CURRENT_SCHEMA')"}},
    {"$UUID",
     0,
     {"LOWER(HEX(RANDOMBLOB(4)) || '-' || HEX(RANDOMBLOB(2)) || '-4' || "
      "SUBSTR(HEX(RANDOMBLOB(2)), 2) || '-a' || SUBSTR(HEX(RANDOMBLOB(2)), 2) || '-' "
      "|| HEX(RANDOMBLOB(6)))",
      "GEN_RANDOM_UUID()", "UUID()", "NEWID()", "SYS_GUID()"}},
    {"$UUID_BYTES",
     0,
     {"RANDOMBLOB(16)", "DECODE(REPLACE(CAST(GEN_RANDOM_UUID() AS TEXT), '-', ''), 'hex')",
      "UNHEX(REPLACE(UUID(), '-', ''))", "CAST(NEWID() AS BINARY(16))", "SYS_GUID()"}},
    // Oracle's and SQL Server's leave NULLs out, these do not.
    {"$JSON_ARRAY_AGG", 1, {"JSON_GROUP_ARRAY(:1)", "JSON_AGG(:1)", "JSON_ARRAYAGG(:1)", "", ""}},
    {"$JSON_OBJECT_AGG",
     2,
     {"JSON_GROUP_OBJECT(:1, :2)", "JSON_OBJECT_AGG(:1, :2)", "JSON_OBJECTAGG(:1, :2)", "", ""}},
    {"$VERSION", 0, {"SQLITE_VERSION()", "VERSION()", "VERSION()", "", ""}},
};

/// Functions of one or a few dialects that no table above reads: a call of one is refused.
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

std::span<const WriteFunction> functions_written() {
  return table;
}

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
