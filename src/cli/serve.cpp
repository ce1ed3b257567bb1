// iacdb serve: the HTTP service over the configured databases, until SIGINT or SIGTERM.

#include <csignal>
#include <ostream>
#include <thread>

#include "cli/command.hpp"
#include "config/connection_string.hpp"
#include "http/api.hpp"
#include "http/server.hpp"
#include "observe/exporters/log/log.hpp"

namespace iacdb::cli {
namespace {

struct ServeOptions {
  std::string url;
  std::string name = "main";  ///< Of the database of --url.
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

observe::LogOptions log_options_of(const config::LogSettings& settings) {
  // Both list the levels and the formats in the same order.
  return {.level = static_cast<observe::LogLevel>(settings.level),
          .format = static_cast<observe::LogFormat>(settings.format),
          .file = settings.file,
          .slow_query_threshold = settings.slow_query_threshold};
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
    sources[options.name] = [given = context.settings(Target{"", options.url, ""})] {
      return given;
    };
  }
  if (sources.empty()) {
    raise(ErrorKind::config, "no database is configured; give --config or --url");
  }
  return sources;
}

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
      if (signal != SIGUSR2) work();
    });
  }
  ~Signals() {
    if (!thread_.joinable()) return;
    pthread_kill(thread_.native_handle(), SIGUSR2);  // Wakes it when no signal came.
    thread_.join();
  }

 private:
  sigset_t ending_{};
  std::thread thread_;
};

void serve(const ServeOptions& options, Context& context) {
  Signals signals;  // First: every thread made later leaves the signals to it.
  const config::Settings settings = settings_of(options, context);
  const auto log = observe::make_log(log_options_of(settings.log));
  http::Registry registry(sources_of(settings, options, context), log);
  http::Api api(settings.serve, registry);
  http::Server server(settings.serve, [&api](const http::Request& request, http::Reply& reply) {
    api.handle(request, reply);
  });
  server.every_second([&api] { api.sessions().expire(http::Sessions::Clock::now()); });
  signals.on_end([&] {
    context.err << "iacdb: finishing what runs, then ending\n";
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
