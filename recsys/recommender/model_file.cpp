#include "recsys/recommender/model_file.h"

#include <bit>
#include <istream>
#include <ostream>

#include <fmt/format.h>

#include "engine/base/error.h"
#include "engine/base/hash.h"

namespace throng {
namespace {

static_assert(std::endian::native == std::endian::little);
static_assert(sizeof(std::size_t) == sizeof(std::uint64_t));

template <class T>
std::span<std::byte> bytes_of(T& value) {
  return std::as_writable_bytes(std::span(&value, 1));
}

void write_raw(std::ostream& out, std::span<const std::byte> bytes) {
  out.write(reinterpret_cast<const char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
}

}  // namespace

void ModelWriter::field(std::span<const std::byte> bytes, std::uint32_t element) {
  const std::uint64_t count = bytes.size() / element;
  const Hash128 hash = hash128(bytes);
  write_raw(out_, std::as_bytes(std::span(&element, 1)));
  for (const std::uint64_t& number : {count, hash.high, hash.low}) {
    write_raw(out_, std::as_bytes(std::span(&number, 1)));
  }
  write_raw(out_, bytes);
}

void ModelWriter::factors(const FactorMatrix& factors) {
  number(factors.rows());
  number(factors.factors());
  array(factors.values());
}

void ModelWriter::matrix(const Eigen::MatrixXf& matrix) {
  number(static_cast<std::uint64_t>(matrix.rows()));
  number(static_cast<std::uint64_t>(matrix.cols()));
  array<float>({matrix.data(), static_cast<std::size_t>(matrix.size())});
}

void ModelReader::fail(std::string_view reason) const {
  throw Failure(ErrorKind::data, fmt::format("{}: not a model that can be loaded: {}", path_, reason));
}

void ModelReader::read_raw(std::span<std::byte> bytes) {
  if (bytes.size() > left_) fail("the file ends too early");
  in_.read(reinterpret_cast<char*>(bytes.data()), static_cast<std::streamsize>(bytes.size()));
  if (!in_) fail("the file cannot be read");
  left_ -= bytes.size();
}

ModelReader::Header ModelReader::field(std::uint32_t element) {
  std::uint32_t size = 0;
  Header header{};
  read_raw(bytes_of(size));
  read_raw(bytes_of(header));
  if (size != element) fail(fmt::format("a field has elements of {} bytes, expected {}", size, element));
  if (header.count > left_ / element) fail("the file ends too early");
  return header;
}

void ModelReader::read(std::span<std::byte> bytes, const Header& header) {
  read_raw(bytes);
  if (hash128(std::span<const std::byte>(bytes)) != Hash128{header.hash_high, header.hash_low}) {
    fail("a field is damaged: its hash differs");
  }
}

std::uint64_t ModelReader::number() {
  const std::vector<std::uint64_t> values = array<std::uint64_t>();
  if (values.size() != 1) fail("expected a single number");
  return values.front();
}

FactorMatrix ModelReader::factors() {
  const std::uint64_t rows = number();
  const std::uint64_t columns = number();
  const std::vector<float> values = array<float>();
  const std::uint64_t stride = FactorMatrix::padded(columns);
  expect(stride >= columns && (stride == 0 ? values.empty() : values.size() % stride == 0) &&
             (stride == 0 || values.size() / stride == rows),
         "a matrix of factors has the wrong size");
  FactorMatrix factors(stride == 0 ? 0 : rows, columns);
  std::ranges::copy(values, factors.values().begin());
  return factors;
}

Eigen::MatrixXf ModelReader::matrix() {
  const std::uint64_t rows = number();
  const std::uint64_t columns = number();
  const Header header = field(sizeof(float));
  expect(rows == 0 ? header.count == 0 : header.count % rows == 0 && header.count / rows == columns,
         "a matrix has the wrong size");
  Eigen::MatrixXf matrix(static_cast<Eigen::Index>(rows), static_cast<Eigen::Index>(columns));
  read(std::as_writable_bytes(std::span(matrix.data(), header.count)), header);
  return matrix;
}

}  // namespace throng
