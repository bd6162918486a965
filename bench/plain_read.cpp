// Reads the bytes of a file in memory, as fast as some threads can: what no program that needs all of them
// for each token can beat. Usage: plain_read FILE [THREADS]; prints GB/s of the best of five passes.

#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <thread>
#include <vector>

#include "sw/host/checkpoint/mapped_file.h"

namespace {

using Clock = std::chrono::steady_clock;

/// Their sum, so that all are read.
std::uint64_t read(const std::uint8_t* from, std::size_t bytes) {
  constexpr std::size_t kSums = 64;  // independent ones, for vectors
  std::uint64_t sums[kSums] = {}, words[kSums];
  for (std::size_t at = 0; at + sizeof words <= bytes; at += sizeof words) {
    std::memcpy(words, from + at, sizeof words);
    for (std::size_t i = 0; i < kSums; ++i) sums[i] += words[i];
  }
  std::uint64_t sum = 0;
  for (const std::uint64_t part : sums) sum += part;
  return sum;
}

double secondsOfPass(const pim::host::ByteSpan& file, std::size_t threads) {
  std::vector<std::uint64_t> sums(threads);
  const auto part = [&](std::size_t i) {
    const std::size_t first = file.size / threads * i;
    sums[i] = read(file.data + first, file.size / threads);
  };
  const auto begin = Clock::now();
  std::vector<std::thread> others;
  for (std::size_t i = 1; i < threads; ++i) others.emplace_back(part, i);
  part(0);
  for (std::thread& other : others) other.join();
  const double seconds = std::chrono::duration<double>(Clock::now() - begin).count();
  volatile std::uint64_t seen = 0;
  for (const std::uint64_t sum : sums) seen = seen + sum;
  return seconds;
}

}  // namespace

int main(int count, char** words) {
  if (count < 2) {
    fmt::print(stderr, "usage: plain_read FILE [THREADS]\n");
    return 2;
  }
  const pim::host::MappedFile file(words[1]);
  const std::size_t threads = count > 2 ? std::max(1ul, std::strtoul(words[2], nullptr, 10)) : 2;
  double best = secondsOfPass(file.bytes(), threads);  // which also maps the pages
  for (int pass = 1; pass < 5; ++pass) best = std::min(best, secondsOfPass(file.bytes(), threads));
  fmt::print("{:.2f}\n", static_cast<double>(file.bytes().size) / best / 1e9);
  return 0;
}
