#include "documents/command/sessions.hpp"

#include <gtest/gtest.h>

#include <future>

#include "documents/bson/ext_json.hpp"
#include "documents/command/engine.hpp"
#include "iacdb/error.hpp"

namespace iacdb::doc {
namespace {

using namespace std::chrono_literals;

/// A transaction that tells when it is rolled back.
class Fake : public Server {
 public:
  explicit Fake(std::shared_ptr<std::promise<void>> gone) : gone_(std::move(gone)) {}
  ~Fake() override { gone_->set_value(); }
  Object run(const Object&) override { return succeeded(); }
  Object run_raw(const Object&, RawBatch&) override { return {}; }
  Object reply_to(const Object&) override { return {}; }
  void close_cursor(const std::string&, std::int64_t) noexcept override {}
  std::shared_ptr<Server> begin() override { return nullptr; }
  void commit() override {
    if (loses_answers) raise(ErrorKind::in_doubt, "the answer was lost");
  }
  Health health() override { return {}; }
  std::vector<IndexUse> index_uses(const std::string&) override { return {}; }

  bool loses_answers = false;

 private:
  std::shared_ptr<std::promise<void>> gone_;
};

class OfSessions : public testing::Test {
 protected:
  Object reply(Sessions& sessions, const std::string& command) {
    const Object spec = parse_json(command);
    try {
      return *sessions.run(spec, [this] {
        gone_ = std::make_shared<std::promise<void>>();
        auto fake = std::make_shared<Fake>(gone_);
        fake->loses_answers = loses_answers_;
        return fake;
      });
    } catch (const Failure& failure) {
      return error_reply(failure);
    }
  }
  static std::string labels(const Object& reply) {
    const Value& list = reply.get("errorLabels");
    return list.is(Type::array) ? list.array()[0].text() : "none";
  }

  const std::string start_ =
      R"({"find": "c", "lsid": {"id": 1}, "autocommit": false, "startTransaction": true})";
  const std::string next_ = R"({"find": "c", "lsid": {"id": 1}, "autocommit": false})";
  const std::string commit_ = R"({"commitTransaction": 1, "lsid": {"id": 1}, "autocommit": false})";
  std::shared_ptr<std::promise<void>> gone_;
  bool loses_answers_ = false;
};

TEST_F(OfSessions, ATransactionThatStaysOpenIsRolledBack) {
  Sessions sessions(50ms);
  EXPECT_EQ(reply(sessions, start_).get("ok").real(), 1);
  ASSERT_EQ(gone_->get_future().wait_for(5s), std::future_status::ready);
  const Object late = reply(sessions, next_);
  EXPECT_EQ(late.get("code").int32(), 251);
  EXPECT_EQ(labels(late), "TransientTransactionError");
  EXPECT_EQ(reply(sessions, start_).get("ok").real(), 1);
  EXPECT_EQ(reply(sessions, commit_).get("ok").real(), 1);
}

TEST_F(OfSessions, ATransactionInUseGoesOn) {
  Sessions sessions;
  reply(sessions, start_);
  EXPECT_EQ(reply(sessions, next_).get("ok").real(), 1);
  EXPECT_EQ(reply(sessions, commit_).get("ok").real(), 1);
  EXPECT_EQ(gone_->get_future().wait_for(0s), std::future_status::ready);
}

TEST_F(OfSessions, ACommitWhoseAnswerIsLostIsNotRunAgain) {
  Sessions sessions;
  loses_answers_ = true;
  reply(sessions, start_);
  for (int times = 0; times < 2; ++times) {
    const Object lost = reply(sessions, commit_);
    EXPECT_EQ(lost.get("code").int32(), 6);
    EXPECT_EQ(labels(lost), "UnknownTransactionCommitResult");
  }
  loses_answers_ = false;
  EXPECT_EQ(reply(sessions, start_).get("ok").real(), 1);
  EXPECT_EQ(reply(sessions, commit_).get("ok").real(), 1);
  EXPECT_EQ(labels(reply(sessions, commit_)), "TransientTransactionError");
}

}  // namespace
}  // namespace iacdb::doc
