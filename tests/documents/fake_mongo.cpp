#include "fake_mongo.hpp"

#include <cstring>

#include "base/bytes.hpp"
#include "iacdb/error.hpp"

namespace iacdb::doc {
namespace {

constexpr std::size_t header_size = 16;
constexpr std::int32_t op_reply = 1;
constexpr std::int32_t op_query = 2004;
constexpr std::int32_t op_msg = 2013;

std::int32_t int_at(const std::string& bytes, std::size_t at) {
  std::int32_t out = 0;
  std::memcpy(&out, bytes.data() + at, sizeof out);  // Little-endian, as the machine is.
  return out;
}

void put_int(std::string& out, std::int32_t value) {
  out.append(reinterpret_cast<const char*>(&value), sizeof value);
}

/// False at the end of the connection.
bool read_exactly(io::Stream& stream, std::string& into, std::size_t size, const io::Wait& wait) {
  const std::size_t begin = into.size();
  into.resize(begin + size);
  for (std::size_t got = 0; got < size;) {
    const std::size_t n =
        stream.read(std::as_writable_bytes(std::span(into)).subspan(begin + got, size - got), wait);
    if (n == 0) return false;
    got += n;
  }
  return true;
}

std::string message(std::int32_t answered, std::int32_t code, const std::string& body) {
  std::string out;
  put_int(out, static_cast<std::int32_t>(header_size + body.size()));
  put_int(out, 1);
  put_int(out, answered);
  put_int(out, code);
  return out + body;
}

}  // namespace

FakeMongo::FakeMongo(Kind kind, std::optional<io::TlsContext> tls)
    : kind_(kind), tls_(std::move(tls)) {
  acceptor_ = std::jthread([this](const std::stop_token& stop) {
    try {
      for (;;) {
        auto stream = std::make_shared<io::Stream>(listener_.accept({.stop = &stop}));
        connections_.emplace_back([this, stream](const std::stop_token& ends) {
          try {
            serve(std::move(*stream), ends);
          } catch (const Error&) {  // The peer went away, or the test ends.
          }
        });
      }
    } catch (const Error&) {  // Stopped.
    }
  });
}

FakeMongo::~FakeMongo() {
  acceptor_.request_stop();
  acceptor_.join();
}

std::string FakeMongo::url(const std::string& options, const std::string& within) const {
  const char* set = kind_ == Kind::replica_set ? "&replicaSet=rs" : "";
  return "mongodb://127.0.0.1:" + std::to_string(listener_.port()) +
         "/shop?serverSelectionTimeoutMS=" + within + set + options;
}

void FakeMongo::answer(Answer answer) {
  const std::lock_guard lock(mutex_);
  answer_ = std::move(answer);
}

std::vector<Document> FakeMongo::take_commands() {
  const std::lock_guard lock(mutex_);
  return std::exchange(commands_, {});
}

void FakeMongo::serve(io::Stream stream, const std::stop_token& stop) {
  const io::Wait wait{.stop = &stop};
  if (tls_) stream.accept_tls(*tls_, wait);
  for (;;) {
    std::string request;
    if (!read_exactly(stream, request, header_size, wait)) return;
    const auto size = static_cast<std::size_t>(int_at(request, 0));
    if (!read_exactly(stream, request, size - header_size, wait)) return;
    const auto reply = reply_to(request);
    if (!reply) return;
    stream.write(base::as_bytes(*reply), {}, wait);
  }
}

std::optional<std::string> FakeMongo::reply_to(const std::string& request) {
  const std::int32_t id = int_at(request, 4);
  std::string body;
  if (int_at(request, 12) == op_query) {  // The first greeting of a connection.
    body.append(4 + 8 + 4, '\0');         // Flags, cursor, first document.
    put_int(body, 1);
    return message(id, op_reply, body + greeting().bytes());
  }
  const auto size = static_cast<std::size_t>(int_at(request, header_size + 5));
  const auto reply = reply_to(Document::trusted(request.substr(header_size + 5, size)));
  if (!reply) return std::nullopt;
  body.append(4 + 1, '\0');  // Flags, kind of section.
  return message(id, op_msg, body + reply->bytes());
}

std::optional<Document> FakeMongo::reply_to(const Document& command) {
  if (command.has("hello") || command.has("isMaster")) return greeting();
  const std::lock_guard lock(mutex_);
  const Document fine = Document::from_json(R"({"ok": 1})");
  if (command.has("ping") || command.has("endSessions")) return fine;
  commands_.push_back(command);
  return answer_ ? answer_(command) : fine;
}

Document FakeMongo::greeting() const {
  const std::string me = "127.0.0.1:" + std::to_string(listener_.port());
  const std::string of_set = kind_ == Kind::standalone
                                 ? ""
                                 : R"("setName": "rs", "hosts": [")" + me + R"("], "me": ")" + me +
                                       R"(", "logicalSessionTimeoutMinutes": 30,)";
  return Document::from_json(R"({"isWritablePrimary": true, "ismaster": true, )" + of_set +
                             R"("maxBsonObjectSize": 16777216, "maxMessageSizeBytes": 48000000,
          "maxWriteBatchSize": 100000, "minWireVersion": 0, "maxWireVersion": 17, "ok": 1})");
}

}  // namespace iacdb::doc
