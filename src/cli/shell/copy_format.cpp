#include "cli/shell/copy_format.hpp"

#include "iacdb/error.hpp"

namespace iacdb::cli {
namespace {

/// The letters of \b \f \n \r \t \v and what they stand for.
constexpr std::string_view letters = "bfnrtv";
constexpr std::string_view meanings = "\b\f\n\r\t\v";

bool is_octal(char c) {
  return c >= '0' && c <= '7';
}
bool is_hex(char c) {
  return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

}  // namespace

void CopyParser::feed(std::string_view bytes, const TakeFields& take) {
  for (const char c : bytes) {
    if (over_) return;
    format_.csv ? csv(c, take) : text(c, take);
    if (c == '\n') ++line_;
  }
}

void CopyParser::csv(char c, const TakeFields& take) {
  if (maybe_end_) {
    maybe_end_ = false;
    if (c == format_.quote && format_.escape == format_.quote) {
      field_ += c;
      return;
    }
    quoted_ = false;
  }
  if (quoted_) {
    if (escaped_) {
      if (c != format_.quote && c != format_.escape) field_ += format_.escape;
      field_ += c;
      escaped_ = false;
    } else if (c == format_.quote) {
      maybe_end_ = true;
    } else if (c == format_.escape) {
      escaped_ = true;
    } else {
      field_ += c;
    }
    return;
  }
  if (return_ && c != '\n') field_ += '\r';
  return_ = c == '\r';
  if (return_) return;
  if (c == '\n') return end_row(take);
  any_ = true;
  if (c == format_.quote) {
    quoted_ = was_quoted_ = true;
  } else if (c == format_.delimiter) {
    end_field();
  } else {
    field_ += c;
  }
}

void CopyParser::end_escape() {
  if (code_.empty()) return;
  const bool hex = code_[0] == 'x';
  if (hex && code_.size() == 1) {
    field_ += 'x';
  } else {
    field_ += static_cast<char>(std::stoi(code_.substr(hex ? 1 : 0), nullptr, hex ? 16 : 8));
  }
  code_.clear();
}

void CopyParser::text(char c, const TakeFields& take) {
  if (!code_.empty()) {
    const bool hex = code_[0] == 'x';
    if (code_.size() < 3 && (hex ? is_hex(c) : is_octal(c))) {
      code_ += c;
      return;
    }
    end_escape();
  }
  if (escaped_) {
    escaped_ = false;
    if (c == '.' && field_.empty() && fields_.empty()) {
      over_ = true;
      any_ = false;
      return;
    }
    if (is_octal(c) || c == 'x') {
      code_ = c;
      return;
    }
    const std::size_t letter = letters.find(c);
    is_null_ = c == 'N' && format_.null == "\\N" && field_.empty();
    field_ += letter == letters.npos ? c : meanings[letter];
    return;
  }
  if (return_ && c != '\n') field_ += '\r';
  return_ = c == '\r';
  if (return_) return;
  if (c == '\n') return end_row(take);
  any_ = true;
  if (c == '\\') {
    escaped_ = true;
  } else if (c == format_.delimiter) {
    end_field();
  } else {
    is_null_ = false;
    field_ += c;
  }
}

void CopyParser::end_field() {
  const bool null = format_.csv ? !was_quoted_ && field_ == format_.null
                                : is_null_ || (format_.null != "\\N" && field_ == format_.null);
  fields_.push_back(null ? std::nullopt : std::optional(field_));
  field_.clear();
  was_quoted_ = is_null_ = false;
}

void CopyParser::end_row(const TakeFields& take) {
  if (format_.csv && format_.ends_at_mark && field_ == "\\." && fields_.empty() && !was_quoted_) {
    over_ = true;
    any_ = false;
    return;
  }
  end_field();
  any_ = return_ = false;
  if (format_.header && !header_seen_) {
    header_seen_ = true;
  } else {
    take(fields_);
  }
  fields_.clear();
  row_line_ = line_ + 1;
}

void CopyParser::finish(const TakeFields& take) {
  end_escape();
  if (quoted_ && !maybe_end_) {
    raise(ErrorFacts{.kind = ErrorKind::data,
                     .message = "a quoted field of the file has no end",
                     .where = "line " + std::to_string(row_line_)});
  }
  maybe_end_ = quoted_ = false;
  if (any_) end_row(take);
}

void append_copy_field(std::string& line, const std::optional<std::string>& field,
                       const CopyFormat& format) {
  if (!field) {
    line += format.null;
    return;
  }
  if (!format.csv) {
    for (const char c : *field) {
      const std::size_t meaning = meanings.find(c);
      if (meaning != meanings.npos) {
        line += '\\';
        line += letters[meaning];
      } else {
        if (c == '\\' || c == format.delimiter) line += '\\';
        line += c;
      }
    }
    return;
  }
  const bool plain =
      *field != format.null && *field != "\\." &&
      field->find_first_of(std::string("\r\n") + format.delimiter + format.quote) == field->npos;
  if (plain) {
    line += *field;
    return;
  }
  line += format.quote;
  for (const char c : *field) {
    if (c == format.quote || c == format.escape) line += format.escape;
    line += c;
  }
  line += format.quote;
}

}  // namespace iacdb::cli
