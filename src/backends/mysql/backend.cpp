#include <array>

#include "backends/mysql/connection.hpp"
#include "backends/mysql/mysql.hpp"

namespace iacdb::backends {
namespace {

class MysqlBackend final : public driver::Backend {
 public:
  std::string_view name() const noexcept override { return "mysql"; }
  std::span<const std::string_view> schemes() const noexcept override {
    static constexpr std::array<std::string_view, 2> names = {"mysql", "mariadb"};
    return names;
  }
  std::uint16_t default_port() const noexcept override { return 3306; }
  std::span<const driver::BackendOption> options() const noexcept override {
    return mysql::known_options();
  }
  std::string client_version() const override {
    return std::string("MariaDB Connector/C ") + ::mysql_get_client_info();
  }
  std::unique_ptr<driver::Connection> connect(const ConnectionSettings& settings,
                                              const driver::Call& call) const override {
    auto plan =
        std::make_shared<const mysql::Plan>(mysql::Plan{settings, mysql::read_options(settings)});
    mysql::Session session = mysql::open_session(*plan, call);
    return std::make_unique<mysql::MysqlConnection>(std::move(plan), std::move(session));
  }
};

}  // namespace

const driver::Backend& backend_mysql() {
  static const MysqlBackend backend;
  return backend;
}

}  // namespace iacdb::backends
