"""An endpoint on this machine that speaks the OpenAI protocol of audio: it keeps what it was asked."""

import asyncio
import json
from collections.abc import AsyncGenerator
from contextlib import asynccontextmanager
from dataclasses import dataclass, field
from email.parser import BytesParser
from email.policy import HTTP

# A silent MP3 of one frame: MPEG 1, layer III, 32 kbit/s, 44.1 kHz, mono.
SPEECH = b"\xff\xfb\x10\xc4" + bytes(100)
WEBM = b"\x1aE\xdf\xa3" + bytes(200)


@dataclass(slots=True)
class LocalVoice:
    """Hears the same words in every recording and speaks everything alike.

    Args:
        hears: What it says it heard.
        status: Of its answers.
    """

    hears: str = "a walnut desk"
    status: int = 200
    url: str = ""
    heard: list[dict[str, bytes]] = field(default_factory=list[dict[str, bytes]])
    spoke: list[dict[str, object]] = field(default_factory=list[dict[str, object]])

    async def serve(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Answer one request and hang up."""
        head = await reader.readuntil(b"\r\n\r\n")
        length = int(head.decode().lower().partition("content-length:")[2].split()[0])
        body = await reader.readexactly(length)
        kind, answer = "application/json", b'{"error": {"message": "no"}}'
        if self.status == 200 and b"POST /v1/audio/transcriptions " in head:
            fields = BytesParser(policy=HTTP).parsebytes(head.partition(b"\r\n")[2] + body)
            parts = {str(part.get_param("name", header="content-disposition")): part for part in fields.iter_parts()}
            self.heard.append({name: bytes(part.get_payload(decode=True) or b"") for name, part in parts.items()})
            self.heard[-1]["filename"] = str(parts["file"].get_filename()).encode()
            answer = json.dumps({"text": f" {self.hears}"}).encode()
        elif self.status == 200 and b"POST /v1/audio/speech " in head:
            self.spoke.append(json.loads(body))
            kind, answer = "audio/mpeg", SPEECH
        lines = f"HTTP/1.1 {self.status} X\r\ncontent-type: {kind}\r\ncontent-length: {len(answer)}\r\n"
        writer.write(lines.encode() + b"connection: close\r\n\r\n" + answer)
        await writer.drain()
        writer.close()


@asynccontextmanager
async def local_voice(port: int = 0) -> AsyncGenerator[LocalVoice]:
    """Serve at the yielded endpoint's `url`."""
    voice = LocalVoice()
    server = await asyncio.start_server(voice.serve, "127.0.0.1", port)
    voice.url = f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}/v1"
    async with server:
        yield voice
