#include "frame.hpp"

#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <exception>
#include <fstream>
#include <stdexcept>
#include <string>

#if __has_include(<valgrind/callgrind.h>)
#include <valgrind/callgrind.h>
#else
#define CALLGRIND_START_INSTRUMENTATION static_cast<void>(0)
#define CALLGRIND_STOP_INSTRUMENTATION static_cast<void>(0)
#endif

namespace bench {
namespace {

/// A field of /proc/self/status, in KiB.
std::int64_t status_kib(std::string_view field) {
  std::ifstream file("/proc/self/status");
  for (std::string line; std::getline(file, line);) {
    if (line.starts_with(field)) return std::atoll(line.c_str() + field.size());
  }
  return 0;
}

std::timespec now(clockid_t clock) {
  std::timespec time{};
  ::clock_gettime(clock, &time);
  return time;
}

/// The clock's time since `start`, in place.
void take(clockid_t clock, std::timespec& start) {
  const std::timespec end = now(clock);
  start.tv_sec = end.tv_sec - start.tv_sec;
  start.tv_nsec = end.tv_nsec - start.tv_nsec;
}

long long nanoseconds(const std::timespec& time) {
  return static_cast<long long>(time.tv_sec) * 1'000'000'000 + time.tv_nsec;
}

}  // namespace

Run::Run(std::uint64_t operations)
    : operations_(operations), memory_before_kib_(status_kib("VmRSS:")) {}

void Run::start() noexcept {
  cpu_ = now(CLOCK_PROCESS_CPUTIME_ID);
  wall_ = now(CLOCK_MONOTONIC);
  CALLGRIND_START_INSTRUMENTATION;
}

void Run::stop() noexcept {
  CALLGRIND_STOP_INSTRUMENTATION;
  take(CLOCK_PROCESS_CPUTIME_ID, cpu_);
  take(CLOCK_MONOTONIC, wall_);
  memory_peak_kib_ = status_kib("VmHWM:");
}

void Run::print() const {
  std::printf("{\"check\":\"%llu\",\"cpu_ns\":%lld,\"wall_ns\":%lld,\"memory_kib\":%lld}\n",
              static_cast<unsigned long long>(check_), nanoseconds(cpu_), nanoseconds(wall_),
              static_cast<long long>(memory_peak_kib_ - memory_before_kib_));
}

const char* environment(const char* name) {
  const char* value = std::getenv(name);
  if (!value) throw std::runtime_error(std::string(name) + " is not set; scripts/bench sets it");
  return value;
}

int run(int argc, char** argv, std::initializer_list<Workload> workloads) {
  for (const auto& [name, work] : workloads) {
    if (argc != 3 || name != argv[1]) continue;
    try {
      Run one(std::strtoull(argv[2], nullptr, 10));
      work(one);
      one.print();
      return 0;
    } catch (const std::exception& error) {
      std::fprintf(stderr, "%s %s: %s\n", argv[0], argv[1], error.what());
      return 1;
    }
  }
  std::fprintf(stderr, "usage: %s WORKLOAD OPERATIONS, where WORKLOAD is one of", argv[0]);
  for (const auto& [name, work] : workloads) {
    std::fprintf(stderr, " %.*s", static_cast<int>(name.size()), name.data());
  }
  std::fprintf(stderr, "\n");
  return 2;
}

}  // namespace bench
