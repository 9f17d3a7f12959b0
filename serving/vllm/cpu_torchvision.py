"""Lets PyPI's torchvision, which is linked to CUDA, be imported beside a torch without it.

Its compiled part can't be loaded then, and its import ends because two operators have no schema. They are declared
here the moment torchvision is asked for; its transforms in Python, which is all that is used, need no compiled part.
"""

import importlib
import sys
from importlib.abc import MetaPathFinder


class _Declaring(MetaPathFinder):
    """Declares the operators once, before the first import of torchvision, and then stands aside."""

    def find_spec(self, fullname, path=None, target=None):
        """Find nothing; only watch for the name."""
        if fullname != "torchvision":
            return None
        sys.meta_path.remove(self)
        torch = importlib.import_module("torch")

        if torch.version.cuda is None:
            self.library = torch.library.Library("torchvision", "FRAGMENT")
            for name in ("nms", "qnms"):
                self.library.define(f"{name}(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
            _KEPT.append(self.library)
        return None


_KEPT = []
sys.meta_path.insert(0, _Declaring())
