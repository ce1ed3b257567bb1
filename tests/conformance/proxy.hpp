#pragma once
// A TCP proxy before a server, for the moments that no server shows on demand: an answer that is
// lost on its way back.
//
//   Proxy proxy(url);
//   auto db = iacdb::open(proxy.url());
//   proxy.cut_next_answer();        // what the client sends next arrives; its answer does not
//
// Threads: safe to share.

#include <atomic>
#include <cstdint>
#include <list>
#include <string>
#include <thread>

namespace iacdb::conformance {

class Proxy {
 public:
  /// In front of the server that `url` names.
  explicit Proxy(const std::string& url);
  Proxy(const Proxy&) = delete;
  Proxy& operator=(const Proxy&) = delete;
  ~Proxy();

  /// The same URL, through here.
  const std::string& url() const noexcept { return url_; }
  /// The next bytes that the server sends end their connection instead of arriving.
  void cut_next_answer() { cuts_ = true; }

 private:
  struct Pair {
    int client = -1;
    int server = -1;
  };
  void run();
  void accept_one();
  /// False when the pair has ended.
  bool pump(const Pair& pair, int from);
  static void end_pair(const Pair& pair);

  std::string host_;
  std::string port_;
  std::string url_;
  int listener_ = -1;
  std::list<Pair> pairs_;
  std::atomic<bool> cuts_{false};
  std::atomic<bool> stops_{false};
  std::thread thread_;
};

}  // namespace iacdb::conformance
