#pragma once
// What one expression may make. Doubled again and again, a string or an array would take all
// memory.

#include <string>

#include "documents/errors.hpp"

namespace iacdb::doc {

/// A $range of MongoDB's may take so much, at its sixteen bytes a value.
inline constexpr std::size_t made_elements_max = 104'857'600 / 16;
/// The longest buffer of MongoDB's.
inline constexpr std::size_t made_bytes_max = 64 * 1024 * 1024;
inline constexpr int exceeded_memory_limit = 146;

/// Throws: Failure 146.
inline void check_elements(std::string_view op, std::size_t count) {
  if (count > made_elements_max) {
    fail_at(exceeded_memory_limit, std::string(op) + " would use too much memory: an array of " +
                                       std::to_string(count) + " elements; at most " +
                                       std::to_string(made_elements_max) + " are allowed");
  }
}

/// Throws: Failure 13548.
inline void check_length(std::string_view op, std::size_t bytes) {
  if (bytes > made_bytes_max) {
    fail_at(13548, std::string(op) + " would make a string of " + std::to_string(bytes) +
                       " bytes; at most 64MB are allowed");
  }
}

}  // namespace iacdb::doc
