#include "backends/postgres/plan.hpp"

#include <gtest/gtest.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <map>

#include "iacdb/error.hpp"

namespace iacdb::backends::postgres {
namespace {

namespace fs = std::filesystem;

class PlanTest : public ::testing::Test {
 protected:
  PlanTest() : folder_(fs::temp_directory_path() / ("iacdb-plan-" + std::to_string(::getpid()))) {
    fs::create_directories(folder_);
    variables_["HOME"] = folder_.string();
  }
  ~PlanTest() override { fs::remove_all(folder_); }

  Plan plan() {
    return make_plan(settings_, [this](const std::string& name) -> std::optional<std::string> {
      const auto found = variables_.find(name);
      if (found == variables_.end()) return std::nullopt;
      return found->second;
    });
  }
  std::string startup(const std::string& name) {
    for (const auto& [key, value] : plan().startup) {
      if (key == name) return value;
    }
    return {};
  }
  std::string write(const std::string& name, const std::string& text, ::mode_t mode = 0600) {
    const std::string path = (folder_ / name).string();
    std::ofstream(path) << text;
    ::chmod(path.c_str(), mode);
    return path;
  }

  fs::path folder_;
  std::map<std::string, std::string> variables_;
  ConnectionSettings settings_;
};

TEST_F(PlanTest, SettingsWinOverVariables) {
  variables_ = {{"PGHOST", "other"},     {"PGPORT", "1111"},   {"PGUSER", "v"},
                {"PGDATABASE", "vd"},    {"PGPASSWORD", "vp"}, {"PGAPPNAME", "va"},
                {"PGSSLMODE", "require"}};
  settings_.hosts = {{"db1", 0}, {"db2", 6000}};
  settings_.username = "u";
  settings_.database = "d";
  settings_.password = base::Secret("p");
  settings_.options["application_name"] = "mine";
  settings_.tls.mode = TlsMode::disable;
  settings_.tls.mode_given = true;
  const Plan made = plan();
  EXPECT_EQ(made.hosts, (std::vector<HostPort>{{"db1", 1111}, {"db2", 6000}}));
  EXPECT_EQ(made.username, "u");
  EXPECT_EQ(made.database, "d");
  EXPECT_EQ(made.password.reveal(), "p");
  EXPECT_EQ(startup("application_name"), "mine");
  EXPECT_EQ(made.tls.mode, TlsMode::disable);
}

TEST_F(PlanTest, VariablesFillWhatIsUnset) {
  variables_ = {{"PGHOST", "a,/run/pg"},
                {"PGPORT", "1,2"},
                {"PGUSER", "v"},
                {"PGPASSWORD", "vp"},
                {"PGOPTIONS", "-c a=b"},
                {"PGSSLMODE", "verify-full"},
                {"PGSSLROOTCERT", "system"},
                {"PGTARGETSESSIONATTRS", "primary"},
                {"PGCONNECT_TIMEOUT", "7"},
                {"PGCHANNELBINDING", "require"},
                {"PGTZ", "Asia/Tokyo"}};
  const Plan made = plan();
  EXPECT_EQ(made.hosts, (std::vector<HostPort>{{"a", 1}, {"/run/pg/.s.PGSQL.2", 2}}));
  EXPECT_EQ(made.database, "v");
  EXPECT_EQ(made.password.reveal(), "vp");
  EXPECT_EQ(made.tls.mode, TlsMode::verify_full);
  EXPECT_EQ(made.tls.root_file, "system");
  EXPECT_EQ(made.target, TargetSession::primary);
  EXPECT_EQ(made.connect_timeout, std::chrono::seconds(7));
  EXPECT_EQ(made.channel_binding, wire::postgres::ChannelBinding::require);
  EXPECT_EQ(startup("TimeZone"), "Asia/Tokyo");
  EXPECT_EQ(startup("options"), "-c a=b");
  EXPECT_EQ(startup("client_encoding"), "UTF8");
}

TEST_F(PlanTest, ServiceStandsBetweenSettingsAndVariables) {
  variables_["PGSERVICEFILE"] = write("service",
                                      "# all of ours\n[other]\nhost=wrong\n\n[orders]\n"
                                      "host = db9\nport=77\nuser=su\nsslmode=require\n[last]\n");
  variables_["PGSERVICE"] = "orders";
  variables_["PGUSER"] = "v";
  settings_.database = "d";
  const Plan made = plan();
  EXPECT_EQ(made.hosts, (std::vector<HostPort>{{"db9", 77}}));
  EXPECT_EQ(made.username, "su");
  EXPECT_EQ(made.tls.mode, TlsMode::require);
  settings_.options["service"] = "missing";
  EXPECT_THROW(plan(), ConfigError);
  variables_["PGSERVICEFILE"] = write("service", "[missing]\nhosst=typo\n");
  try {
    plan();
    ADD_FAILURE();
  } catch (const ConfigError& error) {
    EXPECT_TRUE(error.where().ends_with("service:2")) << error.where();
  }
}

TEST_F(PlanTest, BadChoicesAreNamed) {
  for (const auto& [option, value] :
       std::map<std::string, std::string>{{"target_session_attrs", "any-thing"},
                                          {"load_balance_hosts", "yes"},
                                          {"channel_binding", "maybe"},
                                          {"prepare", "sometimes"},
                                          {"gssencmode", "require"},
                                          {"keepalives_idle", "ten"}}) {
    settings_.options = {{option, value}};
    try {
      plan();
      ADD_FAILURE() << option;
    } catch (const ConfigError& error) {
      EXPECT_EQ(error.where(), option);
    }
  }
  settings_.options.clear();
  variables_["PGPORT"] = "70000";
  EXPECT_THROW(plan(), ConfigError);
  variables_["PGPORT"] = "1,2,3";
  EXPECT_THROW(plan(), ConfigError);
}

TEST_F(PlanTest, PasswordFileFindsTheFirstLineThatFits) {
  const std::string file = write("pass",
                                 "# comment\n"
                                 "db1:5432:shop:app:one\r\n"
                                 "db\\:2:*:*:app:with\\:colon\\\\and\n"
                                 "*:*:*:*:any:thing\n");
  const auto password = [&](const std::string& host, std::uint16_t port) {
    return std::string(find_password(file, {host, port}, "shop", "app").password.reveal());
  };
  EXPECT_EQ(password("db1", 5432), "one");
  EXPECT_EQ(password("db1", 5433), "any");
  EXPECT_EQ(password("db:2", 1), "with:colon\\and");
  EXPECT_TRUE(find_password(file, {"db1", 5432}, "shop", "app").problem.empty());
  ::chmod(file.c_str(), 0640);
  const auto open = find_password(file, {"db1", 5432}, "shop", "app");
  EXPECT_TRUE(open.password.empty());
  EXPECT_NE(open.problem.find("chmod 600"), std::string::npos);
  EXPECT_TRUE(find_password((folder_ / "none").string(), {"db1", 1}, "", "").password.empty());
}

TEST_F(PlanTest, PasswordFileCallsTheStandardSocketLocalhost) {
  const std::string file = write("pass", "localhost:*:*:*:local\n/srv/pg:*:*:*:own\n");
  EXPECT_EQ(
      find_password(file, {"/var/run/postgresql/.s.PGSQL.5432", 5432}, "d", "u").password.reveal(),
      "local");
  EXPECT_EQ(find_password(file, {"/srv/pg/.s.PGSQL.5432", 5432}, "d", "u").password.reveal(),
            "own");
}

}  // namespace
}  // namespace iacdb::backends::postgres
