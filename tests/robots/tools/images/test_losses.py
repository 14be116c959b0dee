"""What a picture lost is told by other robots without parameters that they do not have."""

from robots.tools.images.losses import plain


def test_a_recommendation_is_left_out() -> None:
    assert plain("Only one frame was kept; `frame` chooses another.") == "Only one frame was kept."
    assert plain("The picture has 8 bits a channel now.") == "The picture has 8 bits a channel now."
