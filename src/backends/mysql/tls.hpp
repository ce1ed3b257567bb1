#pragma once
// The TLS options of a handle, from the modes as libpq names them.
//
//   apply_tls(handle, settings, host, TlsMode::verify_full);
//
// Connector/C checks chain and name together or nothing: verify_full is its own check, verify_ca
// its check without the name (see the .cpp). Threads: one at a time per handle.

#include "backends/mysql/library.hpp"
#include "core/connection_settings.hpp"

namespace iacdb::mysql {

/// The mode that counts: as given, or the default of the host.
TlsMode effective_mode(const ConnectionSettings& settings, const HostPort& host);
bool is_local(const HostPort& host) noexcept;

/// Throws: ConfigError when files of the settings contradict the mode.
void apply_tls(MYSQL* handle, const TlsSettings& tls, TlsMode mode);

}  // namespace iacdb::mysql
