#include "wire/postgres/scram.hpp"

#include <gtest/gtest.h>

#include "wire/postgres/test_bytes.hpp"

namespace iacdb::wire::postgres {
namespace {

// RFC 7677, section 3.
constexpr std::string_view rfc_client_nonce = "rOprNGfwEbeRWgbNEkqO";
constexpr std::string_view rfc_server_nonce = "%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
constexpr std::string_view rfc_server_first =
    "r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096";
constexpr std::string_view rfc_client_final =
    "c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,"
    "p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=";
constexpr std::string_view rfc_server_final = "v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=";

ScramClient rfc_client() {
  return ScramClient({.user = "user", .password = "pencil", .nonce = rfc_client_nonce});
}

ScramVerifier rfc_verifier() {
  return ScramVerifier::derive("pencil", *base64_decode("W22ZaJ0SNY7soEsUEjb6gQ=="));
}

template <class Call>
bool is_refused(Call&& call) {
  return kind_of(call) == ErrorKind::authentication;
}

TEST(Scram, ClientFollowsRfc7677) {
  ScramClient client = rfc_client();
  EXPECT_EQ(client.first(), "n,,n=user,r=rOprNGfwEbeRWgbNEkqO");
  EXPECT_EQ(client.final(rfc_server_first), rfc_client_final);
  client.verify(rfc_server_final);
}

TEST(Scram, ServerFollowsRfc7677) {
  ScramServer server(rfc_verifier(), {.nonce = rfc_server_nonce});
  EXPECT_EQ(server.first("n,,n=user,r=rOprNGfwEbeRWgbNEkqO"), rfc_server_first);
  EXPECT_EQ(server.final(rfc_client_final), rfc_server_final);
}

TEST(Scram, VerifierPrintsAsPostgresStoresIt) {
  const auto verifier = rfc_verifier();
  EXPECT_EQ(
      verifier.print(),
      "SCRAM-SHA-256$4096:W22ZaJ0SNY7soEsUEjb6gQ==$"
      "WG5d8oPm3OtcPnkdi4Uo7BkeZkBFzpcXkuLmtbsT4qY=:wfPLwcE6nTWhTAmQ7tl2KeoiWGPlZqQxSrmfPwDl2dU=");
  EXPECT_EQ(ScramVerifier::parse(verifier.print()).print(), verifier.print());
  for (const char* text : {"", "md5abc", "SCRAM-SHA-256$", "SCRAM-SHA-256$0:AA==$AA==:AA==",
                           "SCRAM-SHA-256$x:AA==$AA==:AA==", "SCRAM-SHA-256$1:AA==$AA==:AA=="})
    EXPECT_EQ(kind_of([&] { ScramVerifier::parse(text); }), ErrorKind::data) << text;
}

TEST(Scram, ClientRefusesWhatOnlyAnAttackerSends) {
  const std::pair<const char*, const char*> cases[] = {
      {"another nonce", "r=aOprNGfwEbeRWgbNEkqO%hv,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"},
      {"no nonce of its own", "r=rOprNGfwEbeRWgbNEkqO,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096"},
      {"no salt", "r=rOprNGfwEbeRWgbNEkqO%hv,s=,i=4096"},
      {"bad salt", "r=rOprNGfwEbeRWgbNEkqO%hv,s=W22Z*J0S,i=4096"},
      {"zero iterations", "r=rOprNGfwEbeRWgbNEkqO%hv,s=W22ZaJ0S,i=0"},
      {"negative iterations", "r=rOprNGfwEbeRWgbNEkqO%hv,s=W22ZaJ0S,i=-1"},
      {"endless iterations", "r=rOprNGfwEbeRWgbNEkqO%hv,s=W22ZaJ0S,i=1000001"},
      {"overflowing iterations", "r=rOprNGfwEbeRWgbNEkqO%hv,s=W22ZaJ0S,i=4294967297"},
      {"words behind iterations", "r=rOprNGfwEbeRWgbNEkqO%hv,s=W22ZaJ0S,i=40x"},
      {"mandatory extension", "m=x,r=rOprNGfwEbeRWgbNEkqO%hv,s=W22ZaJ0S,i=4096"},
      {"nothing", ""},
  };
  for (const auto& [name, words] : cases) {
    ScramClient client = rfc_client();
    EXPECT_TRUE(is_refused([&] { client.final(words); })) << name;
  }
}

TEST(Scram, ClientChecksTheServersSignature) {
  for (const char* words : {"v=7rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=", "v=", "v=AAAA", "",
                            "e=invalid-proof", "x=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4="}) {
    ScramClient client = rfc_client();
    client.final(rfc_server_first);
    EXPECT_TRUE(is_refused([&] { client.verify(words); })) << words;
  }
}

/// Runs a whole exchange; true when both sides are content.
bool exchange(const ScramClientOptions& client_options, const ScramServerOptions& server_options,
              std::string_view stored_password) {
  ScramClient client(client_options);
  ScramServer server(ScramVerifier::derive(stored_password, "0123456789abcdef", 16),
                     server_options);
  return !is_refused(
      [&] { client.verify(server.final(client.final(server.first(client.first())))); });
}

TEST(Scram, BothSidesAgree) {
  const auto end_point = base::as_bytes("hash of the certificate");
  EXPECT_TRUE(exchange({.password = "pencil"}, {}, "pencil"));
  EXPECT_FALSE(exchange({.password = "pencils"}, {}, "pencil"));
  EXPECT_TRUE(exchange({.password = "I\u00adX"}, {}, "IX")) << "both prepare the password";
  EXPECT_TRUE(exchange({.password = "\xff raw"}, {}, "\xff raw")) << "not UTF-8: as it is";
  const ScramClientOptions bound{
      .password = "pencil", .binding = ScramBinding::end_point, .server_end_point = end_point};
  EXPECT_TRUE(exchange(
      bound, {.plus_offered = true, .plus_chosen = true, .server_end_point = end_point}, "pencil"));
  EXPECT_FALSE(exchange(bound,
                        {.plus_offered = true,
                         .plus_chosen = true,
                         .server_end_point = base::as_bytes("another certificate")},
                        "pencil"));
}

TEST(Scram, DowngradesAreSeen) {
  const ScramClientOptions could{.password = "pencil", .binding = ScramBinding::unoffered};
  EXPECT_TRUE(exchange(could, {}, "pencil"));
  EXPECT_FALSE(exchange(could, {.plus_offered = true}, "pencil"));
  const ScramClientOptions bound{.password = "pencil", .binding = ScramBinding::end_point};
  EXPECT_FALSE(exchange(bound, {.plus_offered = true}, "pencil")) << "mechanism without PLUS";
  const ScramClientOptions unbound{.password = "pencil"};
  EXPECT_FALSE(exchange(unbound, {.plus_offered = true, .plus_chosen = true}, "pencil"));
}

TEST(Scram, ServerRefusesMalformedClients) {
  for (const char* words : {"", "n", "n,", "n,,", "n,,n=", "n,,n=,r=", "n,a=other,n=,r=abc",
                            "x,,n=,r=abc", "nn,,n=,r=abc", "p=tls-unique,,n=,r=abc"}) {
    ScramServer server(rfc_verifier(), {});
    EXPECT_TRUE(is_refused([&] { server.first(words); })) << words;
  }
  const std::string nonce = "r=abc%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0";
  const std::string finals[] = {"",
                                "c=biws," + nonce,
                                "c=biws,r=abc,p=AAAA",
                                "c=eSws," + nonce + ",p=AAAA",
                                "c=biws," + nonce + ",p=AAAA",
                                "c=biws," + nonce + ",p=*"};
  for (const std::string& words : finals) {
    ScramServer server(rfc_verifier(), {.nonce = rfc_server_nonce});
    server.first("n,,n=,r=abc");
    EXPECT_TRUE(is_refused([&] { server.final(words); })) << words;
  }
}

TEST(Digest, Md5IsWhatPostgresStores) {
  EXPECT_EQ(md5_stored("bob", "hello"), "md5304439aa1e6e4248546c0aa7b86bcd4a");
  EXPECT_EQ(md5_password("bob", "hello", base::as_bytes("\1\2\3\4")),
            md5_answer(md5_stored("bob", "hello"), base::as_bytes("\1\2\3\4")));
}

TEST(Digest, Base64IsStrict) {
  EXPECT_EQ(base64_encode(base::as_bytes("n,,")), "biws");
  EXPECT_EQ(base64_decode("biws"), "n,,");
  EXPECT_EQ(base64_decode("YQ=="), "a");
  EXPECT_EQ(base64_decode(""), "");
  for (const char* text : {"YQ", "YQ=", "Y===", "====", "Y Q=", "YQ==\n", "Y=Q=", "*iws"})
    EXPECT_EQ(base64_decode(text), std::nullopt) << text;
}

}  // namespace
}  // namespace iacdb::wire::postgres
