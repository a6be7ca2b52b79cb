#include "scenarios/run/line.h"

#include <boost/asio/io_context.hpp>

namespace throng {

void pump_line(boost::asio::io_context& io, std::chrono::milliseconds most) {
  if (io.stopped()) io.restart();
  if (io.run_one_for(most) > 0) io.poll();
}

}  // namespace throng
