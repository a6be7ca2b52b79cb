#pragma once

#include <cstdint>
#include <iosfwd>
#include <memory>
#include <span>
#include <string>
#include <type_traits>
#include <vector>

#include <Eigen/Core>

#include "recsys/linalg/factor_matrix.h"
#include "recsys/linalg/sparse_rows.h"

namespace throng {

/// Writes what a model has learned, field by field, little-endian. A field is
///
///   u32      size of one element in bytes
///   u64      number of elements
///   16 bytes XXH3-128 of the elements, high half first
///   elements
class ModelWriter {
 public:
  explicit ModelWriter(std::ostream& out) : out_(out) {}

  template <class T>
  void array(std::span<const T> values) {
    static_assert(std::is_trivially_copyable_v<T>);
    field(std::as_bytes(values), sizeof(T));
  }
  void number(std::uint64_t value) { array<std::uint64_t>({&value, 1}); }
  void factors(const FactorMatrix& factors);
  void matrix(const Eigen::MatrixXf& matrix);
  template <class Column>
  void sparse(const SparseRows<Column>& rows) {
    array(rows.offsets());
    array(rows.columns());
  }

 private:
  void field(std::span<const std::byte> bytes, std::uint32_t element);

  std::ostream& out_;
};

/// Reads the fields back in the order they were written. Every function throws Failure(data), naming the
/// path, if the next field is damaged or not what is asked for.
class ModelReader {
 public:
  /// `left`: how many bytes the file has from here on; no field can be longer.
  ModelReader(std::istream& in, std::string path, std::uint64_t left)
      : in_(in), path_(std::move(path)), left_(left) {}

  template <class T>
  std::vector<T> array() {
    static_assert(std::is_trivially_copyable_v<T>);
    const Header header = field(sizeof(T));
    std::vector<T> values(header.count);
    read(std::as_writable_bytes(std::span(values)), header);
    return values;
  }
  std::uint64_t number();
  FactorMatrix factors();
  Eigen::MatrixXf matrix();
  /// With columns below `columns`.
  template <class Column>
  SparseRows<Column> sparse(std::size_t columns) {
    std::vector<std::size_t> offsets = array<std::size_t>();
    std::vector<Column> values = array<Column>();
    const bool sound = !offsets.empty() && offsets.front() == 0 && offsets.back() == values.size() &&
                       std::ranges::is_sorted(offsets) &&
                       std::ranges::all_of(values, [&](Column c) { return index(c) < columns; });
    if (!sound) fail("a sparse matrix is inconsistent");
    return {std::move(offsets), std::move(values)};
  }
  /// Fails unless `sound`; for sizes that must fit each other.
  void expect(bool sound, std::string_view reason) const {
    if (!sound) fail(reason);
  }
  [[noreturn]] void fail(std::string_view reason) const;

 private:
  struct Header {
    std::uint64_t count;
    std::uint64_t hash_high;
    std::uint64_t hash_low;
  };
  Header field(std::uint32_t element);
  void read(std::span<std::byte> bytes, const Header& header);
  void read_raw(std::span<std::byte> bytes);

  std::istream& in_;
  std::string path_;
  std::uint64_t left_;
};

}  // namespace throng
