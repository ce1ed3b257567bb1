// From the stored form straight to BSON, for reads that hand documents on as they are.

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <utility>
#include <vector>

#include "documents/bson/codec.hpp"
#include "documents/bson/json_cursor.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/storage/key_list.hpp"
#include "documents/storage/reading.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::size_t members_at_first = 16;

char* put_int32(char* at, std::size_t value) {
  for (std::size_t i = 0; i < length_bytes; ++i) *at++ = static_cast<char>(value >> (8 * i));
  return at;
}
char* put_text(char* at, std::string_view text) {
  return std::copy(text.begin(), text.end(), at);
}

class Writer {
 public:
  Writer(std::string_view text, std::string& out, const FieldChoice* choice)
      : text_(text), cursor_(text), out_(out), choice_(choice) {}

  void document() {
    if (cursor_.peek() != '{') foreign("no object");
    out_.reserve(out_.size() + text_.size());
    members_.reserve(members_at_first);
    order_.reserve(members_at_first);
    const std::size_t mark = out_.size();
    if (!plain_object(0)) {
      out_.resize(mark);
      Object object = from_storage(text_);
      encode(choice_ != nullptr ? choice_->of(std::move(object)) : object, out_);
      return;
    }
    cursor_.end();
  }

 private:
  /// A member of the object being written: where its element stands.
  struct Member {
    std::string_view name;
    std::size_t begin;
    std::size_t end;
    bool listed = false;
  };

  void element(std::string_view name, int depth) {
    if (depth > depth_max + 10) cursor_.malformed("values are nested too deeply");
    switch (cursor_.peek()) {
      case '{':
        return object(name, depth);
      case '[':
        head(Type::array, name);
        return array(depth);
      case '"': {
        const std::string_view text = cursor_.string(buffer_);
        char* const at = head(Type::string, name, length_bytes + text.size() + 1);
        put_text(put_int32(at, text.size() + 1), text);
        return;
      }
      case 't':
        cursor_.literal("true");
        *head(Type::boolean, name, 1) = '\1';
        return;
      case 'f':
        cursor_.literal("false");
        head(Type::boolean, name, 1);
        return;
      case 'n':
        cursor_.literal("null");
        head(Type::null, name);
        return;
      default:
        return number(name, cursor_.number());
    }
  }

  /// A type and a name, and room for `bytes` zeros, which it returns.
  char* head(Type type, std::string_view name, std::size_t bytes = 0) {
    const std::size_t begin = out_.size();
    out_.resize(begin + 1 + name.size() + 1 + bytes);
    char* const at = out_.data() + begin;
    *at = static_cast<char>(type);
    return put_text(at + 1, name) + 1;
  }
  std::size_t begin_length() {
    out_.append(length_bytes, '\0');
    return out_.size() - length_bytes;
  }
  void end_length(std::size_t start) {
    out_ += '\0';
    put_int32(out_.data() + start, out_.size() - start);
  }

  void number(std::string_view name, std::string_view digits) {
    constexpr std::size_t plain_digits = 9;  // Surely an int32.
    const std::string_view plain = digits.substr(digits[0] == '-' ? 1 : 0);
    if (plain.size() > plain_digits ||
        !std::all_of(plain.begin(), plain.end(), [](char c) { return c >= '0' && c <= '9'; })) {
      return put_element(out_, name, number_of_form(digits));
    }
    std::uint32_t n = 0;
    for (const char c : plain) n = n * 10 + static_cast<std::uint32_t>(c - '0');
    put_int32(head(Type::int32, name, 4), plain.size() == digits.size() ? n : 0U - n);
  }

  void object(std::string_view name, int depth) {
    const std::size_t start = cursor_.offset();
    const std::size_t mark = out_.size();
    head(Type::object, name);
    if (plain_object(depth)) return;
    // It stands for another type, or has a name with a "$" of its own.
    const std::string kept(out_, mark + 1, name.size());
    out_.resize(mark);
    cursor_.go_to(start);
    put_element(out_, kept, value_from_storage(text_.substr(start, object_size(start))));
    cursor_.go_to(start + object_size(start));
  }

  /// False when it is not just an object; then what was written has to go.
  bool plain_object(int depth) {
    const std::size_t start = out_.size();
    const std::size_t first = members_.size();
    const FieldChoice* const choice = depth == 0 ? choice_ : nullptr;
    begin_length();
    cursor_.expect('{');
    bool plain = true;
    const std::size_t list = order_.size();
    bool listed = false;
    std::string escaped;
    if (!cursor_.take('}')) {
      do {
        const std::string_view name = cursor_.string(escaped);
        cursor_.expect(':');
        if (!escaped.empty()) plain = false;  // A zero is escaped, too.
        if (name == "$k") {
          if (std::exchange(listed, true) || !read_list()) {
            plain = false;
            break;
          }
        } else if (choice != nullptr && name == "$w") {
          skip();
        } else if (!plain || name.starts_with('$')) {
          plain = false;
          break;
        } else if (choice != nullptr && !choice->wants(name)) {
          skip();
        } else {
          const std::size_t begin = out_.size();
          element(name, depth + 1);
          members_.push_back({name, begin, out_.size()});
        }
      } while (cursor_.take(','));
      if (plain) cursor_.expect('}');
    }
    if (plain && listed) plain = reorder(start + length_bytes, first, list, choice != nullptr);
    members_.resize(first);
    order_.resize(list);
    if (!plain) return false;
    end_length(start);
    return true;
  }

  void array(int depth) {
    const std::size_t start = begin_length();
    cursor_.expect('[');
    if (!cursor_.take(']')) {
      char name[12];
      std::size_t i = 0;
      do {
        char* const end = std::to_chars(name, name + sizeof(name), i++).ptr;
        element({name, static_cast<std::size_t>(end - name)}, depth + 1);
      } while (cursor_.take(','));
      cursor_.expect(']');
    }
    end_length(start);
  }

  /// The list of keys, which is used when the object has been read; false when it is not as
  /// to_storage() writes it.
  bool read_list() {
    if (cursor_.peek() == '"') {
      buffer_.clear();
      const std::string_view names = cursor_.string(buffer_);
      if (!buffer_.empty()) return false;
      for_each_key(names, [&](std::string_view name) { order_.push_back(name); });
      return true;
    }
    if (!cursor_.take('[')) return false;
    if (cursor_.take(']')) return true;
    do {
      if (cursor_.peek() != '"') return false;
      buffer_.clear();
      order_.push_back(cursor_.string(buffer_));
      if (!buffer_.empty()) return false;
    } while (cursor_.take(','));
    return cursor_.take(']');
  }

  /// Puts the members in the order of the list. False when it does not name each of them once; of
  /// `some`, it may name others.
  bool reorder(std::size_t body, std::size_t first, std::size_t list, bool some) {
    if (!some && order_.size() - list != members_.size() - first) return false;
    ordered_.clear();
    ordered_.reserve(out_.size() - body);
    std::size_t placed = first;
    for (std::size_t k = list; k < order_.size() && placed < members_.size(); ++k) {
      std::size_t i = first;
      while (i < members_.size() && (members_[i].listed || members_[i].name != order_[k])) ++i;
      if (i == members_.size()) {
        if (some) continue;
        return false;
      }
      ordered_.append(out_, members_[i].begin, members_[i].end - members_[i].begin);
      members_[i].listed = true;
      ++placed;
    }
    if (placed != members_.size()) return false;
    std::copy(ordered_.begin(), ordered_.end(), out_.begin() + static_cast<std::ptrdiff_t>(body));
    return true;
  }

  /// Steps over the next value.
  void skip() {
    std::size_t depth = 0;
    do {
      switch (cursor_.peek()) {
        case '{':
        case '[':
          cursor_.take(cursor_.peek());
          ++depth;
          break;
        case '}':
        case ']':
          cursor_.take(cursor_.peek());
          --depth;
          break;
        case ',':
        case ':':
          cursor_.take(cursor_.peek());
          break;
        case '"':
          buffer_.clear();
          cursor_.string(buffer_);
          break;
        case 't':
          cursor_.literal("true");
          break;
        case 'f':
          cursor_.literal("false");
          break;
        case 'n':
          cursor_.literal("null");
          break;
        default:
          cursor_.number();
      }
    } while (depth > 0);
  }

  /// The bytes of the object that begins at `start`, strings seen through.
  std::size_t object_size(std::size_t start) {
    std::size_t depth = 0;
    std::size_t at = start;
    for (; at < text_.size(); ++at) {
      const char c = text_[at];
      if (c == '"') {
        for (++at; at < text_.size() && text_[at] != '"'; ++at) {
          if (text_[at] == '\\') ++at;
        }
      } else if (c == '{' || c == '[') {
        ++depth;
      } else if ((c == '}' || c == ']') && --depth == 0) {
        return at + 1 - start;
      }
    }
    return text_.size() - start;
  }

  std::string_view text_;
  JsonCursor cursor_;
  std::string& out_;
  const FieldChoice* choice_;
  std::vector<Member> members_;          ///< Of the objects being read, the outer ones first.
  std::vector<std::string_view> order_;  ///< Their lists of keys.
  std::string buffer_;
  std::string ordered_;
};

}  // namespace

void storage_to_bson(std::string_view text, std::string& out, const FieldChoice* choice) {
  Writer(text, out, choice).document();
}

}  // namespace iacdb::doc
