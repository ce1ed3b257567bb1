// iacdb serve: the HTTP service over the configured databases, until SIGINT or SIGTERM.

#include <csignal>
#include <cstdlib>
#include <ostream>
#include <thread>

#include "cli/command.hpp"
#include "cli/version.hpp"
#include "config/connection_string.hpp"
#include "http/api.hpp"
#include "http/server.hpp"
#include "observe/exporters/log/log.hpp"
#include "observe/exporters/otlp/otlp.hpp"
#include "observe/fan_out.hpp"

namespace iacdb::cli {
namespace {

struct ServeOptions {
  std::string url;
  std::string name = "main";  ///< Of the database of --url.
  std::string password_file;  ///< Likewise.
  std::string address;
  int port = -1;
};

/// The configuration's settings, and over them what the command line says.
config::Settings settings_of(const ServeOptions& options, Context& context) {
  config::Settings settings = context.config().settings();
  settings.serve = settings.resolved_serve();
  if (!options.address.empty()) settings.serve.address = options.address;
  if (options.port >= 0) settings.serve.port = static_cast<std::uint16_t>(options.port);
  return settings;
}

observe::LogOptions log_options_of(const config::Settings& settings) {
  // Both list the levels and the formats in the same order.
  observe::LogOptions options{.level = static_cast<observe::LogLevel>(settings.log.level),
                              .format = static_cast<observe::LogFormat>(settings.log.format),
                              .file = settings.log.file,
                              .slow_query_threshold = settings.log.slow_query_threshold,
                              .slow_query_plan = settings.log.slow_query_plan};
  for (const auto* section : {&settings.databases, &settings.documents}) {
    for (const auto& [name, database] : *section) {
      if (database.slow_query_threshold) {
        options.slow_query_thresholds[name] = *database.slow_query_threshold;
      }
    }
  }
  return options;
}

std::shared_ptr<observe::Tracer> tracer_of(const config::TracesSettings& settings) {
  if (settings.endpoint.empty() && settings.file.empty()) return nullptr;
  observe::OtlpOptions options{.endpoint = settings.endpoint,
                               .headers = {},
                               .file = settings.file,
                               .service_name = settings.service_name,
                               .service_version = version};
  if (!settings.authorization.empty()) options.headers["Authorization"] = settings.authorization;
  return std::make_shared<observe::Tracer>(std::make_shared<observe::Otlp>(std::move(options)),
                                           settings.sample_percent / 100.0);
}

http::Observation observation_of(const config::Settings& settings) {
  http::Observation observation;
  observation.log = observe::make_log(log_options_of(settings));
  if (settings.metrics.enabled && settings.metrics.statement_groups_max > 0) {
    observation.groups =
        std::make_shared<observe::StatementGroups>(settings.metrics.statement_groups_max);
  }
  observation.tracer = tracer_of(settings.resolved_traces());
  return observation;
}

/// Every configured database, and that of --url.
std::map<std::string, http::Registry::Source> sources_of(const config::Settings& settings,
                                                         const ServeOptions& options,
                                                         Context& context) {
  std::map<std::string, http::Registry::Source> sources;
  for (const auto& [name, unused] : settings.databases) {
    sources[name] = [&settings, key = name] { return settings.database(key); };
  }
  if (!options.url.empty()) {
    const Target target{"", options.url, options.password_file};
    sources[options.name] = [given = context.settings(target), file = options.password_file] {
      config::DatabaseSettings now = given;
      if (!file.empty()) now.connection.password = read_password_file(file);
      return now;
    };
  }
  if (sources.empty() && settings.documents.empty()) {
    raise(ErrorKind::config, "no database is configured; give --config or --url");
  }
  return sources;
}

/// Every configured document store.
std::map<std::string, http::DocumentStores::Source> store_sources_of(
    const config::Settings& settings, const ServeOptions& options) {
  std::map<std::string, http::DocumentStores::Source> sources;
  for (const auto& [name, unused] : settings.documents) {
    if (!options.url.empty() && name == options.name) {
      raise(ErrorKind::config,
            "a document store is called " + name + "; give the database of --url another --name");
    }
    sources[name] = [&settings, key = name] { return settings.document_store(key); };
  }
  return sources;
}

/// What happens beside requests: sessions expire, tokens and health are looked at again.
class Housekeeping {
 public:
  Housekeeping(const config::Settings& settings, http::Api& api, observe::Log& log)
      : settings_(settings), api_(api), log_(log) {}

  void every_second() {
    const auto now = http::Sessions::Clock::now();
    api_.sessions().expire(now);
    if (now >= next_tokens_) {
      next_tokens_ = now + tokens_interval;
      reload_tokens();
    }
    if (settings_.health.enabled && now >= next_health_) {
      next_health_ = now + settings_.health.interval;
      api_.readiness().ask();
    }
  }

 private:
  static constexpr std::chrono::seconds tokens_interval{10};

  void reload_tokens() {
    try {
      api_.access().replace(settings_.resolved_serve().tokens);
    } catch (const Error& error) {
      auto line = log_.line(observe::LogLevel::warn, "tokens_not_read");
      line.add("message", error.what());
      log_.write(line);
    }
  }

  const config::Settings& settings_;
  http::Api& api_;
  observe::Log& log_;
  http::Sessions::Clock::time_point next_tokens_ = http::Sessions::Clock::now() + tokens_interval;
  http::Sessions::Clock::time_point next_health_;
};

/// Waits for the signals that end a service on a thread of its own.
class Signals {
 public:
  Signals() {
    sigemptyset(&ending_);
    for (const int one : {SIGINT, SIGTERM, SIGUSR2}) sigaddset(&ending_, one);
    pthread_sigmask(SIG_BLOCK, &ending_, nullptr);
  }
  template <class Work>
  void on_end(Work work) {
    thread_ = std::thread([this, work] {
      int signal = 0;
      sigwait(&ending_, &signal);
      if (signal == SIGUSR2) return;
      work();
      // Whoever asks again does not want to wait.
      sigwait(&ending_, &signal);
      if (signal != SIGUSR2) std::_Exit(exit_failed);
    });
  }
  ~Signals() {
    if (!thread_.joinable()) return;
    pthread_kill(thread_.native_handle(), SIGUSR2);  // Wakes it.
    thread_.join();
  }

 private:
  sigset_t ending_{};
  std::thread thread_;
};

void serve(const ServeOptions& options, Context& context) {
  Signals signals;  // First: every thread made later leaves the signals to it.
  const config::Settings settings = settings_of(options, context);
  if (!check_statements(settings, context)) {
    raise(ErrorKind::config, "named statements cannot run on their databases; see the lines above");
  }
  const http::Observation observation = observation_of(settings);
  const auto observer = std::make_shared<observe::FanOut>(
      std::vector<std::shared_ptr<Observer>>{observation.log, observation.groups});
  http::Registry registry(sources_of(settings, options, context), observer);
  http::DocumentStores stores(store_sources_of(settings, options), observer);
  http::Api api(settings.serve, registry, stores, observation);
  http::Server server(settings.serve,
                      {.admit = [&api](const http::Request& request) { return api.admit(request); },
                       .handle = [&api](const http::Request& request,
                                        http::Reply& reply) { api.handle(request, reply); },
                       .traffic = api.traffic()});
  Housekeeping housekeeping(settings, api, *observation.log);
  server.every_second([&housekeeping] { housekeeping.every_second(); });
  signals.on_end([&] {
    context.err << "iacdb: finishing what runs, then ending" << std::endl;
    api.drain();
    server.stop();
  });
  context.out << "iacdb is listening on " << server.url() << std::endl;
  server.run();
  api.sessions().close();
  registry.close(std::chrono::seconds(1));
}

}  // namespace

void add_serve(CLI::App& app, Context& context) {
  auto options = std::make_shared<ServeOptions>();
  CLI::App* command =
      app.add_subcommand("serve", "Serve the configured databases over HTTP (loopback by default)");
  command->add_option("--url", options->url, "Serve this database too, without configuring it");
  command->add_option("--name", options->name, "What the database of --url is called (main)");
  command->add_option("--password-file", options->password_file,
                      "File whose first line is the password of --url; read for each connection");
  command->add_option("--address", options->address, "Address to listen on (127.0.0.1)");
  command->add_option("--port", options->port, "Port to listen on (8080); 0 takes a free one")
      ->check(CLI::Range(0, 65535));
  command->footer(R"(Examples:
  iacdb serve --config iacdb.yaml
  iacdb serve --url sqlite:shop.db --name shop
  curl -s localhost:8080/v1/databases/shop/query -H 'Content-Type: application/json' \
       -d '{"sql": "select 1 as one"}')");
  command->callback([options, &context] { serve(*options, context); });
}

}  // namespace iacdb::cli
