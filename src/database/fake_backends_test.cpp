// The backends of this room's unit tests: a scripted server.

#include "database/fake_backends_test.hpp"

namespace iacdb::driver {
namespace {

FakeServer* current = nullptr;

/// Every test has a server of its own behind the one backend.
class CurrentBackend final : public Backend {
 public:
  std::string_view name() const noexcept override { return "fake"; }
  std::span<const std::string_view> schemes() const noexcept override { return schemes_; }
  std::uint16_t default_port() const noexcept override { return 0; }
  std::span<const BackendOption> options() const noexcept override { return {}; }
  std::string client_version() const override { return "built in"; }
  std::unique_ptr<Connection> connect(const ConnectionSettings&, const Call& call) const override {
    return current->connect(call);
  }

 private:
  static constexpr std::string_view schemes_[] = {"fake"};
};

const CurrentBackend backend;
const Backend* const table[] = {&backend};

}  // namespace

std::span<const Backend* const> backends() {
  return table;
}
std::span<const MissingBackend> missing_backends() {
  return {};
}
const Backend* find_backend(std::string_view name) {
  return name == "fake" ? &backend : nullptr;
}

}  // namespace iacdb::driver

namespace iacdb::database {

Database open_fake(driver::FakeServer& server, const PoolOptions& pool) {
  driver::current = &server;
  config::DatabaseSettings settings;
  settings.name = "shop";
  settings.connection.backend = "fake";
  return open(settings, {.pool = pool});
}

}  // namespace iacdb::database
