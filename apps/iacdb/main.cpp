// The iacdb command.

#include <csignal>
#include <exception>
#include <iostream>
#include <string>
#include <vector>

#include "cli/command.hpp"

int main(int argc, char** argv) {
  // A closed pipe and a file that may not grow are errors to report, not a death.
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
  std::ios::sync_with_stdio(false);
  iacdb::cli::Context context(std::cin, std::cout, std::cerr);
  try {
    const std::vector<std::string> texts(argv, argv + argc);
    std::vector<const char*> arguments;
    for (const std::string& text : texts) arguments.push_back(text.c_str());
    iacdb::cli::hide_passwords(argc, argv);
    const int code = iacdb::cli::run(argc, arguments.data(), context);
    std::cout.flush();
    return code;
  } catch (const std::exception& error) {
    std::cerr << "iacdb: " << error.what() << '\n';
    return iacdb::cli::exit_failed;
  }
}
