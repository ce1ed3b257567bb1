#include "iacdb/error.hpp"
#include "iacdb/sql.hpp"
#include "sql/lexer.hpp"

namespace iacdb::sql {

namespace {

// tidy: table, the kind of a statement by its first word
StatementKind first_kind(const Token& t, Dialect dialect) {
  switch (t.word) {
    case "select"_w:
    case "values"_w:
    case "table"_w:
      return StatementKind::select;
    case "insert"_w:
    case "replace"_w:
      return StatementKind::insert;
    case "update"_w:
      return StatementKind::update;
    case "delete"_w:
      return StatementKind::delete_;
    case "merge"_w:
      return StatementKind::merge;
    case "create"_w:
    case "alter"_w:
    case "drop"_w:
    case "truncate"_w:
    case "comment"_w:
    case "grant"_w:
    case "revoke"_w:
    case "rename"_w:
    case "reindex"_w:
      return StatementKind::ddl;
    case "start"_w:
      return StatementKind::begin;
    case "begin"_w:
      return dialect == Dialect::oracle ? StatementKind::block : StatementKind::begin;
    case "commit"_w:
      return StatementKind::commit;
    case "end"_w:
      return dialect == Dialect::postgres || dialect == Dialect::sqlite ? StatementKind::commit
                                                                        : StatementKind::unknown;
    case "rollback"_w:
    case "abort"_w:
      return StatementKind::rollback;
    case "savepoint"_w:
    case "release"_w:
    case "save"_w:
      return StatementKind::savepoint;
    case "set"_w:
    case "reset"_w:
    case "use"_w:
    case "discard"_w:
    case "attach"_w:
    case "detach"_w:
    case "pragma"_w:
    case "prepare"_w:
    case "deallocate"_w:
    case "listen"_w:
    case "unlisten"_w:
      return StatementKind::set;
    case "show"_w:
    case "describe"_w:
    case "desc"_w:
      return StatementKind::show;
    case "explain"_w:
      return StatementKind::explain;
    case "call"_w:
    case "exec"_w:
    case "execute"_w:
      return StatementKind::call;
    case "do"_w:
    case "declare"_w:
      return StatementKind::block;
    case "copy"_w:
    case "load"_w:
      return StatementKind::copy;
    case "lock"_w:
    case "unlock"_w:
      return StatementKind::lock;
    case "analyze"_w:
    case "vacuum"_w:
    case "optimize"_w:
    case "check"_w:
    case "cluster"_w:
    case "refresh"_w:
    case "kill"_w:
    case "flush"_w:
      return StatementKind::maintenance;
    default:
      return StatementKind::unknown;
  }
}

class Classifier {
 public:
  Classifier(std::string_view sql, Dialect dialect)
      : sql_(sql), dialect_(dialect), lexer_(sql, dialect) {}

  StatementFacts run() {
    for (Token t = lexer_.next_significant(); t.kind != TokenKind::end;
         t = lexer_.next_significant()) {
      add(t);
    }
    if (!begun_) facts_.kind = StatementKind::empty;
    conclude();
    return facts_;
  }

 private:
  void add(const Token& t) {
    if (t.is(Op::semicolon)) {
      ended_ = begun_;
      return;
    }
    if (ended_) facts_.several = true;
    if (t.is(Op::lparen)) ++depth_;
    if (t.is(Op::rparen) && depth_ > 0) --depth_;
    if (t.kind == TokenKind::word) {
      word(t);
    } else if (t.kind != TokenKind::op) {
      begun_ = true;
    }
    previous_ = t.word;
  }

  void word(const Token& t) {
    if (!begun_ || (with_ && depth_ == 0 && facts_.kind == StatementKind::unknown)) {
      begin(t);
    } else if (facts_.kind == StatementKind::explain && t.is("analyze"_w)) {
      explain_analyze_ = true;
    }
    writes(t);
    if (depth_ == 0) {
      facts_.has_where = facts_.has_where || t.is("where"_w);
      returning_ = returning_ || t.is("returning"_w) || t.is("output"_w);
    }
  }

  void begin(const Token& t) {
    const bool first = !begun_;
    begun_ = true;
    if (first) first_ = t.word;
    if (first && t.is("with"_w)) {
      with_ = true;
      return;
    }
    const StatementKind kind = first_kind(t, dialect_);
    if (first || kind != StatementKind::unknown) facts_.kind = kind;
  }

  /// Words that make a statement write wherever they stand: data-modifying CTEs, SELECT INTO,
  /// row locks, EXPLAIN ANALYZE of a write.
  void writes(const Token& t) {
    switch (t.word) {
      case "insert"_w:
      case "delete"_w:
      case "merge"_w:
        if (depth_ > 0 || facts_.kind == StatementKind::explain) inner_write_ = true;
        break;
      case "update"_w:
      case "share"_w:
        if (previous_ == "for"_w || previous_ == "key"_w || previous_ == "no"_w ||
            previous_ == "mode"_w || (previous_ == "in"_w && t.is("share"_w))) {
          facts_.locks_rows = true;
        } else if (t.is("update"_w) && (depth_ > 0 || facts_.kind == StatementKind::explain)) {
          inner_write_ = true;
        }
        break;
      case "into"_w:
        if (facts_.kind == StatementKind::select) inner_write_ = true;
        break;
      case "updlock"_w:
      case "xlock"_w:
        facts_.locks_rows = true;
        break;
      default:
        break;
    }
  }

  void conclude() {
    StatementFacts& f = facts_;
    switch (f.kind) {
      case StatementKind::select:
        f.returns_rows = !(inner_write_ && previous_into());
        f.read_only = !inner_write_ && !f.locks_rows;
        break;
      case StatementKind::show:
        f.returns_rows = f.read_only = true;
        break;
      case StatementKind::explain:
        f.returns_rows = true;
        f.read_only = !(explain_analyze_ && inner_write_);
        break;
      case StatementKind::insert:
      case StatementKind::update:
      case StatementKind::delete_:
      case StatementKind::merge:
        f.returns_rows = returning_;
        break;
      case StatementKind::call:
        f.returns_rows = true;
        break;
      case StatementKind::begin:
      case StatementKind::commit:
      case StatementKind::rollback:
      case StatementKind::savepoint:
        f.read_only = true;
        break;
      case StatementKind::set:
        f.session_state = true;
        f.returns_rows = first_ == "pragma"_w;
        break;
      case StatementKind::lock:
        f.session_state = true;
        break;
      case StatementKind::maintenance:
        f.returns_rows = dialect_ == Dialect::mysql;
        break;
      case StatementKind::empty:
        f.read_only = true;
        break;
      default:
        break;
    }
    if (f.several) f.read_only = false;
  }

  /// SELECT .. INTO gives no rows, save where INTO belongs to an inner INSERT.
  bool previous_into() const { return !with_; }

  std::string_view sql_;
  Dialect dialect_;
  Lexer lexer_;
  StatementFacts facts_;
  std::size_t depth_ = 0;
  WordId first_ = 0;
  WordId previous_ = 0;
  bool begun_ = false;
  bool ended_ = false;
  bool with_ = false;
  bool inner_write_ = false;
  bool returning_ = false;
  bool explain_analyze_ = false;
};

}  // namespace

StatementFacts classify(std::string_view sql, Dialect dialect) {
  if (sql.size() >= 0xffffffffU) return {};
  try {
    return Classifier(sql, dialect).run();
  } catch (const Error&) {
    return {};
  }
}

}  // namespace iacdb::sql
