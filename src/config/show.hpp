#pragma once
// Show: the configuration in use, as a YAML file in today's form.
//
//   std::cout << show_settings(settings);        // password: "***"  # iacdb.yaml:5:15
//
// Secrets are ***; references stay as they are written. Put the secrets back and the text loads to
// the same settings. Existing installations move over by redirecting it to a file.
// Threads: plain functions.

#include <string>

#include "config/settings.hpp"

namespace iacdb::config {

struct ShowOptions {
  bool origins = true;   ///< Where each value was said, as a comment.
  bool secrets = false;  ///< As they are, instead of ***: for moving to another machine.
};

std::string show_settings(const Settings& settings, ShowOptions options = {});

}  // namespace iacdb::config
