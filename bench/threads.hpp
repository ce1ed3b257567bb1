#pragma once
// Eight threads that do one workload's operations together; measured from the moment when all of
// them are ready to the moment when all are done.
//
//   bench::on_eight_threads(run, [&] {
//     return [connection = open()](std::uint64_t i) { return select(connection, i); };
//   });
//
// Threads: `make_worker` is called on each thread; what it returns stays there.

#include <array>
#include <barrier>
#include <cstdint>
#include <thread>
#include <vector>

#include "frame.hpp"

namespace bench {

template <class MakeWorker>
void on_eight_threads(Run& run, MakeWorker make_worker) {
  constexpr std::uint64_t threads_count = 8;
  const std::uint64_t each = run.operations() / threads_count;
  std::array<std::uint64_t, threads_count> sums{};
  std::barrier ready(threads_count + 1);
  std::vector<std::thread> threads;
  for (std::uint64_t t = 0; t < threads_count; ++t) {
    threads.emplace_back([&, t] {
      auto work = make_worker();
      work(0);  // Prepares its statement.
      ready.arrive_and_wait();
      std::uint64_t sum = 0;
      for (std::uint64_t i = t * each; i < (t + 1) * each; ++i) sum += work(i);
      sums[t] = sum;
    });
  }
  ready.arrive_and_wait();
  run.measure([&] {
    for (std::thread& thread : threads) thread.join();
  });
  for (const std::uint64_t sum : sums) run.add(sum);
}

}  // namespace bench
