#include "config/mssql_tls.hpp"

#include "base/text.hpp"

namespace iacdb::config {

bool MssqlTls::take(std::string_view name, std::string_view value, std::size_t position) {
  const std::string low = base::lower(name);
  if (low == "encrypt") {
    encrypt_ = base::lower(value);
  } else if (low == "trustservercertificate" || low == "trust server certificate") {
    const std::string yes = base::lower(value);
    trust_ = yes == "true" || yes == "yes";
  } else {
    return false;
  }
  given_ = true;
  position_ = position;
  return true;
}

void MssqlTls::put(ConnectionParts& parts) const {
  if (!given_) return;
  if (encrypt_ == "disable") {
    parts.put("tls.mode", "disable", position_);
  } else if (encrypt_ == "false" || encrypt_ == "no" || encrypt_ == "optional") {
    parts.put("tls.mode", "prefer", position_);
  } else if (encrypt_.empty() || encrypt_ == "true" || encrypt_ == "yes" ||
             encrypt_ == "mandatory" || encrypt_ == "strict") {
    parts.put("tls.mode", trust_ && encrypt_ != "strict" ? "require" : "verify-full", position_);
  } else {
    parts.refuse(position_, "encrypt is one of true, false, strict, disable");
  }
}

std::vector<std::pair<std::string, std::string>> MssqlTls::parameters(const TlsSettings& tls) {
  if (!tls.mode_given) return {};
  switch (tls.mode) {
    case TlsMode::disable:
      return {{"encrypt", "disable"}};
    case TlsMode::prefer:
      return {{"encrypt", "false"}};
    case TlsMode::require:
      return {{"encrypt", "true"}, {"TrustServerCertificate", "true"}};
    case TlsMode::verify_full:
      return {{"encrypt", "true"}, {"TrustServerCertificate", "false"}};
    default:
      refuse_form("SQL Server's form", "a TLS mode of allow or verify-ca");
  }
}

}  // namespace iacdb::config
