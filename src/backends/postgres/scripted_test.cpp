#include <gtest/gtest.h>

#include <chrono>

#include "backends/postgres/connection.hpp"
#include "backends/postgres/scripted_server.hpp"

namespace iacdb::backends::postgres {
namespace {

namespace wp = wire::postgres;
using namespace std::chrono_literals;

const driver::Call plain_call;

template <class F>
ErrorFacts error_of(F&& f) {
  try {
    f();
  } catch (const Error& error) {
    return error.facts();
  }
  ADD_FAILURE() << "no error was thrown";
  return {};
}

TEST(Scripted, ServersThatAreTooOldAreRefused) {
  ScriptedServer server([](Peer& peer) {
    peer.read_startup();
    peer.authentication_ok("9.6.24");
    peer.expect('X');
  });
  const auto error = error_of([&] { server.connect(); });
  EXPECT_EQ(error.kind, ErrorKind::unsupported);
  EXPECT_NE(error.message.find("9.6.24 is too old"), std::string::npos);
}

TEST(Scripted, GssapiIsRefusedByName) {
  ScriptedServer server([](Peer& peer) {
    peer.read_startup();
    wp::encode_authentication(peer.out(), wp::AuthenticationCode::gss);
    peer.send();
    peer.expect('p');
  });
  const auto error = error_of([&] { server.connect(); });
  EXPECT_EQ(error.kind, ErrorKind::authentication);
  EXPECT_NE(error.message.find("GSS"), std::string::npos) << error.message;
}

TEST(Scripted, CleartextIsFineOnLoopback) {
  ScriptedServer server([](Peer& peer) {
    peer.read_startup();
    wp::encode_authentication(peer.out(), wp::AuthenticationCode::cleartext_password);
    peer.send();
    peer.expect('p');
    peer.authentication_ok();
    peer.expect('Q');
    peer.answer_text("0 serializable");
    peer.expect('X');
  });
  const Capabilities can = server.connect()->can();
  EXPECT_EQ(can.default_isolation, Isolation::serializable);
  EXPECT_FALSE(can.has(Capability::two_phase_commit));
}

TEST(Scripted, LoginThatFailsInEveryWay) {
  const std::vector<std::pair<std::function<void(Peer&)>, ErrorKind>> scripts{
      {[](Peer& peer) {
         peer.read_startup();
         peer.error("28P01", "FATAL");
         peer.send();
       },
       ErrorKind::authentication},
      {[](Peer& peer) {
         peer.read_startup();
         peer.error("57P03", "FATAL");
         peer.send();
       },
       ErrorKind::connect},
      {[](Peer& peer) { peer.read_startup(); }, ErrorKind::connection_lost},
      {[](Peer& peer) {
         peer.read_startup();
         peer.out().append("HTTP/1.1 400 Bad Request\r\n\r\n");
         peer.send();
       },
       ErrorKind::internal},
      {[](Peer& peer) {
         peer.read_startup();
         peer.ready();
         peer.send();
       },
       ErrorKind::internal},
  };
  for (const auto& [script, kind] : scripts) {
    ScriptedServer server(script);
    const auto error = error_of([&] { server.connect(); });
    EXPECT_EQ(error.kind, kind) << error.message;
    EXPECT_TRUE(error.breaks_connection);
    EXPECT_FALSE(error.where.empty());
  }
}

TEST(Scripted, ASilentServerEndsAtTheConnectTimeout) {
  ScriptedServer server([](Peer& peer) {
    peer.read_startup();
    peer.expect('X');
  });
  auto settings = server.settings();
  settings.connect_timeout = 20ms;
  const auto error = error_of([&] { backend_postgres().connect(settings, plain_call); });
  EXPECT_EQ(error.kind, ErrorKind::timeout);
}

TEST(Scripted, TlsThatIsNotOffered) {
  ScriptedServer server([](Peer& peer) {
    peer.read_startup();
    peer.out().append("N");
    peer.send();
    peer.expect('X');
  });
  auto settings = server.settings();
  settings.tls.mode = TlsMode::require;
  const auto error = error_of([&] { backend_postgres().connect(settings, plain_call); });
  EXPECT_EQ(error.kind, ErrorKind::connect);
  EXPECT_NE(error.message.find("offers no TLS"), std::string::npos);
}

/// BEGIN and a statement by the simple protocol, then what the test says to COMMIT.
void serve_until_commit(Peer& peer, const std::function<void(Peer&)>& answer) {
  peer.log_in();
  peer.expect('S');
  wp::encode_bodyless(peer.out(), wp::backend::parse_complete);
  wp::encode_bodyless(peer.out(), wp::backend::bind_complete);
  wp::encode_command_complete(peer.out(), "BEGIN");
  peer.ready(wp::TransactionStatus::active);
  peer.send();
  peer.expect('Q');
  wp::encode_command_complete(peer.out(), "LOCK TABLE");
  peer.ready(wp::TransactionStatus::active);
  peer.send();
  peer.expect('Q');
  answer(peer);
}

ErrorFacts commit_against(const std::function<void(Peer&)>& answer,
                          const driver::Call& call = plain_call) {
  ScriptedServer server([&answer](Peer& peer) { serve_until_commit(peer, answer); });
  const auto connection = server.connect();
  connection->begin({}, plain_call);
  connection->exec("lock table t", {}, plain_call);
  EXPECT_EQ(connection->state(), driver::SessionState::in_transaction);
  const auto error = error_of([&] { connection->commit(call); });
  EXPECT_EQ(connection->state() == driver::SessionState::broken, error.breaks_connection);
  return error;
}

TEST(Scripted, ACommitWhoseAnswerIsLostIsInDoubt) {
  const auto lost = commit_against([](Peer& peer) { peer.stream().close(); });
  EXPECT_EQ(lost.kind, ErrorKind::in_doubt);
  EXPECT_FALSE(lost.retryable);
  const auto half = commit_against([](Peer& peer) {
    peer.out().append("C\0\0");
    peer.send();
  });
  EXPECT_EQ(half.kind, ErrorKind::in_doubt);
  const auto fatal = commit_against([](Peer& peer) {
    peer.error("57P01", "FATAL");
    peer.send();
  });
  EXPECT_EQ(fatal.kind, ErrorKind::in_doubt);
  EXPECT_EQ(fatal.sqlstate, "57P01");
}

TEST(Scripted, ACommitThatFailsIsNotInDoubt) {
  const auto failed = commit_against([](Peer& peer) {
    peer.error("40001");
    peer.ready();
    peer.send();
    peer.expect('X');
  });
  EXPECT_EQ(failed.kind, ErrorKind::serialization_failure);
  EXPECT_TRUE(failed.retryable);
  const auto rolled_back = commit_against([](Peer& peer) {
    wp::encode_command_complete(peer.out(), "ROLLBACK");
    peer.ready();
    peer.send();
    peer.expect('X');
  });
  EXPECT_EQ(rolled_back.kind, ErrorKind::usage);
}

TEST(Scripted, ACommitThatComesLateHasHappened) {
  ScriptedServer server([](Peer& peer) {
    serve_until_commit(peer, [](Peer& p) {
      std::this_thread::sleep_for(50ms);
      wp::encode_command_complete(p.out(), "COMMIT");
      p.ready();
      p.send();
      p.expect('X');
    });
  });
  const auto connection = server.connect();
  connection->begin({}, plain_call);
  connection->exec("lock table t", {}, plain_call);
  const driver::Call hurried{base::Deadline::in(1ms), {}};
  connection->commit(hurried);
  EXPECT_EQ(connection->state(), driver::SessionState::idle);
}

TEST(Scripted, AStatementWhoseConnectionEnds) {
  ScriptedServer server([](Peer& peer) {
    peer.log_in();
    peer.expect('Q');
  });
  const auto connection = server.connect();
  const auto error = error_of([&] { connection->exec("lock table t", {}, plain_call); });
  EXPECT_EQ(error.kind, ErrorKind::connection_lost);
  EXPECT_TRUE(error.breaks_connection);
  EXPECT_FALSE(error.retryable);  // It ran by itself: nobody knows whether it happened.
  EXPECT_EQ(error.statement, "lock table t");
  EXPECT_EQ(connection->state(), driver::SessionState::broken);
}

TEST(Scripted, RowsThatBreakTheProtocol) {
  for (const std::string_view row :
       {std::string_view("D\0\0\0\x0a\0\2\xff\xff\xff\xff", 11),
        std::string_view("D\0\0\0\x0a\0\1\0\0\0\x09", 11), std::string_view("?\0\0\0\4", 5),
        std::string_view("D\0\0\0\3", 5)}) {
    ScriptedServer server([row](Peer& peer) {
      peer.log_in();
      peer.expect('H');
      wp::encode_bodyless(peer.out(), wp::backend::parse_complete);
      wp::encode_parameter_description(peer.out(), {});
      std::array<wp::FieldDescription, 1> fields{};
      fields[0].name = "a";
      fields[0].type_oid = 25;
      wp::encode_row_description(peer.out(), fields);
      peer.send();
      peer.expect('S');
      wp::encode_bodyless(peer.out(), wp::backend::bind_complete);
      peer.out().append(row);
      peer.send();
      peer.expect('X');
    });
    const auto connection = server.connect();
    Cursor& cursor = connection->query("select a from t", {}, true, plain_call);
    Batch batch;
    const auto error = error_of([&] { cursor.fetch(batch); });
    EXPECT_EQ(error.kind, ErrorKind::internal);
    EXPECT_TRUE(error.breaks_connection);
    EXPECT_FALSE(cursor.fetch(batch));
    cursor.close();
  }
}

TEST(Scripted, AnswersInSinglePiecesAndNoticesBetween) {
  ScriptedServer server([](Peer& peer) {
    peer.log_in();
    peer.expect('Q');
    base::Buffer whole;
    wp::Notice notice;
    notice.severity = "NOTICE";
    notice.code = "00000";
    notice.message = "between";
    wp::encode_notice(peer.out(), 'N', notice);
    wp::encode_command_complete(peer.out(), "LOCK TABLE");
    wp::encode_parameter_status(peer.out(), "TimeZone", "UTC");
    peer.ready();
    whole = std::move(peer.out());
    for (const std::byte& byte : whole.view()) peer.stream().write({&byte, 1}, {}, {});
    peer.expect('X');
  });
  const auto connection = server.connect();
  connection->exec("lock table t", {}, plain_call);
  const auto notices = connection->notices(plain_call);
  ASSERT_EQ(notices.size(), 1U);
  EXPECT_EQ(notices[0].message, "between");
  EXPECT_TRUE(connection->notices(plain_call).empty());
}

}  // namespace
}  // namespace iacdb::backends::postgres
