"""TRL's side of `against_trl.py`, run in TRL's own environment: GRPOTrainer as its users call it."""

from __future__ import annotations

import io
from tempfile import TemporaryDirectory
from typing import Any

import torch
from datasets import Dataset
from PIL import Image
from pipe import clock, elapsed, peak_bytes, requests, settings
from pyarrow import parquet
from reward import characters
from transformers import AutoProcessor, AutoTokenizer, Qwen2_5_VLForConditionalGeneration, TrainerCallback
from trl import GRPOConfig, GRPOTrainer


def rows_of(path: str, count: int) -> list[dict[str, Any]]:
    """TRL puts pictures before the text of the first message, where the rows have the mark of theirs."""
    rows = []
    for row in parquet.read_table(path).slice(0, count).to_pylist():
        message = row["prompt"][0]
        text = message["content"].removeprefix("<image>")
        images = [Image.open(io.BytesIO(image["bytes"])).convert("RGB") for image in row["images"]]
        if len(row["prompt"]) > 1 or len(images) != 1 or text == message["content"]:
            raise ValueError("the comparison takes rows of one message that begins with one picture")
        rows.append({"prompt": [{"role": "user", "content": text}], "images": images})
    return rows


def reward(completions: list[Any], **_: Any) -> list[float]:
    return [characters(completion[0]["content"], "", {}) for completion in completions]


def compare(trainer: GRPOTrainer, given: dict[str, Any], request: dict[str, Any]) -> dict[str, Any]:
    """What TRL makes of given responses: its own rewards, advantages, reference and loss."""
    model = trainer.model
    moved = Qwen2_5_VLForConditionalGeneration.from_pretrained(given["moved"], dtype=torch.float32)
    model.load_state_dict(moved.state_dict())
    model.zero_grad()
    trainer._generate_single_turn = lambda *_, **__: (request["responses"], None)
    trainer.current_gradient_accumulation_steps = trainer.args.steps_per_generation = 1
    rows = [trainer.train_dataset[index] for index in range(given["prompts"]) for _ in range(given["group"])]
    batch = trainer._generate_and_score_completions(rows)
    loss = trainer._compute_loss(model, batch)
    loss.backward()
    norm = torch.nn.utils.clip_grad_norm_(model.parameters(), 1.0)
    last = {name: values[-1] for name, values in trainer._metrics["train"].items() if values}
    ids = [ids[mask.bool()].tolist() for ids, mask in zip(batch["prompt_ids"], batch["prompt_mask"], strict=True)]
    policy = last["policy_loss"] - trainer.beta * last["kl"]
    return {
        "prompts": ids[:: given["group"]],
        "loss": loss.item(),
        "policy loss": policy,
        "KL": last["kl"],
        "entropy": last["entropy"],
        "gradient norm": norm.item(),
    }


class Paced(TrainerCallback):
    """Holds the trainer between steps until the next one is asked for, so that a step is timed with all that it takes."""

    def __init__(self, given: dict[str, Any]) -> None:
        self.given = given
        self.requests = requests()
        self.trainer: GRPOTrainer | None = None

    def next(self, control: Any) -> None:
        for request, answer in self.requests:
            self.answer = answer
            self.started = clock()
            if request["do"] == "step":
                return
            answer(compare(self.trainer, self.given, request))
        control.should_training_stop = True

    def on_train_begin(self, _args: Any, _state: Any, control: Any, **_: Any) -> None:
        self.next(control)

    def on_step_end(self, _args: Any, _state: Any, control: Any, **_: Any) -> None:
        self.answer({**elapsed(self.started), "peak": peak_bytes(device=self.given["device"])})
        self.next(control)


def main() -> None:
    given = settings()
    torch.set_num_threads(given["threads"])
    processor = AutoProcessor.from_pretrained(given["model"], padding_side="left")
    processor.chat_template = AutoTokenizer.from_pretrained(given["model"]).chat_template
    size = given["prompts"] * given["group"]
    paced = Paced(given)
    with TemporaryDirectory() as folder:
        config = GRPOConfig(
            output_dir=folder,
            model_init_kwargs={"dtype": "float32"},
            use_cpu=given["device"] == "cpu",
            bf16=False,
            gradient_checkpointing=False,
            per_device_train_batch_size=given["micro_batch"],
            gradient_accumulation_steps=size // given["micro_batch"],
            num_generations=given["group"],
            max_completion_length=given["new_tokens"],
            generation_kwargs={"min_new_tokens": given["new_tokens"]},
            temperature=1.0,
            beta=0.001,
            entropy_coef=0.001,
            loss_type="dapo",
            use_bias_correction_kl=False,
            learning_rate=given["lr"],
            lr_scheduler_type="constant",
            weight_decay=0.01,
            max_grad_norm=1.0,
            max_steps=given["steps"],
            shuffle_dataset=False,
            logging_strategy="no",
            save_strategy="no",
            report_to="none",
            disable_tqdm=True,
        )
        trainer = GRPOTrainer(
            model=given["model"],
            reward_funcs=reward,
            args=config,
            train_dataset=Dataset.from_list(rows_of(given["rows"], given["prompts"] * given["steps"])),
            processing_class=processor,
            callbacks=[paced],
        )
        paced.trainer = trainer
        trainer.train()


if __name__ == "__main__":
    main()
