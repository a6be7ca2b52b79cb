#include "engine/base/random.h"

#include <cmath>
#include <numeric>
#include <utility>

#include <Random123/philox.h>

namespace throng {

std::array<std::uint32_t, 4> philox(const std::array<std::uint32_t, 4>& counter,
                                    const std::array<std::uint32_t, 2>& key) {
  const auto words =
      r123::Philox4x32()({{counter[0], counter[1], counter[2], counter[3]}}, {{key[0], key[1]}});
  return {words[0], words[1], words[2], words[3]};
}

std::array<std::uint32_t, 4> Draws::block(Purpose purpose, const DrawAddress& at) const {
  const std::uint32_t time = static_cast<std::uint32_t>(at.round) << 16U | at.page;
  return philox({at.agent, time, at.item, purpose.code()},
                {static_cast<std::uint32_t>(seed_), static_cast<std::uint32_t>(seed_ >> 32U)});
}

std::uint64_t Draws::bits(Purpose purpose, const DrawAddress& at) const {
  const auto words = block(purpose, at);
  return static_cast<std::uint64_t>(words[1]) << 32U | words[0];
}

double Draws::uniform(Purpose purpose, const DrawAddress& at) const {
  return static_cast<double>(bits(purpose, at) >> 11U) * 0x1p-53;
}

std::uint64_t Draws::below(std::uint64_t bound, Purpose purpose, const DrawAddress& at) const {
  __extension__ using Wide = unsigned __int128;
  return static_cast<std::uint64_t>(static_cast<Wide>(bits(purpose, at)) * bound >> 64U);
}

double Draws::normal(Purpose purpose, const DrawAddress& at) const {
  return inverse_normal(uniform(purpose, at) + 0x1p-54);  // the middle of the number's cell: never 0 or 1
}

void Draws::permutation(std::span<std::uint32_t> order, Purpose purpose, DrawAddress at) const {
  std::iota(order.begin(), order.end(), 0U);
  for (std::size_t left = order.size(); left > 1; --left) {
    at.item = static_cast<std::uint32_t>(left);
    std::swap(order[left - 1], order[below(left, purpose, at)]);
  }
}

double inverse_normal(double p) {
  const auto polynomial = [](const std::array<double, 8>& c, double x) {
    double value = c[7];
    for (int i = 6; i >= 0; --i) value = value * x + c[static_cast<std::size_t>(i)];
    return value;
  };
  static constexpr std::array<double, 8> a{
      3.3871328727963666080e0,  1.3314166789178437745e+2, 1.9715909503065514427e+3, 1.3731693765509461125e+4,
      4.5921953931549871457e+4, 6.7265770927008700853e+4, 3.3430575583588128105e+4, 2.5090809287301226727e+3};
  static constexpr std::array<double, 8> b{1.0,
                                           4.2313330701600911252e+1,
                                           6.8718700749205790830e+2,
                                           5.3941960214247511077e+3,
                                           2.1213794301586595867e+4,
                                           3.9307895800092710610e+4,
                                           2.8729085735721942674e+4,
                                           5.2264952788528545610e+3};
  static constexpr std::array<double, 8> c{1.42343711074968357734e0,  4.63033784615654529590e0,
                                           5.76949722146069140550e0,  3.64784832476320460504e0,
                                           1.27045825245236838258e0,  2.41780725177450611770e-1,
                                           2.27238449892691845833e-2, 7.74545014278341407640e-4};
  static constexpr std::array<double, 8> d{1.0,
                                           2.05319162663775882187e0,
                                           1.67638483018380384940e0,
                                           6.89767334985100004550e-1,
                                           1.48103976427480074590e-1,
                                           1.51986665636164571966e-2,
                                           5.47593808499534494600e-4,
                                           1.05075007164441684324e-9};
  static constexpr std::array<double, 8> e{6.65790464350110377720e0,  5.46378491116411436990e0,
                                           1.78482653991729133580e0,  2.96560571828504891230e-1,
                                           2.65321895265761230930e-2, 1.24266094738807843860e-3,
                                           2.71155556874348757815e-5, 2.01033439929228813265e-7};
  static constexpr std::array<double, 8> f{1.0,
                                           5.99832206555887937690e-1,
                                           1.36929880922735805310e-1,
                                           1.48753612908506148525e-2,
                                           7.86869131145613259100e-4,
                                           1.84631831751005468180e-5,
                                           1.42151175831644588870e-7,
                                           2.04426310338993978564e-15};
  const double q = p - 0.5;
  if (std::abs(q) <= 0.425) {
    const double r = 0.180625 - q * q;
    return q * polynomial(a, r) / polynomial(b, r);
  }
  const double r = std::sqrt(-std::log(q < 0 ? p : 1 - p));
  const double x =
      r <= 5 ? polynomial(c, r - 1.6) / polynomial(d, r - 1.6) : polynomial(e, r - 5) / polynomial(f, r - 5);
  return q < 0 ? -x : x;
}

}  // namespace throng
