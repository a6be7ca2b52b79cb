#include "llm/bench/pacer.h"

namespace throng::llm::bench {

Pacer::Pacer(const Load& load, const Extent& extent, Instant started)
    : load_(load), extent_(extent), started_(started) {}

std::optional<Pacer::Start> Pacer::next(Instant now) {
  if (!more(now)) return std::nullopt;
  const bool open = load_.kind == Load::Kind::open;
  if (open ? scheduled() > now : running_ >= load_.concurrency) return std::nullopt;
  const Start start{.index = count_, .intended = open ? scheduled() : now};
  ++count_;
  ++running_;
  return start;
}

Instant Pacer::wake_at() const {
  return load_.kind == Load::Kind::open && more(scheduled()) ? scheduled() : kNever;
}

bool Pacer::more(Instant now) const {
  if (stopped_ || (extent_.requests > 0 && count_ >= extent_.requests)) return false;
  const Instant moment = load_.kind == Load::Kind::open ? scheduled() : now;
  return extent_.duration == Delay(0) || moment < started_ + extent_.duration;
}

Instant Pacer::scheduled() const {
  return started_ + Delay(static_cast<std::int64_t>(static_cast<double>(count_) * 1e6 / load_.rate));
}

}  // namespace throng::llm::bench
