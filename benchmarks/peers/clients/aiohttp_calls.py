"""asyncio with aiohttp."""
import asyncio
import time

import aiohttp
from plan import CALLS, IN_FLIGHT, MODEL, URL, messages, report


async def main():
    started = time.monotonic()
    slots = asyncio.Semaphore(IN_FLIGHT)
    connector = aiohttp.TCPConnector(limit=IN_FLIGHT)
    async with aiohttp.ClientSession(connector=connector, timeout=aiohttp.ClientTimeout(total=600)) as session:

        async def ask(number):
            async with slots:
                for _ in range(8):
                    try:
                        body = {"model": MODEL, "messages": messages(number), "max_tokens": 64}
                        async with session.post(f"{URL}/chat/completions", json=body) as reply:
                            if reply.status == 200 and (await reply.json())["choices"]:
                                return True
                    except (aiohttp.ClientError, ValueError):
                        pass
                return False

        done = sum(await asyncio.gather(*(ask(n) for n in range(CALLS))))
    report(started, done, CALLS - done)


asyncio.run(main())
