"""The settings come from flags over variables over a file over defaults, and a slip of the pen is an error."""

import dataclasses
from pathlib import Path

import pytest

from server.config import SHOWN, TABLE, Settings, WrongSetting, read


@pytest.fixture(autouse=True)
def _folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)


def test_without_anything_the_defaults_hold() -> None:
    settings = read({}, {"PATH": "/bin"})

    assert settings == Settings()
    assert (settings.host, settings.port, settings.data) == ("127.0.0.1", 8080, Path("data"))


def test_a_flag_wins_over_a_variable_which_wins_over_the_file() -> None:
    Path("sluice.toml").write_text('port = 1\nregion = "file"\ninstance = "file"\n')

    settings = read({"port": "3"}, {"SLUICE_PORT": "2", "SLUICE_REGION": "variable"})

    assert (settings.port, settings.region, settings.instance) == (3, "variable", "file")


@pytest.mark.parametrize(("flags", "environ"), [({"config": "other.toml"}, {}), ({}, {"SLUICE_CONFIG": "other.toml"})])
def test_the_file_may_lie_elsewhere(flags: dict[str, str], environ: dict[str, str]) -> None:
    Path("sluice.toml").write_text("port = 1\n")
    Path("other.toml").write_text('port = 2\nallow_private_networks = ["10.0.0.0/8"]\nrequire_signature = true\n')

    settings = read(flags, environ)

    assert (settings.port, settings.require_signature) == (2, True)
    assert str(settings.allow_private_networks[0]) == "10.0.0.0/8"


def test_an_empty_variable_counts_as_not_given() -> None:
    assert read({}, {"SLUICE_PUBLIC_URL": ""}).public_url is None


def test_an_unknown_variable_is_named_with_its_nearest_neighbour() -> None:
    with pytest.raises(WrongSetting, match=r"^SLUICE_PROT is no setting; did you mean SLUICE_PORT\?$"):
        read({}, {"SLUICE_PROT": "9000"})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ("prot = 9000", "prot is no setting; did you mean port?"),
        ("port = 'many'", "port: 'many' is not a whole number."),
        ("port = ", "is not TOML"),
        ("config = 'again.toml'", "config is no setting"),
    ],
)
def test_a_fault_of_the_file_is_told_with_its_place(text: str, words: str) -> None:
    Path("sluice.toml").write_text(text)

    with pytest.raises(WrongSetting) as told:
        read({}, {})

    assert str(told.value).startswith("sluice.toml")
    assert words in str(told.value)


def test_a_file_that_is_named_has_to_be_there() -> None:
    with pytest.raises(WrongSetting, match=r"nowhere\.toml cannot be read: No such file"):
        read({"config": "nowhere.toml"}, {})


def test_a_wrong_value_is_told_with_the_name_under_which_it_was_given() -> None:
    with pytest.raises(WrongSetting, match=r"^--idle-timeout: 'soon' is not a duration such as"):
        read({"idle_timeout": "soon"}, {})
    with pytest.raises(WrongSetting, match=r"^SLUICE_MAX_UPLOAD_SIZE: 'huge' is not a size such as"):
        read({}, {"SLUICE_MAX_UPLOAD_SIZE": "huge"})


@pytest.mark.parametrize("name", ["auth_key", "auth_secret"])
def test_a_key_without_its_secret_is_refused(name: str) -> None:
    with pytest.raises(WrongSetting, match="belong together"):
        read({name: "something"}, {})


def test_the_secret_is_not_shown() -> None:
    settings = read({"auth_key": "key", "auth_secret": "do-not-tell"}, {})

    assert settings.auth_secret == "do-not-tell"
    assert "do-not-tell" not in repr(settings)


def test_the_paths_of_programs_are_handed_on_by_name() -> None:
    assert read({"ffmpeg": "/opt/ffmpeg"}, {}).programs == {"ffmpeg": "/opt/ffmpeg"}


def test_each_setting_has_a_sentence_and_a_default_that_reads_back() -> None:
    for name in SHOWN:
        row = TABLE[name]
        assert row.metadata["help"].endswith("."), name
        if row.default not in (None, (), dataclasses.MISSING):
            kind = row.metadata["kind"]
            assert kind.read(kind.show(row.default)) == row.default
