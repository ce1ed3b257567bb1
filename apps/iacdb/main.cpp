// The iacdb command.

#include <csignal>
#include <exception>
#include <iostream>

#include "cli/command.hpp"

int main(int argc, char** argv) {
  std::signal(SIGPIPE, SIG_IGN);  // A closed pipe is an error to report, not a death.
  std::ios::sync_with_stdio(false);
  iacdb::cli::Context context(std::cin, std::cout, std::cerr);
  try {
    const int code = iacdb::cli::run(argc, argv, context);
    std::cout.flush();
    return code;
  } catch (const std::exception& error) {
    std::cerr << "iacdb: " << error.what() << '\n';
    return iacdb::cli::exit_failed;
  }
}
