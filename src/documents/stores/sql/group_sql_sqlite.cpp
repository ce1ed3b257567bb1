#include "documents/stores/sql/group_sql_sqlite.hpp"

namespace iacdb::doc {
namespace {

/// A double of so many characters has 15 digits at most: as an integer it is exact.
constexpr const char* real_characters_max = "16";

std::string path_of(PathParts parts) {
  std::string out = "'$";
  for (const std::string& part : parts) out += "." + part;
  return out + "'";
}

/// `pattern` with a number in the place of each "#".
std::string numbered(const std::string& pattern, std::size_t i) {
  std::string out;
  for (const char c : pattern) c == '#' ? out += std::to_string(i) : out += c;
  return out;
}

/// Steps of queries, each of which sees what the one within it makes. Their limits, which do not
/// limit, keep SQLite from folding one into the other, and so from making things twice.
class Writer {
 public:
  explicit Writer(const GroupParts& parts) : parts_(parts) {}

  std::string run() const {
    std::string from = "(select seq, " + parts_.doubts + " as d" + values() + " from " +
                       parts_.table + (parts_.where.empty() ? "" : " where " + parts_.where) +
                       " limit -1)";
    from = "(select *" + each_key(key) + each_operand(kind) + " from " + from + " limit -1)";
    from = "(select *, d" + each_key(unsure_key) + " as doubt" + each_operand(number) + " from " +
           from + " limit -1)";
    std::string out = "select coalesce(max(doubt), 0)" + each_key(" or min(g#) is not max(g#)") +
                      ", count(*)" + each_key(", min(g#)");
    for (std::size_t i = 0; i < parts_.operands.size(); ++i) {
      const GroupOperand& operand = parts_.operands[i];
      out += numbered(operand.sums ? sums : ", null, null, null, null, null, null, null", i);
      out += numbered(left_out, i);
      for (const std::string function : {"min", "max"}) {
        out += operand.extremes ? extremes(function, i) : ", null, null, null";
      }
    }
    std::string by;
    for (std::size_t i = 0; i < parts_.keys.size(); ++i) {
      by += (by.empty() ? " group by " : ", ") + numbered("c#", i);
    }
    // Of no rows there is no group.
    return out + " from " + from + (by.empty() ? " group by null" : by) + " order by min(seq)";
  }

 private:
  /// Type, JSON text and value of each key and operand; of a number only the text has the form.
  std::string values() const {
    std::string out;
    for (std::size_t i = 0; i < parts_.keys.size(); ++i) {
      const std::string path = path_of(parts_.keys[i]);
      const std::string text =
          parts_.one_key ? "coalesce(doc -> " + path + ", 'null')" : "doc -> " + path;
      out += numbered(", json_type(doc, " + path + ") as ky#, " + text +
                          " as g#, json_extract(doc, " + path + ") as kv#",
                      i);
    }
    for (std::size_t i = 0; i < parts_.operands.size(); ++i) {
      const std::string path = path_of(parts_.operands[i].path);
      out += numbered(", json_type(doc, " + path + ") as y#, doc -> " + path +
                          " as t#, json_extract(doc, " + path + ") as v#",
                      i);
    }
    return out;
  }

  std::string each_key(const std::string& pattern) const {
    std::string out;
    for (std::size_t i = 0; i < parts_.keys.size(); ++i) out += numbered(pattern, i);
    return out;
  }
  std::string each_operand(const std::string& pattern) const {
    std::string out;
    for (std::size_t i = 0; i < parts_.operands.size(); ++i) out += numbered(pattern, i);
    return out;
  }

  /// One of each kind, where there is one: an int32, a double, a long in its form.
  static std::string extremes(const std::string& function, std::size_t i) {
    const std::string whole = function + "(case when k# = 3 then n# end)";
    return numbered(", cast(" + function + "(case when k# = 1 then n# end) as text), " + function +
                        "(f#), case when " + whole + " between -2147483648 and 2147483647 then " +
                        whole + " || '.00' else cast(" + whole + " as text) end",
                    i);
  }

  // A number's key is its value, so that 5 and 5.0 are in one group (which is in doubt then: the
  // first of them names it); a text's is the text, however it is escaped.
  static constexpr const char* key =
      ", case ky# when 'integer' then case when typeof(kv#) = 'integer' then kv# end when 'real' "
      "then case when instr(lower(g#), 'e') = 0 and trim(substr(g#, instr(g#, '.') + 1), '0') = '' "
      "and abs(kv#) < 9007199254740992 then cast(kv# as integer) end when 'text' then '\"' || kv# "
      "else g# end as c#";
  static constexpr const char* unsure_key =
      " or coalesce(ky# in ('integer', 'real'), 0) and c# is null";
  /// 1, 2 and 3 as NumberKind has them; null for decimals and what is no number.
  static constexpr const char* kind =
      ", case y# when 'integer' then case when typeof(v#) = 'integer' then case when v# between "
      "-2147483648 and 2147483647 then 1 else 3 end end when 'real' then case when "
      "instr(lower(t#), 'e') > 0 then 2 when substr(t#, -3) = '000' then null when substr(t#, -3) "
      "= '.00' then 3 else 2 end end as k#";
  static inline const std::string number =
      ", case k# when 1 then v# when 3 then cast(t# as integer) end as n#, case when k# = 2 and "
      "length(t#) <= " +
      std::string(real_characters_max) +
      " and instr(lower(t#), 'e') = 0 and abs(v#) < 1e12 then cast(replace(t#, '.', '') as "
      "integer) / cast('1e' || (length(t#) - instr(t#, '.')) as real) end as f#";
  /// Doubles in two parts: the greater ones, multiples of 1/1024, add up as integers.
  static constexpr const char* sums =
      ", cast(sum(case when k# <> 2 then n# end) as text), count(case when k# <> 2 then 1 end), "
      "coalesce(max(k# = 3), 0), sum(cast(f# * 1024 as integer)) / 1024.0, sum(f# - cast(f# * 1024 "
      "as integer) / 1024.0), count(f#), max(abs(f#))";
  static constexpr const char* left_out =
      ", count(case when k# is null and y# in ('integer', 'real', 'object') or k# = 2 and f# is "
      "null then 1 end), count(case when k# is null and y# <> 'null' then 1 end)";

  const GroupParts& parts_;
};

}  // namespace

std::string sqlite_group(const GroupParts& parts) {
  return Writer(parts).run();
}

}  // namespace iacdb::doc
