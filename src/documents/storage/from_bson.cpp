// From BSON straight to the stored form, for inserts that take documents as they are.

#include <algorithm>
#include <boost/container/small_vector.hpp>
#include <charconv>

#include "documents/bson/codec.hpp"
#include "documents/bson/elements.hpp"
#include "documents/bson/json_cursor.hpp"
#include "documents/storage/encoding.hpp"
#include "documents/storage/key_list.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t members_at_first = 16;

class Writer {
 public:
  Writer(KeyOrder order, std::string& out) : order_(order), out_(out) {}

  /// False when its values have to be looked at: a name stands twice.
  bool object(std::string_view bson, int depth) {
    if (depth > depth_max) return false;
    const std::size_t start = out_.size();
    const std::size_t first = members_.size();
    out_ += '{';
    Elements elements(bson);
    for (Element e; elements.next(e);) {
      if (!valid_utf8(e.name)) return false;
      if (members_.size() > first) out_ += ',';
      const std::size_t begin = out_.size();
      const bool dollar = e.name.starts_with('$');
      put_json_string(out_, dollar ? storage_key(e.name) : e.name);
      out_ += ':';
      if (!value(e, depth)) return false;
      members_.push_back({e.name, members_.size() - first, begin, out_.size()});
    }
    if (!settle(start, first)) return false;
    members_.erase(members_.begin() + static_cast<std::ptrdiff_t>(first), members_.end());
    out_ += '}';
    return true;
  }

 private:
  /// A member of the object being written: where it stands.
  struct Member {
    std::string_view name;
    std::size_t place;  ///< In the document.
    std::size_t begin;
    std::size_t end;

    std::size_t key_size() const { return name.size() + (name.starts_with('$') ? 1 : 0); }
    /// In jsonb's order of keys: shorter first, then by bytes.
    bool operator<(const Member& other) const {
      const std::size_t size = key_size();
      const std::size_t other_size = other.key_size();
      return size != other_size ? size < other_size : name < other.name;
    }
  };

  bool value(const Element& e, int depth) {
    switch (e.type) {
      case Type::string: {
        const std::string_view text = e.body.substr(4, e.body.size() - 5);
        if (e.body.size() < 5 || e.body.back() != '\0') return false;
        if (text.find('\0') != std::string_view::npos) break;
        if (!valid_utf8(text)) return false;
        put_json_string(out_, text);
        return true;
      }
      case Type::object:
        return object(e.body, depth + 1);
      case Type::array:
        return array(e.body, depth + 1);
      case Type::null:
        out_ += "null";
        return true;
      case Type::int32: {
        char digits[12];
        const auto number = little_endian<std::int32_t>(e.body);
        out_.append(digits, std::to_chars(digits, digits + sizeof(digits), number).ptr);
        return true;
      }
      case Type::boolean:
        if (static_cast<unsigned char>(e.body[0]) > 1) break;
        out_ += e.body[0] == '\1' ? "true" : "false";
        return true;
      default:
        break;
    }
    out_ += to_storage(value_of(e), order_);
    return true;
  }

  bool array(std::string_view bson, int depth) {
    if (depth > depth_max) return false;
    out_ += '[';
    bool first = true;
    Elements elements(bson);
    for (Element e; elements.next(e);) {
      if (!std::exchange(first, false)) out_ += ',';
      if (!value(e, depth)) return false;
    }
    out_ += ']';
    return true;
  }

  /// Puts the members of jsonb in its order of keys, which it then need not sort, and beside them
  /// the list of their own order. False when a name stands twice.
  bool settle(std::size_t start, std::size_t first) {
    const auto begin = members_.begin() + static_cast<std::ptrdiff_t>(first);
    const auto not_before = [](const Member& a, const Member& b) { return !(a < b); };
    if (std::adjacent_find(begin, members_.end(), not_before) == members_.end()) return true;
    std::sort(begin, members_.end());
    if (std::adjacent_find(begin, members_.end(), not_before) != members_.end()) return false;
    if (order_ == KeyOrder::kept) return true;
    ordered_.clear();
    ordered_.reserve(2 * (out_.size() - start));
    bool listed = false;
    for (auto member = begin; member != members_.end(); ++member) {
      if (!listed && (member->key_size() > 2 || (member->key_size() == 2 && member->name > "$k"))) {
        list_keys(first);
        listed = true;
      }
      ordered_.append(out_, member->begin, member->end - member->begin);
      ordered_ += ',';
    }
    if (!listed) list_keys(first);
    ordered_.pop_back();
    out_.resize(start + 1);
    out_ += ordered_;
    return true;
  }

  void list_keys(std::size_t first) {
    names_.resize(members_.size() - first);
    for (std::size_t i = first; i < members_.size(); ++i) {
      names_[members_[i].place] = members_[i].name;
    }
    ordered_ += "\"$k\":";
    put_key_list(ordered_, {names_.data(), names_.size()});
    ordered_ += ',';
  }

  KeyOrder order_;
  std::string& out_;
  boost::container::small_vector<Member, members_at_first> members_;
  boost::container::small_vector<std::string_view, members_at_first> names_;
  std::string ordered_;
};

}  // namespace

void bson_to_storage(std::string_view bson, KeyOrder order, std::string& out) {
  const std::size_t start = out.size();
  if (Writer(order, out).object(bson, 0)) return;
  out.resize(start);
  out += to_storage(decode(bson), order);
}

}  // namespace iacdb::doc
