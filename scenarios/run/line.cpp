#include "scenarios/run/line.h"

#include <boost/asio/io_context.hpp>

namespace throng {

void pump_line(boost::asio::io_context& io, std::chrono::milliseconds most) {
  if (io.stopped()) io.restart();
  // What is ready goes first: run_one_for looks at nothing when it may not wait.
  if (io.poll() == 0 && io.run_one_for(most) > 0) io.poll();
}

}  // namespace throng
