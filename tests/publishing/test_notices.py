"""What input says and Galley does not do."""

from cms.notices import Notice, collecting, notice


def test_whoever_listens_hears_what_was_left_out():
    with collecting() as heard:
        notice("picture", "a picture is left out")
        with collecting() as inner:
            notice("link", "a link leads nowhere")
        notice("picture", "another one")
    notice("picture", "nobody hears this")
    assert heard == [Notice("picture", "a picture is left out"), Notice("picture", "another one")]
    assert inner == [Notice("link", "a link leads nowhere")]
