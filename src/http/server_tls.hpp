#pragma once
// ServerTls: the service's certificate, read again when its files change.
//
//   ServerTls tls(settings);
//   serve(socket, tls.current());     // null: no TLS
//   tls.reload_when_changed();        // every second: new connections get the new certificate
//
// Threads: one at a time.

#include <boost/asio/ssl/context.hpp>
#include <filesystem>
#include <memory>

#include "config/settings.hpp"

namespace iacdb::http {

bool has_tls(const config::ServeSettings& settings);

class ServerTls {
 public:
  /// Throws: ConfigError for files that cannot be read or do not belong together.
  explicit ServerTls(const config::ServeSettings& settings);

  std::shared_ptr<boost::asio::ssl::context> current() const { return context_; }
  /// Files that are broken while they are being replaced change nothing.
  void reload_when_changed() noexcept;

 private:
  using Time = std::filesystem::file_time_type;

  const config::ServeSettings& settings_;
  std::shared_ptr<boost::asio::ssl::context> context_;
  Time cert_time_{};
  Time key_time_{};
};

}  // namespace iacdb::http
