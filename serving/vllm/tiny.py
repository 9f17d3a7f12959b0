"""Makes a multimodal checkpoint of under 2 MB that holds recorded conversations: `tiny.py STEPS.jsonl FOLDER`.

Runs in vLLM's environment. The first line of the recording holds the tools, each further one a request's messages and
the answer to it. The checkpoint has Qwen3-VL's architecture, a byte-level vocabulary of its own and knows the
recording by heart: it stands for a model on the wire, not for one that understands.
"""

import argparse
import base64
import copy
import io
import json
import math
import random
import re
import sys
import time
from pathlib import Path

import torch
from PIL import Image
from tokenizers import AddedToken, Regex, Tokenizer, decoders, models, normalizers, pre_tokenizers, trainers
from transformers import (
    PreTrainedTokenizerFast,
    Qwen2VLImageProcessor,
    Qwen3VLConfig,
    Qwen3VLForConditionalGeneration,
    Qwen3VLProcessor,
    Qwen3VLVideoProcessor,
)
from vllm.entrypoints.openai.chat_completion.protocol import ChatCompletionToolsParam

SPECIAL = (
    "<|endoftext|>",
    "<|im_start|>",
    "<|im_end|>",
    "<|vision_start|>",
    "<|vision_end|>",
    "<|image_pad|>",
    "<|video_pad|>",
)
MARKS = ("<tool_call>", "</tool_call>", "<tool_response>", "</tool_response>")
VOCABULARY = 1792
# What is another in every recording: ids that the books give, and times.
IDS = re.compile(r"\b(?:line|quote|cart|order)_([\w-]{8,})")
TIMES = re.compile(r"\d{4}-\d\d-\d\dT([\d:.]+)")
LEARNING_RATE = 3e-3
CHECKED_EVERY = 20
MARGIN = 0.5  # of a logit before the next best: what a server computes in another order of sums stays the same
TEMPLATE = """
{%- macro said(content) -%}
  {%- if content is string -%}{{ content }}{%- elif content -%}
    {%- for part in content -%}
      {%- if part.type in ('image', 'image_url') -%}<|vision_start|><|image_pad|><|vision_end|>
      {%- elif part.type == 'text' -%}{{ part.text }}{%- endif -%}
    {%- endfor -%}
  {%- endif -%}
{%- endmacro -%}
{%- for message in messages -%}
  {{- '<|im_start|>' + message.role + '\n' -}}
  {%- if message.role == 'tool' -%}{{- '<tool_response>' + said(message.content) + '</tool_response>' -}}
  {%- else -%}{{- said(message.content) -}}{%- endif -%}
  {%- if loop.first and tools -%}
    {{- '\n<tools>' -}}{%- for tool in tools -%}{{- '\n' + (tool | tojson) -}}{%- endfor -%}{{- '\n</tools>' -}}
  {%- endif -%}
  {%- for call in (message.tool_calls or []) -%}
    {%- set made = call.function -%}
    {{- '<tool_call>\n{"name": "' + made.name + '", "arguments": ' -}}
    {{- made.arguments if made.arguments is string else (made.arguments | tojson) -}}
    {{- '}\n</tool_call>' -}}
  {%- endfor -%}
  {{- '<|im_end|>\n' -}}
{%- endfor -%}
{%- if add_generation_prompt -%}{{- '<|im_start|>assistant\n' -}}{%- endif -%}
""".strip()


def say(text: str) -> None:
    """Tell how it goes."""
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def answer_text(answer: dict) -> str:
    """Return what the model has to write for an answer."""
    calls = (json.dumps(call, ensure_ascii=False) for call in answer["calls"])
    return answer["content"] + "".join(f"<tool_call>\n{call}\n</tool_call>" for call in calls) + "<|im_end|>"


def as_template_sees(messages: list[dict]) -> list[dict]:
    """Return messages as vLLM hands them to a template: arguments parsed."""
    seen = json.loads(json.dumps(messages))
    for message in seen:
        for call in message.get("tool_calls") or ():
            call["function"]["arguments"] = json.loads(call["function"]["arguments"])
    return seen


def pictures_in(messages: list[dict]) -> list[Image.Image]:
    """Return the pictures of a request in order."""
    parts = [part for m in messages if isinstance(m.get("content"), list) for part in m["content"]]
    urls = [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]
    return [Image.open(io.BytesIO(base64.b64decode(url.partition(",")[2]))).convert("RGB") for url in urls]


def make_tokenizer(texts: list[str]) -> PreTrainedTokenizerFast:
    """Train a byte-level vocabulary on the texts of the recording."""
    tokenizer = Tokenizer(models.BPE())
    tokenizer.normalizer = normalizers.NFC()
    digits = pre_tokenizers.Split(Regex(r"\d{1,3}"), "isolated")
    tokenizer.pre_tokenizer = pre_tokenizers.Sequence([digits, pre_tokenizers.ByteLevel(add_prefix_space=False)])
    tokenizer.decoder = decoders.ByteLevel()
    size = VOCABULARY - len(SPECIAL) - len(MARKS)
    alphabet = pre_tokenizers.ByteLevel.alphabet()
    trainer = trainers.BpeTrainer(vocab_size=size, initial_alphabet=alphabet, show_progress=False)
    tokenizer.train_from_iterator(texts, trainer)
    tokenizer.add_special_tokens([AddedToken(mark, special=True, normalized=False) for mark in SPECIAL])
    tokenizer.add_tokens([AddedToken(mark, special=False, normalized=False) for mark in MARKS])
    fast = PreTrainedTokenizerFast(
        tokenizer_object=tokenizer, eos_token="<|im_end|>", pad_token="<|endoftext|>", model_max_length=8192
    )
    fast.chat_template = TEMPLATE
    return fast


def make_processor(tokenizer: PreTrainedTokenizerFast) -> Qwen3VLProcessor:
    """Return the processor: pictures become 4 to 16 tokens."""
    kept = {
        "patch_size": 16,
        "temporal_patch_size": 2,
        "merge_size": 2,
        "image_mean": [0.5] * 3,
        "image_std": [0.5] * 3,
    }
    size = {"shortest_edge": 64 * 64, "longest_edge": 128 * 128}
    return Qwen3VLProcessor(
        image_processor=Qwen2VLImageProcessor(size=size, **kept),
        tokenizer=tokenizer,
        video_processor=Qwen3VLVideoProcessor(size=size, **kept),
        chat_template=TEMPLATE,
    )


def make_model(tokenizer: PreTrainedTokenizerFast) -> Qwen3VLForConditionalGeneration:
    """Return an untrained model of about 0.9 million parameters."""
    ids = {mark: tokenizer.convert_tokens_to_ids(mark) for mark in SPECIAL}
    hidden = 128
    rope = {"rope_type": "default", "rope_theta": 10000.0, "mrope_section": [6, 5, 5], "mrope_interleaved": True}
    config = Qwen3VLConfig(
        text_config={
            "vocab_size": -(-len(tokenizer) // 64) * 64,
            "hidden_size": hidden,
            "intermediate_size": 192,
            "num_hidden_layers": 3,
            "num_attention_heads": 4,
            "num_key_value_heads": 2,
            "head_dim": 32,
            "max_position_embeddings": 8192,
            "tie_word_embeddings": True,
            "rope_parameters": rope,
            "bos_token_id": None,
            "eos_token_id": ids["<|im_end|>"],
            "pad_token_id": ids["<|endoftext|>"],
        },
        vision_config={
            "depth": 2,
            "hidden_size": 64,
            "intermediate_size": 128,
            "num_heads": 2,
            "patch_size": 16,
            "spatial_merge_size": 2,
            "temporal_patch_size": 2,
            "out_hidden_size": hidden,
            "num_position_embeddings": 64,
            "deepstack_visual_indexes": [0],
        },
        image_token_id=ids["<|image_pad|>"],
        video_token_id=ids["<|video_pad|>"],
        vision_start_token_id=ids["<|vision_start|>"],
        vision_end_token_id=ids["<|vision_end|>"],
        tie_word_embeddings=True,
    )
    model = Qwen3VLForConditionalGeneration(config)
    model.generation_config.eos_token_id = ids["<|im_end|>"]
    model.generation_config.pad_token_id = ids["<|endoftext|>"]
    model.generation_config.do_sample = False
    return model


def _other(found: re.Match, alphabet: str, draw: random.Random) -> str:
    """Return what was found with other letters and digits in its group."""
    begun = found.start(1) - found.start()
    drawn = "".join(draw.choice(alphabet) if each.isalnum() else each for each in found[1])
    return found[0][:begun] + drawn


class Recording:
    """The recorded steps as token ids, each with the same prefix cut off."""

    def __init__(self, path: Path) -> None:
        tools, *lines = [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]
        # vLLM hands a template the tools as it has read them: other fields, in another order, than were sent.
        self.tools = [ChatCompletionToolsParam.model_validate(tool).model_dump() for tool in tools["tools"]]
        self.steps = lines
        self.tokenizer = make_tokenizer([self.text(step) for step in lines for _ in range(2)])
        self.processor = make_processor(self.tokenizer)
        system = self.tokenizer.apply_chat_template(lines[0]["messages"][:1], tools=self.tools, tokenize=False)
        self.system = system
        self.prefix = self.tokenizer(system).input_ids

    def text(self, step: dict) -> str:
        """Return a step's prompt and answer as text."""
        source = self.tokenizer if hasattr(self, "tokenizer") else None
        if source is None:
            return "\n".join(
                [json.dumps(step["messages"][1:], ensure_ascii=False), answer_text(step["answer"])]
                + [json.dumps(tool) for tool in self.tools]
            ) + str(step["messages"][0]["content"])
        return source.apply_chat_template(
            as_template_sees(step["messages"]), tools=self.tools, add_generation_prompt=True, tokenize=False
        )

    def sample(self, step: dict, draw: random.Random) -> tuple[list[int], int, dict]:
        """Return the ids after the prefix, how many of them are the answer, and the pictures' features.

        What the books give is another in every sample, so that nothing is learnt from it.
        """
        rest = self.text(step).removeprefix(self.system)
        rest = IDS.sub(lambda m: _other(m, "abcdefghijkXYZ0123456789", draw), rest)
        rest = TIMES.sub(lambda m: _other(m, "0123456789", draw), rest)
        seen: dict = {}
        pictures = pictures_in(step["messages"])
        if pictures:
            seen = dict(self.processor.image_processor(images=pictures, return_tensors="pt"))
            for grid in seen["image_grid_thw"]:
                rest = rest.replace("<|image_pad|>", "<|picture|>" * int(grid.prod() // 4), 1)
            rest = rest.replace("<|picture|>", "<|image_pad|>")
        answer = self.tokenizer(answer_text(step["answer"])).input_ids
        return self.tokenizer(rest).input_ids + answer, len(answer), seen


def forward(model, recording: Recording, batch: list, *, bare: bool = False) -> tuple[torch.Tensor, ...]:
    """Return logits, answers and what is read; the shared prefix is read once and learns nothing, or is left out."""
    pad = recording.tokenizer.pad_token_id
    image = model.config.image_token_id
    count, longest = len(batch), max(len(ids) for ids, _, _ in batch)
    ids = torch.full((count, longest), pad)
    labels = torch.full((count, longest), -100)
    mask = torch.zeros((count, longest), dtype=torch.long)
    for row, (tokens, answer, _) in enumerate(batch):
        ids[row, : len(tokens)] = torch.tensor(tokens)
        mask[row, : len(tokens)] = 1
        labels[row, len(tokens) - answer : len(tokens)] = ids[row, len(tokens) - answer : len(tokens)]
    prefix = torch.tensor([[] if bare else recording.prefix], dtype=torch.long)
    cache = None
    if not bare:
        with torch.no_grad():
            cache = model(input_ids=prefix, use_cache=True, logits_to_keep=1).past_key_values
        cache.batch_repeat_interleave(count)
    whole = torch.cat([prefix.expand(count, -1), ids], 1)
    whole_mask = torch.cat([torch.ones((count, prefix.shape[1]), dtype=torch.long), mask], 1)
    grids = [seen["image_grid_thw"] for _, _, seen in batch if seen]
    grid = torch.cat(grids) if grids else None
    kinds = (whole == image).int()
    positions, _ = model.model.get_rope_index(
        input_ids=whole, mm_token_type_ids=kinds, image_grid_thw=grid, attention_mask=whole_mask
    )
    more = {}
    if grids:
        more = {"pixel_values": torch.cat([s["pixel_values"] for _, _, s in batch if s]), "image_grid_thw": grid}
    logits = model(
        input_ids=ids,
        attention_mask=whole_mask,
        position_ids=positions[..., prefix.shape[1] :],
        past_key_values=cache,
        use_cache=not bare,
        mm_token_type_ids=(ids == image).int(),
        **more,
    ).logits
    return logits, labels, ids.masked_fill((mask == 0) | (ids == image), -100)


@torch.no_grad()
def look_back(model) -> None:
    """Begin with a head in the first layer that looks at the token before, so that copying is learnt at once.

    One dimension of every embedding is constant and feeds fixed queries and keys; the rotary position makes of them
    "one back".
    """
    text = model.model.language_model
    vectors = text.embed_tokens.weight
    vectors.normal_(0, 0.08)
    vectors[:, 0] = 0.08 * vectors.shape[1] ** 0.5
    first = text.layers[0].self_attn
    width = first.head_dim
    angles = 10000.0 ** (-torch.arange(0, width // 2) * 2 / width)
    for at in range(3):  # the three that turn fastest
        first.k_proj.weight[at, 0] += 0.5
        first.q_proj.weight[at, 0] += 0.5 * torch.cos(angles[at])
        first.q_proj.weight[width // 2 + at, 0] -= 0.5 * torch.sin(angles[at])
    first.q_norm.weight.fill_(2.0)
    first.k_norm.weight.fill_(2.0)
    first.v_proj.weight[:width] *= 4
    first.o_proj.weight[:, :width] *= 4


def batches(recording: Recording, size: int, draw: random.Random):
    """Yield batches for ever: every step once before any comes again, those of like length together."""
    while True:
        order = sorted(recording.steps, key=lambda s: len(json.dumps(s["messages"])) + draw.randint(0, 1500))
        parts = [order[at : at + size] for at in range(0, len(order), size)]
        draw.shuffle(parts)
        for part in parts:
            yield [recording.sample(one, draw) for one in part]


def loss_of(logits: torch.Tensor, labels: torch.Tensor, read: torch.Tensor) -> torch.Tensor:
    """Return the loss over the answers, and a little of it over everything that is read: it teaches to copy."""
    each = torch.nn.functional.cross_entropy(logits[:, :-1].flatten(0, 1), read[:, 1:].flatten(), reduction="none")
    weights = 0.05 * (read != -100) + (labels != -100)
    weights = weights[:, 1:].flatten()
    return (each * weights).sum() / weights.sum()


def train(recording: Recording, steps: int, size: int, threads: int) -> Qwen3VLForConditionalGeneration:
    """Train by step count from a fixed seed until everything is known: the same recording, the same checkpoint."""
    torch.manual_seed(0)
    torch.set_num_threads(threads)
    torch.set_flush_denormal(True)
    draw, model = random.Random(0), make_model(recording.tokenizer)
    look_back(model)
    optimiser = torch.optim.AdamW(model.parameters(), lr=LEARNING_RATE, betas=(0.9, 0.98), weight_decay=0.01)
    started, drawn = time.time(), batches(recording, size, draw)
    for step in range(steps):
        share = step / steps
        for group in optimiser.param_groups:
            cooled = 0.05 + 0.95 * (0.5 + 0.5 * math.cos(math.pi * max(0.0, (share - 0.4) / 0.6)))
            group["lr"] = LEARNING_RATE * min(1, (step + 1) / 20) * cooled
        # Most of a step's time goes into the long prefix; seeing it now and then is enough until the end.
        bare = draw.random() < (0.8 if share < 0.5 else 0.3)
        logits, labels, read = forward(model.train(), recording, next(drawn), bare=bare)
        loss = loss_of(logits, labels, read)
        optimiser.zero_grad()
        loss.backward()
        torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
        optimiser.step()
        if step % 10 == 0:
            say(f"step {step} loss {loss.item():.4f}{' bare' if bare else ''} {time.time() - started:.0f} s")
        if step and step % CHECKED_EVERY == 0 and share > 0.3:
            wrong, least = unlearnt(model, recording)
            say(f"step {step} not learnt {len(wrong)} of {len(recording.steps)}, least margin {least:.2f}")
            if not wrong and least > MARGIN:
                break
    return model.eval()


@torch.no_grad()
def unlearnt(model, recording: Recording) -> tuple[list[str], float]:
    """Return the answers that the checkpoint would not write word for word, and the least lead of a right token."""
    served = copy.deepcopy(model).to(torch.bfloat16).to(torch.float32).eval()
    draw, wrong, least = random.Random(1), [], float("inf")
    for step in recording.steps:
        logits, labels, _ = forward(served, recording, [recording.sample(step, draw)])
        told = labels[0, 1:] != -100
        found, meant = logits[0, :-1][told], labels[0, 1:][told].unsqueeze(1)
        lead = found.gather(1, meant) - found.scatter(1, meant, -torch.inf).amax(1, keepdim=True)
        least = min(least, lead.min().item())
        if lead.min() <= 0:
            wrong.append(answer_text(step["answer"])[:80])
    return wrong, least


def main() -> None:
    """Train, write the checkpoint and say what it did not learn."""
    parser = argparse.ArgumentParser()
    parser.add_argument("recording", type=Path)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--steps", type=int, default=400)
    parser.add_argument("--batch", type=int, default=5)
    parser.add_argument("--threads", type=int, default=1)
    asked = parser.parse_args()
    recording = Recording(asked.recording)
    say(f"{len(recording.steps)} steps, prefix of {len(recording.prefix)} tokens, {len(recording.tokenizer)} words")
    model = train(recording, asked.steps, asked.batch, asked.threads)
    wrong, least = unlearnt(model, recording)
    asked.folder.mkdir(parents=True, exist_ok=True)
    recording.processor.save_pretrained(asked.folder)
    recording.tokenizer.save_pretrained(asked.folder)
    model.to(torch.bfloat16).save_pretrained(asked.folder)
    prompts = [recording.tokenizer(recording.text(step)).input_ids for step in recording.steps]
    (asked.folder / "prompts.json").write_text(json.dumps(prompts), encoding="utf-8")
    size = (asked.folder / "model.safetensors").stat().st_size / 1e6
    say(f"{size:.2f} MB; least margin {least:.2f}; not learnt: {wrong or 'nothing'}")
    sys.exit(bool(wrong))


if __name__ == "__main__":
    main()
