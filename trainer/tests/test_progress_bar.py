"""How far a command is: a bar for people, lines for logs."""

from __future__ import annotations

import io

import pytest

from ocean_r1.progress_bar import progress_bar


def test_a_log_has_a_line_a_step(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(1200, "step", done=1198) as show:
        show(1199, "loss 0.5")
        show(1200, "loss 0.4")
    assert capsys.readouterr().err == "step 1,199/1,200  loss 0.5\nstep 1,200/1,200  loss 0.4\n"


def test_a_log_of_many_has_the_last_line_and_some(capsys: pytest.CaptureFixture[str]) -> None:
    with progress_bar(3, "rows", seconds=3600) as show:
        for done in (1, 2, 3):
            show(done, "all well")
    assert capsys.readouterr().err == "rows 3/3  all well\n"


def test_a_terminal_has_a_bar(monkeypatch: pytest.MonkeyPatch) -> None:
    terminal = io.StringIO()
    monkeypatch.setattr(terminal, "isatty", lambda: True)
    monkeypatch.setattr("sys.stderr", terminal)
    with progress_bar(4, "step", done=1) as show:
        show(4, "loss 0.4")
    last = terminal.getvalue().split("\r")[-1]
    assert last.startswith("step: 100%|")
    assert "4/4" in last
    assert "loss 0.4" in last
    assert last.endswith("\n")
    assert "step 4/4" not in terminal.getvalue()
