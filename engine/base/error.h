#pragma once

#include <stdexcept>
#include <string>

#include <boost/system/result.hpp>

namespace throng {

/// Why something failed, seen from the person who typed the command. The values are the exit codes.
enum class ErrorKind {
  unexpected = 1,  ///< a defect of Throng or of the machine
  usage = 2,       ///< the command line, a scenario file or a missing key
  data = 3,        ///< a dataset or a run folder that cannot be read
  stopped = 4,     ///< the run was stopped and can be resumed
  quality = 5,  ///< the run finished but failed a quality bar that its scenario sets, or a metric of its own
};

/// A failure as a value: for callers that decide what to do about it.
struct Error {
  ErrorKind kind = ErrorKind::unexpected;
  std::string message;
};

/// A failure that ends the command. `main` prints the message and exits with the kind's code.
class Failure : public std::runtime_error {
 public:
  Failure(ErrorKind kind, const std::string& message) : std::runtime_error(message), kind_(kind) {}
  ErrorKind kind() const noexcept { return kind_; }
  int exit_code() const noexcept { return static_cast<int>(kind_); }

 private:
  ErrorKind kind_;
};

/// Either a T or an Error. `value()` throws the Error as a Failure, which is how a value ends a command.
template <class T>
using Result = boost::system::result<T, Error>;

/// Found by argument-dependent lookup from `Result::value()`.
BOOST_NORETURN inline void throw_exception_from_error(const Error& error,
                                                      const boost::source_location& /*where*/) {
  throw Failure(error.kind, error.message);
}

}  // namespace throng
