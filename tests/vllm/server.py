"""A vLLM process of the tests' own, on a port of this machine."""

import asyncio
import json
import os
import re
import socket
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from pathlib import Path

import httpx

KEY = "test-key"
MODEL, ADAPTER = "tiny", "adapted"
_STARTS_S = 600
_SECOND = re.compile(r"[.!?] (?:\w+ ){2}")  # well into the second sentence: the last line passed on is not read
_QUIET = {
    "HF_HUB_OFFLINE": "1",
    "TRANSFORMERS_OFFLINE": "1",
    "VLLM_NO_USAGE_STATS": "1",
    "DO_NOT_TRACK": "1",
    "VLLM_MEDIA_URL_ALLOW_REDIRECTS": "0",
    "OMP_NUM_THREADS": "1",
    "OMP_WAIT_POLICY": "passive",
    "VLLM_CPU_OMP_THREADS_BIND": "nobind",
}


@dataclass(slots=True)
class Vllm:
    """A running server."""

    url: str
    process: asyncio.subprocess.Process

    async def kill(self) -> None:
        """End it as a crash would, its engine with it."""
        os.killpg(self.process.pid, 9)
        await self.process.wait()


def flags(checkpoint: Path, adapter: Path, port: int) -> list[str]:
    """Return the command line, as docs/serving.md has it for a GPU but for what a processor needs."""
    return [
        *("-m", "vllm.entrypoints.cli.main", "serve", str(checkpoint)),
        *("--host=127.0.0.1", f"--port={port}", f"--served-model-name={MODEL}", f"--api-key={KEY}"),
        *("--dtype=float32", "--enforce-eager", "--max-model-len=8192", "--max-num-batched-tokens=8192"),
        *("--max-num-seqs=8", "--kv-cache-memory-bytes=256M", "--mm-processor-cache-gb=0.1"),
        *("--enable-auto-tool-choice", "--tool-call-parser=hermes", "--tool-strict-level=parameter"),
        *("--enable-prefix-caching", "--enable-prompt-tokens-details"),
        '--structured-outputs-config={"backend":"xgrammar","disable_any_whitespace":true}',
        '--limit-mm-per-prompt={"image":4,"video":0}',
        "--allowed-media-domains=media.invalid",
        *("--enable-lora", "--max-lora-rank=8", f"--lora-modules={ADAPTER}={adapter}"),
    ]


@asynccontextmanager
async def serving(python: Path, checkpoint: Path, adapter: Path, log: Path) -> AsyncGenerator[Vllm]:
    """Serve a checkpoint until the block ends."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = int(free.getsockname()[1])
    with log.open("wb") as written:
        process = await asyncio.create_subprocess_exec(
            python,
            *flags(checkpoint, adapter, port),
            env={**os.environ, **_QUIET},
            stdout=written,
            stderr=written,
            start_new_session=True,
        )
    server = Vllm(f"http://127.0.0.1:{port}/v1", process)
    try:
        await _healthy(server, log)
        yield server
    finally:
        if process.returncode is None:
            await server.kill()


async def _healthy(server: Vllm, log: Path) -> None:
    async with asyncio.timeout(_STARTS_S), httpx.AsyncClient() as client:
        while True:
            assert server.process.returncode is None, f"vLLM ended; see {log}"
            try:
                if (await client.get(server.url.replace("/v1", "/health"))).status_code == 200:
                    return
            except httpx.HTTPError:
                pass
            await asyncio.sleep(1)  # Another process starts; it tells nobody.


@asynccontextmanager
async def dying(server: Vllm) -> AsyncGenerator[str]:
    """Yield an address that leads to the server, which is killed as soon as the second sentence of an answer begins."""
    port = int(server.url.rpartition(":")[2].removesuffix("/v1"))

    async def pass_on(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        try:
            answered, asking = await asyncio.open_connection("127.0.0.1", port)
        except ConnectionRefusedError:
            writer.close()
            return
        asked = asyncio.create_task(_pumped(reader, asking))
        said = ""
        while line := await answered.readline():
            writer.write(line)
            await writer.drain()
            said += _words_in(line)
            if _SECOND.search(said):
                await server.kill()
                break
        asked.cancel()
        asking.close()
        writer.close()

    relay = await asyncio.start_server(pass_on, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{relay.sockets[0].getsockname()[1]}/v1"
    finally:
        relay.close()


async def _pumped(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    while data := await reader.read(65_536):
        writer.write(data)
        await writer.drain()


def _words_in(line: bytes) -> str:
    """Return the words that one line of a streamed answer brings."""
    if not line.startswith(b"data: {"):
        return ""
    choices = json.loads(line.removeprefix(b"data: "))["choices"]
    return (choices[0]["delta"].get("content") or "") if choices else ""
