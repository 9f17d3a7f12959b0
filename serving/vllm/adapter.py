"""Writes a LoRA adapter of random weights for the tiny checkpoint: `adapter.py FOLDER`."""

import json
import sys
from pathlib import Path

import torch
from safetensors.torch import save_file

RANK, HIDDEN, LAYERS = 8, 128, 3


def main(folder: Path) -> None:
    """Write the adapter."""
    folder.mkdir(parents=True, exist_ok=True)
    torch.manual_seed(1)
    weights = {}
    for layer in range(LAYERS):
        for name, out in (("q_proj", 128), ("v_proj", 64)):
            at = f"base_model.model.model.language_model.layers.{layer}.self_attn.{name}"
            weights[f"{at}.lora_A.weight"] = torch.randn(RANK, HIDDEN) * 0.1
            weights[f"{at}.lora_B.weight"] = torch.randn(out, RANK) * 0.5
    save_file(weights, folder / "adapter_model.safetensors")
    told = {
        "peft_type": "LORA",
        "r": RANK,
        "lora_alpha": 16,
        "lora_dropout": 0.0,
        "bias": "none",
        "task_type": "CAUSAL_LM",
        "target_modules": ["q_proj", "v_proj"],
        "base_model_name_or_path": "tiny",
    }
    (folder / "adapter_config.json").write_text(json.dumps(told), encoding="utf-8")


if __name__ == "__main__":
    main(Path(sys.argv[1]))
