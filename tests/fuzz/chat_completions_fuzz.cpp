// Replies and error bodies: anything decodes without a crash, and what comes out can be sent again.
#include <cstdint>
#include <cstdlib>

#include "llm/wire/chat_completions.h"
#include "llm/wire/models_list.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  using namespace throng;
  using namespace throng::llm;
  const std::string body(data, data + size);
  const std::vector<std::string> secrets{"topsecretkey"};

  const ApiError error = decode_error(body, secrets);
  if (error.message.size() > kMaxErrorText || error.message.find("topsecre") != std::string::npos)
    std::abort();
  if (const auto learned = learn({}, error); learned && learned->capabilities == Capabilities()) std::abort();
  static_cast<void>(decode_models(body, secrets));

  const Decoded<Completion> decoded = decode_chat(body, secrets);
  ChatRequest request;
  request.messages = {{Role::user, body}};
  if (const auto* completion = std::get_if<Completion>(&decoded))
    request.messages.push_back({Role::assistant, completion->text});
  std::string out;
  encode_chat(request, {}, out);
  if (!Json::accept(out)) std::abort();
  return 0;
}
