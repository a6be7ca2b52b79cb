"""The openai package's async client, with its own retries."""
import asyncio
import time

import httpx
import openai
from plan import CALLS, IN_FLIGHT, MODEL, URL, messages, report


async def main():
    started = time.monotonic()
    slots = asyncio.Semaphore(IN_FLIGHT)
    limits = httpx.Limits(max_connections=IN_FLIGHT, max_keepalive_connections=IN_FLIGHT)
    async with openai.AsyncOpenAI(base_url=URL, api_key="none", max_retries=8, timeout=600,
                                  http_client=httpx.AsyncClient(limits=limits, timeout=600)) as client:

        async def ask(number):
            async with slots:
                try:
                    reply = await client.chat.completions.create(model=MODEL, messages=messages(number), max_tokens=64)
                    return bool(reply.choices)
                except openai.OpenAIError:
                    return False

        done = sum(await asyncio.gather(*(ask(n) for n in range(CALLS))))
    report(started, done, CALLS - done)


asyncio.run(main())
