"""Tags of recordings become the API's keys."""

from robots.probe import notes


def test_a_song_tells_who_plays_what() -> None:
    tags = {
        "title": "Tone",
        "artist": "Ada",
        "album_artist": "The Band",
        "track": "3/12",
        "disc": "1",
        "date": "2019-05",
    }

    meta = notes.read({**tags, "tbpm": "120", "lyrics-eng": "La la\r\nla\0", "genre": " "})

    assert meta == {
        "title": "Tone",
        "artist": "Ada",
        "band": "The Band",
        "track": "3/12",
        "disc": 1,
        "year": 2019,
        "beats_per_minute": 120,
        "lyrics": "La la\nla",
    }


def test_a_phone_tells_where_and_with_what_it_filmed() -> None:
    meta = notes.read(
        {
            "com.apple.quicktime.make": "Apple",
            "com.apple.quicktime.model": "iPhone 3GS",
            "com.apple.quicktime.location.iso6709": "+52.5374+013.4034+034.0/",
            "creation_time": "2020-01-09T12:02:08.000000Z",
        }
    )

    assert meta == {
        "device_vendor": "Apple",
        "device_name": "iPhone 3GS",
        "latitude": 52.5374,
        "longitude": 13.4034,
        "date_recorded": "2020/01/09 12:02:08 GMT",
    }


def test_nonsense_is_left_out() -> None:
    assert notes.read({"tmpo": "fast", "date": "soon", "location": "+99+999", "creation_time": "0000-00-00"}) == {}
