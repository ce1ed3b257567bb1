// From the stored form straight to BSON, for reads that hand documents on as they are.

#include <algorithm>
#include <array>
#include <bit>
#include <boost/container/small_vector.hpp>
#include <charconv>
#include <cstdint>
#include <cstring>
#include <utility>

#include "documents/bson/codec.hpp"
#include "documents/bson/json_cursor.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/storage/key_list.hpp"
#include "documents/storage/reading.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t length_bytes = 4;
constexpr std::size_t members_at_first = 16;
constexpr std::size_t bytes_at_first = 1024;
constexpr std::size_t step = 16;  ///< What a short text is copied by.
constexpr std::size_t index_digits = 10;
constexpr std::size_t number_bytes = 8;

template <class T, std::size_t n>
using Short = boost::container::small_vector<T, n>;

/// The text being written: room is made first, then bytes are put without looking.
class Bytes {
 public:
  Bytes(std::string& out, std::size_t expected) : out_(out) { open(out.size(), expected); }

  std::size_t size() const { return static_cast<std::size_t>(at_ - out_.data()); }
  char* at(std::size_t offset) { return out_.data() + offset; }
  /// So many bytes, and what putting a short text may write behind them.
  void room(std::size_t bytes) {
    if (static_cast<std::size_t>(end_ - at_) < bytes + step) open(size(), bytes + out_.size());
  }
  void put(char c) { *at_++ = c; }
  void put_int32(std::size_t value) { put_number(static_cast<std::uint32_t>(value)); }
  void put(std::string_view text) {
    std::memcpy(at_, text.data(), text.size());
    at_ += text.size();
  }
  /// Of a text after which `step` bytes may be read.
  void put_short(std::string_view text) {
    if (text.size() > step) return put(text);
    std::memcpy(at_, text.data(), step);
    at_ += text.size();
  }
  template <class Number>
  void put_number(Number value) {
    std::array<char, sizeof(Number)> bytes;
    std::memcpy(bytes.data(), &value, sizeof(value));
    if constexpr (std::endian::native == std::endian::big) std::reverse(bytes.begin(), bytes.end());
    std::memcpy(at_, bytes.data(), bytes.size());
    at_ += bytes.size();
  }
  void put_index(std::size_t i) { at_ = std::to_chars(at_, at_ + index_digits, i).ptr; }
  void put_length(std::size_t start) {
    char* const here = std::exchange(at_, at(start));
    put_int32(static_cast<std::size_t>(here - at(start)));
    at_ = here;
  }
  void cut(std::size_t size) { at_ = at(size); }
  void close() { out_.resize(size()); }

 private:
  void open(std::size_t used, std::size_t more) {
    out_.resize(used + more + step);
    at_ = out_.data() + used;
    end_ = out_.data() + out_.size();
  }

  std::string& out_;
  char* at_ = nullptr;
  char* end_ = nullptr;
};

/// A name and its first bytes, so that most are compared at once. It has no zero byte.
struct Name {
  /// `end`: what may be read of the text that it is in.
  Name(std::string_view name, const char* end) : text(name) {
    std::size_t n = std::min(name.size(), sizeof(first));
    if (std::endian::native == std::endian::little && n > 0 &&
        end - name.data() >= static_cast<std::ptrdiff_t>(sizeof(first))) {
      std::memcpy(&first, name.data(), sizeof(first));
      first = first << (8 * (sizeof(first) - n)) >> (8 * (sizeof(first) - n));
      return;
    }
    while (n-- > 0) first = first << 8 | static_cast<std::uint8_t>(name[n]);
  }
  bool operator==(const Name& other) const {
    return first == other.first && (text.size() < sizeof(first) || text == other.text);
  }
  std::string_view text;
  std::uint64_t first = 0;
};

class Writer {
 public:
  Writer(std::string_view text, std::string& out, const FieldChoice* choice)
      : text_(text), cursor_(text), out_(out, text.size() + 2 * step), choice_(choice) {}

  void document() {
    if (cursor_.peek() != '{') foreign("no object");
    const std::size_t mark = out_.size();
    if (!plain_object(0)) {
      out_.cut(mark);
      Object object = from_storage(text_);
      if (choice_ != nullptr) object = choice_->of(std::move(object));
      other_.clear();
      encode(object, other_);
      put_other();
    } else {
      cursor_.end();
    }
    out_.close();
  }

 private:
  /// A member of the object being written: where its element stands.
  struct Member {
    Name name;
    std::uint32_t begin;
    std::uint32_t size;
    bool listed;
  };

  /// The value of an element whose head has been put but for its type, which stands at `type`;
  /// there is room for a number.
  void value(std::size_t type, int depth) {
    if (depth > depth_max + 10) cursor_.malformed("values are nested too deeply");
    switch (cursor_.peek()) {
      case '{':
        *out_.at(type) = static_cast<char>(Type::object);
        return object(type, depth);
      case '[':
        *out_.at(type) = static_cast<char>(Type::array);
        return array(depth);
      case '"': {
        *out_.at(type) = static_cast<char>(Type::string);
        const std::string_view text = cursor_.string(buffer_);
        out_.room(length_bytes + text.size() + 1);
        out_.put_int32(text.size() + 1);
        put_part(text);
        out_.put('\0');
        return;
      }
      case 't':
        cursor_.literal("true");
        *out_.at(type) = static_cast<char>(Type::boolean);
        out_.put('\1');
        return;
      case 'f':
        cursor_.literal("false");
        *out_.at(type) = static_cast<char>(Type::boolean);
        out_.put('\0');
        return;
      case 'n':
        cursor_.literal("null");
        *out_.at(type) = static_cast<char>(Type::null);
        return;
      default:
        return number(type);
    }
  }

  void number(std::size_t type) {
    std::int32_t n = 0;
    if (cursor_.small_integer(n)) {
      *out_.at(type) = static_cast<char>(Type::int32);
      return out_.put_int32(static_cast<std::uint32_t>(n));
    }
    const Value value = number_of_form(cursor_.number());
    *out_.at(type) = static_cast<char>(value.type());
    switch (value.type()) {
      case Type::real:
        return out_.put_number(value.real());
      case Type::int32:
        return out_.put_number(value.int32());
      case Type::int64:
        return out_.put_number(value.int64());
      default:
        return replace(type, value);
    }
  }

  const char* text_end() const { return text_.data() + text_.size(); }

  /// Of a part of the text: copied by whole steps where the text goes on for so long.
  void put_part(std::string_view part) {
    const bool inside = part.data() >= text_.data() && part.data() + step <= text_end();
    return inside ? out_.put_short(part) : out_.put(part);
  }

  /// The element that begins at `type`, written anew.
  void replace(std::size_t type, const Value& value) {
    other_.clear();
    put_element(other_, out_.at(type) + 1, value);  // A zero ends the name.
    out_.cut(type);
    put_other();
  }

  void put_other() {
    out_.room(other_.size());
    out_.put(other_);
  }

  void object(std::size_t type, int depth) {
    const std::size_t start = cursor_.offset();
    if (plain_object(depth)) return;
    // It stands for another type, or has a name with a "$" of its own.
    const std::size_t size = object_size(start);
    replace(type, value_from_storage(text_.substr(start, size)));
    cursor_.go_to(start + size);
  }

  /// False when it is not just an object; then what was written has to go.
  bool plain_object(int depth) {
    const std::size_t start = out_.size();
    const std::size_t first = members_.size();
    const std::size_t list = order_.size();
    out_.room(length_bytes);
    out_.put_int32(0);
    cursor_.expect('{');
    bool listed = false;
    bool plain = true;
    if (!cursor_.take('}')) {
      do {
        plain = member(listed, depth);
      } while (plain && cursor_.take(','));
      if (plain) cursor_.expect('}');
    }
    if (plain && listed) {
      plain = reorder(start + length_bytes, first, list, depth == 0 && choice_ != nullptr);
    }
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end());
    order_.erase(order_.begin() + static_cast<std::ptrdiff_t>(list), order_.end());
    if (!plain) return false;
    out_.room(1);
    out_.put('\0');
    out_.put_length(start);
    return true;
  }

  /// One member of a plain object; false when it is none.
  bool member(bool& listed, int depth) {
    std::string escaped;
    const std::string_view name = cursor_.string(escaped);
    cursor_.expect(':');
    if (!escaped.empty()) return false;  // A zero is escaped, too.
    const FieldChoice* const choice = depth == 0 ? choice_ : nullptr;
    if (name.starts_with('$')) {
      if (name == "$k") return !std::exchange(listed, true) && read_list();
      if (choice == nullptr || name != "$w") return false;
      skip();
    } else if (choice != nullptr && !choice->wants(name)) {
      skip();
    } else {
      const std::size_t begin = out_.size();
      out_.room(1 + name.size() + 1 + number_bytes);
      out_.put('\0');
      put_part(name);
      out_.put('\0');
      value(begin, depth + 1);
      members_.push_back({Name(name, text_end()), static_cast<std::uint32_t>(begin),
                          static_cast<std::uint32_t>(out_.size() - begin), false});
    }
    return true;
  }

  void array(int depth) {
    const std::size_t start = out_.size();
    out_.put_int32(0);
    cursor_.expect('[');
    if (!cursor_.take(']')) {
      std::size_t i = 0;
      do {
        const std::size_t begin = out_.size();
        out_.room(1 + index_digits + 1 + number_bytes);
        out_.put('\0');
        out_.put_index(i++);
        out_.put('\0');
        value(begin, depth + 1);
      } while (cursor_.take(','));
      cursor_.expect(']');
    }
    out_.room(1);
    out_.put('\0');
    out_.put_length(start);
  }

  /// The list of keys, which is used when the object has been read; false when it is not as
  /// to_storage() writes it.
  bool read_list() {
    if (cursor_.peek() == '"') {
      buffer_.clear();
      const std::string_view names = cursor_.string(buffer_);
      if (!buffer_.empty()) return false;
      for_each_key(names, [&](std::string_view name) { order_.emplace_back(name, text_end()); });
      return true;
    }
    if (!cursor_.take('[')) return false;
    if (cursor_.take(']')) return true;
    do {
      if (cursor_.peek() != '"') return false;
      buffer_.clear();
      order_.emplace_back(cursor_.string(buffer_), text_end());
      if (!buffer_.empty()) return false;
    } while (cursor_.take(','));
    return cursor_.take(']');
  }

  /// Puts the members in the order of the list. False when it does not name each of them once; of
  /// `some`, it may name others.
  bool reorder(std::size_t body, std::size_t first, std::size_t list, bool some) {
    if (!some && order_.size() - list != members_.size() - first) return false;
    const std::size_t size = out_.size() - body;
    Short<char, bytes_at_first> read;
    read.resize(size, boost::container::default_init);
    std::memcpy(read.data(), out_.at(body), size);
    out_.cut(body);
    std::size_t placed = first;
    for (std::size_t k = list; k < order_.size() && placed < members_.size(); ++k) {
      std::size_t i = first;
      while (i < members_.size() && (members_[i].listed || members_[i].name != order_[k])) ++i;
      if (i == members_.size()) {
        if (some) continue;
        return false;
      }
      out_.put({read.data() + (members_[i].begin - body), members_[i].size});
      members_[i].listed = true;
      ++placed;
    }
    return placed == members_.size();
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
  Bytes out_;
  const FieldChoice* choice_;
  Short<Member, members_at_first> members_;  ///< Of the objects being read, the outer ones first.
  Short<Name, members_at_first> order_;      ///< Their lists of keys.
  std::string buffer_;
  std::string other_;  ///< What was made another way.
};

}  // namespace

void storage_to_bson(std::string_view text, std::string& out, const FieldChoice* choice) {
  Writer(text, out, choice).document();
}

}  // namespace iacdb::doc
