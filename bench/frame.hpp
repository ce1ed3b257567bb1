#pragma once
// The frame of a benchmark program: `bench_x WORKLOAD OPERATIONS` runs one workload and prints what
// it cost as one line of JSON, which scripts/bench reads.
//
//   int main(int argc, char** argv) {
//     return bench::run(argc, argv, {{"parse", [](bench::Run& run) {
//       Parser parser = make();                                    // not measured
//       run.measure([&] {
//         for (std::uint64_t i = 0; i < run.operations(); ++i) run.add(parser.parse(text).size());
//       });
//     }}});
//   }
//
// Under callgrind with --instr-atstart=no, only what measure() runs is counted.
// Threads: one at a time.

#include <cstdint>
#include <ctime>
#include <functional>
#include <initializer_list>
#include <string_view>
#include <utility>

namespace bench {

class Run {
 public:
  explicit Run(std::uint64_t operations);

  std::uint64_t operations() const noexcept { return operations_; }
  /// Calls `work` once and takes its cost. Call it once in a workload.
  template <class Work>
  void measure(Work&& work) {
    start();
    work();
    stop();
  }
  /// Adds to the sum that a program and its peer must agree on: proof that both did the work.
  void add(std::uint64_t value) noexcept { check_ += value; }

  void print() const;

 private:
  void start() noexcept;
  void stop() noexcept;

  std::uint64_t operations_;
  std::uint64_t check_ = 0;
  std::int64_t memory_before_kib_;
  std::int64_t memory_peak_kib_ = 0;
  std::timespec cpu_{};
  std::timespec wall_{};
};

using Workload = std::pair<std::string_view, std::function<void(Run&)>>;

/// The program's main(): 0 done, 1 failed, 2 usage.
int run(int argc, char** argv, std::initializer_list<Workload> workloads);

/// The variable's value. Throws: std::runtime_error where it is not set.
const char* environment(const char* name);

}  // namespace bench
