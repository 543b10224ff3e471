"""Pictures as other cameras would have taken them. Nothing moves: boxes and places stay true, and words stay legible."""

from __future__ import annotations

import io
import random

import numpy as np
from PIL import Image, ImageEnhance, ImageFilter


def augmented(image: Image.Image, rng: random.Random) -> Image.Image:
    """The RGB picture in another light, less sharp, noisy, and stored with loss: each by chance."""
    for enhance in (ImageEnhance.Brightness, ImageEnhance.Contrast, ImageEnhance.Color):
        image = enhance(image).enhance(rng.uniform(0.75, 1.3))
    if rng.random() < 0.5:
        warmth = rng.uniform(0.9, 1.1)  # a lamp's colour: more red and less blue, or the other way
        image = Image.fromarray((np.asarray(image) * np.array([warmth, 1, 2 - warmth])).clip(0, 255).astype(np.uint8))
    if rng.random() < 0.5:
        image = image.filter(ImageFilter.GaussianBlur(rng.uniform(0, 0.003) * min(image.size)))
    if rng.random() < 0.5:
        noise = np.random.default_rng(rng.getrandbits(32)).normal(0, rng.uniform(0, 8), (image.height, image.width, 1))
        image = Image.fromarray((np.asarray(image) + noise).clip(0, 255).astype(np.uint8))
    if rng.random() < 0.5:
        stored = io.BytesIO()
        image.save(stored, "JPEG", quality=rng.randint(30, 95))
        image = Image.open(stored).convert("RGB")
    return image
