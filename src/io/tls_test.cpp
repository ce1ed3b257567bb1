#include "io/tls.hpp"

#include <gtest/gtest.h>
#include <openssl/ec.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cstdio>
#include <filesystem>
#include <iacdb/error.hpp>
#include <memory>
#include <thread>

#include "io/connect.hpp"
#include "io/listener.hpp"
#include "io/stream.hpp"

namespace iacdb::io {
namespace {

namespace fs = std::filesystem;

struct Made {
  std::unique_ptr<EVP_PKEY, decltype(&::EVP_PKEY_free)> key;
  std::unique_ptr<X509, decltype(&::X509_free)> certificate;
};

void extend(X509* certificate, int kind, const char* value) {
  X509_EXTENSION* extension = ::X509V3_EXT_conf_nid(nullptr, nullptr, kind, value);
  ::X509_add_ext(certificate, extension, -1);
  ::X509_EXTENSION_free(extension);
}

/// A certificate made now: of an authority when `issuer` is null, else signed by it.
Made make(const char* name, const Made* issuer, const char* alt_names, long days_from,
          long days_to) {
  static long serial = 1;
  Made made{{EVP_EC_gen("P-256"), &::EVP_PKEY_free}, {::X509_new(), &::X509_free}};
  X509* const x = made.certificate.get();
  ::X509_set_version(x, 2);
  ::ASN1_INTEGER_set(::X509_get_serialNumber(x), ++serial);
  ::X509_gmtime_adj(X509_getm_notBefore(x), days_from * 86400);
  ::X509_gmtime_adj(X509_getm_notAfter(x), days_to * 86400);
  ::X509_set_pubkey(x, made.key.get());
  X509_NAME* const subject = ::X509_get_subject_name(x);
  ::X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC,
                               reinterpret_cast<const unsigned char*>(name), -1, -1, 0);
  ::X509_set_issuer_name(x, issuer ? ::X509_get_subject_name(issuer->certificate.get()) : subject);
  if (issuer == nullptr) extend(x, NID_basic_constraints, "critical,CA:TRUE");
  if (alt_names != nullptr) extend(x, NID_subject_alt_name, alt_names);
  ::X509_sign(x, issuer ? issuer->key.get() : made.key.get(), ::EVP_sha256());
  return made;
}

class Tls : public ::testing::Test {
 protected:
  static void SetUpTestSuite() {
    folder_ = fs::temp_directory_path() / ("iacdb-tls-test-" + std::to_string(::getpid()));
    fs::create_directories(folder_);
    const char* const local = "DNS:localhost,IP:127.0.0.1";
    const Made ca = make("authority", nullptr, nullptr, -1, 10);
    const Made other = make("another", nullptr, nullptr, -1, 10);
    save("ca", ca);
    save("other", other);
    save("good", make("localhost", &ca, local, -1, 10));
    save("expired", make("localhost", &ca, local, -20, -10));
    save("wrong", make("db.example.com", &ca, "DNS:db.example.com", -1, 10));
    save("client", make("client", &ca, nullptr, -1, 10));
  }
  static void TearDownTestSuite() { fs::remove_all(folder_); }

  static void save(const std::string& name, const Made& made) {
    std::FILE* file = std::fopen(path(name + ".pem").c_str(), "w");
    ::PEM_write_X509(file, made.certificate.get());
    std::fclose(file);
    file = std::fopen(path(name + ".key").c_str(), "w");
    ::PEM_write_PrivateKey(file, made.key.get(), nullptr, nullptr, 0, nullptr, nullptr);
    std::fclose(file);
    ::chmod(path(name + ".key").c_str(), 0600);
  }
  static std::string path(const std::string& name) { return (folder_ / name).string(); }

  static TlsSettings settings(TlsMode mode, const std::string& root = "ca") {
    TlsSettings s;
    s.mode = mode;
    s.root_file = root.empty() ? "" : path(root + ".pem");
    return s;
  }

  /// Connects to a server of certificate `name` and sends a word there and back.
  /// Returns "" or the error's text.
  static std::string talk(const std::string& name, const TlsSettings& client_settings,
                          const std::string& host, const std::string& client_root = {}) {
    Listener listener;
    std::thread server([&] {
      Stream stream;
      try {
        stream = listener.accept({});
        stream.accept_tls(TlsContext::server(path(name + ".pem"), path(name + ".key"),
                                             client_root.empty() ? "" : path(client_root + ".pem")),
                          {});
        std::array<std::byte, 16> buffer{};
        const std::size_t got = stream.read(buffer, {});
        stream.write({buffer.data(), got}, {}, {});
        (void)stream.read(buffer, {});
      } catch (const Error&) {
        // The client's error is what the test looks at. Closing while its bytes are unread would
        // reset the connection, and the alert could be lost on its way.
        std::array<std::byte, 256> rest{};
        while (::recv(stream.fd(), rest.data(), rest.size(), 0) > 0) {
        }
      }
    });
    std::string outcome;
    try {
      Stream stream(connect_tcp("127.0.0.1", listener.port(), {}, {}).socket, "server");
      stream.start_tls(TlsContext::client(client_settings), host, {});
      stream.write(base::as_bytes("word"), {}, {});
      std::array<std::byte, 16> buffer{};
      const std::size_t got = stream.read(buffer, {}, Stream::Expect::reply);
      EXPECT_EQ(base::as_text({buffer.data(), got}), "word");
      EXPECT_EQ(stream.tls()->server_end_point().size(), 32u);
      EXPECT_EQ(stream.tls()->version(), "TLSv1.3");
    } catch (const Error& error) {
      EXPECT_EQ(dynamic_cast<const ConnectError*>(&error) != nullptr, true);
      outcome = error.what();
    }
    server.join();
    return outcome;
  }

  static fs::path folder_;
};
fs::path Tls::folder_;

TEST_F(Tls, EveryModeAcceptsAGoodCertificate) {
  for (const TlsMode mode : {TlsMode::require, TlsMode::verify_ca, TlsMode::verify_full}) {
    EXPECT_EQ(talk("good", settings(mode), "localhost"), "");
    EXPECT_EQ(talk("good", settings(mode), "127.0.0.1"), "");
  }
  EXPECT_EQ(talk("good", settings(TlsMode::require, ""), "localhost"), "");
}

TEST_F(Tls, ExpiredCertificateIsNamed) {
  EXPECT_NE(talk("expired", settings(TlsMode::verify_ca), "localhost").find("has expired"),
            std::string::npos);
  EXPECT_EQ(talk("expired", settings(TlsMode::require, ""), "localhost"), "");
}

TEST_F(Tls, WrongHostIsNamedByNameAndByAddress) {
  const std::string by_name = talk("wrong", settings(TlsMode::verify_full), "localhost");
  EXPECT_NE(by_name.find("another host than localhost"), std::string::npos) << by_name;
  const std::string by_address = talk("wrong", settings(TlsMode::verify_full), "127.0.0.1");
  EXPECT_NE(by_address.find("another host than 127.0.0.1"), std::string::npos) << by_address;
  EXPECT_EQ(talk("wrong", settings(TlsMode::verify_ca), "localhost"), "");
}

TEST_F(Tls, UnknownAuthorityIsNamedAndRequireWithARootChecksIt) {
  for (const TlsMode mode : {TlsMode::require, TlsMode::verify_ca}) {
    const std::string text = talk("good", settings(mode, "other"), "localhost");
    EXPECT_NE(text.find("not trusted"), std::string::npos) << text;
  }
  const std::string system = talk("good", settings(TlsMode::verify_full, ""), "localhost");
  EXPECT_NE(system.find("not trusted"), std::string::npos) << system;
}

TEST_F(Tls, ClientCertificateIsAskedForAndAccepted) {
  TlsSettings with = settings(TlsMode::verify_full);
  EXPECT_NE(talk("good", with, "localhost", "ca").find("client certificate"), std::string::npos);
  with.cert_file = path("client.pem");
  with.key_file = path("client.key");
  EXPECT_EQ(talk("good", with, "localhost", "ca"), "");
}

TEST_F(Tls, FilesAreChecked) {
  TlsSettings s = settings(TlsMode::verify_ca, "missing");
  EXPECT_THROW(TlsContext::client(s), ConfigError);
  s = settings(TlsMode::require);
  s.cert_file = path("client.pem");
  EXPECT_THROW(TlsContext::client(s), ConfigError);  // no key
  s.key_file = path("good.key");
  EXPECT_THROW(TlsContext::client(s), ConfigError);  // another certificate's key
  save("open", make("open", nullptr, nullptr, -1, 1));
  ::chmod(path("open.key").c_str(), 0644);
  s.cert_file = path("open.pem");
  s.key_file = path("open.key");
  EXPECT_THROW(TlsContext::client(s), ConfigError);  // readable by everybody
}

TEST_F(Tls, APeerThatSpeaksNoTlsIsSaidSo) {
  Listener listener;
  std::thread server([&] {
    Stream stream = listener.accept({});
    stream.write(base::as_bytes("HTTP/1.1 400 Bad Request\r\n\r\n"), {}, {});
    std::array<std::byte, 512> buffer{};
    (void)stream.read(buffer, {});
  });
  Stream stream(connect_tcp("127.0.0.1", listener.port(), {}, {}).socket, "server");
  try {
    stream.start_tls(TlsContext::client(settings(TlsMode::require)), "localhost", {});
    ADD_FAILURE();
  } catch (const ConnectError& error) {
    EXPECT_NE(std::string(error.what()).find("does not answer in TLS"), std::string::npos);
  }
  stream.close();
  server.join();
}

}  // namespace
}  // namespace iacdb::io
