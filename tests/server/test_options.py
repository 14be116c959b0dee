"""The flags of the command line."""

import pytest

from server.config import SHOWN, TABLE, flag
from server.options import build, parse


@pytest.mark.parametrize(
    ("argv", "command", "flags"),
    [
        ([], "serve", {}),
        (["--port", "9000"], "serve", {"port": "9000"}),
        (["doctor", "--ffmpeg=/opt/ffmpeg"], "doctor", {"ffmpeg": "/opt/ffmpeg"}),
        (["--port", "9000", "serve"], "serve", {"port": "9000"}),
        (["--require-signature"], "serve", {"require_signature": "yes"}),
        (["--require-signature=no"], "serve", {"require_signature": "no"}),
    ],
)
def test_a_command_line_is_a_command_and_the_flags_that_were_given(
    argv: list[str], command: str, flags: dict[str, str]
) -> None:
    assert parse(argv) == (command, [], flags)


def test_words_follow_a_command_that_takes_some(capsys: pytest.CaptureFixture[str]) -> None:
    given = ["account", "add", "acme", "--data", "there", "max_running=3"]

    assert parse(given) == ("account", ["add", "acme", "max_running=3"], {"data": "there"})
    with pytest.raises(SystemExit):
        parse(["doctor", "who"])
    assert capsys.readouterr().err == "run.py: doctor takes no who.\n"


@pytest.mark.parametrize(
    ("argv", "sentence"),
    [
        (["--prot", "1"], "run.py: --prot is no setting; did you mean --port?\n"),
        (["--hos=x"], "run.py: --hos is no setting; did you mean --host?\n"),
        (["sreve"], "run.py: sreve is no command; there are serve, doctor, account.\n"),
        (["--port"], "run.py: argument --port: expected one argument\n"),
    ],
)
def test_a_slip_is_told_in_one_sentence(argv: list[str], sentence: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as left:
        parse(argv)

    assert left.value.code == 2
    assert capsys.readouterr().err == sentence


def test_the_help_has_each_setting_in_its_section() -> None:
    words = build().format_help()

    assert [name for name in SHOWN if f"  {flag(name)} " not in words] == []
    assert "failpoints" not in words
    assert [row.metadata["section"] for row in TABLE.values() if f"\n{row.metadata['section']}:\n" not in words] == []
