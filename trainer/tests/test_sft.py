"""What is asked about one picture is learnt behind it, as if each conversation stood alone."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import torch
from toy import recipe, toy

from ocean_r1.config import SftRecipe, parse_recipe
from ocean_r1.data.prompts import Example, Reader
from ocean_r1.data.rows import Message
from ocean_r1.engine.forward import group_hidden, group_stats, token_stats
from ocean_r1.engine.prompt import Prompt
from ocean_r1.sft import AT_A_GLANCE, PackedExample, continue_from, merge_texts, pack_example
from ocean_r1.start import Run, open_run

ASKED = "<image> How many squares are there?\nThink first."
FURTHER = {
    "kind": "attribute",
    "content": "<image> Is it blue?\nThink first.",
    "question": "Is it blue?",
    "solution": "<think>The squares are blue.</think>\n<answer>yes</answer>",
}


def opened(folder: Path, share: float) -> tuple[SftRecipe, Run, Reader, Example]:
    """A row with a picture and a further question on it."""
    text = recipe(toy(folder), folder / "out", "sft", steps=1, rows_per_step=1)
    parsed = parse_recipe(text, "toy", {"without_instruction": share, "at_a_glance": share})
    assert isinstance(parsed, SftRecipe)
    run = open_run(parsed)
    example = run.reader.example(run.sampler.positions[0])
    asked = example.row.model_copy(update={"prompt": (Message(role="user", content=ASKED),)})
    asked.extra_info["further"] = [FURTHER]
    return parsed, run, run.reader, replace(example, row=asked)


def test_the_loss_is_that_of_each_conversation_on_its_own(tmp_path: Path) -> None:
    parsed, run, reader, example = opened(tmp_path, 0.0)
    packed = pack_example(example, run.tokenizer, parsed, 0)
    hidden = group_hidden(run.model, packed.prefix, packed.branches)[packed.loss_mask]
    logp = token_stats(hidden, run.model.lm_head.weight, torch.cat(packed.branches)[packed.loss_mask]).logp
    alone = []
    for content, solution in [(ASKED, example.row.extra_info["solution"]), (FURTHER["content"], FURTHER["solution"])]:
        chat = run.tokenizer.chat((Message(role="user", content=content),))
        ids = reader.expand(run.tokenizer.ids(chat), example.prompt.grids, "the row")
        target = torch.tensor([*run.tokenizer.ids(solution), run.tokenizer.stop_tokens[0]])
        alone.append(group_stats(run.model, replace(example.prompt, ids=torch.tensor(ids)), [target]).logp)
    torch.testing.assert_close(logp, torch.cat(alone), rtol=1e-5, atol=1e-5)


def test_rows_without_pictures_are_learnt_side_by_side_as_if_each_stood_alone(tmp_path: Path) -> None:
    parsed, run, _, example = opened(tmp_path, 0.5)
    model, tokenizer = run.model, run.tokenizer

    def asking(question: str) -> Example:
        info = {**example.row.extra_info, "question": question, "further": []}
        prompt = (Message(role="user", content=f"{question}\nThink first."),)
        row = example.row.model_copy(update={"prompt": prompt, "extra_info": info})
        ids = torch.tensor(tokenizer.ids(tokenizer.chat(prompt)))
        return replace(example, row=row, prompt=Prompt(ids, None, ()))

    some = [example, *map(asking, ["What is 2 + 2?", "What is 2 + 31?", "How many squares?", "Is it blue?"])]
    batch = [pack_example(each, tokenizer, parsed, 3 * number) for number, each in enumerate(some)]
    together = merge_texts(batch)
    assert [len(each.branches) for each in together] == [2, 4]

    def learnt(some: list[PackedExample]) -> list[torch.Tensor]:
        hidden = [group_hidden(model, each.prefix, each.branches)[each.loss_mask] for each in some]
        targets = [torch.cat(each.branches)[each.loss_mask] for each in some]
        return [token_stats(h, model.lm_head.weight, t).logp for h, t in zip(hidden, targets, strict=True)]

    torch.testing.assert_close(torch.cat(learnt(together)), torch.cat(learnt(batch)), rtol=1e-5, atol=1e-5)
    long = asking("Nia 57. Max 20. " * 40 + "How many has Nia?")
    long.row.extra_info["further"] = [{**FURTHER, "content": long.row.prompt[-1].content.replace("Nia?", "Max?")}]
    alone = pack_example(long, tokenizer, parsed, 1)
    assert [len(each.branches) for each in merge_texts([*batch, alone])] == [2, 2, 4], "its questions do not repeat the text"
    said = [tokenizer.text([*each.prefix.ids.tolist(), *each.branches[0].tolist()]) for each in batch[1:]]
    assert {"Think first." in text for text in said} == {True, False}, "also without the instruction, as the recipe says"


def test_instruction_and_reasoning_are_left_out_as_the_recipe_says(tmp_path: Path) -> None:
    for share in (0.0, 1.0):
        parsed, run, _, example = opened(tmp_path / str(share), share)
        for branch in pack_example(example, run.tokenizer, parsed, 7).branches:
            said = run.tokenizer.text(branch.tolist())
            assert ("Think first." in said) == (share == 0)
            assert (AT_A_GLANCE in said) == (share == 1)
            assert "<answer>" in said


def test_a_further_question_follows_another_on_the_same_picture(tmp_path: Path) -> None:
    parsed, run, _, example = opened(tmp_path, 0.0)
    packed = pack_example(example, run.tokenizer, parsed.model_copy(update={"follow_ups": 1.0}), 0)
    first, second = (run.tokenizer.text(branch.tolist(), skip_special=False) for branch in packed.branches)
    solution = example.row.extra_info["solution"]
    assert "Is it blue?" not in first
    assert "How many squares are there?" in second
    assert solution in second
    assert second.index(solution) < second.index("Is it blue?") < second.index(FURTHER["solution"])
    assert "<image>" not in second
    learnt = packed.loss_mask[len(packed.branches[0]) :]
    assert run.tokenizer.text(packed.branches[1][learnt].tolist()) == FURTHER["solution"]


def test_a_third_question_follows_the_second(tmp_path: Path) -> None:
    parsed, run, _, example = opened(tmp_path, 0.0)
    third_asked = {**FURTHER, "question": "Or red?", "content": "<image> Or red?\nThink first."}
    example.row.extra_info["further"] = [FURTHER, third_asked]
    packed = pack_example(example, run.tokenizer, parsed.model_copy(update={"follow_ups": 1.0}), 0)
    third = run.tokenizer.text(packed.branches[2].tolist())
    assert third.index("How many squares") < third.index("Is it blue?") < third.index("Or red?")


def test_what_goes_on_from_another_question_is_never_asked_by_itself(tmp_path: Path) -> None:
    parsed, run, _, example = opened(tmp_path, 0.0)
    goes_on = {**FURTHER, "kind": "follow-up", "question": "And red?", "content": "<image> And red?"}
    example.row.extra_info["further"] = [FURTHER, goes_on]
    packed = pack_example(example, run.tokenizer, parsed.model_copy(update={"follow_ups": 0.0}), 0)
    _, second, third = (run.tokenizer.text(branch.tolist()) for branch in packed.branches)
    assert "How many squares" not in second
    assert "How many squares" not in third
    assert third.index("Is it blue?") < third.index(FURTHER["solution"]) < third.index("And red?")


def test_a_conversation_goes_on_with_a_new_picture(tmp_path: Path) -> None:
    """What is learnt behind two pictures is the loss of the whole conversation on its own, and only of its last reply."""
    parsed, run, reader, example = opened(tmp_path, 0.0)
    positions = run.sampler.positions
    earlier = next(e for e in map(reader.example, positions[1:]) if e.prompt.patches is not None)
    packed = pack_example(continue_from(earlier, example, reader, parsed, 0), run.tokenizer, parsed, 0)
    assert packed.prefix.grids == (*earlier.prompt.grids, *example.prompt.grids)
    hidden = group_hidden(run.model, packed.prefix, packed.branches)[packed.loss_mask]
    logp = token_stats(hidden, run.model.lm_head.weight, torch.cat(packed.branches)[packed.loss_mask]).logp
    alone = []
    for content, solution in [(ASKED, example.row.extra_info["solution"]), (FURTHER["content"], FURTHER["solution"])]:
        chat = run.tokenizer.chat(
            (
                earlier.row.prompt[-1],
                Message(role="assistant", content=earlier.row.extra_info["solution"]),
                Message(role="user", content=content),
            )
        )
        ids = reader.expand(run.tokenizer.ids(chat), packed.prefix.grids, "the rows")
        target = torch.tensor([*run.tokenizer.ids(solution), run.tokenizer.stop_tokens[0]])
        alone.append(group_stats(run.model, replace(packed.prefix, ids=torch.tensor(ids)), [target]).logp)
    torch.testing.assert_close(logp, torch.cat(alone), rtol=1e-5, atol=1e-5)
