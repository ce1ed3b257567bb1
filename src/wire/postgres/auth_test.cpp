#include "wire/postgres/auth.hpp"

#include <gtest/gtest.h>

#include "wire/postgres/backend_encode.hpp"
#include "wire/postgres/digest.hpp"
#include "wire/postgres/framing.hpp"
#include "wire/postgres/frontend_decode.hpp"
#include "wire/postgres/scram.hpp"
#include "wire/postgres/test_bytes.hpp"

namespace iacdb::wire::postgres {
namespace {

using base::as_bytes;
using base::as_text;
using Code = AuthenticationCode;

const std::string offer_both("SCRAM-SHA-256-PLUS\0SCRAM-SHA-256\0\0", 34);
const std::string offer_plain("SCRAM-SHA-256\0\0", 15);
const std::string offer_plus("SCRAM-SHA-256-PLUS\0\0", 20);
const std::string offer_other("SCRAM-SHA-1\0\0", 13);

AuthenticatorOptions with_password(ChannelBinding binding = ChannelBinding::prefer) {
  return {.user = "app", .password = "secret", .channel_binding = binding};
}

AuthenticatorOptions over_tls(ChannelBinding binding = ChannelBinding::prefer) {
  auto options = with_password(binding);
  options.tls = true;
  options.server_end_point = as_bytes("hash of the certificate");
  return options;
}

/// Whatever the step wrote, as the body of a 'p' message.
std::string answer(Authenticator& auth, Code code, std::string_view data = {}) {
  Buffer out;
  auth.step({code, as_bytes(data)}, out);
  if (out.empty()) return {};
  const Message message = next_message(out.view(), body_bytes_max_default, Sender::frontend);
  EXPECT_EQ(message.type, frontend::password);
  EXPECT_EQ(message.size_bytes, out.size());
  return std::string(as_text(message.body));
}

bool is_refused(const AuthenticatorOptions& options, Code code, std::string_view data = {}) {
  Authenticator auth(options);
  return kind_of([&] { answer(auth, code, data); }) == ErrorKind::authentication;
}

/// Plays the server of a SCRAM exchange; answers the method's name when it went well.
std::string_view scram(const AuthenticatorOptions& options, const std::string& offer,
                       std::string_view end_point = "hash of the certificate") {
  Authenticator auth(options);
  const auto words = answer(auth, Code::sasl, offer);
  const SaslInitial initial = decode_sasl_initial(as_bytes(words));
  ScramServer server(ScramVerifier::derive("secret", "salt of the user", 16),
                     {.plus_offered = offer.find("PLUS") != std::string::npos,
                      .plus_chosen = initial.mechanism == scram_sha_256_plus,
                      .server_end_point = as_bytes(end_point)});
  const auto final = answer(auth, Code::sasl_continue, server.first(*initial.data));
  answer(auth, Code::sasl_final, server.final(final));
  EXPECT_FALSE(auth.done());
  answer(auth, Code::ok);
  EXPECT_TRUE(auth.done());
  return auth.method();
}

TEST(Authenticator, Trust) {
  Authenticator auth({.user = "app"});
  EXPECT_FALSE(auth.done());
  EXPECT_EQ(answer(auth, Code::ok), "");
  EXPECT_TRUE(auth.done());
  EXPECT_EQ(auth.method(), "trust");
}

TEST(Authenticator, Cleartext) {
  Authenticator auth(with_password());
  EXPECT_EQ(answer(auth, Code::cleartext_password), std::string("secret\0", 7));
  answer(auth, Code::ok);
  EXPECT_EQ(auth.method(), "password");
}

TEST(Authenticator, Md5) {
  Authenticator auth(with_password());
  // md5(md5("secret" "app") 01020304), computed apart from this code.
  EXPECT_EQ(answer(auth, Code::md5_password, "\1\2\3\4"),
            std::string("md5911f527656472583a006e7727877b33e") + '\0');
  answer(auth, Code::ok);
  EXPECT_EQ(auth.method(), "md5");
  Authenticator other(with_password());
  EXPECT_TRUE(is_malformed([&] { answer(other, Code::md5_password, "\1\2\3"); }));
}

TEST(Authenticator, ChoosesTheMechanismAsLibpqDoes) {
  EXPECT_EQ(scram(over_tls(), offer_both), "scram-sha-256-plus");
  EXPECT_EQ(scram(over_tls(), offer_plain), "scram-sha-256");
  EXPECT_EQ(scram(over_tls(ChannelBinding::disable), offer_both), "scram-sha-256");
  EXPECT_EQ(scram(over_tls(ChannelBinding::require), offer_both), "scram-sha-256-plus");
  EXPECT_EQ(scram(with_password(), offer_plain), "scram-sha-256");
  auto no_hash = over_tls();
  no_hash.server_end_point = {};
  EXPECT_EQ(scram(no_hash, offer_both), "scram-sha-256");
}

TEST(Authenticator, SaysWhatItKnowsOfChannelBinding) {
  const auto flag_of = [](const AuthenticatorOptions& options, const std::string& offer) {
    Authenticator auth(options);
    const auto words = answer(auth, Code::sasl, offer);
    return (*decode_sasl_initial(as_bytes(words)).data)[0];
  };
  EXPECT_EQ(flag_of(over_tls(), offer_both), 'p');
  EXPECT_EQ(flag_of(over_tls(), offer_plain), 'y') << "a stripped offer is noticed by the server";
  EXPECT_EQ(flag_of(over_tls(ChannelBinding::disable), offer_both), 'n');
  EXPECT_EQ(flag_of(with_password(), offer_plain), 'n');
}

TEST(Authenticator, RefusesToGoBelowWhatIsRequired) {
  const auto required = over_tls(ChannelBinding::require);
  EXPECT_TRUE(is_refused(required, Code::ok));
  EXPECT_TRUE(is_refused(required, Code::cleartext_password));
  EXPECT_TRUE(is_refused(required, Code::md5_password, "\1\2\3\4"));
  EXPECT_TRUE(is_refused(required, Code::sasl, offer_plain));
  EXPECT_TRUE(is_refused(with_password(ChannelBinding::require), Code::sasl, offer_plain));
  auto no_hash = required;
  no_hash.server_end_point = {};
  EXPECT_TRUE(is_refused(no_hash, Code::sasl, offer_both));
}

TEST(Authenticator, RefusesOffersThatMakeNoSense) {
  EXPECT_TRUE(is_refused(with_password(), Code::sasl, offer_both)) << "PLUS without TLS";
  EXPECT_TRUE(is_refused(over_tls(), Code::sasl, offer_other));
  EXPECT_TRUE(is_refused(over_tls(ChannelBinding::disable), Code::sasl, offer_plus));
}

TEST(Authenticator, NamesTheMethodsItRefuses) {
  const std::pair<Code, const char*> cases[] = {{Code::kerberos_v5, "Kerberos V5"},
                                                {Code::scm_credential, "SCM credentials"},
                                                {Code::gss, "GSSAPI"},
                                                {Code::gss_continue, "GSSAPI"},
                                                {Code::sspi, "SSPI"},
                                                {static_cast<Code>(99), "unknown method"}};
  for (const auto& [code, name] : cases) {
    Authenticator auth(with_password());
    Buffer out;
    try {
      auth.step({code, {}}, out);
      ADD_FAILURE() << name;
    } catch (const Error& error) {
      EXPECT_EQ(error.kind(), ErrorKind::authentication);
      EXPECT_TRUE(error.breaks_connection());
      EXPECT_NE(std::string(error.what()).find(name), std::string::npos) << error.what();
    }
  }
}

TEST(Authenticator, NeedsAPasswordOnlyWhenAsked) {
  const AuthenticatorOptions none{.user = "app"};
  EXPECT_TRUE(is_refused(none, Code::cleartext_password));
  EXPECT_TRUE(is_refused(none, Code::md5_password, "\1\2\3\4"));
  EXPECT_TRUE(is_refused(none, Code::sasl, offer_plain));
}

TEST(Authenticator, AServerThatProvesNothingIsRefused) {
  Authenticator early(with_password());
  answer(early, Code::sasl, offer_plain);
  EXPECT_EQ(kind_of([&] { answer(early, Code::ok); }), ErrorKind::authentication);

  Authenticator auth(with_password());
  const auto words = answer(auth, Code::sasl, offer_plain);
  ScramServer server(ScramVerifier::derive("secret", "salt", 16), {});
  const auto first = server.first(*decode_sasl_initial(as_bytes(words)).data);
  answer(auth, Code::sasl_continue, first);
  EXPECT_EQ(kind_of([&] { answer(auth, Code::ok); }), ErrorKind::authentication);
  EXPECT_EQ(kind_of([&] {
              answer(auth, Code::sasl_final, "v=AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA=");
            }),
            ErrorKind::authentication);
}

TEST(Authenticator, MessagesOutOfOrderAreMalformed) {
  Authenticator auth(with_password());
  EXPECT_TRUE(is_malformed([&] { answer(auth, Code::sasl_continue, "r=x"); }));
  EXPECT_TRUE(is_malformed([&] { answer(auth, Code::sasl_final, "v=x"); }));
  answer(auth, Code::cleartext_password);
  EXPECT_TRUE(is_malformed([&] { answer(auth, Code::cleartext_password); }))
      << "a second request could fish for the password in another form";
  EXPECT_TRUE(is_malformed([&] { answer(auth, Code::sasl, offer_plain); }));
  answer(auth, Code::ok);
  EXPECT_TRUE(is_malformed([&] { answer(auth, Code::ok); }));
}

TEST(Authenticator, NoPasswordInAnyError) {
  for (const Code code : {Code::gss, Code::sasl}) {
    Authenticator auth(with_password());
    try {
      answer(auth, code, offer_other);
      ADD_FAILURE();
    } catch (const Error& error) {
      EXPECT_EQ(std::string(error.what()).find("secret"), std::string::npos);
    }
  }
}

}  // namespace
}  // namespace iacdb::wire::postgres
