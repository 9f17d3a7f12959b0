"""Builds vLLM's own environment on a machine without a GPU: `environment.py FOLDER`, standard library only."""

import shutil
import subprocess
import sys
import sysconfig
import venv
from pathlib import Path

HERE = Path(__file__).parent
LOCK = HERE.parent / "requirements-vllm.txt"
VERSION = "0.32.0+cpu"
# Linked to CUDA on PyPI; importing them ends the process, and pictures need neither.
UNUSABLE = ("torchaudio", "torchcodec")


def site_packages(folder: Path) -> Path:
    """Return where an environment's packages lie."""
    return Path(sysconfig.get_path("purelib", vars={"base": str(folder), "platbase": str(folder)}))


def let_torchvision_in(packages: Path) -> None:
    """Have every process of the environment declare what torchvision lacks without CUDA."""
    shutil.copy(HERE / "cpu_torchvision.py", packages / "_cpu_torchvision.py")
    (packages / "_cpu_torchvision.pth").write_text("import _cpu_torchvision\n", encoding="utf-8")


def name_vllm(packages: Path) -> None:
    """Let the package be found as `vllm`; its version must say cpu, or vLLM loads code for other processors."""
    folder = packages / f"vllm-{VERSION}.dist-info"
    folder.mkdir(exist_ok=True)
    metadata = f"Metadata-Version: 2.1\nName: vllm\nVersion: {VERSION}\n"
    (folder / "METADATA").write_text(metadata, encoding="utf-8")


def build(folder: Path) -> None:
    """Make the environment anew from the lock."""
    venv.create(folder, with_pip=True, clear=True)
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "install", "--quiet", "--no-deps", "--require-hashes", "-r", str(LOCK)], check=True)
    repair(folder)


def repair(folder: Path) -> None:
    """Make what is installed usable without CUDA."""
    pip = [str(folder / "bin" / "python"), "-m", "pip", "--disable-pip-version-check"]
    subprocess.run([*pip, "uninstall", "--quiet", "--yes", *UNUSABLE], check=True)
    packages = site_packages(folder)
    let_torchvision_in(packages)
    name_vllm(packages)


if __name__ == "__main__":
    build(Path(sys.argv[1]))
